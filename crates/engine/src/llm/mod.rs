//! Language models: a conversation in, a streamed reply out.
//!
//! - [`LanguageModel`] is a file made ready: weights ([`decoder`] and a family
//!   such as [`llama`]), tokenizer and template.
//! - [`Conversation`] is what a model remembers between turns.
//! - [`Dialogue`] is what it is to answer.
//! - [`Generation`] is one reply in the making. It advances in small steps, so
//!   that whoever runs it can stop, or let something more urgent go first.

mod cache;
mod constraint;
mod conversation;
mod decoder;
mod gemma3;
mod generation;
mod hyperparameters;
mod layers;
mod lfm2;
mod llama;
mod prompt;
mod rope;
mod stops;
mod template;
mod vocabulary;

use bella_weights::Metadata;

use crate::error::{EngineError, Result};
use crate::tensors::Tensors;
use crate::tokenizer::Tokenizer;
pub use constraint::Constraint;
pub use conversation::Conversation;
pub use decoder::{Decoder, Passage, Reading, Stream};
pub use generation::{Generation, Step};
use hyperparameters::Hyperparameters;
pub use prompt::Dialogue;
use template::ChatTemplate;
pub use vocabulary::Vocabulary;

#[derive(Debug)]
pub struct LanguageModel {
    decoder: Box<dyn Decoder>,
    tokenizer: Tokenizer,
    template: ChatTemplate,
}

impl LanguageModel {
    /// From a GGUF file's metadata and tensors. `tokenizer_json`, where there is
    /// one beside it, goes before the vocabulary inside.
    pub fn new(
        metadata: &Metadata,
        mut tensors: Tensors,
        tokenizer_json: Option<&[u8]>,
    ) -> Result<Self> {
        let tokenizer = match tokenizer_json {
            Some(json) => Tokenizer::from_json(json)?.with_marks_of(metadata),
            None => Tokenizer::from_gguf(metadata)?,
        };
        let vocabulary = match tensors.shape("token_embd.weight")? {
            [rows, _] => *rows,
            shape => {
                let detail = format!("has shape {shape:?} instead of two dimensions");
                return Err(EngineError::bad_model("token_embd.weight", detail));
            }
        };
        check_vocabulary(vocabulary, tokenizer.vocabulary())?;
        let sizes = Hyperparameters::read(metadata, vocabulary)?;
        let decoder: Box<dyn Decoder> = match sizes.architecture.as_str() {
            "llama" | "qwen2" | "qwen3" => Box::new(llama::Llama::new(&sizes, &mut tensors)?),
            "gemma3" => Box::new(gemma3::Gemma3::new(&sizes, &mut tensors)?),
            "lfm2" => Box::new(lfm2::Lfm2::new(&sizes, &mut tensors)?),
            other => {
                let detail = format!("\"{other}\" is not a family this engine runs");
                return Err(EngineError::bad_model("general.architecture", detail));
            }
        };
        let template = chat_template(metadata, &tokenizer)?;
        Ok(Self { decoder, tokenizer, template })
    }

    pub fn decoder(&self) -> &dyn Decoder {
        &*self.decoder
    }

    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    pub fn new_conversation(&self) -> Conversation {
        Conversation::new(self.decoder.new_cache())
    }

    pub fn memory_bytes(&self) -> usize {
        self.decoder.memory_bytes() + self.tokenizer.memory_bytes()
    }
}

/// Every id the tokenizer can give must have a row in the model.
fn check_vocabulary(model: usize, tokenizer: usize) -> Result<()> {
    if tokenizer > model {
        let detail = format!("the tokenizer knows {tokenizer} tokens and the model only {model}");
        return Err(EngineError::bad_model("tokenizer.ggml.tokens", detail));
    }
    Ok(())
}

/// For base models, which bring no template: plain turns.
const PLAIN_TEMPLATE: &str = "{{ bos_token }}{% for message in messages %}{{ message.role | capitalize }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}";

fn chat_template(metadata: &Metadata, tokenizer: &Tokenizer) -> Result<ChatTemplate> {
    let source = match metadata.contains("tokenizer.chat_template") {
        true => metadata.str("tokenizer.chat_template")?,
        false => PLAIN_TEMPLATE,
    };
    let named = |id: Option<u32>| id.and_then(|id| tokenizer.control_token(id)).unwrap_or_default();
    let eos = metadata.u32("tokenizer.ggml.eos_token_id").ok();
    let control = tokenizer.control_tokens().filter(|name| !name.is_empty());
    let control = control.map(str::to_owned).collect();
    ChatTemplate::new(source.to_owned(), named(tokenizer.bos()), named(eos), control)
}
