//! What a whisper model consists of, under the names of three traditions.

use super::plan::{Piece, Plan, Planned, Stored};
use crate::gguf::TensorSpec;
use crate::{BlockType, FileError, FormatError, Metadata, Problem, TensorInfo};

/// The sizes of a whisper model, by OpenAI's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) n_vocab: u32,
    pub(super) n_mels: u32,
    pub(super) audio: Tower,
    pub(super) text: Tower,
}

/// Encoder and decoder have the same sizes to state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tower {
    pub(super) ctx: u32,
    pub(super) state: u32,
    pub(super) head: u32,
    pub(super) layer: u32,
}

/// One tensor of the model and where each tradition keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Hugging Face's name, which is also ours.
    pub(super) name: String,
    pub(super) openai: String,
    pub(super) ctranslate2: Fused,
    pub(super) shape: Vec<usize>,
}

/// CTranslate2 stacks projections of the same input: part `part` of `of` equal
/// ones, along the first dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fused {
    pub(super) variable: String,
    pub(super) part: usize,
    pub(super) of: usize,
}

/// A module of a layer, in the order in which a forward pass meets them.
struct Module {
    huggingface: &'static str,
    openai: &'static str,
    ctranslate2: &'static str,
    part: usize,
    of: usize,
    kind: ModuleKind,
    /// The decoder's look at what the encoder heard.
    decoder_only: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ModuleKind {
    Square { bias: bool },
    Widen,
    Shrink,
    Norm,
}

#[rustfmt::skip]
const LAYER: [Module; 13] = {
    use ModuleKind::{Norm, Shrink, Square, Widen};
    const BIASED: ModuleKind = Square { bias: true };
    // Whisper's key projections have no bias: it would cancel out in the softmax.
    const KEY: ModuleKind = Square { bias: false };
    const fn module(names: [&'static str; 3], (part, of): (usize, usize), kind: ModuleKind, decoder_only: bool) -> Module {
        let [huggingface, openai, ctranslate2] = names;
        Module { huggingface, openai, ctranslate2, part, of, kind, decoder_only }
    }
    [
        module(["self_attn_layer_norm", "attn_ln", "self_attention/layer_norm"], (0, 1), Norm, false),
        module(["self_attn.q_proj", "attn.query", "self_attention/linear_0"], (0, 3), BIASED, false),
        module(["self_attn.k_proj", "attn.key", "self_attention/linear_0"], (1, 3), KEY, false),
        module(["self_attn.v_proj", "attn.value", "self_attention/linear_0"], (2, 3), BIASED, false),
        module(["self_attn.out_proj", "attn.out", "self_attention/linear_1"], (0, 1), BIASED, false),
        module(["encoder_attn_layer_norm", "cross_attn_ln", "attention/layer_norm"], (0, 1), Norm, true),
        module(["encoder_attn.q_proj", "cross_attn.query", "attention/linear_0"], (0, 1), BIASED, true),
        module(["encoder_attn.k_proj", "cross_attn.key", "attention/linear_1"], (0, 2), KEY, true),
        module(["encoder_attn.v_proj", "cross_attn.value", "attention/linear_1"], (1, 2), BIASED, true),
        module(["encoder_attn.out_proj", "cross_attn.out", "attention/linear_2"], (0, 1), BIASED, true),
        module(["final_layer_norm", "mlp_ln", "ffn/layer_norm"], (0, 1), Norm, false),
        module(["fc1", "mlp.0", "ffn/linear_0"], (0, 1), Widen, false),
        module(["fc2", "mlp.2", "ffn/linear_1"], (0, 1), Shrink, false),
    ]
};

impl Sizes {
    /// Refuses sizes that no whisper has, so that what follows may trust them.
    pub(super) fn check(&self) -> Result<(), FormatError> {
        let checks = [
            ("n_vocab", self.n_vocab, 1 << 20),
            ("n_mels", self.n_mels, 1 << 10),
            ("n_audio_ctx", self.audio.ctx, 1 << 16),
            ("n_audio_state", self.audio.state, 1 << 14),
            ("n_audio_layer", self.audio.layer, 1 << 8),
            ("n_text_ctx", self.text.ctx, 1 << 16),
            ("n_text_state", self.text.state, 1 << 14),
            ("n_text_layer", self.text.layer, 1 << 8),
        ];
        for (field, got, limit) in checks {
            if got == 0 || got > limit {
                let detail = format!("is {got}, not between 1 and {limit}");
                return Err(FormatError::new(field, Problem::Invalid { detail }));
            }
        }
        for (field, tower) in [("n_audio_head", self.audio), ("n_text_head", self.text)] {
            if tower.head == 0 || !tower.state.is_multiple_of(tower.head) {
                let detail =
                    format!("{} heads do not divide a state of {}", tower.head, tower.state);
                return Err(FormatError::new(field, Problem::Invalid { detail }));
            }
        }
        Ok(())
    }

    fn metadata(&self) -> Metadata {
        /// ggml's number for "mostly F16".
        const FILE_TYPE: u32 = 1;
        let mut metadata = Metadata::default();
        metadata.insert("general.architecture", "whisper");
        metadata.insert("general.file_type", FILE_TYPE);
        metadata.insert("whisper.n_vocab", self.n_vocab);
        metadata.insert("whisper.n_mels", self.n_mels);
        for (tower, sizes) in [("audio", self.audio), ("text", self.text)] {
            metadata.insert(format!("whisper.n_{tower}_ctx"), sizes.ctx);
            metadata.insert(format!("whisper.n_{tower}_state"), sizes.state);
            metadata.insert(format!("whisper.n_{tower}_head"), sizes.head);
            metadata.insert(format!("whisper.n_{tower}_layer"), sizes.layer);
        }
        metadata
    }

    /// Every tensor of the model, in the order in which a forward pass needs it.
    fn slots(&self) -> Vec<Slot> {
        let (audio, text) = (self.audio.state as usize, self.text.state as usize);
        let mut slots = vec![
            outer(
                ["encoder.conv1", "encoder.conv1", "encoder/conv1"],
                "weight",
                vec![audio, self.n_mels as usize, 3],
            ),
            outer(["encoder.conv1", "encoder.conv1", "encoder/conv1"], "bias", vec![audio]),
            outer(
                ["encoder.conv2", "encoder.conv2", "encoder/conv2"],
                "weight",
                vec![audio, audio, 3],
            ),
            outer(["encoder.conv2", "encoder.conv2", "encoder/conv2"], "bias", vec![audio]),
            positions("encoder", vec![self.audio.ctx as usize, audio]),
        ];
        layers(&mut slots, "encoder", self.audio);
        norm(&mut slots, ["encoder.layer_norm", "encoder.ln_post", "encoder/layer_norm"], audio);
        slots.push(outer(
            ["decoder.embed_tokens", "decoder.token_embedding", "decoder/embeddings"],
            "weight",
            vec![self.n_vocab as usize, text],
        ));
        slots.push(positions("decoder", vec![self.text.ctx as usize, text]));
        layers(&mut slots, "decoder", self.text);
        norm(&mut slots, ["decoder.layer_norm", "decoder.ln", "decoder/layer_norm"], text);
        slots
    }

    /// Plans the file, with the pieces that `find` finds in the source.
    pub(super) fn plan(
        &self,
        mut find: impl FnMut(&Slot) -> Result<Piece, FileError>,
    ) -> Result<Plan, FileError> {
        self.check()?;
        let mut tensors = Vec::new();
        for slot in self.slots() {
            let piece = find(&slot)?;
            let dtype = dtype_of(&slot, &piece.stored);
            tensors.push(Planned {
                spec: TensorSpec { name: slot.name, shape: slot.shape, dtype },
                piece,
            });
        }
        Ok(Plan { metadata: self.metadata(), tensors })
    }
}

/// Biases and norms are few and touch every number: they get full precision.
/// Matrices get half of it, unless they are smaller already; F32 tables of
/// positions stay, as they do in whisper.cpp's own files.
fn dtype_of(slot: &Slot, stored: &Stored) -> BlockType {
    let is_vector = slot.shape.len() == 1;
    let is_positions = slot.name.contains("embed_positions");
    match stored {
        Stored::As(BlockType::F16 | BlockType::BF16) if is_vector => BlockType::F32,
        Stored::As(BlockType::F32) if !is_vector && !is_positions => BlockType::F16,
        Stored::As(dtype) => *dtype,
        Stored::Int8Rows { .. } => BlockType::F16,
    }
}

/// The mel filters, which only ggml files carry.
pub(super) fn mel_filters(filters: &TensorInfo) -> Planned {
    Planned {
        spec: TensorSpec {
            name: "mel_filters".into(),
            shape: filters.shape.clone(),
            dtype: filters.dtype,
        },
        piece: Piece {
            offset: filters.offset,
            bytes: filters.bytes,
            stored: Stored::As(filters.dtype),
        },
    }
}

fn layers(slots: &mut Vec<Slot>, tower: &str, sizes: Tower) {
    let state = sizes.state as usize;
    for layer in 0..sizes.layer {
        for module in LAYER.iter().filter(|module| tower == "decoder" || !module.decoder_only) {
            let names = [
                format!("{tower}.layers.{layer}.{}", module.huggingface),
                format!("{tower}.blocks.{layer}.{}", module.openai),
                format!("{tower}/layer_{layer}/{}", module.ctranslate2),
            ];
            let names = names.each_ref().map(String::as_str);
            let (rows, columns, bias) = match module.kind {
                ModuleKind::Norm => {
                    norm(slots, names, state);
                    continue;
                }
                ModuleKind::Square { bias } => (state, state, bias),
                ModuleKind::Widen => (4 * state, state, true),
                ModuleKind::Shrink => (state, 4 * state, true),
            };
            let mut push = |ending, shape| {
                let mut slot = outer(names, ending, shape);
                slot.ctranslate2.part = module.part;
                slot.ctranslate2.of = module.of;
                slots.push(slot);
            };
            push("weight", vec![rows, columns]);
            if bias {
                push("bias", vec![rows]);
            }
        }
    }
}

/// A tensor whose ending is the same in all three traditions.
fn outer([huggingface, openai, ctranslate2]: [&str; 3], ending: &str, shape: Vec<usize>) -> Slot {
    Slot {
        name: format!("model.{huggingface}.{ending}"),
        openai: format!("{openai}.{ending}"),
        ctranslate2: Fused { variable: format!("{ctranslate2}/{ending}"), part: 0, of: 1 },
        shape,
    }
}

fn norm(slots: &mut Vec<Slot>, names: [&str; 3], state: usize) {
    for (ending, ctranslate2) in [("weight", "gamma"), ("bias", "beta")] {
        let mut slot = outer(names, ending, vec![state]);
        slot.ctranslate2.variable = format!("{}/{ctranslate2}", names[2]);
        slots.push(slot);
    }
}

fn positions(tower: &str, shape: Vec<usize>) -> Slot {
    Slot {
        name: format!("model.{tower}.embed_positions.weight"),
        openai: format!("{tower}.positional_embedding"),
        ctranslate2: Fused {
            variable: format!("{tower}/position_encodings/encodings"),
            part: 0,
            of: 1,
        },
        shape,
    }
}
