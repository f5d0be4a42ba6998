//! Sound nobody speaks in, made of numbers alone.

use std::f32::consts::TAU;

const RATE: f32 = 16_000.0;

/// Even noise between −1 and 1, the same every time.
pub(crate) fn noise(samples: usize) -> Vec<f32> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..samples).map(|_| next()).collect()
}

pub(crate) fn scaled(sound: &[f32], by: f32) -> Vec<f32> {
    sound.iter().map(|sample| sample * by).collect()
}

/// Noise with more of the low, like wind or a road.
pub(crate) fn rumble(samples: usize) -> Vec<f32> {
    let mut low = 0.0;
    noise(samples)
        .iter()
        .map(|x| {
            low += 0.02 * (x - low);
            3.0 * low
        })
        .collect()
}

pub(crate) fn hum(hertz: f32, samples: usize) -> Vec<f32> {
    (0..samples).map(|i| 0.2 * (TAU * hertz * i as f32 / RATE).sin()).collect()
}

/// A tune over chords: plucked notes with overtones, two a second, and a beat.
pub(crate) fn tune(samples: usize) -> Vec<f32> {
    const SCALE: [f32; 8] = [261.63, 293.66, 329.63, 392.0, 440.0, 523.25, 587.33, 659.26];
    const MELODY: [usize; 16] = [0, 2, 4, 5, 4, 2, 3, 1, 0, 4, 7, 6, 5, 3, 2, 0];
    const CHORDS: [[usize; 3]; 4] = [[0, 2, 4], [3, 5, 0], [4, 6, 1], [0, 2, 4]];
    let note = 8_000;
    let noise = noise(samples);
    (0..samples)
        .map(|i| {
            let (index, age) = (i / note, (i % note) as f32 / RATE);
            let time = i as f32 / RATE;
            let pluck = (-4.0 * age).exp();
            let pitch = SCALE[MELODY[index % MELODY.len()]];
            let voice: f32 =
                (1..6).map(|k| (TAU * pitch * k as f32 * time).sin() / (k * k) as f32).sum();
            let chord: f32 =
                CHORDS[index / 4 % 4].iter().map(|&n| (TAU * 0.5 * SCALE[n] * time).sin()).sum();
            let beat = if index % 2 == 0 { (-40.0 * age).exp() * noise[i] } else { 0.0 };
            0.25 * pluck * voice + 0.06 * chord + 0.15 * beat
        })
        .collect()
}
