//! How long and how freely Bella answers.

use bella_protocol::ChatOptions;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manner {
    pub length: ReplyLength,
    pub variety: Variety,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyLength {
    Short,
    #[default]
    Medium,
    Long,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variety {
    /// Always the likeliest word: the same question gets the same answer. The
    /// models of a first start are small, and chance makes them wrong more often
    /// than it makes them charming.
    #[default]
    Steady,
    Natural,
    Playful,
}

impl ReplyLength {
    pub const ALL: [ReplyLength; 3] = [ReplyLength::Short, ReplyLength::Medium, ReplyLength::Long];

    /// The name under which the choice is kept and found on the page.
    pub fn name(self) -> &'static str {
        match self {
            ReplyLength::Short => "short",
            ReplyLength::Medium => "medium",
            ReplyLength::Long => "long",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.name() == name)
    }

    fn max_tokens(self) -> usize {
        match self {
            ReplyLength::Short => 128,
            ReplyLength::Medium => 384,
            ReplyLength::Long => 1024,
        }
    }
}

impl Variety {
    pub const ALL: [Variety; 3] = [Variety::Steady, Variety::Natural, Variety::Playful];

    /// The name under which the choice is kept and found on the page.
    pub fn name(self) -> &'static str {
        match self {
            Variety::Steady => "steady",
            Variety::Natural => "natural",
            Variety::Playful => "playful",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variety| variety.name() == name)
    }

    /// Small models ramble when they are let loose, so even playful stays
    /// below 1.
    fn temperature(self) -> f32 {
        match self {
            Variety::Steady => 0.0,
            Variety::Natural => 0.4,
            Variety::Playful => 0.8,
        }
    }
}

impl Manner {
    pub(crate) fn options(self, seed: u64) -> ChatOptions {
        ChatOptions {
            max_tokens: self.length.max_tokens(),
            temperature: self.variety.temperature(),
            seed,
            ..ChatOptions::default()
        }
    }
}
