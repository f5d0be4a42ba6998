//! Whether somebody speaks, told by loudness alone.
//!
//! For when the model that knows voices is not there: hearing badly beats not hearing
//! at all. A voice is what stands out of the quietest that was heard lately, long
//! enough to be no click. The quietest rises with whatever keeps sounding, so that a
//! fan or a steady noise counts as somebody speaking for three seconds at most, when
//! it sets in, and a transcriber finds no words in those.
//!
//! What loudness cannot do: tell a voice from music with a beat, from a dog or from a
//! television; hear somebody who speaks hardly louder than what else is to be heard.

use std::collections::VecDeque;

use crate::ears::Sensitivity;

/// The quietest is looked for in as many stretches of this length. People do not
/// speak for three seconds without a gap, and noise has none.
const STRETCH_S: f64 = 0.4;
const STRETCHES: usize = 8;
/// Speech that has begun goes on at this much less.
const GOES_ON_DB: f32 = 4.0;
/// What is shorter was a click or a cough.
const SHORTEST_S: f64 = 0.2;
/// A gap this long parts a click from what follows it.
const GAP_S: f64 = 0.15;
/// People pause between words.
const SILENCE_S: f64 = 0.64;
/// Nobody speaks longer than that at once, and if somebody does, the next turn
/// begins where this one ended.
const LONGEST_S: f64 = 30.0;
/// More time than this between two sounds is time in which nothing was heard.
const LONGEST_SOUND_S: f64 = 0.1;
/// As quiet as it gets.
const SILENT_DB: f32 = -100.0;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Voice {
    Began {
        at_s: f64,
    },
    Ended {
        end_s: f64,
        /// How much of it was loud.
        voice_s: f64,
    },
}

#[derive(Debug, Default)]
pub struct Energy {
    sensitivity: Sensitivity,
    /// When each stretch began, and the quietest in it.
    quietest: VecDeque<(f64, f32)>,
    until_s: f64,
    /// When something stood out last.
    loud_until_s: f64,
    speaking: Option<Speaking>,
}

#[derive(Clone, Copy, Debug)]
struct Speaking {
    at_s: f64,
    voice_s: f64,
    loud_until_s: f64,
    is_told: bool,
}

impl Energy {
    pub fn new(sensitivity: Sensitivity) -> Self {
        Self { sensitivity, ..Self::default() }
    }

    pub fn listen_with(&mut self, sensitivity: Sensitivity) {
        self.sensitivity = sensitivity;
    }

    /// Takes the loudness, as the root of the mean square, of what was heard until
    /// then.
    pub fn hear(&mut self, level: f32, until_s: f64) -> Option<Voice> {
        let lasted_s = (until_s - self.until_s).clamp(0.0, LONGEST_SOUND_S);
        self.until_s = self.until_s.max(until_s);
        let loudness = decibels(level);
        self.remember_quietest(loudness);
        let begins_at = self.begins_at();
        let goes_on = loudness >= begins_at - GOES_ON_DB;
        // Until there was time to find out what is quiet here, little is.
        let is_new = self.quietest.len() < STRETCHES;
        if goes_on || (is_new && loudness >= self.sensitivity_db().1) {
            self.loud_until_s = self.until_s;
        }
        let Some(speaking) = &mut self.speaking else {
            if loudness >= begins_at {
                self.speaking = Some(Speaking {
                    at_s: self.until_s - lasted_s,
                    voice_s: lasted_s,
                    loud_until_s: self.until_s,
                    is_told: false,
                });
            }
            return None;
        };
        if goes_on {
            speaking.voice_s += lasted_s;
            speaking.loud_until_s = self.until_s;
        }
        let Speaking { at_s, voice_s, loud_until_s: end_s, is_told } = *speaking;
        let gap_s = self.until_s - end_s;
        if !is_told {
            speaking.is_told = voice_s >= SHORTEST_S;
            if speaking.is_told {
                return Some(Voice::Began { at_s });
            }
            if gap_s > GAP_S {
                self.speaking = None;
            }
            return None;
        }
        if gap_s < SILENCE_S && self.until_s - at_s < LONGEST_S {
            return None;
        }
        self.speaking = None;
        Some(Voice::Ended { end_s, voice_s })
    }

