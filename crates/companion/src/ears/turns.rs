//! Hands-free: listening to the room for voices, and to each for a message.
//!
//! A model tells when somebody speaks; where it is missing or fails, loudness does.
//! Turns are the same either way.

use bella_protocol::{Failure, Reply, Request, RequestId, SoundFormat, Stretch, Turn as Told};

use super::microphone::{Device, Open};
use super::recording::{Kind, Turn, Watcher};
use super::{Act, EarEffect, Ears, Sensitivity};
use crate::energy::Voice;

/// A frame of the model's, in seconds.
const FRAME_S: f64 = 0.032;
/// Heard beyond the end of a voice: last sounds are soft.
const HANG_OVER_S: f64 = 0.2;
/// What is told late of a moment that was used up is not told again.
const SLACK_S: f64 = 0.05;
/// Heard before a voice, or before a button was down: first sounds are soft, and people
/// begin to speak as they press.
const PRE_ROLL_S: f64 = 0.4;
/// Heard of that in any case.
const LEAST_PRE_ROLL_S: f64 = 0.1;
/// She is not always silent at once when she says so.
const HER_LAST_SOUND_S: f64 = 0.1;
/// Messages that may wait for their words before the room is not listened to.
const MOST_WAITING: usize = 8;
/// A stream for the model is not let grow older than this: it counts its samples with
/// 32 bits, which last for three days, and what it remembers of a room goes stale long
/// before. It costs the model nothing to begin anew.
const OLDEST_WATCH_S: f64 = 600.0;
/// The new one hears this much of what the old one heard, so that a voice that has
/// just begun is told by one of them …
const OVERLAP_S: f64 = 1.0;
/// … and it begins only so long after anything was said, so that none is told by both.
const CALM_S: f64 = 2.0;
/// A stream that lived for this long died by chance.
const LONG_LIVED_S: f64 = 60.0;
/// How often one may die before loudness takes over for good.
const MOST_DEATHS: u32 = 3;

/// A stream of sound in which a model listens for voices.
#[derive(Debug)]
pub(super) struct Watch {
    pub request: RequestId,
    model: String,
    sensitivity: Sensitivity,
    from_s: f64,
}

/// What became of the streams before.
#[derive(Debug, Default)]
pub(super) struct Deaths {
    in_a_row: u32,
    is_given_up: bool,
}

impl Ears {
    pub(super) fn choose_hands_free(&mut self, chosen: bool, act: &mut Act) {
        self.state.hands_free = chosen;
        if chosen {
            self.deaths = Deaths::default();
            if self.transcribe.is_none() {
                return act.ask(EarEffect::NeedsToHear);
            }
            self.state.trouble = None;
            return;
        }
        // Off is off: what is being said into the room is thrown away, and the browser's
        // sign that the microphone is open goes out. What was said before it still counts.
        self.attentive_until_ms = None;
        if self.recording.as_ref().is_some_and(|recording| recording.turn().is_some()) {
            self.drop_recording(act);
        }
        if !self.needs_microphone() && !matches!(self.device, Device::Closed) {
            self.close_microphone(act);
        }
    }

    // The stream.

    /// Has the model listen if, and as, it is wanted.
    pub(super) fn settle_watch(&mut self, act: &mut Act) {
        let sensitivity = self.state.manner.sensitivity;
        let is_wanted = self.is_hands_free() && !self.deaths.is_given_up;
        let wanted = self.vad.as_ref().filter(|_| is_wanted && self.device.is_open());
        let fits = |watch: &Watch| wanted == Some(&watch.model) && watch.sensitivity == sensitivity;
        if self.watch.as_ref().is_some_and(|watch| !fits(watch)) {
            self.stop_watch(act);
        }
        if self.watch.is_none() {
            self.begin_watch(self.device.heard_s(), act);
        }
    }

    fn begin_watch(&mut self, from_s: f64, act: &mut Act) {
        let is_wanted = self.is_hands_free() && !self.deaths.is_given_up;
        let (true, Some(model), Device::Open(Open { rate, .. })) =
            (is_wanted, &self.vad, &self.device)
        else {
            return;
        };
        let (model, sensitivity) = (model.clone(), self.state.manner.sensitivity);
        let request = Request::Listen {
            model: model.clone(),
            patience: sensitivity.patience(),
            format: SoundFormat { rate: *rate, channels: 1 },
            live: true,
        };
        let request = act.begin(request, from_s);
        self.watch = Some(Watch { request, model, sensitivity, from_s });
    }

    pub(super) fn stop_watch(&mut self, act: &mut Act) {
        if let Some(watch) = self.watch.take() {
            act.ask(EarEffect::Drop { target: watch.request });
            act.cancel(watch.request);
            self.loudness_takes_over();
        }
    }

