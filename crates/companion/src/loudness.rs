//! Whether a microphone hears well: how loud the sound of a test was, in words.

/// Anything real is louder: devices that are off give nothing, or next to nothing.
const NOTHING: f32 = 1e-4;
/// Root mean squares of a voice that has to be guessed at, about 40 dB below the
/// loudest there can be.
const QUIET: f32 = 0.01;
/// Peaks this high were cut off.
const CUT_OFF: f32 = 0.99;
/// A cup that is put down may be cut off; a voice that is, is so again and again.
const CUT_OFF_OFTEN: usize = 4;
/// How many of the loudest pieces have to agree, so that a single click is no voice.
const LOUDEST: usize = 6;
/// Pieces before there is anything to say: a second's worth.
const ENOUGH: usize = 30;
/// Browsers turn a microphone up and down by themselves, and need two seconds to find
/// the right place: what is cut off meanwhile says nothing.
const SETTLING: usize = 60;

/// The ends of a scale on which a level is shown, in decibels below the loudest.
const FAINTEST_DB: f32 = -60.0;
const LOUDEST_DB: f32 = -6.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing arrives, or only silence.
    Nothing,
    VeryQuiet,
    Good,
    /// So loud that it is cut off.
    Clipping,
}

impl Verdict {
    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Nothing => "nothing",
            Verdict::VeryQuiet => "very-quiet",
            Verdict::Good => "good",
            Verdict::Clipping => "clipping",
        }
    }
}

/// What a test has heard so far, in pieces of some hundredths of a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loudness {
    pieces: usize,
    cut_off: usize,
    highest: f32,
    /// The levels of the loudest pieces, loudest first.
    loudest: [f32; LOUDEST],
}

impl Loudness {
    /// `level` is the root of the mean square, `peak` the highest of the samples.
    pub fn hear(&mut self, level: f32, peak: f32) {
        self.pieces += 1;
        self.cut_off += usize::from(peak >= CUT_OFF && self.pieces > SETTLING);
        // `max` passes over what is no number, and so does the order below.
        self.highest = self.highest.max(peak);
        if let Some(place) = self.loudest.iter().position(|&louder| level > louder) {
            self.loudest[place..].rotate_right(1);
            self.loudest[place] = level;
        }
    }

    /// `None` until enough was heard.
    pub fn verdict(&self) -> Option<Verdict> {
        (self.pieces >= ENOUGH).then(|| self.final_verdict())
    }

    /// When nothing more will be heard.
    pub fn final_verdict(&self) -> Verdict {
        let [.., lasting] = self.loudest;
        match () {
            () if self.highest < NOTHING => Verdict::Nothing,
            () if self.cut_off >= CUT_OFF_OFTEN => Verdict::Clipping,
            () if lasting < QUIET => Verdict::VeryQuiet,
            () => Verdict::Good,
        }
    }
}

/// Where a level stands between faint (0) and loud (1). Ears hear ratios, so it is
/// even in decibels.
pub fn share(level: f32) -> f32 {
    let decibels = 20.0 * level.max(0.0).log10();
    ((decibels - FAINTEST_DB) / (LOUDEST_DB - FAINTEST_DB)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces, as (how many, level, peak).
    fn heard(pieces: &[(usize, f32, f32)]) -> Loudness {
        let mut loudness = Loudness::default();
        for &(count, level, peak) in pieces {
            (0..count).for_each(|_| loudness.hear(level, peak));
        }
        loudness
    }

    #[track_caller]
    fn check(pieces: &[(usize, f32, f32)], expected: Verdict) {
        assert_eq!(heard(pieces).final_verdict(), expected, "{pieces:?}");
    }

    #[test]
    fn a_test_ends_with_a_word_on_what_was_heard() {
        // No piece at all, digital silence, the noise of a device that is off.
        check(&[], Verdict::Nothing);
        check(&[(300, 0.0, 0.0)], Verdict::Nothing);
        check(&[(300, 3e-5, 9e-5)], Verdict::Nothing);
        // A quiet room, and a voice from behind a wall.
        check(&[(300, 0.001, 0.004)], Verdict::VeryQuiet);
        check(&[(200, 0.001, 0.004), (100, 0.008, 0.04)], Verdict::VeryQuiet);
        // A voice, also one that says a single word.
        check(&[(200, 0.001, 0.004), (100, 0.05, 0.3)], Verdict::Good);
        check(&[(290, 0.001, 0.004), (10, 0.03, 0.2)], Verdict::Good);
        check(&[(300, 0.3, 0.98)], Verdict::Good);
        // Too close, or turned up too far.
        check(&[(200, 0.001, 0.004), (100, 0.5, 1.0)], Verdict::Clipping);
        check(&[(200, 0.3, 0.9), (4, 0.5, 1.2)], Verdict::Clipping);
        // Only until the browser had turned it down.
        check(&[(60, 0.5, 1.0), (240, 0.2, 0.7)], Verdict::Good);
    }

    #[test]
    fn a_click_is_no_voice_and_a_bump_no_clipping() {
        check(&[(297, 0.001, 0.004), (3, 0.1, 0.9)], Verdict::VeryQuiet);
        check(&[(297, 0.05, 0.3), (3, 0.4, 1.0)], Verdict::Good);
    }

    #[test]
    fn what_is_no_number_counts_as_nothing() {
        check(&[(300, f32::NAN, f32::NAN)], Verdict::Nothing);
        check(&[(300, f32::NAN, f32::NAN), (100, 0.05, 0.3)], Verdict::Good);
    }

    #[test]
    fn nothing_is_said_before_a_second_was_heard() {
        assert_eq!(heard(&[(29, 0.05, 0.3)]).verdict(), None);
        assert_eq!(heard(&[(30, 0.05, 0.3)]).verdict(), Some(Verdict::Good));
        assert_eq!(heard(&[(30, 0.0, 0.0)]).verdict(), Some(Verdict::Nothing));
    }

    #[test]
    fn the_order_of_loud_and_quiet_does_not_matter() {
        let levels = [0.02, 0.5, 0.001, 0.3, 0.04, 0.2, 0.1, 0.05, 0.4];
        let mut forwards = Loudness::default();
        let mut backwards = Loudness::default();
        levels.iter().for_each(|&level| forwards.hear(level, 0.5));
        levels.iter().rev().for_each(|&level| backwards.hear(level, 0.5));
        assert_eq!(forwards, backwards);
        assert_eq!(forwards.loudest, [0.5, 0.4, 0.3, 0.2, 0.1, 0.05]);
    }

    #[test]
    fn a_level_is_shown_as_ears_hear_it() {
        for (level, expected) in [
            (0.0, 0.0),
            (-1.0, 0.0),
            (f32::NAN, 0.0),
            (0.001, 0.0),
            (0.01, 0.37),
            (0.1, 0.74),
            (0.5012, 1.0),
            (1.0, 1.0),
            (f32::INFINITY, 1.0),
        ] {
            assert!((share(level) - expected).abs() < 0.01, "{level}: {}", share(level));
        }
    }
}