    /// Somebody else heard a voice begin and hears no more: from here on its end is
    /// to be told by loudness.
    pub fn take_over(&mut self) {
        let began = self.speaking.filter(|speaking| speaking.is_told);
        self.speaking = Some(began.unwrap_or(Speaking {
            at_s: self.until_s,
            voice_s: 0.0,
            loud_until_s: self.until_s,
            is_told: true,
        }));
    }

    /// How long nothing has stood out.
    pub fn quiet_for_s(&self) -> f64 {
        self.until_s - self.loud_until_s
    }

    pub fn is_speaking(&self) -> bool {
        self.speaking.is_some()
    }

    /// How far over the quietest something has to be, and how loud at least.
    fn sensitivity_db(&self) -> (f32, f32) {
        match self.sensitivity {
            Sensitivity::Low => (14.0, -42.0),
            Sensitivity::Medium => (10.0, -50.0),
            Sensitivity::High => (7.0, -56.0),
        }
    }

    /// How loud something has to be to stand out.
    fn begins_at(&self) -> f32 {
        let (over_db, least_db) = self.sensitivity_db();
        let quietest = self.quietest.iter().map(|&(_, loudness)| loudness);
        let floor = quietest.fold(0.0, f32::min);
        (floor + over_db).max(least_db)
    }

    fn remember_quietest(&mut self, loudness: f32) {
        match self.quietest.back_mut() {
            Some((from_s, quietest)) if self.until_s - *from_s < STRETCH_S => {
                *quietest = quietest.min(loudness);
            }
            _ => self.quietest.push_back((self.until_s, loudness)),
        }
        if self.quietest.len() > STRETCHES {
            self.quietest.pop_front();
        }
    }
}

