//! When and how a reply is said aloud, as pure logic.
//!
//! Sentences of a reply are said while the rest is still being thought of. The
//! browser holds at most the one that is being said and one ahead, so that there are
//! no gaps and silence comes at once. What the browser does with them is never taken
//! on trust: an utterance that does not begin or does not end is given up, with a
//! reason, and the conversation goes on in writing.
//!
//! - [`manner`]: how a person wants to be spoken to
//! - [`voice`]: which voice says what is said, and whether it leaves the device
//! - `pace`: how far a voice has come
//! - `machine`: the state machine

mod machine;
pub mod manner;
mod pace;
pub mod voice;

use crate::Language;
pub use crate::spoken::Line;
pub use machine::Mouth;
pub use manner::{SpeakingManner, SpeechRate};
pub use voice::{Voice, leaves_device};

/// Everything that can happen to her mouth.
#[derive(Clone, Debug, PartialEq)]
pub enum MouthEvent<'a> {
    /// A new reply is under way; what was left of the one before is not said.
    ReplyBegan,
    /// The whole text of the reply so far.
    ReplyGrew(&'a str),
    /// Nothing more will come, however it ended.
    ReplyEnded,
    /// Something to be said that is no reply of the model's.
    Say(&'a str),

    /// The browser began to say an utterance.
    Started {
        id: UtteranceId,
    },
    /// It came to the word at this place, in units of UTF-16. Few voices tell.
    Boundary {
        id: UtteranceId,
        unit: u32,
    },
    Finished {
        id: UtteranceId,
    },
    /// `error` is the browser's own name for it, such as `not-allowed`.
    Failed {
        id: UtteranceId,
        error: String,
    },

    /// Somebody may be speaking: go on in a whisper.
    Duck,
    /// Nobody was: the next sentence is said aloud again.
    Unduck,
    /// Be quiet, and say nothing more of this reply.
    Hush,

    MannerChosen(SpeakingManner),
    /// What her mood does to her pace, as a factor.
    MoodRate(f32),
    /// The voices there are. Browsers begin with none and tell of them later.
    VoicesChanged(Vec<Voice>),
    /// About twice a second; it may come late.
    Beat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UtteranceId(pub u32);

/// Everything her mouth can ask of the outside, to be carried out in order.
#[derive(Clone, Debug, PartialEq)]
pub enum MouthEffect {
    /// Say this after what was asked for before.
    Speak(Utterance),
    /// Forget everything that was asked for, at once.
    Silence,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    pub id: UtteranceId,
    pub text: String,
    /// The id of its [`Voice`].
    pub voice: String,
    /// The voice's language, such as `ko-KR`.
    pub tag: String,
    /// Between a half and two.
    pub rate: f32,
    /// Up to one.
    pub volume: f32,
}

/// What there is to see of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MouthState {
    /// The sentence that is being said, whole, also where only the rest of it is.
    pub saying: Option<Line>,
    /// Whether anything is being said or is about to be.
    pub is_speaking: bool,
    pub is_ducked: bool,
    /// Whether a voice in use sends what it says to its maker.
    pub leaves_device: bool,
    /// Why something of this reply was not said aloud.
    pub not_said: Option<NotSaid>,
}

/// Why something was not said aloud; the catalogue has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSaid {
    /// The browser has no voice at all.
    NoVoices,
    NoVoiceFor(Language),
    /// Every voice of the language would send the text away, and none was chosen.
    OnlyRemote(Language),
    /// The browser wants the person to touch the page first.
    NotAllowed,
    NeverStarted,
    NeverEnded,
    /// By the browser's own name.
    Failed {
        error: String,
    },
}

impl NotSaid {
    /// A stable name of the kind, for tests and styles.
    pub fn kind(&self) -> &'static str {
        match self {
            NotSaid::NoVoices => "no-voices",
            NotSaid::NoVoiceFor(_) => "no-voice-for",
            NotSaid::OnlyRemote(_) => "only-remote",
            NotSaid::NotAllowed => "not-allowed",
            NotSaid::NeverStarted => "never-started",
            NotSaid::NeverEnded => "never-ended",
            NotSaid::Failed { .. } => "failed",
        }
    }

    /// Whether it holds for as long as the voices are what they are.
    fn is_about_voices(&self) -> bool {
        matches!(self, NotSaid::NoVoices | NotSaid::NoVoiceFor(_) | NotSaid::OnlyRemote(_))
    }
}
