//! What a person can see of the ears.

use crate::MicrophoneTrouble;
use crate::ears::HearingManner;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct EarState {
    pub phase: EarPhase,
    /// How the talk button is held, if it is. While the microphone opens, this is a
    /// wish, and nothing is recorded yet.
    pub hold: Option<Hold>,
    /// Whether hands-free listening was chosen. It listens only while `phase` says so.
    pub hands_free: bool,
    pub manner: HearingManner,
    /// Whether the microphone is open. It stays open for a while after it was used,
    /// so that the first sound of the next message is not lost.
    pub is_open: bool,
    /// Since when something is recorded, in milliseconds since the Unix epoch.
    pub recording_since_ms: Option<u64>,
    /// What is being said, as far as it is understood; it may still change.
    pub partial: String,
    /// Recordings that are being put into words.
    pub transcribing: usize,
    /// What is wrong with the microphone, until it works again.
    pub trouble: Option<MicrophoneTrouble>,
    /// Whether she was called and now listens to whatever is said next.
    pub is_attentive: bool,
    /// Whether voices are told by loudness alone, for want of a model that knows them.
    pub is_by_loudness: bool,
    /// Whether it is so loud that the sound is cut off.
    pub is_too_loud: bool,
}

/// The one thing to show where there is room for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarPhase {
    #[default]
    Idle,
    /// Somebody wants to be heard and the microphone is not open yet. What is said
    /// now is lost.
    Opening,
    /// Hands-free, and nobody speaks.
    Waiting,
    /// What is said is recorded.
    Recording,
    /// What was said is being put into words.
    Transcribing,
}

impl EarPhase {
    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Opening => "opening",
            Self::Waiting => "waiting",
            Self::Recording => "recording",
            Self::Transcribing => "transcribing",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// As long as the button is down.
    Held,
    /// Until the button is pressed once more.
    Locked,
}
