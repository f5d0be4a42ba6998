//! Voice activity: whether somebody speaks, and from when until when.
//!
//! - [`Silero`]: the network; a probability for every 32 ms
//! - [`Turns`]: probabilities to stretches of speech

mod silero;
mod turns;

use crate::error::Result;
use crate::tensors::Tensors;
pub use silero::{FRAME, Memory, SAMPLE_RATE, Silero};
pub use turns::{Patience, Segment, Turn, Turns};

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
    pub fn segments(&self, samples: &[f32], patience: Patience) -> Result<Vec<Segment>> {
        let mut listening = Listening::new(patience);
        let mut turns = self.listen(&mut listening, samples)?;
        turns.extend(self.finish(&mut listening));
        let segment = |turn| match turn {
            Turn::Ended(segment) => Some(segment),
            Turn::Began { .. } => None,
        };
        Ok(turns.into_iter().filter_map(segment).collect())
    }

    pub fn memory_bytes(&self) -> usize {
        self.silero.memory_bytes()
    }
}
