//! Recordings to samples. Rate and channels stay as they are; the engine hears
//! any.

use std::path::Path;

use bella_protocol::SoundFormat;

#[derive(Debug, thiserror::Error)]
pub(crate) enum SoundError {
    #[error("WAV: {0}")]
    Wav(#[from] hound::Error),
    #[error("FLAC: {0}")]
    Flac(#[from] claxon::Error),
}

/// Samples from −1 to 1, channels interleaved.
pub(crate) fn read(path: &Path) -> Result<(Vec<f32>, SoundFormat), SoundError> {
    let is_flac = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("flac"));
    if is_flac { read_flac(path) } else { read_wav(path) }
}

fn read_wav(path: &Path) -> Result<(Vec<f32>, SoundFormat), SoundError> {
    let mut reader = hound::WavReader::open(path)?;
    let spec = reader.spec();
    let format = SoundFormat { rate: spec.sample_rate, channels: spec.channels.into() };
    let samples = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            let scale = to_unit(spec.bits_per_sample.into());
            let samples = reader.samples::<i32>();
            samples.map(|sample| Ok(sample? as f32 * scale)).collect::<Result<_, hound::Error>>()?
        }
    };
    Ok((samples, format))
}

fn read_flac(path: &Path) -> Result<(Vec<f32>, SoundFormat), SoundError> {
    let mut reader = claxon::FlacReader::open(path)?;
    let info = reader.streaminfo();
    let format = SoundFormat { rate: info.sample_rate, channels: info.channels as usize };
    let scale = to_unit(info.bits_per_sample);
    let samples = reader.samples();
    let samples = samples.map(|sample| Ok(sample? as f32 * scale));
    Ok((samples.collect::<Result<_, claxon::Error>>()?, format))
}

fn to_unit(bits: u32) -> f32 {
    1.0 / (1u64 << bits.clamp(1, 32).saturating_sub(1)) as f32
}
