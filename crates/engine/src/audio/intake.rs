//! Sound of any rate, kept as it comes and handed over a piece at a time: an hour
//! of it is resampled while it is worked on, not before.

use std::collections::VecDeque;

use bella_protocol::SoundFormat;

use super::check;
use super::resample::Resampler;
use crate::error::{EngineError, Result};

/// Samples that are resampled at a time.
const PIECE: usize = 16_000;

#[derive(Debug)]
pub struct Intake {
    /// `None` once the sound is over.
    resampler: Option<Resampler>,
    /// As it came, and how much of the first is used.
    sound: VecDeque<Vec<f32>>,
    used: usize,
    /// Whether no more comes.
    last_came: bool,
}

/// One channel at [`SAMPLE_RATE`](super::SAMPLE_RATE).
#[derive(Debug)]
pub enum Piece {
    More(Vec<f32>),
    Last(Vec<f32>),
}

impl Intake {
    pub fn new(format: SoundFormat) -> Result<Self> {
        Ok(Self {
            resampler: Some(Resampler::new(format.rate, format.channels)?),
            sound: VecDeque::new(),
            used: 0,
            last_came: false,
        })
    }

    /// Takes sound, channels interleaved; `last` when it is over with it.
    pub fn hear(&mut self, sound: Vec<f32>, last: bool) -> Result<()> {
        if self.last_came {
            let detail = "more came after the last of it".to_owned();
            return Err(EngineError::BadAudio { detail });
        }
        check(&sound)?;
        self.sound.push_back(sound);
        self.last_came = last;
        Ok(())
    }

    /// The next piece, if there is one now.
    pub fn next_piece(&mut self) -> Option<Piece> {
        let Some(first) = self.sound.front() else {
            return match self.last_came {
                true => self.resampler.take().map(|resampler| Piece::Last(resampler.finish())),
                false => None,
            };
        };
        let resampler = self.resampler.as_mut()?;
        let end = first.len().min(self.used + PIECE);
        let resampled = resampler.push(&first[self.used..end]);
        self.used = end;
        if end == first.len() {
            self.sound.pop_front();
            self.used = 0;
        }
        Some(Piece::More(resampled))
    }

    /// Whether [`next_piece`](Self::next_piece) has something to give.
    pub fn has_more(&self) -> bool {
        !self.sound.is_empty() || (self.last_came && self.resampler.is_some())
    }
}
