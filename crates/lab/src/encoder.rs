//! The frozen encoder, taken out of its quantised file into plain numbers.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use bella_engine::EngineError;
use bella_engine::tokenizer::Tokenizer;
use bella_weights::{BlockType, FileError, FormatError, TensorEvent, dequantise, read_tensors};
use sha2::{Digest, Sha256};

use crate::adapter::Frozen;
use crate::arithmetic::{LayerNorm, add_scaled};
use crate::attention::Heads;
use crate::data::hex;
use crate::layer::{LINEARS, Layer, NAMES, parts};

/// Longer texts are cut: reviews have no more.
const MAX_TOKENS: usize = 160;

#[derive(Debug, thiserror::Error)]
pub enum EncoderError {
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{}: {error}", path.display())]
    BadFile { path: PathBuf, error: FileError },
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error("tokenizer: {0}")]
    Tokenizer(#[from] EngineError),
    #[error("{name}: is missing or has the wrong size")]
    BadTensor { name: String },
    #[error("there are {layers} layers; {trained} of them cannot be trained")]
    TooFewLayers { layers: usize, trained: usize },
}

#[derive(Debug)]
pub struct Encoder {
    pub sha256: String,
    pub width: usize,
    tokenizer: Tokenizer,
    words: (BlockType, Vec<u8>),
    /// \[positions, width], with the embedding of the first token type added
    positions: Vec<f32>,
    norm: LayerNorm,
    /// Only forwards.
    pub lower: Vec<Layer>,
    /// With a way back.
    pub upper: Vec<Layer>,
}

impl Encoder {
    /// From a folder with `model.gguf` and `tokenizer.json`. The topmost `trained`
    /// layers get a way back.
    pub fn read(folder: &Path, trained: usize) -> Result<Self, EncoderError> {
        let path = folder.join("model.gguf");
        let unreadable = |error| EncoderError::Unreadable { path: path.clone(), error };
        let mut tensors = HashMap::new();
        let file = File::open(&path).map_err(unreadable)?;
        let bytes = file.metadata().map_err(unreadable)?.len();
        let header = read_tensors(file, bytes, |event| {
            if let TensorEvent::Tensor { info, bytes } = event {
                tensors.insert(info.name.clone(), (info.dtype, bytes.into_owned()));
            }
            Ok::<_, FileError>(())
        });
        let header = header.map_err(|error| EncoderError::BadFile { path: path.clone(), error })?;
        let sha256 = hex(&Sha256::digest(std::fs::read(&path).map_err(unreadable)?));
        let json_path = folder.join("tokenizer.json");
        let json = std::fs::read(&json_path)
            .map_err(|error| EncoderError::Unreadable { path: json_path, error })?;

        let settings = &header.metadata;
        let mut tensors = Tensors(tensors);
        let width = settings.usize("bert.embedding_length")?;
        let count = settings.usize("bert.attention.head_count")?;
        let layers = settings.usize("bert.block_count")?;
        if trained == 0 || trained > layers {
            return Err(EncoderError::TooFewLayers { layers, trained });
        }
        let heads = Heads { count, width: width / count };
        let epsilon = settings.f32("bert.attention.layer_norm_epsilon")?;
        let mut read = (0..layers)
            .map(|index| tensors.layer(index, heads, epsilon, index >= layers - trained));
        let lower = read.by_ref().take(layers - trained).collect::<Result<_, _>>()?;
        let upper = read.collect::<Result<_, _>>()?;
        let mut positions = tensors.floats("embeddings.position_embeddings.weight")?;
        let types = tensors.floats("embeddings.token_type_embeddings.weight")?;
        for position in positions.chunks_exact_mut(width) {
            add_scaled(position, &types, 1.0);
        }
        Ok(Self {
            sha256,
            width,
            tokenizer: Tokenizer::from_json(&json)?,
            words: tensors.take("embeddings.word_embeddings.weight")?,
            positions,
            norm: tensors.norm("embeddings.LayerNorm", epsilon)?,
            lower,
            upper,
        })
    }

