//! Other containers into GGUF, with bounded memory.
//!
//! A converter reads the directory of its source, draws up a plan of which
//! bytes become which tensor, and the plan is carried out piece by piece. What
//! a model consists of is written down once per architecture (`whisper`,
//! `bert`); the sources only know where to find it. So a tensor that is
//! missing or has the wrong shape is named before anything is written.
//!
//! [`convert`] works on files. The converting itself needs only `Read`, `Seek`
//! and `Write`.

mod bert;
mod from_ctranslate2;
mod from_e5s1;
mod from_ggml;
mod from_safetensors;
mod joined;
mod plan;
mod whisper;

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{FileError, FormatError, manifest};
use joined::Joined;
use plan::Plan;

/// The converters by name, as the manifest names them.
pub const CONVERTERS: [&str; 4] =
    ["ggml-whisper", "ctranslate2-whisper", "safetensors-whisper", "e5s1"];

/// The ways into GGUF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Converter {
    GgmlWhisper,
    Ctranslate2Whisper,
    SafetensorsWhisper,
    E5s1,
}

/// A file that was written. The same inputs always give the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    pub bytes: u64,
    pub sha256: manifest::Sha256,
    pub tensors: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    #[error("there is no converter called {name:?}, only {}", CONVERTERS.join(", "))]
    Unknown { name: String },
    #[error("{name} reads {wanted}")]
    WrongInputs { name: &'static str, wanted: &'static str },
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{}: {error}", path.display())]
    Format { path: PathBuf, error: FormatError },
}

/// Converts `inputs` with the converter called `name`. The first input holds
/// the weights; if they were cut into parts, all inputs in order do. A `.json`
/// among them is the model's configuration, for sources that need one.
///
/// `output` appears only when it is whole: until then it is a temporary file
/// beside it, which an error removes.
pub fn convert(name: &str, inputs: &[PathBuf], output: &Path) -> Result<Converted, ConvertError> {
    let converter =
        Converter::named(name).ok_or_else(|| ConvertError::Unknown { name: name.to_owned() })?;
    let wrong_inputs =
        ConvertError::WrongInputs { name: converter.name(), wanted: converter.reads() };
    let (configs, weights): (Vec<&PathBuf>, Vec<&PathBuf>) =
        inputs.iter().partition(|path| path.extension().is_some_and(|end| end == "json"));
    let Some(first) = weights.first() else {
        return Err(wrong_inputs);
    };
    let config = match configs.as_slice() {
        [path] if converter.needs_config() => {
            Some(read_config(path).map_err(|error| blame(path, error.into()))?)
        }
        [] if !converter.needs_config() => None,
        _ => return Err(wrong_inputs),
    };
    let mut source = Joined::open(&weights).map_err(|(path, error)| blame(&path, error.into()))?;
    let plan =
        converter.plan(&mut source, config.as_deref()).map_err(|error| blame(first, error))?;
    write_atomically(&plan, source, first, output)
}

/// The same without files: from anything that can be read at will to anything
/// that can be written.
pub fn convert_stream<W: Write>(
    converter: Converter,
    mut source: impl Read + Seek,
    config: Option<&[u8]>,
    out: W,
) -> Result<W, FileError> {
    converter.plan(&mut source, config)?.carry_out(source, out)
}

impl Converter {
    pub const ALL: [Self; 4] =
        [Self::GgmlWhisper, Self::Ctranslate2Whisper, Self::SafetensorsWhisper, Self::E5s1];
    pub fn name(self) -> &'static str {
        let [ggml, ctranslate2, safetensors, e5s1] = CONVERTERS;
        match self {
            Self::GgmlWhisper => ggml,
            Self::Ctranslate2Whisper => ctranslate2,
            Self::SafetensorsWhisper => safetensors,
            Self::E5s1 => e5s1,
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|converter| converter.name() == name)
    }

    /// Only Hugging Face keeps a model's sizes in a file of their own.
    fn needs_config(self) -> bool {
        self == Self::SafetensorsWhisper
    }

    fn reads(self) -> &'static str {
        if self.needs_config() {
            "a file of weights and its config.json"
        } else {
            "one file of weights"
        }
    }

    fn plan(
        self,
        source: &mut (impl Read + Seek),
        config: Option<&[u8]>,
    ) -> Result<Plan, FileError> {
        match self {
            Self::GgmlWhisper => from_ggml::plan(source),
            Self::Ctranslate2Whisper => from_ctranslate2::plan(source),
            Self::SafetensorsWhisper => from_safetensors::plan(source, config.unwrap_or_default()),
            Self::E5s1 => from_e5s1::plan(source),
        }
    }
}

/// Of a longer file only this much is read, and fails as JSON.
fn read_config(path: &Path) -> io::Result<Vec<u8>> {
    const MAX_BYTES: u64 = 1 << 20;
    let mut json = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut json)?;
    Ok(json)
}

fn blame(path: &Path, error: FileError) -> ConvertError {
    let path = path.to_owned();
    match error {
        FileError::Io(error) => ConvertError::Io { path, error },
        FileError::Format(error) => ConvertError::Format { path, error },
    }
}

fn write_atomically(
    plan: &Plan,
    source: impl Read + Seek,
    source_path: &Path,
    output: &Path,
) -> Result<Converted, ConvertError> {
    let mut unfinished = output.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let at_output = |error| ConvertError::Io { path: output.to_owned(), error };

    let file = File::create(&unfinished).map_err(at_output)?;
    let written = write_hashed(plan, source, file).map_err(|error| blame(source_path, error));
    let finished = written.and_then(|converted| {
        std::fs::rename(&unfinished, output).map_err(at_output)?;
        Ok(converted)
    });
    if finished.is_err() {
        // The error that led here is the one to report.
        let _ = std::fs::remove_file(&unfinished);
    }
    finished
}

fn write_hashed(plan: &Plan, source: impl Read + Seek, file: File) -> Result<Converted, FileError> {
    let out = Hashed { inner: BufWriter::new(file), hash: Sha256::new(), bytes: 0 };
    let Hashed { inner, hash, bytes } = plan.carry_out(source, out)?;
    let file = inner.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    let sha256 = manifest::Sha256(hash.finalize().into());
    Ok(Converted { bytes, sha256, tensors: plan.tensors.len() })
}

/// Counts and hashes what passes through.
struct Hashed<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
