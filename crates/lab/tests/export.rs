//! What the lab writes, the engine reads, and both make the same of a text.

use std::path::PathBuf;

use bella_engine::bert::{Embedder, Feeling, Sizes};
use bella_engine::tensors::{Tensor, Tensors};
use bella_engine::tokenizer::Tokenizer;
use bella_lab::commands::RECIPE;
use bella_lab::encoder::Encoder;
use bella_lab::export::{self, Provenance};
use bella_lab::random::Random;
use bella_lab::sentiment::{Model, Weights};
use bella_weights::{FileError, Header, TensorEvent, read_tensors};

fn tensors(file: &[u8]) -> (Header, Tensors) {
    let mut tensors = Tensors::default();
    let header = read_tensors(file, file.len() as u64, |event| {
        if let TensorEvent::Tensor { info, bytes } = event {
            let shape = info.shape.clone();
            let tensor = Tensor { shape, block: info.dtype, bytes: bytes.into_owned() };
            tensors.insert(info.name.clone(), tensor);
        }
        Ok::<_, FileError>(())
    });
    (header.expect("a good file"), tensors)
}

fn base() -> Option<PathBuf> {
    let cache = || {
        let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let home = || set("HOME").map(|home| home.join(".cache/bella"));
        let xdg = || set("XDG_CACHE_HOME").map(|cache| cache.join("bella"));
        set("BELLA_CACHE").or_else(xdg).or_else(home).unwrap_or_default().join("weights")
    };
    let weights = std::env::var_os("BELLA_WEIGHTS").map_or_else(cache, PathBuf::from);
    let folder = weights.join("multilingual-e5-small");
    if folder.join("model.gguf").is_file() && folder.join("tokenizer.json").is_file() {
        return Some(folder);
    }
    assert!(std::env::var_os("BELLA_WEIGHTS").is_none(), "{} is missing", folder.display());
    eprintln!("SKIPPED: `cargo xtask fetch multilingual-e5-small` brings the encoder");
    None
}

#[test]
fn the_engine_feels_what_the_lab_measured() {
    let Some(folder) = base() else { return };
    let encoder = Encoder::read(&folder, 2).expect("the encoder");
    // Weights of chance stand in for learnt ones: nothing is zero, all is small.
    let mut random = Random::new(3);
    let mut weights = Weights::begin(&encoder.upper, 16, &mut random);
    for tensor in weights.tensors_mut() {
        tensor.iter_mut().for_each(|x| *x += 0.05 * (random.unit() - 0.5));
    }
    weights.head.iter_mut().for_each(|x| *x *= 20.0);
    export::round(&mut weights);
    let mut file = Vec::new();
    let provenance = Provenance { recipe: &RECIPE, temperature: 1.5, data: &[] };
    export::write(&encoder, &weights, &provenance, &mut file).expect("written to memory");

    let (header, adapters) = tensors(&file);
    let feeling = Feeling::new(&header.metadata, adapters).expect("a file the engine reads");
    assert_eq!(feeling.base_sha256(), encoder.sha256);
    let (header, base) = tensors(&std::fs::read(folder.join("model.gguf")).expect("readable"));
    let json = std::fs::read(folder.join("tokenizer.json")).expect("readable");
    let tokenizer = Tokenizer::from_json(&json).expect("a tokenizer");
    let sizes = Sizes::from_gguf(&header.metadata).expect("sizes");
    let embedder = Embedder::new("e5", sizes, base, tokenizer).expect("the encoder");

    for text in ["정말 재미있게 봤어요!", "one long string of cliches", ""] {
        let tokens = encoder.tokens(text).expect("any text has tokens");
        let lengths = [tokens.len()];
        let states = encoder.lower_states(&[tokens]).expect("known tokens");
        let logit = Model::new(&encoder.upper, &weights).logits(states, &lengths)[0];
        let expected = 1.0 / (1.0 + (-logit / 1.5).exp());
        let mood = feeling.read(&embedder, text).expect("a text");
        assert!((0.02..0.98).contains(&expected), "{text:?} shows nothing at {expected}");
        // The engine multiplies in eight bits, the lab in thirty-two.
        assert!((mood.positive - expected).abs() < 0.03, "{text:?}: {mood:?}, lab {expected}");
        assert!((mood.positive + mood.negative - 1.0).abs() < 1e-6);
    }
}
