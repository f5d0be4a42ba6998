//! How large an encoder is, and which of the family it is.

use bella_weights::Metadata;
use serde::Deserialize;

use crate::error::{EngineError, Result};

/// What differs within the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// "BERT: Pre-training of Deep Bidirectional Transformers", Devlin et al. 2019.
    Bert,
    /// RoBERTa and XLM-RoBERTa: the first position is the one after the padding
    /// token's number.
    Roberta,
    /// "DistilBERT, a distilled version of BERT", Sanh et al. 2019: no token types.
    DistilBert,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Sizes {
    pub family: Family,
    pub width: usize,
    pub layers: usize,
    pub heads: usize,
    /// Width within the feed-forward part.
    pub hidden: usize,
    pub vocabulary: usize,
    /// Rows of the table of positions.
    pub positions: usize,
    /// Rows of that table that are never used, at its start.
    pub position_offset: usize,
    pub token_types: usize,
    pub epsilon: f32,
}

/// What a `config.json` says, under all names the families have for it.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    vocab_size: usize,
    max_position_embeddings: usize,
    #[serde(alias = "dim")]
    hidden_size: usize,
    #[serde(alias = "n_layers")]
    num_hidden_layers: usize,
    #[serde(alias = "n_heads")]
    num_attention_heads: usize,
    #[serde(alias = "hidden_dim")]
    intermediate_size: usize,
    #[serde(alias = "activation")]
    hidden_act: String,
    #[serde(default)]
    type_vocab_size: usize,
    #[serde(default = "usual_epsilon")]
    layer_norm_eps: f32,
    #[serde(default)]
    pad_token_id: usize,
    position_embedding_type: Option<String>,
}

fn usual_epsilon() -> f32 {
    1e-12
}

impl Sizes {
    /// From the settings of a GGUF file, under llama.cpp's names.
    pub fn from_gguf(metadata: &Metadata) -> Result<Self> {
        let architecture = metadata.str("general.architecture")?;
        if architecture != "bert" {
            let detail = format!("\"{architecture}\" is not an encoder this engine runs");
            return Err(EngineError::bad_model("general.architecture", detail));
        }
        let sizes = Self {
            family: Family::Bert,
            width: metadata.usize("bert.embedding_length")?,
            layers: metadata.usize("bert.block_count")?,
            heads: metadata.usize("bert.attention.head_count")?,
            hidden: metadata.usize("bert.feed_forward_length")?,
            vocabulary: metadata.usize("bert.vocab_size")?,
            positions: metadata.usize("bert.context_length")?,
            position_offset: 0,
            token_types: metadata.usize("tokenizer.ggml.token_type_count")?,
            epsilon: metadata.f32("bert.attention.layer_norm_epsilon")?,
        };
        sizes.checked()
    }

    /// From the bytes of a Hugging Face `config.json`.
    pub fn from_config(json: &[u8]) -> Result<Self> {
        let bad = |detail: String| EngineError::bad_model("config.json", detail);
        let config: Config =
            serde_json::from_slice(json).map_err(|error| bad(error.to_string()))?;
        let family = match config.model_type.as_str() {
            "bert" => Family::Bert,
            "roberta" | "xlm-roberta" => Family::Roberta,
            "distilbert" => Family::DistilBert,
            other => return Err(bad(format!("\"{other}\" is not an encoder this engine runs"))),
        };
        if config.hidden_act != "gelu" {
            return Err(bad(format!("activation \"{}\" is not supported", config.hidden_act)));
        }
        let kind = config.position_embedding_type.as_deref().unwrap_or("absolute");
        if kind != "absolute" {
            return Err(bad(format!("positions of kind \"{kind}\" are not supported")));
        }
        let sizes = Self {
            family,
            width: config.hidden_size,
            layers: config.num_hidden_layers,
            heads: config.num_attention_heads,
            hidden: config.intermediate_size,
            vocabulary: config.vocab_size,
            positions: config.max_position_embeddings,
            position_offset: if family == Family::Roberta { config.pad_token_id + 1 } else { 0 },
            token_types: if family == Family::DistilBert { 0 } else { config.type_vocab_size },
            epsilon: config.layer_norm_eps,
        };
        sizes.checked()
    }

    /// How many tokens a text may have.
    pub fn longest(&self) -> usize {
        self.positions - self.position_offset
    }

    /// Refuses sizes that no encoder has, so that what follows may trust them.
    fn checked(self) -> Result<Self> {
        for (field, got, limit) in [
            ("width", self.width, 1 << 14),
            ("layers", self.layers, 1 << 8),
            ("heads", self.heads, 1 << 8),
            ("feed-forward width", self.hidden, 1 << 16),
            ("vocabulary", self.vocabulary, 1 << 20),
            ("positions", self.positions, 1 << 16),
        ] {
            if got == 0 || got > limit {
                let detail = format!("is {got}, not between 1 and {limit}");
                return Err(EngineError::bad_model(field, detail));
            }
        }
        if !self.width.is_multiple_of(self.heads) {
            let detail = format!("{} heads do not divide {}", self.heads, self.width);
            return Err(EngineError::bad_model("heads", detail));
        }
        // A text has at least its two marks and one word.
        if self.positions < self.position_offset.saturating_add(3) {
            let detail = format!("{} are too few", self.positions);
            return Err(EngineError::bad_model("positions", detail));
        }
        if !(self.epsilon > 0.0 && self.epsilon < 1.0) {
            let detail = format!("is {}, not between 0 and 1", self.epsilon);
            return Err(EngineError::bad_model("epsilon", detail));
        }
        Ok(self)
    }
}
