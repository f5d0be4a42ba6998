//! How Bella is to speak, as a person chose it, and the voices there are.

use bella_companion::mouth::{SpeakingManner, SpeechRate, Voice};
use leptos::prelude::*;

use crate::browser::page::storage::{self, Key};

/// What [`SpeakingManner::is_on`] is called in storage and by tests.
pub fn on_name(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

#[derive(Clone, Copy, Debug)]
pub struct Speaking {
    pub manner: RwSignal<SpeakingManner>,
    /// As the browser told of them last; none at first.
    pub voices: RwSignal<Vec<Voice>>,
}

impl Speaking {
    /// As remembered; changes are remembered.
    pub fn recall() -> Self {
        let rate = storage::recall(Key::SpeechRate).as_deref().and_then(SpeechRate::from_name);
        let speaking = Self {
            manner: RwSignal::new(SpeakingManner {
                is_on: storage::recall(Key::Speaking).as_deref() != Some(on_name(false)),
                rate: rate.unwrap_or_default(),
                korean: storage::recall(Key::KoreanVoice),
                english: storage::recall(Key::EnglishVoice),
            }),
            voices: RwSignal::default(),
        };
        Effect::watch(
            move || speaking.manner.get(),
            |manner, _, _| {
                storage::remember(Key::Speaking, Some(on_name(manner.is_on)));
                storage::remember(Key::SpeechRate, Some(manner.rate.name()));
                storage::remember(Key::KoreanVoice, manner.korean.as_deref());
                storage::remember(Key::EnglishVoice, manner.english.as_deref());
            },
            false,
        );
        speaking
    }
}

pub fn use_speaking() -> Speaking {
    expect_context()
}
