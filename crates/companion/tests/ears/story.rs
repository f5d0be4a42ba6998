//! How stories are played and told, and what they are made of.

use bella_companion::{EarEffect, EarEvent, EarState, Ears, HearingManner, Now, Sensitivity};
use bella_protocol::{
    Failure, Language, Outcome, Reply, Request, RequestId, Segment, Stretch, ToEngine, Transcript,
    Turn,
};

/// How loud a voice is, and a quiet room.
pub(crate) const VOICE: f32 = 0.1;
pub(crate) const ROOM: f32 = 0.000_5;
const SOUNDS_A_SECOND: f64 = 30.0;

/// What happens in a line of a story.
#[derive(Clone, Debug)]
pub(crate) enum Line {
    Event(EarEvent),
    /// Nothing, for so many milliseconds.
    Later(u64),
    /// Sound that comes for so many seconds, as loud as this.
    Sounds(f64, f32),
    /// Beats, for so many seconds, and not a sound.
    Beats(u64),
}

pub(crate) struct Scene {
    pub ears: Ears,
    pub now_ms: u64,
    /// Sounds since the microphone opened.
    pub sounds: u32,
    next_request: u32,
}

impl Scene {
    pub(crate) fn new(manner: HearingManner) -> Self {
        Self { ears: Ears::new(manner), now_ms: 1_000_000, sounds: 0, next_request: 0 }
    }

    pub(crate) fn state(&self) -> &EarState {
        self.ears.state()
    }

    pub(crate) fn step(&mut self, event: EarEvent) -> Vec<EarEffect> {
        if matches!(event, EarEvent::MicrophoneOpened { .. }) {
            self.sounds = 0;
        }
        let next = &mut self.next_request;
        let mut ids = || {
            *next += 1;
            RequestId(*next - 1)
        };
        self.ears.step(event, Now { at_ms: self.now_ms, random: 7 }, &mut ids)
    }

    pub(crate) fn sound(&mut self, level: f32) -> Vec<EarEffect> {
        self.sounds += 1;
        self.now_ms += 33;
        let until_s = f64::from(self.sounds) / SOUNDS_A_SECOND;
        self.step(EarEvent::Sound { level, peak: level * 2.0, until_s })
    }

    pub(crate) fn play(&mut self, line: &Line) -> Vec<EarEffect> {
        match line {
            Line::Event(event) => self.step(event.clone()),
            Line::Later(ms) => {
                self.now_ms += ms;
                Vec::new()
            }
            Line::Sounds(seconds, level) => {
                let count = (seconds * SOUNDS_A_SECOND).round() as u32;
                (0..count).flat_map(|_| self.sound(*level)).collect()
            }
            Line::Beats(seconds) => (0..seconds * 2)
                .flat_map(|_| {
                    self.now_ms += 500;
                    self.step(EarEvent::Beat)
                })
                .collect(),
        }
    }

    /// Plays `story` and compares, after each line, the phase and the effects.
    #[track_caller]
    pub(crate) fn plays(&mut self, story: &[(Line, &str)]) {
        for (at, (line, expected)) in story.iter().enumerate() {
            let effects = self.play(line);
            let mut told = vec![self.state().phase.name().to_owned()];
            told.extend(effects.iter().map(tell));
            assert_eq!(told.join("; "), *expected, "after line {at}: {line:?}");
        }
    }

    #[track_caller]
    pub(crate) fn shows(&self, partial: &str) {
        assert_eq!(self.state().partial, partial);
    }

    pub(crate) fn trouble(&self) -> Option<&'static str> {
        self.state().trouble.as_ref().map(|trouble| trouble.kind())
    }
}

