//! Hugging Face's whisper checkpoints: `model.safetensors` with `config.json`.

use std::io::{Read, Seek, SeekFrom};

use serde::Deserialize;

use super::plan::{Piece, Plan, Stored};
use super::whisper::{Sizes, Tower};
use crate::{FileError, FormatError, Header, Parsed, Problem, safetensors};

/// What whisper's `config.json` says about sizes.
#[derive(Deserialize)]
struct Config {
    vocab_size: u32,
    num_mel_bins: u32,
    d_model: u32,
    max_source_positions: u32,
    max_target_positions: u32,
    encoder_layers: u32,
    encoder_attention_heads: u32,
    decoder_layers: u32,
    decoder_attention_heads: u32,
}

pub(super) fn plan(source: &mut (impl Read + Seek), config: &[u8]) -> Result<Plan, FileError> {
    let config: Config = serde_json::from_slice(config).map_err(|error| {
        FormatError::new("config", Problem::NotJson { detail: error.to_string() })
    })?;
    let header = read_header(source)?;
    sizes(&config).plan(|slot| {
        let tensor = header.tensor(&slot.name)?;
        tensor.expect_shape(&slot.shape)?;
        let stored = Stored::As(tensor.dtype);
        Ok(Piece { offset: tensor.offset, bytes: tensor.bytes, stored })
    })
}

fn read_header(source: &mut (impl Read + Seek)) -> Result<Header, FileError> {
    let file_bytes = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    let mut bytes = Vec::new();
    let mut wanted = 0;
    loop {
        match safetensors::parse(&bytes)? {
            Parsed::Whole(header) => {
                header.check_fits(file_bytes)?;
                return Ok(header);
            }
            Parsed::Incomplete { at_least } if at_least > wanted => wanted = at_least,
            // What was asked for has been read, and it was not there.
            Parsed::Incomplete { at_least } => {
                let problem = Problem::Truncated { needed: at_least, got: file_bytes };
                return Err(FormatError::new("header", problem).into());
            }
        }
        let missing = wanted - bytes.len() as u64;
        source.by_ref().take(missing).read_to_end(&mut bytes)?;
    }
}

fn sizes(config: &Config) -> Sizes {
    Sizes {
        n_vocab: config.vocab_size,
        n_mels: config.num_mel_bins,
        audio: Tower {
            ctx: config.max_source_positions,
            state: config.d_model,
            head: config.encoder_attention_heads,
            layer: config.encoder_layers,
        },
        text: Tower {
            ctx: config.max_target_positions,
            state: config.d_model,
            head: config.decoder_attention_heads,
            layer: config.decoder_layers,
        },
    }
}
