//! The names by which tests and scripts find things on the page.
//!
//! An element that a test touches carries one of these as `data-testid`; its
//! condition is in a `data-…` attribute beside it, never in a class and never in
//! words, because words change with the language.
//!
//! # How the page moves, as a test sees it
//!
//! 1. On every page [`ENGINE_STATE`] carries `data-state`: `waking` until the
//!    worker answers, then `empty` (no model), `loading`, `idle`, `thinking`
//!    (asked, no word yet), `replying`; `broken` when the engine could not be
//!    brought up and waits for [`RETRY`].
//! 2. First visit: `empty`, and the talk page shows [`LOAD_MODEL`] with the
//!    default model's name and size. Nothing is fetched before it is pressed.
//!    It becomes [`LOAD_PROGRESS`] (a `<progress>` with `value` and `max` in
//!    bytes) with [`CANCEL_LOAD`] beside it, and `idle` follows.
//! 3. The model that was loaded is remembered: on the next visit `loading`
//!    follows `waking` by itself.
//! 4. Text goes into [`COMPOSER`]; [`SEND`] or Enter sends it. A message with
//!    `data-role="user"` appears at once, then one with `data-role="assistant"`
//!    whose `data-state` runs `streaming` → `done`, `stopped` or `failed`.
//!    A message sent while the model loads or replies is shown as [`WAITING`]
//!    and asked next; while one waits, another is not accepted and stays in the
//!    composer.
//! 5. [`STOP`] exists only while `thinking` or `replying`. Pressing it makes the
//!    reply `stopped` at once; whatever the engine still says about it is ignored.
//! 6. [`CLEAR`] empties the conversation, [`UNDO_CLEAR`] brings it back.
//! 7. When something fails, [`TROUBLE`] says what and what to do next; its
//!    `data-trouble` is the kind (`engine-lost`, `unreachable`, `wrong-hash`, …).
//!    A reply that failed holds its own [`TROUBLE`] and [`ASK_AGAIN`].

/// `<textarea>` on the talk page.
pub const COMPOSER: &str = "composer";
pub const SEND: &str = "send";
pub const STOP: &str = "stop";
pub const CLEAR: &str = "clear";
pub const UNDO_CLEAR: &str = "undo-clear";
/// A sentence to begin with, offered while the conversation is empty.
pub const SUGGESTION: &str = "suggestion";

/// The control a person talks with, held or tapped. `data-state`: `ready` | `opening` |
/// `listening` (as long as it is held) | `locked` (until the next tap) | `waiting`
/// (hands-free, and nobody speaks) | `hearing` (hands-free, and somebody does) |
/// `transcribing` | `unavailable`.
pub const TALK: &str = "talk";
/// Inside it: how loud it is; `data-level` is a step from 0 to 8.
pub const MIC_LEVEL: &str = "mic-level";
/// What she hears right now.
pub const PARTIAL: &str = "partial";
/// Something to tell about hearing; `data-kind`: `nothing`, or a kind of trouble.
pub const HEARING_NOTE: &str = "hearing-note";
/// A question she asks before she acts.
pub const CONFIRM: &str = "confirm";
pub const CONFIRM_YES: &str = "confirm-yes";
pub const CONFIRM_NO: &str = "confirm-no";

/// The first visit. Each [`FIRST_STEP`] has `data-step` (`language` | `microphone` |
/// `model`) and `data-state` (`open` | `done`); [`FIRST_LANGUAGE`] is a button whose
/// `value` is `ko` or `en`; [`ALLOW_MICROPHONE`] has `data-access` (`not-asked` |
/// `asking` | `refused`) and is gone once it is allowed.
pub const FIRST_STEPS: &str = "first-steps";
pub const FIRST_STEP: &str = "first-step";
pub const FIRST_LANGUAGE: &str = "first-language";
pub const ALLOW_MICROPHONE: &str = "allow-microphone";
/// Something that can be asked while the model is on its way.
pub const TRY_ALREADY: &str = "try-already";

/// The list of messages.
pub const CONVERSATION: &str = "conversation";
/// `data-role`: `user` | `assistant`; `data-state`: `streaming` | `done` |
/// `stopped` | `failed`. A finished reply also carries `data-stop`
/// (`finished` | `length`), `data-prompt-tokens`, `data-cached-tokens`,
/// `data-prompt-ms`, `data-reply-tokens` and `data-reply-ms`.
pub const MESSAGE: &str = "message";
/// Inside a message: its words and nothing else.
pub const MESSAGE_TEXT: &str = "message-text";
/// A message that waits for its turn.
pub const WAITING: &str = "waiting";
pub const ASK_AGAIN: &str = "ask-again";
/// Inside the person's last message: puts its words back into the composer.
pub const EDIT_MESSAGE: &str = "edit-message";
/// Inside a message that was spoken, not written.
pub const SPOKEN: &str = "spoken";