fn decibels(level: f32) -> f32 {
    match level.is_finite() {
        true => (20.0 * level.clamp(0.0, 1.0).log10()).max(SILENT_DB),
        false => SILENT_DB,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUNDS_A_SECOND: f64 = 30.0;

    /// A stretch of sound: how many seconds, and how loud at each moment of it.
    type Part = (f64, fn(f64) -> f32);

    fn hush(_: f64) -> f32 {
        0.0005
    }

    fn fan(at_s: f64) -> f32 {
        0.03 * (1.0 + 0.1 * (at_s * 91.0).sin() as f32)
    }

    /// Four syllables a second, with gaps between.
    fn speech(at_s: f64) -> f32 {
        let within = (at_s * 4.0).fract();
        if within < 0.7 { 0.08 * (1.0 + 0.5 * (at_s * 9.0).sin() as f32) } else { 0.001 }
    }

    fn speech_over_fan(at_s: f64) -> f32 {
        speech(at_s).hypot(fan(at_s)) * 2.0_f32.powf(if speech(at_s) > 0.01 { 1.5 } else { 0.0 })
    }

    fn organ(at_s: f64) -> f32 {
        0.1 * (1.0 + 0.2 * (at_s * 2.0).sin() as f32)
    }

    fn listen(sensitivity: Sensitivity, parts: &[Part]) -> Vec<Voice> {
        let mut energy = Energy::new(sensitivity);
        let mut from_s = 0.0;
        let mut told = Vec::new();
        for (length_s, level) in parts {
            let count = (length_s * SOUNDS_A_SECOND) as usize;
            for sound in 1..=count {
                let at_s = sound as f64 / SOUNDS_A_SECOND;
                told.extend(energy.hear(level(at_s), from_s + at_s));
            }
            from_s += length_s;
        }
        told
    }

    /// Turns as "from-to" in tenths of a second, as good as loudness tells them.
    fn turns(sensitivity: Sensitivity, parts: &[Part]) -> String {
        let tell = |voice: Voice| match voice {
            Voice::Began { at_s } => format!("{:.1}", at_s),
            Voice::Ended { end_s, .. } => format!("-{:.1} ", end_s),
        };
        listen(sensitivity, parts).into_iter().map(tell).collect::<String>().trim().to_owned()
    }

    #[test]
    fn speech_is_told_from_its_surroundings() {
        let medium = Sensitivity::Medium;
        for (name, parts, expected) in [
            ("nothing", vec![(60.0, hush as fn(f64) -> f32)], ""),
            ("digital silence", vec![(60.0, |_| 0.0)], ""),
            ("no numbers", vec![(5.0, |_| f32::NAN), (5.0, |_| f32::INFINITY)], ""),
            ("a sentence", vec![(2.0, hush), (3.0, speech), (2.0, hush)], "2.0-5.0"),
            (
                "two sentences",
                vec![(2.0, hush), (2.0, speech), (1.5, hush), (2.0, speech), (2.0, hush)],
                "2.0-4.0 5.5-7.5",
            ),
            (
                "a pause between words",
                vec![(2.0, hush), (2.0, speech), (0.4, hush), (2.0, speech), (2.0, hush)],
                "2.0-6.4",
            ),
            ("a click", vec![(2.0, hush), (0.1, |_| 0.5), (2.0, hush)], ""),
            ("a fan from the beginning", vec![(60.0, fan)], ""),
            ("an organ from the beginning", vec![(60.0, organ)], ""),
        ] {
            assert_eq!(turns(medium, &parts), expected, "{name}");
        }
    }

    #[test]
    fn a_noise_that_sets_in_is_a_voice_for_three_seconds_at_most() {
        for (name, noise) in [("a fan", fan as fn(f64) -> f32), ("an organ", organ)] {
            let told = listen(Sensitivity::Medium, &[(5.0, hush), (120.0, noise)]);
            let [Voice::Began { .. }, Voice::Ended { end_s, .. }] = told[..] else {
                panic!("{name}: {told:?}")
            };
            assert!(end_s < 5.0 + 3.5, "{name} until {end_s}");
        }
    }

    #[test]
    fn it_gets_used_to_a_noise_and_hears_who_speaks_over_it() {
        let told = listen(Sensitivity::High, &[(10.0, fan), (3.0, speech_over_fan), (5.0, fan)]);
        let [Voice::Began { at_s }, Voice::Ended { end_s, .. }] = told[..] else {
            panic!("{told:?}")
        };
        assert!((10.0..10.5).contains(&at_s) && (12.5..13.2).contains(&end_s), "{told:?}");
    }

    #[test]
    fn a_soft_voice_is_a_matter_of_sensitivity() {
        let murmur: fn(f64) -> f32 = |at_s| speech(at_s) * 0.06;
        let parts = [(2.0, hush as fn(f64) -> f32), (2.0, murmur), (2.0, hush)];
        assert_eq!(turns(Sensitivity::Low, &parts), "");
        assert!(turns(Sensitivity::High, &parts).starts_with("2.0-"));
    }

    #[test]
    fn a_turn_without_end_is_cut_and_goes_on() {
        let told = listen(Sensitivity::Medium, &[(2.0, hush), (70.0, speech), (2.0, hush)]);
        let begun = told.iter().filter(|voice| matches!(voice, Voice::Began { .. })).count();
        assert_eq!((begun, told.len()), (3, 6), "{told:?}");
    }

    #[test]
    fn what_others_heard_begin_is_ended_here() {
        let mut energy = Energy::default();
        energy.hear(0.0005, 1.0);
        energy.take_over();
        let told: Vec<Voice> = (1..60)
            .filter_map(|sound| energy.hear(0.0005, 1.0 + f64::from(sound) / 30.0))
            .collect();
        let [Voice::Ended { end_s, .. }] = told[..] else { panic!("{told:?}") };
        assert!((end_s - 1.0).abs() < 0.1, "{end_s}");
    }

    #[test]
    fn hours_of_sleep_are_no_speech() {
        let mut energy = Energy::default();
        for sound in 1..30 {
            energy.hear(0.0005, f64::from(sound) / 30.0);
        }
        assert_eq!(energy.hear(0.2, 9_000.0), None, "one sound after a long sleep");
        assert_eq!(energy.hear(0.0005, 9_000.03), None);
        assert!(energy.quiet_for_s() < 1.0);
    }
}
