//! How a person wants to be spoken to.

use crate::Language;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeakingManner {
    pub is_on: bool,
    pub rate: SpeechRate,
    /// The voices that were chosen, by their ids. `None`: Bella chooses.
    pub korean: Option<String>,
    pub english: Option<String>,
}

impl Default for SpeakingManner {
    fn default() -> Self {
        Self { is_on: true, rate: SpeechRate::default(), korean: None, english: None }
    }
}

impl SpeakingManner {
    pub fn voice(&self, language: Language) -> Option<&str> {
        match language {
            Language::Korean => self.korean.as_deref(),
            Language::English => self.english.as_deref(),
        }
    }

    pub fn choose_voice(&mut self, language: Language, id: Option<String>) {
        match language {
            Language::Korean => self.korean = id,
            Language::English => self.english = id,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpeechRate {
    Slower,
    #[default]
    Normal,
    Faster,
}

impl SpeechRate {
    pub const ALL: [SpeechRate; 3] = [SpeechRate::Slower, SpeechRate::Normal, SpeechRate::Faster];

    /// The name under which the choice is kept and found on the page.
    pub fn name(self) -> &'static str {
        match self {
            SpeechRate::Slower => "slower",
            SpeechRate::Normal => "normal",
            SpeechRate::Faster => "faster",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.name() == name)
    }

    /// Times the voice's own rate.
    pub fn factor(self) -> f32 {
        match self {
            SpeechRate::Slower => 0.8,
            SpeechRate::Normal => 1.0,
            SpeechRate::Faster => 1.3,
        }
    }
}
