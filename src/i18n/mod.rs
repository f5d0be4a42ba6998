//! Every word a person reads, in Korean and in English.
//!
//! - [`messages`]: the shape of the catalogue; a message missing in one
//!   language does not compile
//! - [`en`], [`ko`]: one file per language
//! - [`command_replies`]: what she says once she has done what she was asked for
//! - [`tell`]: troubles and failures as a sentence and a next step;
//!   [`tell_microphone`]: those of the microphone
//! - [`units`]: sizes and counts as people read them

pub mod command_replies;
pub mod en;
pub mod ko;
pub mod messages;
pub mod tell;
pub mod tell_microphone;
pub mod units;

#[cfg(test)]
mod tests;

use bella_companion::Language;
pub use messages::Messages;

pub fn messages(language: Language) -> &'static Messages {
    match language {
        Language::Korean => &ko::MESSAGES,
        Language::English => &en::MESSAGES,
    }
}
