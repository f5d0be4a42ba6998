//! How a person wants to be heard.

use bella_protocol::{Language, Patience};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HearingManner {
    /// What is spoken; found out from each recording when `None`.
    pub language: Option<Language>,
    /// Whether she is to be called by name, hands-free.
    pub needs_wake_phrase: bool,
    pub sensitivity: Sensitivity,
    /// Whether she may be interrupted, hands-free.
    pub barge_in: bool,
}

impl Default for HearingManner {
    fn default() -> Self {
        Self {
            language: None,
            needs_wake_phrase: false,
            sensitivity: Sensitivity::Medium,
            barge_in: true,
        }
    }
}

/// How readily a sound is taken for a voice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    /// For a television in the room.
    Low,
    #[default]
    Medium,
    /// For a soft voice, or one from across the room.
    High,
}

impl Sensitivity {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The name under which the choice is kept and found on the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sensitivity| sensitivity.name() == name)
    }

    /// The same for the model that knows voices. People think as long between two
    /// words in a loud room as in a quiet one, so the silence that ends a turn is
    /// always the same: two thirds of a second.
    pub fn patience(self) -> Patience {
        let (begin, end) = match self {
            Self::Low => (0.7, 0.5),
            Self::Medium => (0.5, 0.35),
            Self::High => (0.3, 0.2),
        };
        Patience { begin, end, silence: 20, shortest: 8, margin: 2 }
    }
}
