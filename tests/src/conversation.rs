//! What a person does with Bella, in the words of the tests.

use std::time::Duration;

use crate::find::{Find, by};
use crate::stage::Visit;
use crate::testid::{
    COMPOSER, ENGINE_STATE, LANGUAGE, LOAD_MODEL, MESSAGE, MESSAGE_TEXT, NAV_SETTINGS, NAV_TALK,
    REPLY_LENGTH, VARIETY,
};

/// Weights are fetched, checked and arranged in memory in this time, and a long
/// answer is written, on the slowest machine these tests run on.
pub const THINKING_TIME: Duration = Duration::from_secs(180);

/// A reply of Bella's at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub text: String,
    /// `done`, `stopped` or `failed`.
    pub state: String,
}

impl Visit {
    /// Opens the talk page and waits for the engine's first sign of life.
    #[track_caller]
    pub fn meet(&self) {
        self.open("");
        self.wait_for_engine("empty");
    }

    /// Meets Bella for the first time, asks for short and predictable answers,
    /// and wakes her with the default model.
    #[track_caller]
    pub fn wake(&self) {
        self.meet();
        self.choose_predictable_answers();
        self.page.click(LOAD_MODEL);
        self.wait_for_engine("idle");
    }

    #[track_caller]
    pub fn choose_predictable_answers(&self) {
        self.page.click(NAV_SETTINGS);
        self.choose(VARIETY, "steady");
        self.choose(REPLY_LENGTH, "short");
        self.page.click(NAV_TALK);
        self.page.wait_for(COMPOSER);
    }

    /// Picks a choice on the settings page.
    #[track_caller]
    pub fn choose(&self, group: &str, value: &str) {
        let choice = by(group).with("value", value);
        self.page.click(&choice);
        assert!(
            self.page.read::<bool>(&choice, "e => e.checked"),
            "{group} cannot be set to {value}"
        );
    }

    #[track_caller]
    pub fn read_in(&self, language: &str) {
        self.page.click(NAV_SETTINGS);
        self.choose(LANGUAGE, language);
        self.page.click(NAV_TALK);
    }

    #[track_caller]
    pub fn wait_for_engine(&self, state: &str) {
        self.page.wait_for_attribute(THINKING_TIME, ENGINE_STATE, "data-state", state);
    }

    /// Writes and sends, without waiting for anything.
    #[track_caller]
    pub fn say(&self, text: &str) {
        self.page.type_into(COMPOSER, text);
        self.page.press("Enter");
    }

    /// Says something and waits for the end of the reply.
    #[track_caller]
    pub fn ask(&self, question: &str) -> Reply {
        let replies = self.page.count(reply());
        self.say(question);
        self.page.wait_until("a reply to begin", || self.page.count(reply()) > replies);
        self.reply()
    }

    /// Waits for the end of the latest reply.
    #[track_caller]
    pub fn reply(&self) -> Reply {
        let latest = reply().last();
        let mut state = String::new();
        self.page.wait_within(THINKING_TIME, "the reply to end", || {
            state = self.page.attribute(&latest, "data-state").unwrap_or_default();
            state != "streaming"
        });
        Reply { text: self.page.text(latest.inner(MESSAGE_TEXT)), state }
    }
}

/// Bella's messages.
pub fn reply() -> Find {
    by(MESSAGE).with("data-role", "assistant")
}

/// The person's messages.
pub fn said() -> Find {
    by(MESSAGE).with("data-role", "user")
}
