//! How a person wants to be heard, kept between visits.

use bella_companion::Sensitivity;
use bella_protocol::Language;
use leptos::prelude::*;

use crate::browser::page::storage::{self, Key};
use crate::browser::page::talk_keys::TalkKey;

/// What becomes of what was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterHearing {
    #[default]
    Send,
    /// It is put where a person can mend it first.
    Compose,
}

impl AfterHearing {
    pub const ALL: [Self; 2] = [Self::Send, Self::Compose];

    /// The name under which the choice is kept and found on the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Compose => "compose",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|then| then.name() == name)
    }
}

/// What a choice of yes and no is called in storage and by tests.
pub fn switch_name(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

/// What the language that is listened for is called there; [`AUTO`] is none of its own.
pub fn heard_name(language: Option<Language>) -> &'static str {
    language.map_or(AUTO, Language::code)
}

pub const AUTO: &str = "auto";

#[derive(Clone, Copy, Debug)]
pub struct HearingSettings {
    /// The browser's id of a microphone; whichever the device uses when `None`.
    pub device: RwSignal<Option<String>>,
    /// What is spoken; found out from the sound when `None`.
    pub language: RwSignal<Option<Language>>,
    pub is_hands_free: RwSignal<bool>,
    pub sensitivity: RwSignal<Sensitivity>,
    /// Whether she is to be called by name, hands-free.
    pub needs_wake_phrase: RwSignal<bool>,
    /// Whether she may be interrupted.
    pub barge_in: RwSignal<bool>,
    pub then: RwSignal<AfterHearing>,
    pub talk_key: RwSignal<TalkKey>,
}

impl HearingSettings {
    /// As remembered, or else as most people want it; changes are remembered.
    pub fn recall() -> Self {
        let settings = Self {
            device: RwSignal::new(storage::recall(Key::Microphone).filter(|id| !id.is_empty())),
            language: recalled(Key::HeardLanguage, |code| Some(Language::of_code(code))),
            is_hands_free: recalled_switch(Key::HandsFree, false),
            sensitivity: recalled(Key::Sensitivity, Sensitivity::from_name),
            needs_wake_phrase: recalled_switch(Key::WakePhrase, false),
            barge_in: recalled_switch(Key::BargeIn, true),
            then: recalled(Key::AfterHearing, AfterHearing::from_name),
            talk_key: recalled(Key::TalkKey, TalkKey::from_name),
        };
        settings.remember();
        settings
    }

    fn remember(self) {
        let device = self.device;
        Effect::watch(
            move || device.get(),
            |id, _, _| storage::remember(Key::Microphone, id.as_deref()),
            false,
        );
        remembered(Key::HeardLanguage, move || heard_name(self.language.get()));
        remembered(Key::HandsFree, move || switch_name(self.is_hands_free.get()));
        remembered(Key::Sensitivity, move || self.sensitivity.get().name());
        remembered(Key::WakePhrase, move || switch_name(self.needs_wake_phrase.get()));
        remembered(Key::BargeIn, move || switch_name(self.barge_in.get()));
        remembered(Key::AfterHearing, move || self.then.get().name());
        remembered(Key::TalkKey, move || self.talk_key.get().name());
    }
}

fn recalled<T>(key: Key, read: impl Fn(&str) -> Option<T>) -> RwSignal<T>
where
    T: Default + Send + Sync + 'static,
{
    RwSignal::new(storage::recall(key).as_deref().and_then(read).unwrap_or_default())
}

fn recalled_switch(key: Key, usual: bool) -> RwSignal<bool> {
    let is_on = storage::recall(key).and_then(|name| switch_from_name(&name));
    RwSignal::new(is_on.unwrap_or(usual))
}

pub fn switch_from_name(name: &str) -> Option<bool> {
    [true, false].into_iter().find(|&is_on| switch_name(is_on) == name)
}

/// The first run of a watch is left out: what nobody chose is not remembered.
fn remembered(key: Key, name: impl Fn() -> &'static str + Send + Sync + 'static) {
    Effect::watch(name, move |name, _, _| storage::remember(key, Some(name)), false);
}

pub fn provide_hearing_settings() {
    provide_context(HearingSettings::recall());
}

pub fn use_hearing_settings() -> HearingSettings {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_read_by_the_name_it_is_kept_under() {
        for it in Sensitivity::ALL {
            assert_eq!(Sensitivity::from_name(it.name()), Some(it));
        }
        for it in AfterHearing::ALL {
            assert_eq!(AfterHearing::from_name(it.name()), Some(it));
        }
        for it in [true, false] {
            assert_eq!(switch_from_name(switch_name(it)), Some(it));
        }
        for it in Language::ALL {
            assert_eq!(Language::of_code(heard_name(Some(it))), Some(it));
        }
    }

    #[test]
    fn what_anybody_may_have_written_there_is_no_choice() {
        for name in ["", "yes", "On", "auto", "\u{0}"] {
            assert_eq!(switch_from_name(name), None, "{name:?}");
            assert_eq!(Sensitivity::from_name(name), None, "{name:?}");
            assert_eq!(AfterHearing::from_name(name), None, "{name:?}");
            assert_eq!(TalkKey::from_name(name), None, "{name:?}");
            assert_eq!(Language::of_code(name), None, "{name:?}");
        }
    }
}