/// `data-state`: see the flow above.
pub const ENGINE_STATE: &str = "engine-state";
/// The promise that nothing leaves the tab, or that something in use leaves it;
/// `data-leaves`: `yes` | `no`.
pub const RUNS_HERE: &str = "runs-here";
/// Inside it: the part that is visible on every page and in every window.
pub const BADGE: &str = "badge";
/// Her mood in a word. `data-mood`: `glad` | `calm` | `tender` | `concerned`;
/// `data-tone`, in which the model is asked to answer: `neutral` | `comfort` | `share-joy`;
/// `data-valence`, from -1 to 1.
pub const MOOD: &str = "mood";
/// Something failed; `data-trouble` names the kind.
pub const TROUBLE: &str = "trouble";
pub const RETRY: &str = "retry";
pub const DISMISS: &str = "dismiss";

/// Loads the default chat model; `data-model` is its id.
pub const LOAD_MODEL: &str = "load-model";
pub const LOAD_PROGRESS: &str = "load-progress";
pub const CANCEL_LOAD: &str = "cancel-load";

/// What she can do beside answering: a radio group each (`on` | `off`), and a
/// [`SKILL`] with `data-skill` (`hearing` | `feeling`) and `data-state`: `off` |
/// `waiting` | `loading` | `ready` | `failed`.
pub const SKILL_HEARING: &str = "skill-hearing";
pub const SKILL_FEELING: &str = "skill-feeling";
pub const SKILL: &str = "skill";
/// Seen on the talk page once somebody wanted to be heard and there was nothing to
/// hear them with; [`GIVE_SKILL`] fetches it, [`LATER`] puts it off.
pub const HEARING_OFFER: &str = "hearing-offer";
pub const GIVE_SKILL: &str = "give-skill";
pub const LATER: &str = "later";
/// Above the conversation, where it is long: shows more of what was said before.
pub const SHOW_EARLIER: &str = "show-earlier";

/// `data-model` is the id, `data-task` the task, `data-state`: `available` |
/// `loading` | `loaded` | `unused` (no part of this version runs it).
pub const MODEL_CARD: &str = "model-card";
/// Inside a card: load this model and talk to it.
pub const USE_MODEL: &str = "use-model";
/// Inside a card: give its memory back.
pub const UNLOAD_MODEL: &str = "unload-model";

/// Inside a card: what the device keeps of the model; `data-kept` is `whole` or
/// `part`.
pub const KEPT: &str = "kept";
/// Inside a card: delete what the device keeps.
pub const FORGET_MODEL: &str = "forget-model";
/// The model is in memory only; `data-reason`: `refused` | `full` | `over-limit` |
/// `unreliable`.
pub const NOT_KEPT: &str = "not-kept";

/// Inside a card: bring the model onto the device, from the network or from a file
/// (an `<input type=file>`), or save it as one.
pub const KEEP_MODEL: &str = "keep-model";
pub const IMPORT_MODEL: &str = "import-model";
pub const EXPORT_MODEL: &str = "export-model";
/// Inside a card: it is on its way. `data-state`: `waiting` | `coming` | `paused` |
/// `failed`.
pub const KEEPING: &str = "keeping";
pub const PAUSE_KEEPING: &str = "pause-keeping";
pub const RESUME_KEEPING: &str = "resume-keeping";
pub const CANCEL_KEEPING: &str = "cancel-keeping";
/// Inside a card; `data-fit`: `unknown` | `fits` | `slow` | `too-large`.
pub const FIT: &str = "fit";
/// What could be deleted: a [`DELETE_OTHER`] with `data-model` for each model that
/// is kept, and [`KEEP_AGAIN`] for the one that found no room.
pub const MAKE_ROOM: &str = "make-room";
pub const DELETE_OTHER: &str = "delete-other";
pub const KEEP_AGAIN: &str = "keep-again";
/// A kept model that this version does not know; `data-model` is its id.
pub const STRAY_CARD: &str = "stray-card";
/// What models take of the device. `data-promised`: whether the browser promised to
/// keep it, `yes` | `no`, absent where it cannot be asked; `data-tier`: what the
/// device can carry, `commands` | `tiny` | `standard` | `large`.
pub const LARDER: &str = "larder";
pub const ASK_TO_KEEP: &str = "ask-to-keep";

/// Links of the navigation, one per route.
pub const NAV_TALK: &str = "nav-talk";
pub const NAV_MODELS: &str = "nav-models";
pub const NAV_SETTINGS: &str = "nav-settings";
pub const NAV_ABOUT: &str = "nav-about";

/// One per route: the page's main heading.
pub const PAGE_TITLE: &str = "page-title";
pub const NOT_FOUND: &str = "not-found";

