//! A transcription as the engine's host runs it: sound of any rate comes when it
//! comes, and is handed over as it is wanted.

use bella_protocol::{SoundFormat, TranscribeOptions};

use super::Whisper;
use super::transcription::{Step, Transcription};
use crate::audio::intake::{Intake, Piece};
use crate::error::Result;

#[derive(Debug)]
pub struct Listener {
    transcription: Transcription,
    intake: Intake,
    /// Whether there is nothing to do before more comes.
    idle: bool,
}

impl Listener {
    pub fn new(model: &Whisper, options: TranscribeOptions, format: SoundFormat) -> Result<Self> {
        Ok(Self {
            transcription: Transcription::new(model, options)?,
            intake: Intake::new(format)?,
            idle: false,
        })
    }

    /// Takes sound, channels interleaved; `last` when it is over with it.
    pub fn hear(&mut self, sound: Vec<f32>, last: bool) -> Result<()> {
        self.idle = false;
        self.intake.hear(sound, last)
    }

    /// Whether a step would be in vain.
    pub fn is_idle(&self) -> bool {
        self.idle
    }

    pub fn step(&mut self, model: &Whisper, clock: &dyn Fn() -> f64) -> Result<Step> {
        if self.transcription.wants_audio(model)
            && let Some(piece) = self.intake.next_piece()
        {
            match piece {
                Piece::More(sound) => self.transcription.push_audio(&sound)?,
                Piece::Last(sound) => {
                    self.transcription.push_audio(&sound)?;
                    self.transcription.end_audio();
                }
            }
            return Ok(Step::Working);
        }
        let step = self.transcription.step(model, clock)?;
        self.idle = step == Step::Waiting;
        Ok(step)
    }
}
