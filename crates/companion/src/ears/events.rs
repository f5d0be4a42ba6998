//! What can happen to the ears, and what they ask for.

use bella_protocol::{Failure, Language, Reply, RequestId, ToEngine};

use crate::MicrophoneTrouble;
use crate::ears::HearingManner;

#[derive(Clone, Debug, PartialEq)]
pub enum EarEvent {
    /// The talk button, the key for it, or a finger on it.
    TalkPressed,
    TalkReleased,
    /// Throw away what is being said; or, if nobody speaks any more, what is still
    /// being put into words.
    TalkCancelled,
    HandsFreeChosen(bool),
    MannerChosen(HearingManner),
    /// What was told of the microphone was read.
    TroubleDismissed,

    /// Seconds of sound are counted from here.
    MicrophoneOpened {
        rate: u32,
    },
    /// It did not open.
    MicrophoneFailed(MicrophoneTrouble),
    /// It was open, and is not any more.
    MicrophoneLost(MicrophoneTrouble),
    /// What was heard until then, about thirty times a second: the root of the mean
    /// square, and the largest, from 0 to 1.
    Sound {
        level: f32,
        peak: f32,
        until_s: f64,
    },
    /// About every half second; later where the page sleeps.
    Beat,

    /// The models that are loaded now.
    CanHear {
        transcribe: Option<String>,
        vad: Option<String>,
    },
    /// About a request for which [`Ears::waits_for`](crate::Ears::waits_for) is true.
    Answered {
        request: RequestId,
        reply: Reply,
    },
    /// All requests are gone, and all models.
    EngineLost,
    /// The sentence that she is saying now, or that she is silent.
    BellaSpeaks(Option<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum EarEffect {
    OpenMicrophone,
    CloseMicrophone,
    /// Send this live request with all sound since then, and stream on.
    Begin {
        message: ToEngine,
        from_s: f64,
    },
    /// Send the rest up to there, or all there is, as the last piece.
    End {
        target: RequestId,
        until_s: Option<f64>,
    },
    /// Stop streaming without a last piece.
    Drop {
        target: RequestId,
    },
    Send(ToEngine),

    /// Somebody said this to her.
    Heard {
        text: String,
        language: Option<Language>,
    },
    /// Somebody wanted to say something, and there were no words in it.
    HeardNothing,
    /// What somebody said could not be put into words.
    NotHeard(Failure),
    /// There is no model that could put anything into words.
    NeedsToHear,

    /// Speak more softly: somebody else seems to speak.
    Duck,
    /// It was nothing. Follows a [`Duck`](Self::Duck) unless a [`Hush`](Self::Hush) does.
    Unduck,
    /// Stop speaking, now.
    Hush,
    KeepScreenOn(bool),
}