pub(crate) fn tell(effect: &EarEffect) -> String {
    match effect {
        EarEffect::OpenMicrophone => "open".into(),
        EarEffect::CloseMicrophone => "close".into(),
        EarEffect::Begin { message, from_s } => {
            let what = match &message.request {
                Request::Transcribe { live: true, .. } => "hear",
                Request::Listen { live: true, .. } => "watch",
                other => panic!("not to be streamed: {other:?}"),
            };
            format!("{} {what} from {from_s:.1}", message.id.0)
        }
        EarEffect::End { target, until_s: Some(until_s) } => {
            format!("end {} at {until_s:.1}", target.0)
        }
        EarEffect::End { target, until_s: None } => format!("end {}", target.0),
        EarEffect::Drop { target } => format!("drop {}", target.0),
        EarEffect::Send(ToEngine { request: Request::Cancel { target }, .. }) => {
            format!("cancel {}", target.0)
        }
        EarEffect::Send(other) => panic!("not to be sent: {other:?}"),
        EarEffect::Heard { text, .. } => format!("heard {text:?}"),
        EarEffect::HeardNothing => "nothing".into(),
        EarEffect::NotHeard(failure) => format!("not heard, {failure}"),
        EarEffect::NeedsToHear => "needs to hear".into(),
        EarEffect::Duck => "duck".into(),
        EarEffect::Unduck => "unduck".into(),
        EarEffect::Hush => "hush".into(),
        EarEffect::KeepScreenOn(true) => "screen on".into(),
        EarEffect::KeepScreenOn(false) => "screen off".into(),
    }
}

pub(crate) fn manner() -> HearingManner {
    HearingManner { sensitivity: Sensitivity::Medium, ..HearingManner::default() }
}

/// Ears with a transcriber, that nobody needs yet.
pub(crate) fn ears() -> Scene {
    let mut scene = Scene::new(manner());
    scene.step(can_hear(Some("whisper"), None));
    scene
}

/// The same with a microphone that is open after a first recording, by request 0, and
/// heard two quiet seconds.
pub(crate) fn warm() -> Scene {
    let mut scene = ears();
    for line in [pressed(), event(opened()), quiet(1.0), released(), words(0, ""), quiet(1.0)] {
        scene.play(&line);
    }
    scene
}

/// Hands-free, with a model that knows voices: it listens with the first request.
/// Two quiet seconds have passed.
pub(crate) fn room(manner: HearingManner) -> Scene {
    let mut scene = Scene::new(manner);
    for event in
        [can_hear(Some("whisper"), Some("silero")), EarEvent::HandsFreeChosen(true), opened()]
    {
        scene.step(event);
    }
    scene.play(&quiet(2.0));
    scene
}

pub(crate) fn can_hear(transcribe: Option<&str>, vad: Option<&str>) -> EarEvent {
    EarEvent::CanHear { transcribe: transcribe.map(str::to_owned), vad: vad.map(str::to_owned) }
}

pub(crate) fn event(event: EarEvent) -> Line {
    Line::Event(event)
}

pub(crate) fn quiet(seconds: f64) -> Line {
    Line::Sounds(seconds, ROOM)
}

pub(crate) fn voice(seconds: f64) -> Line {
    Line::Sounds(seconds, VOICE)
}

pub(crate) fn pressed() -> Line {
    event(EarEvent::TalkPressed)
}

pub(crate) fn released() -> Line {
    event(EarEvent::TalkReleased)
}

pub(crate) fn cancelled() -> Line {
    event(EarEvent::TalkCancelled)
}

pub(crate) fn opened() -> EarEvent {
    EarEvent::MicrophoneOpened { rate: 48_000 }
}

pub(crate) fn speaks(sentence: &str) -> Line {
    event(EarEvent::BellaSpeaks(Some(sentence.into())))
}

pub(crate) fn silent() -> Line {
    event(EarEvent::BellaSpeaks(None))
}

pub(crate) fn answered(request: u32, reply: Reply) -> Line {
    event(EarEvent::Answered { request: RequestId(request), reply })
}

pub(crate) fn partial(request: u32, text: &str) -> Line {
    answered(request, Reply::Partial(text.into()))
}

pub(crate) fn segment(request: u32, text: &str) -> Line {
    answered(request, Reply::Segment(Segment { start: 0.0, end: 1.0, text: text.into() }))
}

/// The words of a recording; none: nobody spoke.
pub(crate) fn words(request: u32, text: &str) -> Line {
    let transcript = Transcript {
        text: text.into(),
        language: Some(Language::Korean).filter(|_| !text.is_empty()),
        segments: Vec::new(),
    };
    answered(request, Reply::Done(Outcome::Transcript(transcript)))
}

pub(crate) fn failed(request: u32, failure: Failure) -> Line {
    answered(request, Reply::Failed(failure))
}

/// The model hears a voice begin, in seconds of its own stream.
pub(crate) fn began(request: u32, at: f64) -> Line {
    answered(request, Reply::Voice(Turn::Began { at }))
}

pub(crate) fn ended(request: u32, start: f64, end: f64) -> Line {
    answered(request, Reply::Voice(Turn::Ended(Stretch { start, end })))
}
