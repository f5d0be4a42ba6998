//! When to listen, and what was heard: from presses of a button and voices in the
//! room to messages.
//!
//! Pure, as the companion is: events in, state and effects out. Sound itself never
//! comes here, only how loud it is and until when there is some; requests name the
//! seconds of it that are meant, and the page sends those along.
//!
//! - [`events`]: what can happen, and what can be asked for
//! - [`state`]: what a person sees
//! - [`manner`]: how a person wants to be heard
//! - `microphone`: when it is open, and whether anything comes from it
//! - `talk`: the button
//! - `turns`: hands-free, and who tells when somebody speaks
//! - `recording`: something said, until it is in words
//! - `words`: what becomes of those
//! - `her_voice`: what she says herself meanwhile
//!
//! At most one recording is streamed at a time. It is ended or dropped exactly once,
//! then waits for its words behind those that were said before it; so messages come
//! in the order in which they were said.

pub mod events;
mod her_voice;
pub mod manner;
mod microphone;
mod recording;
pub mod state;
mod talk;
mod turns;
mod words;

use std::collections::VecDeque;

use bella_protocol::{Request, RequestId, SoundFormat, ToEngine, TranscribeOptions};

use crate::Now;
use crate::energy::Energy;
pub use events::{EarEffect, EarEvent};
pub use manner::{HearingManner, Sensitivity};
pub use state::{EarPhase, EarState, Hold};

use her_voice::HerVoice;
use microphone::{Device, Open};
use recording::{Ending, Kind, Recording};
use talk::Press;
use turns::{Deaths, Watch};

#[derive(Debug, Default)]
pub struct Ears {
    state: EarState,
    /// The models that are there.
    transcribe: Option<String>,
    vad: Option<String>,
    device: Device,
    press: Option<Press>,
    /// What is streamed now.
    recording: Option<Recording>,
    /// What was said and is not in words yet, oldest first.
    waiting: VecDeque<Waiting>,
    watch: Option<Watch>,
    deaths: Deaths,
    energy: Energy,
    her: HerVoice,
    /// The recording for which she speaks more softly.
    ducked_for: Option<RequestId>,
    /// Whether she was told to be silent and has not answered yet.
    is_hushed: bool,
    /// Sound until here belongs to a recording, or was thrown away.
    used_until_s: f64,
    /// When there was a reason for the microphone to be open last.
    used_at_ms: u64,
    attentive_until_ms: Option<u64>,
    beat_at_ms: Option<u64>,
    keeps_screen_on: bool,
}

#[derive(Debug)]
struct Waiting {
    recording: Recording,
    /// There already, and kept until the ones before have theirs.
    ending: Option<Ending>,
}

/// What one step has at hand, and what it asks for.
struct Act<'a> {
    now: Now,
    ids: &'a mut dyn FnMut() -> RequestId,
    effects: Vec<EarEffect>,
}

impl Act<'_> {
    fn ask(&mut self, effect: EarEffect) {
        self.effects.push(effect);
    }

    fn begin(&mut self, request: Request, from_s: f64) -> RequestId {
        let id = (self.ids)();
        self.ask(EarEffect::Begin { message: ToEngine { id, request }, from_s });
        id
    }

    fn cancel(&mut self, target: RequestId) {
        let id = (self.ids)();
        self.ask(EarEffect::Send(ToEngine { id, request: Request::Cancel { target } }));
    }
}

impl Ears {
    pub fn new(manner: HearingManner) -> Self {
        Self {
            state: EarState { manner, ..EarState::default() },
            energy: Energy::new(manner.sensitivity),
            ..Self::default()
        }
    }

    pub fn state(&self) -> &EarState {
        &self.state
    }

    /// Whether an answer to this request is for here.
    pub fn waits_for(&self, request: RequestId) -> bool {
        self.watch.as_ref().is_some_and(|watch| watch.request == request)
            || self.recordings().any(|recording| recording.request == request)
    }

