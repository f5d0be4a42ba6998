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
/// Something failed; `data-trouble` names the kind.
pub const TROUBLE: &str = "trouble";
pub const RETRY: &str = "retry";
pub const DISMISS: &str = "dismiss";

/// Loads the default chat model; `data-model` is its id.
pub const LOAD_MODEL: &str = "load-model";
pub const LOAD_PROGRESS: &str = "load-progress";
pub const CANCEL_LOAD: &str = "cancel-load";

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
