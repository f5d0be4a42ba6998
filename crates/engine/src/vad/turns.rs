//! From a probability for every frame to stretches of speech.

use bella_protocol::{Patience, Stretch, Turn};

use super::silero::{FRAME, SAMPLE_RATE};

/// Follows one stream.
#[derive(Clone, Debug)]
pub struct Turns {
    patience: Patience,
    /// Frames heard so far.
    heard: usize,
    speaking: Option<Speaking>,
    /// End of the last stretch, which the next one's margin must not reach into.
    free_from: usize,
}

#[derive(Clone, Copy, Debug)]
struct Speaking {
    first: usize,
    /// The first of the quiet frames at the end, if there are any.
    quiet_from: Option<usize>,
    told: bool,
}

impl Turns {
    pub fn new(patience: Patience) -> Self {
        Self { patience, heard: 0, speaking: None, free_from: 0 }
    }

    /// Takes the next frame's probability.
    pub fn hear(&mut self, probability: f32) -> Option<Turn> {
        let frame = self.heard;
        self.heard += 1;
        let Patience { begin, end, silence, shortest, margin } = self.patience;
        let Some(speaking) = &mut self.speaking else {
            if probability >= begin {
                self.speaking = Some(Speaking { first: frame, quiet_from: None, told: false });
            }
            return None;
        };
        if probability >= end {
            speaking.quiet_from = None;
        } else {
            speaking.quiet_from.get_or_insert(frame);
        }
        let quiet_from = speaking.quiet_from.unwrap_or(self.heard);
        if self.heard - quiet_from >= silence {
            return self.end(quiet_from);
        }
        if !speaking.told && quiet_from - speaking.first >= shortest {
            speaking.told = true;
            let at = seconds(speaking.first.saturating_sub(margin).max(self.free_from));
            return Some(Turn::Began { at });
        }
        None
    }

    /// The stream is over; speech that was still going on ends with it.
    pub fn finish(&mut self) -> Option<Turn> {
        let quiet_from = self.speaking?.quiet_from.unwrap_or(self.heard);
        self.end(quiet_from)
    }

    fn end(&mut self, quiet_from: usize) -> Option<Turn> {
        let Speaking { first, .. } = self.speaking.take()?;
        if quiet_from - first < self.patience.shortest {
            return None;
        }
        let margin = self.patience.margin;
        let start = first.saturating_sub(margin).max(self.free_from);
        let end = (quiet_from + margin).min(self.heard);
        self.free_from = end;
        Some(Turn::Ended(Stretch { start: seconds(start), end: seconds(end) }))
    }
}

fn seconds(frames: usize) -> f64 {
    (frames * FRAME) as f64 / SAMPLE_RATE as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `s` is a frame of speech, `m` one in between, `.` a quiet one.
    fn turns(frames: &str) -> Vec<Turn> {
        let patience = Patience { silence: 4, shortest: 3, margin: 1, ..Patience::default() };
        let mut turns = Turns::new(patience);
        let probability = |frame| match frame {
            's' => 0.9,
            'm' => 0.4,
            _ => 0.1,
        };
        let mut told: Vec<Turn> =
            frames.chars().filter_map(|frame| turns.hear(probability(frame))).collect();
        told.extend(turns.finish());
        told
    }

    fn stretch(first: usize, end: usize) -> Turn {
        Turn::Ended(Stretch { start: seconds(first), end: seconds(end) })
    }

    fn began(first: usize) -> Turn {
        Turn::Began { at: seconds(first) }
    }

    #[test]
    fn speech_becomes_turns() {
        for (frames, expected) in [
            ("", vec![]),
            ("..........", vec![]),
            ("mmmmmmmmmm", vec![]),
            ("..ss......", vec![]),
            ("...sss....", vec![began(2), stretch(2, 7)]),
            ("...sss", vec![began(2), stretch(2, 6)]),
            ("sss.......", vec![began(0), stretch(0, 4)]),
            // A pause between words, and a word that gets softer.
            ("..ss...ss.....", vec![began(1), stretch(1, 10)]),
            ("..ssmmm....", vec![began(1), stretch(1, 8)]),
            // Margins of neighbours do not overlap.
            ("..sss....sss....", vec![began(1), stretch(1, 6), began(8), stretch(8, 13)]),
        ] {
            assert_eq!(turns(frames), expected, "{frames}");
        }
    }
}