    /// Takes one event. The effects are to be carried out in their order.
    pub fn step(
        &mut self,
        event: EarEvent,
        now: Now,
        ids: &mut dyn FnMut() -> RequestId,
    ) -> Vec<EarEffect> {
        let mut act = Act { now, ids, effects: Vec::new() };
        match event {
            EarEvent::TalkPressed => self.press(&mut act),
            EarEvent::TalkReleased => self.release(&mut act),
            EarEvent::TalkCancelled => self.throw_away(&mut act),
            EarEvent::HandsFreeChosen(chosen) => self.choose_hands_free(chosen, &mut act),
            EarEvent::MannerChosen(manner) => {
                self.state.manner = manner;
                self.energy.listen_with(manner.sensitivity);
            }
            EarEvent::TroubleDismissed => self.state.trouble = None,
            EarEvent::MicrophoneOpened { rate } => self.microphone_is_open(rate, &mut act),
            EarEvent::MicrophoneFailed(trouble) | EarEvent::MicrophoneLost(trouble) => {
                self.microphone_is_gone(trouble, &mut act);
            }
            EarEvent::Sound { level, peak, until_s } => {
                self.hear_sound(level, peak, until_s, &mut act);
            }
            EarEvent::Beat => self.beat(&mut act),
            EarEvent::CanHear { transcribe, vad } => self.can_hear(transcribe, vad),
            EarEvent::Answered { request, reply } => self.answered(request, reply, &mut act),
            EarEvent::EngineLost => self.engine_is_lost(&mut act),
            EarEvent::BellaSpeaks(sentence) => self.she_speaks(sentence, &mut act),
        }
        self.settle(&mut act);
        self.show(now);
        act.effects
    }

    /// Whether it listens to the room, as was chosen.
    fn is_hands_free(&self) -> bool {
        self.state.hands_free && self.transcribe.is_some()
    }

    /// Everything that is not in words yet, in the order in which it was said.
    fn recordings(&self) -> impl Iterator<Item = &Recording> {
        self.waiting.iter().map(|waiting| &waiting.recording).chain(&self.recording)
    }

    fn can_hear(&mut self, transcribe: Option<String>, vad: Option<String>) {
        if self.vad != vad {
            self.deaths = Deaths::default();
        }
        (self.transcribe, self.vad) = (transcribe, vad);
        if self.transcribe.is_none() && self.device.is_opening() {
            self.press = None;
        }
    }

    /// What was said and is not in words yet is lost with it.
    fn engine_is_lost(&mut self, act: &mut Act) {
        if let Some(watch) = self.watch.take() {
            act.ask(EarEffect::Drop { target: watch.request });
        }
        if let Some(recording) = self.recording.take() {
            act.ask(EarEffect::Drop { target: recording.request });
            self.used_until_s = self.device.heard_s();
        }
        self.waiting.clear();
        self.unduck(act);
        self.press = None;
        (self.transcribe, self.vad) = (None, None);
    }

    // Recordings.

    fn begin_recording(&mut self, kind: Kind, from_s: f64, act: &mut Act) {
        let (Some(model), Device::Open(Open { rate, .. })) = (&self.transcribe, &self.device)
        else {
            return;
        };
        let options = TranscribeOptions {
            language: self.state.manner.language,
            timestamps: false,
            partials: true,
            seed: act.now.random,
        };
        let format = SoundFormat { rate: *rate, channels: 1 };
        let request = Request::Transcribe { model: model.clone(), options, format, live: true };
        let request = act.begin(request, from_s);
        self.recording = Some(Recording::new(request, kind, from_s, act.now.at_ms));
    }

    /// Ends what is recorded: at this second, or with all there is.
    fn end_recording(&mut self, until_s: Option<f64>, act: &mut Act) {
        let Some(recording) = self.recording.take() else { return };
        act.ask(EarEffect::End { target: recording.request, until_s });
        self.wait_for(recording, until_s);
    }

    /// Throws away what is recorded.
    fn drop_recording(&mut self, act: &mut Act) {
        let Some(recording) = self.recording.take() else { return };
        act.ask(EarEffect::Drop { target: recording.request });
        act.cancel(recording.request);
        self.let_button_go(&recording);
        self.used_until_s = self.device.heard_s();
        self.unduck_for(recording.request, act);
    }

