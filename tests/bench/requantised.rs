//! The same weights in the formats a rival might be better at.
//!
//! How fast a kernel is has nothing to do with which numbers it multiplies, so the
//! files are made from ours, and nothing more has to be fetched.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::Path;

use bella_weights::dequantise::dequantise;
use bella_weights::gguf::{TensorSpec, Writer};
use bella_weights::quantise::quantise;
use bella_weights::{BlockType, FileError};
use bella_weights::{TensorEvent, read_tensors};

/// Writes a GGUF file whose tensors of the type `from` are of the type `to`.
pub fn requantise(source: &Path, to: BlockType, target: &Path) -> Result<(), String> {
    let failed = |error: FileError| format!("{}: {error}", target.display());
    let unfinished = target.with_extension("part");
    write(source, to, &unfinished).map_err(failed)?;
    fs::rename(&unfinished, target).map_err(|error| failed(error.into()))
}

fn write(source: &Path, to: BlockType, target: &Path) -> Result<(), FileError> {
    let file = File::open(source)?;
    let bytes = file.metadata()?.len();
    let mut writer = None;
    read_tensors::<FileError>(BufReader::new(file), bytes, |event| {
        match event {
            TensorEvent::Header(header) => {
                let specs: Vec<TensorSpec> = header
                    .tensors
                    .iter()
                    .map(|info| TensorSpec {
                        name: info.name.clone(),
                        shape: info.shape.clone(),
                        dtype: new_type(info.dtype, to),
                    })
                    .collect();
                let out = BufWriter::new(File::create(target)?);
                writer = Some(Writer::begin(out, &header.metadata, &specs)?);
            }
            TensorEvent::Tensor { info, bytes } => {
                let Some(writer) = &mut writer else { return Ok(()) };
                if new_type(info.dtype, to) == info.dtype {
                    return writer.append(&bytes);
                }
                let mut numbers = vec![0.0; info.elements()];
                dequantise(info.dtype, &bytes, &mut numbers).map_err(std::io::Error::other)?;
                writer.append(&quantise(to, &numbers).map_err(std::io::Error::other)?)?;
            }
        }
        Ok(())
    })?;
    writer.map_or(Ok(()), |writer| writer.finish().map(drop))
}

/// Small tensors of floats stay as they are, and so does the table of embeddings,
/// which is of 8 bits in every file of this size.
fn new_type(old: BlockType, to: BlockType) -> BlockType {
    match old {
        BlockType::Q4_0 | BlockType::Q4_1 => to,
        other => other,
    }
}