    /// With each sound: once in a while the stream begins anew, when nobody speaks.
    pub(super) fn renew_watch(&mut self, act: &mut Act) {
        let Some(watch) = &self.watch else { return };
        let heard_s = self.device.heard_s();
        let is_calm = self.recording.is_none()
            && !self.energy.is_speaking()
            && heard_s - self.used_until_s >= CALM_S;
        if is_calm && heard_s - watch.from_s >= OLDEST_WATCH_S {
            self.stop_watch(act);
            self.begin_watch(heard_s - OVERLAP_S, act);
        }
    }

    pub(super) fn watch_tells(&mut self, reply: Reply, act: &mut Act) {
        let Some(watch) = &self.watch else { return };
        let from_s = watch.from_s;
        let may_live_on = match reply {
            Reply::Voice(Told::Began { at }) => {
                return self.voice_begins(from_s + at, Watcher::Model, act);
            }
            Reply::Voice(Told::Ended(Stretch { start, end })) => {
                let margins = 2 * watch.sensitivity.patience().margin;
                let voice_s = end - start - margins as f64 * FRAME_S;
                return self.voice_ends(from_s + end, voice_s, Watcher::Model, act);
            }
            Reply::Done(_) | Reply::Failed(Failure::BadRequest { .. }) => true,
            Reply::Failed(_) => false,
            _ => return,
        };
        act.ask(EarEffect::Drop { target: watch.request });
        let lived_long = self.device.heard_s() - from_s >= LONG_LIVED_S;
        let in_a_row = if lived_long { 1 } else { self.deaths.in_a_row + 1 };
        self.deaths = Deaths { in_a_row, is_given_up: !may_live_on || in_a_row > MOST_DEATHS };
        self.watch = None;
        self.loudness_takes_over();
    }

    // Voices.

    /// A turn that the model began, and whose end it will not tell.
    fn loudness_takes_over(&mut self) {
        let heard_s = self.device.heard_s();
        if let Some(turn) = self.turn_of(Watcher::Model) {
            turn.watcher = Watcher::Loudness;
            turn.voice_s = heard_s - turn.at_s;
            self.energy.take_over();
        }
    }

    pub(super) fn loudness_tells(&mut self, voice: Voice, act: &mut Act) {
        match voice {
            Voice::Began { at_s } if self.watch.is_none() => {
                self.voice_begins(at_s, Watcher::Loudness, act);
            }
            Voice::Began { .. } => {}
            Voice::Ended { end_s, voice_s } => {
                self.voice_ends(end_s, voice_s, Watcher::Loudness, act);
            }
        }
    }

    fn turn_of(&mut self, watcher: Watcher) -> Option<&mut Turn> {
        match self.recording.as_mut().map(|recording| &mut recording.kind) {
            Some(Kind::Turn(turn)) if turn.watcher == watcher => Some(turn),
            _ => None,
        }
    }

    fn voice_begins(&mut self, at_s: f64, watcher: Watcher, act: &mut Act) {
        if !self.is_hands_free() || !at_s.is_finite() {
            return;
        }
        if self.recording.is_some() {
            // A new stream hears the voice for which loudness stood in.
            if watcher == Watcher::Model
                && let Some(turn) = self.turn_of(Watcher::Loudness)
            {
                turn.watcher = watcher;
                turn.voice_s = (at_s - turn.at_s).max(0.0);
            }
            return;
        }
        let is_used = at_s < self.used_until_s - SLACK_S;
        let is_hers = !self.state.manner.barge_in && self.her.was_speaking(at_s + HER_LAST_SOUND_S);
        if is_used || is_hers || self.waiting.len() >= MOST_WAITING {
            return;
        }
        let is_called = self.is_attentive(act.now);
        self.attentive_until_ms = None;
        let needs_phrase = self.state.manner.needs_wake_phrase && !is_called;
        let from_s = self.listens_from(at_s);
        let turn = Turn { at_s, voice_s: 0.0, watcher, needs_phrase };
        self.begin_recording(Kind::Turn(turn), from_s, act);
        if let Some(recording) = &self.recording
            && self.state.manner.barge_in
        {
            self.duck(recording.request, act);
        }
    }

    /// Some time before a voice or a press, without the end of what she said herself.
    pub(super) fn listens_from(&self, at_s: f64) -> f64 {
        let silent_since_s = self.her.silent_since(at_s).unwrap_or(0.0);
        let from_s = (at_s - PRE_ROLL_S).max(silent_since_s.min(at_s - LEAST_PRE_ROLL_S));
        from_s.max(self.used_until_s).max(0.0)
    }

    fn voice_ends(&mut self, end_s: f64, voice_s: f64, watcher: Watcher, act: &mut Act) {
        let heard_s = self.device.heard_s();
        let Some(turn) = self.turn_of(watcher) else { return };
        turn.voice_s += voice_s.max(0.0);
        let until_s = (end_s + HANG_OVER_S).min(heard_s);
        self.end_recording(Some(until_s), act);
    }
}
