//! Listening for voices as the engine's host runs it.

use std::collections::VecDeque;

use bella_protocol::{Patience, SoundFormat, Stretch, Turn};

use super::{Listening, VoiceActivity, ended};
use crate::audio::intake::{Intake, Piece};
use crate::error::Result;

#[derive(Debug)]
pub struct Watch {
    intake: Intake,
    listening: Listening,
    is_over: bool,
    untold: VecDeque<Turn>,
    stretches: Vec<Stretch>,
}

/// What a step brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Working,
    Turn(Turn),
    Done(Vec<Stretch>),
}

impl Watch {
    pub fn new(patience: Patience, format: SoundFormat) -> Result<Self> {
        Ok(Self {
            intake: Intake::new(format)?,
            listening: Listening::new(patience),
            is_over: false,
            untold: VecDeque::new(),
            stretches: Vec::new(),
        })
    }

    /// Takes sound, channels interleaved; `last` when it is over with it.
    pub fn hear(&mut self, sound: Vec<f32>, last: bool) -> Result<()> {
        self.intake.hear(sound, last)
    }

    /// Whether a step would be in vain.
    pub fn is_idle(&self) -> bool {
        !self.is_over && !self.intake.has_more() && self.untold.is_empty()
    }

    /// Tells a turn, or listens to a second of sound: a few milliseconds' work.
    pub fn step(&mut self, model: &VoiceActivity) -> Result<Step> {
        if let Some(turn) = self.untold.pop_front() {
            return Ok(Step::Turn(turn));
        }
        let turns = match self.intake.next_piece() {
            Some(Piece::More(sound)) => model.listen(&mut self.listening, &sound)?,
            Some(Piece::Last(sound)) => {
                self.is_over = true;
                let mut turns = model.listen(&mut self.listening, &sound)?;
                turns.extend(model.finish(&mut self.listening));
                turns
            }
            None if self.is_over => return Ok(Step::Done(std::mem::take(&mut self.stretches))),
            None => return Ok(Step::Working),
        };
        self.stretches.extend(turns.iter().copied().filter_map(ended));
        self.untold.extend(turns);
        Ok(Step::Working)
    }
}
