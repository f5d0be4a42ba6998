//! The engine as it is shipped: the built worker in a real Chromium, on a page of
//! the served site and under its policy, asked in the words of the protocol.
//!
//! What it answers is held against the goldens of the original implementations,
//! or, where their own door is too narrow for a browser, against the native engine
//! that is held against them elsewhere.
//!
//! All of it holds for both builds of the engine: the variable
//! `BELLA_ENGINE_BUILD` wishes for one.
//!
//! - [`models`], [`sounds`]: what it is given
//! - [`transcribing`], [`talking`], [`understanding`], [`feeling`], [`listening`]: what it says
//! - [`loading`]: progress, memory, and the limit to it
//! - [`interrupting`]: who goes first, and how soon "stop" is heard
//! - [`keeping`], [`killing`]: what stays on the device; [`servers`]: where it comes from
//! - [`bad_input`], [`crashing`]: what it is not made for

mod bad_input;
mod crashing;
mod feeling;
mod interrupting;
mod keeping;
mod killing;
mod listening;
mod loading;
mod models;
mod servers;
mod sounds;
mod talking;
mod transcribing;
mod understanding;
