//! The talk button: held while somebody speaks, or tapped before and after.

use super::recording::{Kind, Tail, Talk};
use super::{Act, EarEffect, Ears, Hold};
use crate::MicrophoneTrouble;

/// A button that was down for less was tapped.
const TAP_MS: u64 = 300;
/// What was recorded for less was no message, and no mistake either.
const SHORTEST_MS: u64 = 200;
/// People let the button go with their last sound, not after it. What is on its way
/// from the microphone is some 40 ms, and a last consonant about 100 more, from its
/// closure to its release. That is half of the 300 ms in which the words should be
/// there, so nobody waits for it who had finished before.
const TAIL_S: f64 = 0.15;
/// Longer than any closure within a word.
const FINISHED_S: f64 = 0.2;
/// A tail that does not come is not waited for.
const LATEST_TAIL_MS: u64 = 500;

#[derive(Clone, Copy, Debug)]
pub(super) struct Press {
    pub hold: Hold,
    at_ms: u64,
}

impl Ears {
    pub(super) fn press(&mut self, act: &mut Act) {
        match self.press.map(|press| press.hold) {
            // A key that repeats.
            Some(Hold::Held) => return,
            Some(Hold::Locked) => return self.finish_talk(act),
            None => {}
        }
        if self.transcribe.is_none() {
            return act.ask(EarEffect::NeedsToHear);
        }
        if self.state.trouble.take() == Some(MicrophoneTrouble::NoFrames) {
            // Opened once more, it may give something.
            self.close_microphone(act);
        }
        self.hush(act);
        self.press = Some(Press { hold: Hold::Held, at_ms: act.now.at_ms });
        if self.device.is_open() {
            self.begin_talk(act);
        }
    }

    pub(super) fn release(&mut self, act: &mut Act) {
        let Some(press) = &mut self.press else { return };
        if press.hold == Hold::Locked {
            return;
        }
        if act.now.at_ms.saturating_sub(press.at_ms) < TAP_MS {
            press.hold = Hold::Locked;
        } else {
            self.finish_talk(act);
        }
    }

    /// Begins to record what is said to the button that is down. A voice that was
    /// listened to already belongs to it.
    pub(super) fn begin_talk(&mut self, act: &mut Act) {
        if let Some(recording) = &mut self.recording {
            if recording.turn().is_some() {
                recording.kind = Kind::Talk(Talk { tail: None, may_echo: true });
                return;
            }
            // Let go a moment ago, and pressed again.
            self.end_recording(Some(self.device.heard_s()), act);
        }
        let heard_s = self.device.heard_s();
        // While she speaks, what was before is her.
        let from_s = if self.her.is_speaking() { heard_s } else { self.listens_from(heard_s) };
        self.begin_recording(Kind::Talk(Talk { tail: None, may_echo: false }), from_s, act);
    }

    fn finish_talk(&mut self, act: &mut Act) {
        self.press = None;
        let heard_s = self.device.heard_s();
        let is_quiet = self.energy.quiet_for_s() >= FINISHED_S;
        let Some(recording) = &mut self.recording else { return };
        let Kind::Talk(talk) = &mut recording.kind else { return };
        let lasted_ms = act.now.at_ms.saturating_sub(recording.since_ms);
        if lasted_ms < SHORTEST_MS || heard_s <= 0.0 {
            return self.drop_recording(act);
        }
        if is_quiet {
            return self.end_recording(Some(heard_s), act);
        }
        talk.tail = Some(Tail { until_s: heard_s + TAIL_S, since_ms: act.now.at_ms });
    }

    fn tail(&self) -> Option<Tail> {
        self.recording.as_ref()?.talk()?.tail
    }

    /// After each sound.
    pub(super) fn end_tail(&mut self, act: &mut Act) {
        let Some(tail) = self.tail() else { return };
        let heard_s = self.device.heard_s();
        if heard_s >= tail.until_s || self.energy.quiet_for_s() >= FINISHED_S {
            self.end_recording(Some(heard_s.min(tail.until_s)), act);
        }
    }

    /// With each beat.
    pub(super) fn end_tail_in_silence(&mut self, act: &mut Act) {
        let is_late = |tail: Tail| act.now.at_ms.saturating_sub(tail.since_ms) >= LATEST_TAIL_MS;
        if self.tail().is_some_and(is_late) {
            self.end_recording(None, act);
        }
    }

    pub(super) fn throw_away(&mut self, act: &mut Act) {
        self.press = None;
        if self.recording.is_some() {
            return self.drop_recording(act);
        }
        for waiting in std::mem::take(&mut self.waiting) {
            if waiting.ending.is_none() {
                act.cancel(waiting.recording.request);
            }
            self.unduck_for(waiting.recording.request, act);
        }
    }
}
