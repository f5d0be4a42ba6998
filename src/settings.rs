//! What a person chose, kept between visits.

use bella_companion::{Language, Manner, ReplyLength, Variety};
use leptos::prelude::*;

use crate::browser::page::storage::Key;
use crate::browser::page::{document, storage};
use crate::i18n::{self, Messages};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device has it.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    pub fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub language: RwSignal<Language>,
    pub theme: RwSignal<Theme>,
    pub manner: RwSignal<Manner>,
    pub saves_power: RwSignal<bool>,
}

/// What [`Settings::saves_power`] is called in storage and by tests.
pub fn power_name(saves: bool) -> &'static str {
    if saves { "saving" } else { "full" }
}

impl Settings {
    /// As remembered, or else as the browser suggests; changes are remembered.
    pub fn recall() -> Self {
        let theme = storage::recall(Key::Theme).as_deref().and_then(Theme::from_name);
        let length = storage::recall(Key::ReplyLength).as_deref().and_then(ReplyLength::from_name);
        let variety = storage::recall(Key::Variety).as_deref().and_then(Variety::from_name);
        let settings = Self {
            language: RwSignal::new(recall_language()),
            theme: RwSignal::new(theme.unwrap_or_default()),
            manner: RwSignal::new(Manner {
                length: length.unwrap_or_default(),
                variety: variety.unwrap_or_default(),
            }),
            saves_power: RwSignal::new(
                storage::recall(Key::Power).as_deref() == Some(power_name(true)),
            ),
        };
        settings.apply_and_remember();
        settings
    }

    /// The catalogue in the language chosen; views that read it change with it.
    pub fn messages(self) -> &'static Messages {
        i18n::messages(self.language.get())
    }

    fn apply_and_remember(self) {
        Effect::new(move |_| document::set_language(self.language.get()));
        Effect::new(move |_| {
            let theme = self.theme.get();
            document::set_theme((theme != Theme::Auto).then_some(theme.name()));
        });
        // The first run of a watch is left out: what the browser suggested stays
        // a suggestion until the person chooses.
        let remember = |key, name: &str| storage::remember(key, Some(name));
        Effect::watch(
            move || self.language.get(),
            move |it, _, _| remember(Key::Language, it.tag()),
            false,
        );
        Effect::watch(
            move || self.theme.get(),
            move |it, _, _| remember(Key::Theme, it.name()),
            false,
        );
        Effect::watch(
            move || self.manner.get(),
            move |it, _, _| {
                remember(Key::ReplyLength, it.length.name());
                remember(Key::Variety, it.variety.name());
            },
            false,
        );
        Effect::watch(
            move || self.saves_power.get(),
            move |it, _, _| remember(Key::Power, power_name(*it)),
            false,
        );
    }
}

fn recall_language() -> Language {
    storage::recall(Key::Language)
        .as_deref()
        .and_then(Language::from_tag)
        .or_else(|| document::preferred_languages().iter().find_map(|tag| Language::from_tag(tag)))
        .unwrap_or(Language::English)
}

pub fn use_settings() -> Settings {
    expect_context()
}