    /// The tokens of a text, marked as a query as the model was trained with.
    pub fn tokens(&self, text: &str) -> Result<Vec<u32>, EncoderError> {
        let mut tokens = self.tokenizer.encode_with_marks(&format!("query: {text}"))?;
        if let (true, Some(&end)) = (tokens.len() > MAX_TOKENS, tokens.last()) {
            tokens.truncate(MAX_TOKENS - 1);
            tokens.push(end);
        }
        Ok(tokens)
    }

    /// What the upper layers start from, sentence after sentence. \[tokens, width]
    pub fn lower_states(&self, sentences: &[Vec<u32>]) -> Result<Vec<f32>, EncoderError> {
        let lengths: Vec<usize> = sentences.iter().map(Vec::len).collect();
        let mut x = vec![0.0; lengths.iter().sum::<usize>() * self.width];
        for (tokens, part) in sentences.iter().zip(parts(&lengths, self.width)) {
            let rows =
                x[part].chunks_exact_mut(self.width).zip(self.positions.chunks_exact(self.width));
            for (&token, (x, position)) in tokens.iter().zip(rows) {
                self.unpack_word(token, x)?;
                add_scaled(x, position, 1.0);
            }
        }
        self.norm.forward(&mut x);
        for layer in &self.lower {
            x = layer.forward(None, x, &lengths).0;
        }
        Ok(x)
    }

    fn unpack_word(&self, token: u32, out: &mut [f32]) -> Result<(), EncoderError> {
        let (block, words) = &self.words;
        let row_bytes = block.bytes_of(self.width).unwrap_or(0);
        let word = words.get(token as usize * row_bytes..).and_then(|rest| rest.get(..row_bytes));
        match word.is_some_and(|word| dequantise(*block, word, out).is_ok()) {
            true => Ok(()),
            false => Err(EncoderError::BadTensor { name: format!("embedding of token {token}") }),
        }
    }
}

struct Tensors(HashMap<String, (BlockType, Vec<u8>)>);

impl Tensors {
    fn take(&mut self, name: &str) -> Result<(BlockType, Vec<u8>), EncoderError> {
        self.0.remove(name).ok_or_else(|| EncoderError::BadTensor { name: name.to_owned() })
    }

    fn floats(&mut self, name: &str) -> Result<Vec<f32>, EncoderError> {
        let (block, bytes) = self.take(name)?;
        let mut numbers = vec![0.0; bytes.len() / block.block_bytes() * block.block_len()];
        dequantise(block, &bytes, &mut numbers)
            .map_err(|_| EncoderError::BadTensor { name: name.to_owned() })?;
        Ok(numbers)
    }

    fn norm(&mut self, name: &str, epsilon: f32) -> Result<LayerNorm, EncoderError> {
        Ok(LayerNorm {
            weight: self.floats(&format!("{name}.weight"))?,
            bias: self.floats(&format!("{name}.bias"))?,
            epsilon,
        })
    }

    fn layer(
        &mut self,
        index: usize,
        heads: Heads,
        epsilon: f32,
        trains: bool,
    ) -> Result<Layer, EncoderError> {
        let within = |name: &str| format!("encoder.layer.{index}.{name}");
        let mut linears = Vec::with_capacity(LINEARS);
        for name in NAMES {
            let weight = self.floats(&within(&format!("{name}.weight")))?;
            let bias = self.floats(&within(&format!("{name}.bias")))?;
            linears.push(Frozen::new(&weight, bias, trains));
        }
        let linears = linears.try_into();
        Ok(Layer {
            heads,
            linears: linears.map_err(|_| EncoderError::BadTensor { name: within("") })?,
            attention_norm: self.norm(&within("attention.output.LayerNorm"), epsilon)?,
            output_norm: self.norm(&within("output.LayerNorm"), epsilon)?,
        })
    }
}
