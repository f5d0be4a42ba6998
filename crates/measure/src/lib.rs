//! What is measured of a device, how, and what is told about it.
//!
//! Nothing here touches an engine or a clock: [`Trials`] say what to ask next and
//! are told what was answered and when, by the page for a person who wants to
//! know, and by the bench from outside the browser. Both write the same
//! [`Report`].
//!
//! - [`trials`]: what one model is asked, in order, and what is read off the answers
//! - [`prompts`]: the texts of it; [`sounds`]: something to hear where nobody
//!   recorded anything
//! - [`report`]: the results, as they are written down; [`statistics`]: the middle
//!   of samples

pub mod prompts;
pub mod report;
pub mod sounds;
pub mod statistics;
pub mod trials;

pub use report::{
    EngineBuild, EngineFiles, Figure, Kind, Machine, Report, Run, Skipped, TextError, Unit, Waits,
};
pub use sounds::{Sound, Sounds};
pub use statistics::{median, percentile};
pub use trials::{Ask, Trials};
