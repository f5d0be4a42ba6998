//! What is said about sound, the voices and the words in it.

use serde::{Deserialize, Serialize};

/// The languages that are listened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[serde(rename = "ko")]
    Korean,
    #[serde(rename = "en")]
    English,
}

impl Language {
    pub const ALL: [Self; 2] = [Self::Korean, Self::English];

    /// As ISO 639 names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// How sound is written down: 32-bit floats from -1 to 1, channels interleaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SoundFormat {
    /// Samples a second in each channel.
    pub rate: u32,
    pub channels: usize,
}

impl Default for SoundFormat {
    fn default() -> Self {
        Self { rate: 16_000, channels: 1 }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TranscribeOptions {
    /// What is spoken; found out from the sound when `None`.
    pub language: Option<Language>,
    /// Whether segments are wanted, with their times. Without, a text that fits
    /// into half a minute is read off faster.
    pub timestamps: bool,
    /// Whether to tell what the sound seems to say before it is certain, as where
    /// somebody speaks into a microphone just then. What is quiet before the first
    /// word is left out of that: buttons are held before anybody speaks.
    pub partials: bool,
    /// Of the chance that comes in when the first reading was no good.
    pub seed: u64,
}

/// A stretch of speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Seconds from the beginning of the sound.
    pub start: f64,
    pub end: f64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Empty when nobody spoke.
    pub text: String,
    /// `None` when nobody spoke and nobody said what to listen for.
    pub language: Option<Language>,
    pub segments: Vec<Segment>,
}

/// When a voice is taken to begin and to end. All lengths are in frames of 32 ms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patience {
    /// Speech begins at this probability …
    pub begin: f32,
    /// … and goes on until it stays below this one …
    pub end: f32,
    /// … for so long. People pause between words.
    pub silence: usize,
    /// What is shorter was a cough.
    pub shortest: usize,
    /// Kept before and after, so that soft first and last sounds are not lost.
    pub margin: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { begin: 0.5, end: 0.35, silence: 10, shortest: 8, margin: 2 }
    }
}

/// A stretch of time in which somebody speaks, in seconds from the beginning of
/// the sound.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    pub start: f64,
    pub end: f64,
}

/// Something worth telling while listening for voices.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Turn {
    /// Somebody has begun to speak, and it was no cough.
    Began {
        at: f64,
    },
    Ended(Stretch),
}
