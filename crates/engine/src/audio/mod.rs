//! Sound as numbers: what every model that listens begins with.
//!
//! - [`check`]: samples that are numbers, at the scale they should have
//! - [`intake`]: sound as it comes, kept until it is wanted
//! - [`resample`]: any rate, any number of channels, to what models hear
//! - [`mel`]: the log-mel spectrogram, frame by frame as sound arrives
//! - [`fft`]: the transform under it

pub mod fft;
pub mod intake;
pub mod mel;
pub mod resample;

use crate::error::{EngineError, Result};

/// Samples a second, of everything the models hear.
pub const SAMPLE_RATE: usize = 16_000;

/// Full scale is 1. Filters overshoot a little; sixteen-bit integers that were
/// never divided by 32768 overshoot by a lot, and would be heard as noise.
const LOUDEST: f32 = 16.0;

/// Refuses what is no sound: a model would turn it into words all the same.
pub fn check(samples: &[f32]) -> Result<()> {
    let wrong = samples.iter().position(|sample| sample.is_nan() || sample.abs() > LOUDEST);
    let Some(at) = wrong else { return Ok(()) };
    let detail =
        format!("sample {at} is {}, where numbers from -1 to 1 were expected", samples[at]);
    Err(EngineError::BadAudio { detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sound_is_refused_by_place_and_value() {
        for (wrong, name) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (-32768.0, "-32768")] {
            let error = check(&[0.0, 0.5, wrong]).expect_err("is no sound").to_string();
            assert!(error.contains("sample 2") && error.contains(name), "{error}");
        }
    }

    #[test]
    fn silence_and_a_little_overshoot_are_sound() {
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&[0.0, -0.0, 1.2, -1.2]), Ok(()));
    }
}
