//! Bella: the page a person sees, and the worker that owns her engine.
//!
//! The page:
//! - [`app`]: providers and routes; [`pages`] has one file per route,
//!   [`components`] what they are made of
//! - [`bella`]: the companion at work: events in, effects carried out, and the
//!   signals the views are drawn from
//! - [`senses`]: her ears and her mouth; [`talking`]: what the page shows of them;
//!   [`skills`]: the models they take; [`acting`]: what she does by herself
//! - [`lab`]: this device measured, in an engine of its own
//! - [`library`]: the models of the manifest; [`pantry`]: what of them the device
//!   keeps; [`settings`]: what a person chose; [`speaking_settings`]: how she is to
//!   speak
//!   keeps; [`settings`]: what a person chose, [`hearing_settings`] of being heard
//!   keeps; [`settings`]: what a person chose, [`persona_settings`]: of Bella herself
//! - [`own_server`]: a server of one's own, beside the policy; [`secret`]: what
//!   nobody else may read
//! - [`history`]: the conversation as the device keeps it
//! - [`renewal`]: new versions of the page; [`shared`]: what other apps share with
//!   her; [`in_app`]: browsers inside of other apps, and the way out
//! - [`i18n`]: every word a person reads
//! - [`testid`]: every name a test goes by
//!
//! [`browser`] is the only place that touches the browser's own interfaces.

pub mod browser;
pub mod testid;

#[cfg(feature = "page")]
pub mod acting;
#[cfg(feature = "page")]
pub mod app;
#[cfg(feature = "page")]
pub mod bella;
#[cfg(feature = "page")]
pub mod components;
#[cfg(feature = "page")]
pub mod hearing_settings;
#[cfg(feature = "page")]
pub mod history;
#[cfg(feature = "page")]
pub mod i18n;
#[cfg(feature = "page")]
pub mod in_app;
#[cfg(feature = "page")]
pub mod lab;
#[cfg(feature = "page")]
pub mod library;
#[cfg(feature = "page")]
pub mod own_server;
#[cfg(feature = "page")]
pub mod pages;
#[cfg(feature = "page")]
pub mod pantry;
#[cfg(feature = "page")]
pub mod persona_settings;
#[cfg(feature = "page")]
pub mod remembering;
#[cfg(feature = "page")]
pub mod renewal;
#[cfg(feature = "page")]
pub mod secret;
#[cfg(feature = "page")]
pub mod senses;
#[cfg(feature = "page")]
pub mod settings;
#[cfg(feature = "page")]
pub mod shared;
#[cfg(feature = "page")]
pub mod skills;
#[cfg(feature = "page")]
pub mod speaking_settings;
#[cfg(feature = "page")]
pub mod talking;