    fn wait_for(&mut self, mut recording: Recording, until_s: Option<f64>) {
        let until_s = until_s.unwrap_or(self.device.heard_s());
        self.let_button_go(&recording);
        recording.until_s = Some(until_s);
        self.used_until_s = until_s;
        self.waiting.push_back(Waiting { recording, ending: None });
    }

    /// A button that is still down has nothing more to end.
    fn let_button_go(&mut self, recording: &Recording) {
        // In its tail, a press is one for the next.
        if recording.talk().is_some_and(|talk| talk.tail.is_none()) {
            self.press = None;
        }
    }

    // Her voice.

    fn she_speaks(&mut self, sentence: Option<String>, act: &mut Act) {
        let has_begun = sentence.is_some() && !self.her.is_speaking();
        let is_speaking = sentence.is_some();
        self.her.says(sentence, self.device.heard_s());
        self.is_hushed = false;
        let Some(recording) = self.recording.as_ref().filter(|_| is_speaking) else { return };
        let request = recording.request;
        if recording.talk().is_some() {
            self.hush(act);
        } else if self.state.manner.barge_in {
            if has_begun && !recording.echoes {
                self.duck(request, act);
            }
            self.look(request, act);
        }
    }

    fn duck(&mut self, request: RequestId, act: &mut Act) {
        if !self.her.is_speaking() || self.is_hushed {
            return;
        }
        if self.ducked_for.replace(request).is_none() {
            act.ask(EarEffect::Duck);
        }
    }

    fn hush(&mut self, act: &mut Act) {
        if self.her.is_speaking() && !self.is_hushed {
            self.is_hushed = true;
            self.ducked_for = None;
            act.ask(EarEffect::Hush);
        }
    }

    fn unduck(&mut self, act: &mut Act) {
        if self.ducked_for.take().is_some() {
            act.ask(EarEffect::Unduck);
        }
    }

    fn unduck_for(&mut self, request: RequestId, act: &mut Act) {
        if self.ducked_for == Some(request) {
            self.unduck(act);
        }
    }

    // After every event.

    /// Makes what runs follow from what is wanted.
    fn settle(&mut self, act: &mut Act) {
        if !self.is_hands_free() && self.recording.as_ref().is_some_and(|it| it.turn().is_some()) {
            // Nobody listens for its end any more.
            self.end_recording(None, act);
        }
        if self.needs_microphone() {
            self.used_at_ms = act.now.at_ms;
            if matches!(self.device, Device::Closed) {
                self.device = Device::Opening;
                act.ask(EarEffect::OpenMicrophone);
            }
        }
        self.settle_watch(act);
        let listens = self.device.is_open() && (self.is_hands_free() || self.recording.is_some());
        if listens != self.keeps_screen_on {
            self.keeps_screen_on = listens;
            act.ask(EarEffect::KeepScreenOn(listens));
        }
    }

    fn show(&mut self, now: Now) {
        let recorded = self.recording.as_ref();
        let recorded = recorded.filter(|it| it.talk().is_none_or(|talk| talk.tail.is_none()));
        let is_wanted = self.press.is_some() || self.is_hands_free();
        let transcribing = self.recordings().count() - usize::from(recorded.is_some());
        self.state.phase = if self.device.is_opening() && is_wanted {
            EarPhase::Opening
        } else if recorded.is_some() {
            EarPhase::Recording
        } else if transcribing > 0 {
            EarPhase::Transcribing
        } else if self.device.is_open() && self.is_hands_free() {
            EarPhase::Waiting
        } else {
            EarPhase::Idle
        };
        self.state.recording_since_ms = recorded.map(|recording| recording.since_ms);
        self.state.transcribing = transcribing;
        let shown = self.recordings().map(|recording| recording.shown.trim());
        let shown: Vec<&str> = shown.filter(|shown| !shown.is_empty()).collect();
        self.state.partial = shown.join(" ");
        self.state.hold = self.press.map(|press| press.hold);
        self.state.is_open = self.device.is_open();
        self.state.is_too_loud = self.device.is_too_loud();
        self.state.is_attentive = self.is_attentive(now);
        self.state.is_by_loudness =
            self.is_hands_free() && self.device.is_open() && self.watch.is_none();
    }
}
