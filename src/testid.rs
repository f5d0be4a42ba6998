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

/// `data-state`: see the flow above.
pub const ENGINE_STATE: &str = "engine-state";
/// The promise that nothing leaves the tab; always visible.
pub const RUNS_HERE: &str = "runs-here";
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
