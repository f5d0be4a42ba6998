//! When the microphone is open, and whether anything comes from it.

use super::{Act, EarEffect, Ears};
use crate::MicrophoneTrouble;
use crate::energy::Energy;

/// How long it stays open when nothing needs it any more: the next press then has
/// the sound from before it.
const WARM_MS: u64 = 60_000;
/// Open, and not a sound for so long: something is wrong.
const ALARM_MS: u64 = 2_000;
/// Beats come every half second, or every second in the background. When one comes
/// so late, the page slept and with it everything that would have told of sound.
const SLEPT_MS: u64 = 1_500;
/// A recording ends by itself at this length.
const LONGEST_S: f64 = 600.0;
/// Samples a second that the engine takes, from a telephone to the best studio.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// Where sound is cut off.
const CLIPPED: f32 = 0.99;
/// What a clipped sound counts for fades away by this much with each that follows:
/// one of them is a knock on the table.
const FADES: f32 = 0.97;
const TOO_LOUD: f32 = 3.0;
const NOT_TOO_LOUD: f32 = 1.0;

#[derive(Debug, Default)]
pub(super) enum Device {
    #[default]
    Closed,
    Opening,
    Open(Open),
}

#[derive(Debug)]
pub(super) struct Open {
    pub rate: u32,
    /// How much was heard, in seconds.
    pub heard_s: f64,
    heard_at_ms: u64,
    clipped: f32,
    is_too_loud: bool,
}

impl Device {
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    pub(super) fn is_opening(&self) -> bool {
        matches!(self, Self::Opening)
    }

    pub(super) fn heard_s(&self) -> f64 {
        match self {
            Self::Open(open) => open.heard_s,
            Self::Closed | Self::Opening => 0.0,
        }
    }

    pub(super) fn is_too_loud(&self) -> bool {
        matches!(self, Self::Open(Open { is_too_loud: true, .. }))
    }
}

impl Open {
    fn is_loud(&mut self, peak: f32) {
        self.clipped = self.clipped * FADES + f32::from(u8::from(peak >= CLIPPED));
        let enough = if self.is_too_loud { NOT_TOO_LOUD } else { TOO_LOUD };
        self.is_too_loud = self.clipped >= enough;
    }
}

impl Ears {
    pub(super) fn needs_microphone(&self) -> bool {
        self.press.is_some() || self.recording.is_some() || self.is_hands_free()
    }

    pub(super) fn microphone_is_open(&mut self, rate: u32, act: &mut Act) {
        match self.device {
            // Nothing could be made of it, and it would not be heard why.
            _ if !RATES.contains(&rate) => {
                act.ask(EarEffect::CloseMicrophone);
                let trouble = MicrophoneTrouble::Other {
                    name: "NotSupportedError".into(),
                    detail: format!("{rate} Hz"),
                };
                return self.microphone_is_gone(trouble, act);
            }
            // Nobody wants it any more.
            Device::Closed => return act.ask(EarEffect::CloseMicrophone),
            // Another one took its place, and seconds are counted anew.
            Device::Open(_) => self.let_go(act),
            Device::Opening => {}
        }
        self.state.trouble = None;
        self.device = Device::Open(Open {
            rate,
            heard_s: 0.0,
            heard_at_ms: act.now.at_ms,
            clipped: 0.0,
            is_too_loud: false,
        });
        self.her.starts_over();
        self.used_at_ms = act.now.at_ms;
        if self.press.is_some() {
            self.begin_talk(act);
        }
    }

    /// What was recorded until then counts; hands-free ends, because a switch that
    /// is on while nobody listens is a lie.
    pub(super) fn microphone_is_gone(&mut self, trouble: MicrophoneTrouble, act: &mut Act) {
        if matches!(self.device, Device::Closed) {
            // The last word of one that was closed.
            return;
        }
        self.let_go(act);
        self.press = None;
        self.state.hands_free = false;
        self.state.trouble = Some(trouble);
    }

    pub(super) fn close_microphone(&mut self, act: &mut Act) {
        self.let_go(act);
        if self.state.trouble == Some(MicrophoneTrouble::NoFrames) {
            self.state.trouble = None;
        }
        act.ask(EarEffect::CloseMicrophone);
    }

    /// Ends everything that lives on its sound.
    fn let_go(&mut self, act: &mut Act) {
        self.end_recording(None, act);
        self.stop_watch(act);
        self.device = Device::Closed;
        self.energy = Energy::new(self.state.manner.sensitivity);
        self.used_until_s = 0.0;
    }

    pub(super) fn hear_sound(&mut self, level: f32, peak: f32, until_s: f64, act: &mut Act) {
        let Device::Open(open) = &mut self.device else { return };
        if !until_s.is_finite() {
            return;
        }
        open.heard_s = open.heard_s.max(until_s);
        open.heard_at_ms = act.now.at_ms;
        open.is_loud(peak);
        if self.state.trouble == Some(MicrophoneTrouble::NoFrames) {
            self.state.trouble = None;
        }
        let heard_s = open.heard_s;
        let voice = self.energy.hear(level, heard_s);
        self.end_tail(act);
        if self.recording.as_ref().is_some_and(|it| heard_s - it.from_s >= LONGEST_S) {
            self.end_recording(Some(heard_s), act);
        }
        if let Some(voice) = voice {
            self.loudness_tells(voice, act);
        }
        self.renew_watch(act);
    }

    pub(super) fn beat(&mut self, act: &mut Act) {
        let now_ms = act.now.at_ms;
        let since = |then_ms: u64| now_ms.saturating_sub(then_ms);
        let slept = self.beat_at_ms.replace(now_ms).is_some_and(|then| since(then) > SLEPT_MS);
        let Device::Open(open) = &mut self.device else { return };
        if slept {
            open.heard_at_ms = now_ms;
        } else if since(open.heard_at_ms) >= ALARM_MS {
            self.state.trouble = Some(MicrophoneTrouble::NoFrames);
        }
        self.end_tail_in_silence(act);
        // Where no sound comes, its seconds do not count.
        let longest_ms = (LONGEST_S * 1_000.0) as u64;
        if self.recording.as_ref().is_some_and(|it| since(it.since_ms) >= longest_ms) {
            self.end_recording(None, act);
        }
        if !self.needs_microphone() && since(self.used_at_ms) >= WARM_MS {
            self.close_microphone(act);
        }
    }
}
