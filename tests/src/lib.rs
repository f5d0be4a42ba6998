//! End-to-end tests: the built page in a real Chromium.
//!
//! This library is the harness; the tests are the files in `e2e/`.
//!
//! - [`stage`]: the frame around a test: what must be there before, what must be
//!   true after
//! - [`page`], [`find`], [`mouse`], [`input`], [`emulation`]: a tab, its elements,
//!   pointing and typing, posing as another device or person
//! - [`engine`], [`models`]: an engine's worker without the page, and what it is
//!   given
//! - [`conversation`], [`history`], `lab`: what a person does with Bella, with what was
//!   said and in the lab, in the words of the tests
//! - [`record`]: every request, console line and trouble of a page and its workers
//! - [`builds`]: which build of the engine the tests run on; [`download`]: what an
//!   engine weighs on the way to a visitor
//! - [`timeline`]: what only the page can time: growing replies, clicks, the engine
//! - [`tracing`]: what the browser's profiler says about the main thread
//! - [`host`]: the server behind a test, which can be stopped or told to misbehave
//! - [`evidence`]: what is kept of a test that failed
//! - [`chromium`], [`browser`], [`watch`], [`devtools`]: a Chromium, started and
//!   certain to end; what runs in it; the protocol it is driven by; `voices`: what
//!   it speaks with
//! - [`tape`], [`read_aloud`]: what a microphone is to hear
//! - [`text_error`]: how far a transcript is from what was said
//! - [`testid`]: the names of things on the page, shared with the page itself
//!
//! # Why a DevTools client of our own
//!
//! WebDriver cannot set quotas, crash a tab, or hold a worker at its first line;
//! the protocol can. Its generated bindings take minutes to compile on two cores,
//! to type a few dozen commands of a protocol that changes with every browser
//! release, and their clients bring an asynchronous runtime into tests that do one
//! thing after another. What is needed of a client is a few hundred lines: match
//! answers to questions, pass events on, give up on time. Those are here.

pub mod browser;
pub mod builds;
pub mod chromium;
pub mod conversation;
pub mod devtools;
pub mod download;
pub mod emulation;
pub mod engine;
pub mod evidence;
pub mod find;
mod hangul;
pub mod history;
pub mod host;
pub mod input;
mod lab;
pub mod models;
pub mod mouse;
pub mod page;
pub mod read_aloud;
pub mod record;
pub mod stage;
pub mod tape;
#[path = "../../src/testid.rs"]
pub mod testid;
pub mod text_error;
pub mod timeline;
pub mod tracing;
mod voices;
pub mod watch;

pub use browser::Browser;
pub use chromium::{Microphone, Profile};
pub use find::{Find, by, css};
pub use page::Page;
pub use record::Trouble;
pub use stage::{Stage, Visit};