/// On the settings page: the engine that runs. `data-build` is `turbo` or
/// `baseline`, `data-threads` how many it has, and `data-fallback` why it is not
/// turbo (`not-isolated`, `no-shared-memory`, `no-relaxed-simd`, `wrong-result`,
/// `asked`, `failed`).
pub const ENGINE_BUILD: &str = "engine-build";

/// Radio groups on the settings page. Each choice is an `<input>` whose test id
/// is the group's and whose `value` is the choice.
///
/// `ko` | `en`
pub const LANGUAGE: &str = "language";
/// `auto` | `light` | `dark`
pub const THEME: &str = "theme";
/// `short` | `medium` | `long`
pub const REPLY_LENGTH: &str = "reply-length";
/// `steady` (always the likeliest word, so a test can expect it) | `natural` |
/// `playful`
pub const VARIETY: &str = "variety";
/// `full` | `saving`
pub const POWER: &str = "power";
/// `polite` | `casual`
pub const PERSONA_SPEECH: &str = "persona-speech";
/// `warm` | `cheerful` | `calm` | `dry`
pub const PERSONA_TEMPERAMENT: &str = "persona-temperament";

/// On the settings page: an `<input>` with the name somebody gave her, empty for her
/// own. `data-trouble`, while what stands there is no name: `empty` | `too-long` | `sign`.
pub const PERSONA_NAME: &str = "persona-name";

/// How she speaks. Radio groups: `on` | `off`, and `slower` | `normal` | `faster`.
pub const SPEAKING: &str = "speaking";
pub const SPEECH_RATE: &str = "speech-rate";
/// A `<select>` for each language, `data-language`: `ko` | `en`; its values are ids of
/// voices, and empty where Bella chooses. `data-local` and `data-remote`: how many
/// voices there are that stay on the device, and that do not.
pub const VOICE: &str = "voice";
/// Has her say one sentence.
pub const TRY_VOICE: &str = "try-voice";
/// The sentence she is saying; there only while she speaks.
pub const CAPTION: &str = "caption";
/// Why something was not said aloud; `data-reason`: `no-voices` | `no-voice-for` |
/// `only-remote` | `not-allowed` | `never-started` | `never-ended` | `failed`.
pub const NOT_SAID: &str = "not-said";

/// On the settings page: a server of the person's own. `data-state`: `none` | `kept` |
/// `cannot-be`; `data-key`: `none` | `stored` | `lost`.
pub const OWN_SERVER: &str = "own-server";
/// Fields that are always empty at first.
pub const OWN_SERVER_ADDRESS: &str = "own-server-address";
pub const OWN_SERVER_KEY: &str = "own-server-key";
pub const OWN_SERVER_ADD: &str = "own-server-add";
/// The address that was added.
pub const OWN_SERVER_BASE: &str = "own-server-base";
pub const OWN_SERVER_TRY: &str = "own-server-try";
pub const OWN_SERVER_DELETE: &str = "own-server-delete";
pub const OWN_SERVER_STORE_KEY: &str = "own-server-store-key";
pub const OWN_SERVER_DELETE_KEY: &str = "own-server-delete-key";
/// What came of it; `data-outcome` names it (`answered`, `not-yet`, `key-refused`, …).
pub const OWN_SERVER_OUTCOME: &str = "own-server-outcome";
/// Opens the page again, once nothing is under way.
pub const OWN_SERVER_REOPEN: &str = "own-server-reopen";

/// On the models page; `any` | `1` | `2` | `4`, in GB.
pub const KEEP_AT_MOST: &str = "keep-at-most";

