//! Something to hear.

use std::f32::consts::TAU;

pub const RATE: usize = 16_000;

/// Samples of 16 kHz, and the language to listen for.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    pub samples: Vec<f32>,
    pub language: bella_protocol::Language,
}

/// What an ear is given: recordings where there are any, else [`Sounds::made_up`].
/// What is missing is not measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sounds {
    pub two_seconds: Option<Sound>,
    pub eleven_seconds: Option<Sound>,
    pub thirty_seconds: Option<Sound>,
}

impl Sounds {
    /// Vowels of a voice that nobody has: enough to be read like speech, and
    /// nothing to be understood. What was heard in it means nothing.
    pub fn made_up() -> Self {
        let sound = |seconds: usize| {
            let samples = voice(seconds * RATE);
            Some(Sound { samples, language: bella_protocol::Language::English })
        };
        Self { two_seconds: sound(2), eleven_seconds: sound(11), thirty_seconds: sound(30) }
    }
}

/// The first two resonances of some vowels, in hertz.
const VOWELS: [[f32; 2]; 6] = [
    [730.0, 1090.0],
    [270.0, 2290.0],
    [300.0, 870.0],
    [530.0, 1840.0],
    [570.0, 840.0],
    [660.0, 1720.0],
];

/// Four syllables a second, a pause after every eighth.
const SYLLABLE: usize = RATE / 4;

/// Pulses of a throat through two resonators, one vowel after the other.
fn voice(samples: usize) -> Vec<f32> {
    let mut phase = 0.0;
    let mut throat = [Resonator::default(), Resonator::default()];
    (0..samples)
        .map(|i| {
            let (syllable, within) = (i / SYLLABLE, (i % SYLLABLE) as f32 / SYLLABLE as f32);
            let vowel = VOWELS[syllable * 5 % VOWELS.len()];
            let pitch = 120.0 + 25.0 * (syllable as f32 * 0.7).sin() - 15.0 * within;
            phase += pitch / RATE as f32;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase %= 1.0;
            let loudness = match syllable % 8 {
                7 => 0.0,
                _ => (TAU / 2.0 * within).sin(),
            };
            let [first, second] = &mut throat;
            loudness * (first.pass(pulse, vowel[0]) + 0.5 * second.pass(pulse, vowel[1]))
        })
        .collect()
}

/// Two poles: rings at one pitch.
#[derive(Default)]
struct Resonator {
    before: [f32; 2],
}

impl Resonator {
    fn pass(&mut self, input: f32, hertz: f32) -> f32 {
        // Rings down within some milliseconds, as a mouth does.
        const RADIUS: f32 = 0.985;
        let turn = 2.0 * RADIUS * (TAU * hertz / RATE as f32).cos();
        let now = 0.1 * input + turn * self.before[0] - RADIUS * RADIUS * self.before[1];
        self.before = [now, self.before[0]];
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_voice_is_as_long_as_it_says_and_within_bounds() {
        let sounds = Sounds::made_up();
        let all =
            [(sounds.two_seconds, 2), (sounds.eleven_seconds, 11), (sounds.thirty_seconds, 30)];
        for (sound, seconds) in all {
            let samples = sound.expect("made up").samples;
            assert_eq!(samples.len(), seconds * RATE);
            let loudest = samples.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
            assert!((0.1..1.0).contains(&loudest), "{loudest}");
        }
    }
}
