//! Voice activity: whether somebody speaks, and from when until when.
//!
//! - [`Silero`]: the network; a probability for every 32 ms
//! - [`Turns`]: probabilities to stretches of speech
//! - [`Watch`]: both at work on sound as it comes
//!
//! Why Silero and not the `earshot` crate, which is smaller and faster: on what
//! nobody says, earshot hears voices, and a transcriber that is handed noise
//! invents sentences. Frames of 32 ms taken for speech, at a threshold of 0.5, in
//! percent (thirty seconds each; twenty recorded clips in Korean and English):
//!
//! | sound | Silero 6 | earshot 1.2 |
//! |---|---|---|
//! | silence, quiet noise, a hum | 0.0 | 0.0 |
//! | loud white noise | 0.0 | 42.8 |
//! | rumble, as of wind or a road | 0.0 | 99.7 |
//! | a plucked tune with a beat | 0.0 | 84.2 |
//! | loud frames of the clips (speech for certain) | 99.2 | 98.9 |
//! | … in noise at 10 dB, at 3 dB | 98.3, 97.4 | 96.2, 97.2 |
//! | … over the tune at 10 dB, at 3 dB | 98.5, 96.9 | 99.1, 98.6 |
//! | frames between them (pauses, soft sounds) | 30.3 | 33.4 |
//! | … in noise at 10 dB, at 3 dB | 28.1, 28.2 | 39.1, 49.4 |
//! | … over the tune at 10 dB, at 3 dB | 30.3, 28.3 | 67.7, 79.1 |
//!
//! Both find the speech; only one leaves the rest alone. It also panics on samples
//! beyond one. The noise and the tune are synthetic, so they show the direction
//! rather than what a given room does. `tests/vad_compare.rs` makes the table.
//!
//! It is plain slices rather than candle: the network is four small convolutions
//! and one LSTM cell, and a graph would be longer than the sums.

mod silero;
mod turns;
mod watch;

use bella_protocol::{Patience, Stretch, Turn};

use crate::error::Result;
use crate::tensors::Tensors;
pub use silero::{FRAME, Memory, SAMPLE_RATE, Silero};
pub use turns::Turns;
pub use watch::{Step, Watch};

/// The network together with what turns its probabilities into stretches.
#[derive(Debug)]
pub struct VoiceActivity {
    silero: Silero,
}

/// One stream of sound being listened to.
#[derive(Clone, Debug)]
pub struct Listening {
    memory: Memory,
    turns: Turns,
}

impl Listening {
    pub fn new(patience: Patience) -> Self {
        Self { memory: Memory::default(), turns: Turns::new(patience) }
    }
}

impl VoiceActivity {
    pub fn new(mut tensors: Tensors) -> Result<Self> {
        Ok(Self { silero: Silero::new(&mut tensors)? })
    }

    pub fn silero(&self) -> &Silero {
        &self.silero
    }

    /// Takes the next samples (16 kHz, one channel, any number) and tells what
    /// began or ended within them.
    pub fn listen(&self, listening: &mut Listening, samples: &[f32]) -> Result<Vec<Turn>> {
        let probabilities = self.silero.listen(&mut listening.memory, samples)?;
        Ok(probabilities.into_iter().filter_map(|heard| listening.turns.hear(heard)).collect())
    }

    /// Ends the stream.
    pub fn finish(&self, listening: &mut Listening) -> Vec<Turn> {
        let last = self.silero.finish(&mut listening.memory);
        let mut turns: Vec<Turn> =
            last.into_iter().filter_map(|heard| listening.turns.hear(heard)).collect();
        turns.extend(listening.turns.finish());
        turns
    }

    /// The stretches of speech in a whole recording.
    pub fn stretches(&self, samples: &[f32], patience: Patience) -> Result<Vec<Stretch>> {
        let mut listening = Listening::new(patience);
        let mut turns = self.listen(&mut listening, samples)?;
        turns.extend(self.finish(&mut listening));
        Ok(turns.into_iter().filter_map(ended).collect())
    }

    pub fn memory_bytes(&self) -> usize {
        self.silero.memory_bytes()
    }
}

fn ended(turn: Turn) -> Option<Stretch> {
    match turn {
        Turn::Ended(stretch) => Some(stretch),
        Turn::Began { .. } => None,
    }
}