/// Leads to the history, from the settings and from a conversation.
pub const NAV_HISTORY: &str = "nav-history";
/// On the settings page; `yes` | `no`.
pub const HISTORY_WANTED: &str = "history-wanted";
/// The history's page. `data-access`: `opening` | `open` | `locked` | `unavailable`;
/// `data-sealed`: `yes` | `no`; `data-whole`: `yes` once everything there is was read.
pub const HISTORY: &str = "history";
/// Looks through it while one types.
pub const HISTORY_SEARCH: &str = "history-search";
/// What is shown; `data-shows` is `all` | `found`, `data-count` how many there are
/// altogether. While something is looked for it is about the last search that ended;
/// `data-query` says which.
pub const HISTORY_LIST: &str = "history-list";
/// What was said in one conversation on one day; `data-conversation` is its number.
pub const HISTORY_GROUP: &str = "history-group";
/// `data-speaker`: `person` | `bella`; `data-ended`: `done` | `stopped` | `failed`;
/// `data-came`: `typed` | `spoken`. What was looked for stands in a `<mark>`.
pub const HISTORY_ENTRY: &str = "history-entry";
/// Inside an entry: its words and nothing else.
pub const HISTORY_TEXT: &str = "history-text";
/// Shows older ones.
pub const HISTORY_MORE: &str = "history-more";
/// Opens and closes what can be done to all of it.
pub const HISTORY_MANAGE: &str = "history-manage";
pub const HISTORY_EXPORT: &str = "history-export";
/// An `<input type=file>`.
pub const HISTORY_IMPORT: &str = "history-import";
/// Ask before they do it: [`HISTORY_ERASE_YES`] does it, [`HISTORY_ERASE_NO`] does not.
pub const HISTORY_ERASE_ALL: &str = "history-erase-all";
pub const HISTORY_ERASE_ONE: &str = "history-erase-one";
pub const HISTORY_ERASE_YES: &str = "history-erase-yes";
pub const HISTORY_ERASE_NO: &str = "history-erase-no";
/// Fields that are always empty at first.
pub const HISTORY_PASSPHRASE: &str = "history-passphrase";
pub const HISTORY_NEW_PASSPHRASE: &str = "history-new-passphrase";
pub const HISTORY_PASSPHRASE_AGAIN: &str = "history-passphrase-again";
pub const HISTORY_OPEN: &str = "history-open";
pub const HISTORY_SET: &str = "history-set";
pub const HISTORY_CHANGE: &str = "history-change";
pub const HISTORY_REMOVE: &str = "history-remove";
pub const HISTORY_LOCK: &str = "history-lock";
/// What came of what was done last; `data-outcome` names it (`saved`, `brought`,
/// `wrong-passphrase`, `passphrase-set`, …).
pub const HISTORY_OUTCOME: &str = "history-outcome";
/// Beside a conversation: it is not kept, and why. `data-trouble`: as an outcome, or
/// `locked`.
pub const HISTORY_TROUBLE: &str = "history-trouble";

/// Leads from the engine's facts in the settings to the lab.
pub const NAV_LAB: &str = "nav-lab";
/// `data-state`: `resting` | `measuring` | `done` | `stopped`.
pub const LAB: &str = "lab";
/// A checkbox for each model; its `value` is the model's id.
pub const LAB_MODEL: &str = "lab-model";
pub const LAB_START: &str = "lab-start";
pub const LAB_STOP: &str = "lab-stop";
/// One line of the results; `data-kind` is the figure's name.
pub const LAB_FIGURE: &str = "lab-figure";
/// How much has come of a file that is waited for.
pub const LAB_FETCHED: &str = "lab-fetched";
/// What could not be measured, and why.
pub const LAB_MISSING: &str = "lab-missing";
/// Everything that was found out, as it is saved.
pub const LAB_JSON: &str = "lab-json";
pub const LAB_SAVE: &str = "lab-save";
pub const LAB_COPY: &str = "lab-copy";

/// A new version of the page. `data-state`: `ready` | `asked`.
pub const RENEWAL: &str = "renewal";
pub const RENEW: &str = "renew";
/// What became of something another app shared.
pub const SHARED: &str = "shared";
/// Seen in browsers inside of other apps.
pub const IN_APP: &str = "in-app";
/// A link that opens the page in the person's own browser.
pub const WAY_OUT: &str = "way-out";
pub const COPY_ADDRESS: &str = "copy-address";
pub const DISMISS_NEWS: &str = "dismiss-news";

/// On the settings page: how a person is heard. `data-allowed`: whether the browser
/// tells which microphones there are, `yes` | `no`.
pub const HEARING: &str = "hearing";
/// A `<select>` of microphones; the empty value is whichever the device uses.
pub const MIC_CHOICE: &str = "mic-choice";
/// Asks the browser for a microphone, and gives it back at once.
pub const MIC_ALLOW: &str = "mic-allow";
/// Begins a test of ten seconds, or ends it. `data-state`: `resting` | `asking` |
/// `listening` | `over` | `failed`.
pub const MIC_TEST: &str = "mic-test";
/// How loud it is during the test; `aria-valuenow` from 0 to 100.
pub const MIC_TEST_LEVEL: &str = "mic-test-level";
/// `data-verdict`: `nothing` | `very-quiet` | `good` | `clipping`.
pub const MIC_VERDICT: &str = "mic-verdict";
/// Why the microphone did not open; `data-trouble` is the kind.
pub const MIC_TROUBLE: &str = "mic-trouble";

/// More radio groups on the settings page.
///
/// `auto` | `ko` | `en`
pub const HEARD_LANGUAGE: &str = "heard-language";
/// `on` | `off`
pub const HANDS_FREE: &str = "hands-free";
/// `low` | `medium` | `high`
pub const SENSITIVITY: &str = "sensitivity";
/// `on` | `off`
pub const WAKE_PHRASE: &str = "wake-phrase";
/// `on` | `off`
pub const BARGE_IN: &str = "barge-in";
/// `send` | `compose`
pub const AFTER_HEARING: &str = "after-hearing";
/// `space` | `f8` | `f9`
pub const TALK_KEY: &str = "talk-key";
