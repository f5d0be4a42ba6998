//! A model's sizes, read from its file's metadata.

use bella_weights::Metadata;

use super::layers::Heads;
use crate::error::{EngineError, Result};

/// Nothing that runs in a tab is near these; a file that claims more is broken,
/// and must not make us reserve memory for it.
const MOST_LAYERS: usize = 256;
const WIDEST: usize = 1 << 16;
const LONGEST_CONTEXT: usize = 1 << 22;

#[derive(Debug)]
pub struct Hyperparameters<'a> {
    metadata: &'a Metadata,
    pub architecture: String,
    pub layers: usize,
    pub width: usize,
    /// Width inside the MLP.
    pub hidden: usize,
    pub vocabulary: usize,
    pub context_length: usize,
    pub norm_epsilon: f32,
}

impl<'a> Hyperparameters<'a> {
    /// `vocabulary` is the number of rows of the embedding: the one count that
    /// is always there.
    pub fn read(metadata: &'a Metadata, vocabulary: usize) -> Result<Self> {
        let architecture = metadata.str("general.architecture")?.to_owned();
        let sizes = Self {
            layers: 0,
            width: 0,
            hidden: 0,
            vocabulary,
            context_length: 0,
            norm_epsilon: 0.0,
            metadata,
            architecture,
        };
        Ok(Self {
            layers: sizes.size("block_count", MOST_LAYERS)?,
            width: sizes.size("embedding_length", WIDEST)?,
            hidden: sizes.size("feed_forward_length", WIDEST)?,
            context_length: sizes.size("context_length", LONGEST_CONTEXT)?,
            norm_epsilon: sizes.float("attention.layer_norm_rms_epsilon")?,
            ..sizes
        })
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture)
    }

    /// A size between one and `most`.
    pub fn size(&self, name: &str, most: usize) -> Result<usize> {
        let key = self.key(name);
        match self.metadata.usize(&key)? {
            size if (1..=most).contains(&size) => Ok(size),
            size => Err(EngineError::bad_model(key, format!("{size} is not between 1 and {most}"))),
        }
    }

    pub fn size_if_any(&self, name: &str, most: usize) -> Result<Option<usize>> {
        if self.metadata.contains(&self.key(name)) {
            self.size(name, most).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A positive number.
    pub fn float(&self, name: &str) -> Result<f32> {
        let key = self.key(name);
        match self.metadata.f32(&key)? {
            value if value.is_finite() && value > 0.0 => Ok(value),
            value => Err(EngineError::bad_model(key, format!("{value} is not a positive number"))),
        }
    }

    pub fn float_if_any(&self, name: &str) -> Result<Option<f32>> {
        if self.metadata.contains(&self.key(name)) { self.float(name).map(Some) } else { Ok(None) }
    }

    pub fn query_heads(&self) -> Result<usize> {
        self.size("attention.head_count", WIDEST)
    }

    pub fn heads(&self) -> Result<Heads> {
        let query = self.query_heads()?;
        let kv = self.size_if_any("attention.head_count_kv", WIDEST)?.unwrap_or(query);
        let dim = match self.size_if_any("attention.key_length", WIDEST)? {
            Some(dim) => dim,
            None => self.even_head_dim()?,
        };
        if let Some(value) = self.size_if_any("attention.value_length", WIDEST)?
            && value != dim
        {
            let detail =
                format!("values of width {value} beside keys of width {dim} are not supported");
            return Err(EngineError::bad_model(self.key("attention.value_length"), detail));
        }
        if let Some(rotated) = self.size_if_any("rope.dimension_count", WIDEST)?
            && rotated != dim
        {
            let detail = format!("turning {rotated} of {dim} dimensions is not supported");
            return Err(EngineError::bad_model(self.key("rope.dimension_count"), detail));
        }
        self.check_heads(Heads { query, kv, dim })
    }

    /// Width of a head where the heads share the model's width among them.
    pub fn even_head_dim(&self) -> Result<usize> {
        let query = self.query_heads()?;
        if !self.width.is_multiple_of(query) {
            let detail = format!("{query} heads do not divide a width of {}", self.width);
            return Err(EngineError::bad_model(self.key("attention.head_count"), detail));
        }
        Ok(self.width / query)
    }

    pub fn check_heads(&self, heads: Heads) -> Result<Heads> {
        let Heads { query, kv, dim } = heads;
        if kv == 0 || !dim.is_multiple_of(2) || !query.is_multiple_of(kv) {
            let detail =
                format!("{query} query and {kv} key heads of width {dim} do not fit together");
            return Err(EngineError::bad_model(self.key("attention.head_count"), detail));
        }
        Ok(heads)
    }

    /// One number a layer. Files of families whose layers are alike give a single
    /// one instead.
    pub fn per_layer(&self, name: &str) -> Result<Vec<usize>> {
        let key = self.key(name);
        let counts: Vec<usize> =
            self.metadata.u32s(&key)?.into_iter().map(|count| count as usize).collect();
        if counts.len() != self.layers || counts.iter().any(|&count| count > WIDEST) {
            let detail =
                format!("{counts:?} does not give a number for each of {} layers", self.layers);
            return Err(EngineError::bad_model(key, detail));
        }
        Ok(counts)
    }

    pub fn rope_base(&self) -> Result<f32> {
        Ok(self.float_if_any("rope.freq_base")?.unwrap_or(10_000.0))
    }

    /// How far positions are squeezed, for files whose context was extended so.
    pub fn rope_linear_scale(&self) -> Result<Option<f32>> {
        let key = self.key("rope.scaling.type");
        if !self.metadata.contains(&key) {
            return Ok(None);
        }
        match self.metadata.str(&key)? {
            "none" => Ok(None),
            "linear" => self.float_if_any("rope.scaling.factor"),
            other => Err(EngineError::bad_model(key, format!("\"{other}\" is not supported"))),
        }
    }
}
