//! What the page needs of the browser.
//!
//! - [`crash`]: what to do when the page itself panics
//! - [`document`]: language, theme, title, addresses, the place to mount
//! - [`engine_client`]: the worker that owns the engine
//! - [`larder`]: how much is kept for this page; [`leaving`]: when a person goes
//! - [`device`]: what the browser tells about it; [`hand_over`]: files and the
//!   clipboard
//! - [`service_worker`]: what keeps the page on the device
//! - [`entry`]: what the page was opened for
//! - [`storage`]: a few short texts that outlive the tab; [`vault`]: secrets that do
//! - [`history_store`]: the conversation in the database, [`history_cipher`] sealed
//!   with a passphrase; [`other_tabs`]: what tabs tell each other about it;
//!   [`calendar`]: days where the person is
//! - [`load_mark`]: how a later tab learns what one died over
//! - [`own_server`]: asks a server of the person's own
//! - [`speech`]: the voices of the browser
//! - [`follow`]: a list that stays at its end while it grows
//! - [`frame`], [`input`], [`marks`], [`now`], [`pointer`]: small things
//! - [`microphone`]: what it hears; [`wake_lock`]: a screen that stays on meanwhile;
//!   [`talk_keys`]: a key that is held to talk
//! - [`frame`], [`input`], [`listener`], [`marks`], [`now`], [`timer`]: small things
//! - [`clock`], [`frame`], [`input`], [`marks`], [`now`]: small things

pub mod calendar;
pub mod clock;
pub mod crash;
pub mod device;
pub mod document;
pub mod engine_client;
pub mod entry;
pub mod follow;
pub mod frame;
pub mod hand_over;
pub mod history_cipher;
pub mod history_store;
pub mod input;
pub mod larder;
pub mod leaving;
pub mod listener;
pub mod load_mark;
pub mod marks;
pub mod microphone;
pub mod now;
pub mod other_tabs;
pub mod own_server;
pub mod pointer;
pub mod service_worker;
pub mod speech;
pub mod storage;
pub mod talk_keys;
pub mod timer;
pub mod vault;
pub mod wake_lock;
