//! Encoders against their original implementation (`goldens/make_bert.py`).

mod support;

use bella_engine::EngineError;
use bella_engine::bert::{Classifier, Embedder, Encoder, Sizes};
use bella_engine::tensors::{Tensor, Tensors};
use bella_engine::tokenizer::Tokenizer;
use bella_protocol::{Purpose, TextRead};
use bella_weights::{FormatError, Header, TensorEvent, TensorStream};
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    e5: Vec<Vector>,
    e5_ids: Vec<Ids>,
    minilm: Vec<Vector>,
    minilm_ids: Vec<Ids>,
}

#[derive(Deserialize)]
struct Vector {
    text: String,
    vector: Vec<f32>,
}

#[derive(Deserialize)]
struct Ids {
    text: String,
    ids: Vec<u32>,
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/bert.json")).expect("our own file")
}

/// A file's tensors, as a loader would hand them over.
fn tensors(file: &[u8]) -> (Header, Tensors) {
    let mut tensors = Tensors::default();
    let mut stream = TensorStream::new(file.len() as u64);
    let taken = stream.push(file, |event| {
        if let TensorEvent::Tensor { info, bytes } = event {
            let shape = info.shape.clone();
            let tensor = Tensor { shape, block: info.dtype, bytes: bytes.into_owned() };
            tensors.insert(info.name.clone(), tensor);
        }
        Ok::<_, FormatError>(())
    });
    taken.expect("a good file");
    (stream.finish().expect("a whole file"), tensors)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    assert_eq!(a.len(), b.len());
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn e5() -> Option<Embedder> {
    let model = support::weights("multilingual-e5-small", "model.gguf")?;
    let json = support::weights("multilingual-e5-small", "tokenizer.json")?;
    let (header, tensors) = tensors(&std::fs::read(model).expect("readable"));
    let tokenizer =
        Tokenizer::from_json(&std::fs::read(json).expect("readable")).expect("a tokenizer");
    let sizes = Sizes::from_gguf(&header.metadata).expect("sizes");
    Some(Embedder::new("multilingual-e5-small", sizes, tensors, tokenizer).expect("an encoder"))
}

fn minilm() -> Option<Embedder> {
    let [model, json, config] =
        ["model.safetensors", "tokenizer.json", "config.json"].map(|file| {
            support::weights("all-minilm-l6-v2", file)
                .map(|path| std::fs::read(path).expect("readable"))
        });
    let (_, tensors) = tensors(&model?);
    let tokenizer = Tokenizer::from_json(&json?).expect("a tokenizer");
    let sizes = Sizes::from_config(&config?).expect("sizes");
    Some(Embedder::new("all-MiniLM-L6-v2", sizes, tensors, tokenizer).expect("an encoder"))
}

fn check_ids(tokenizer: &Tokenizer, goldens: &[Ids]) {
    for Ids { text, ids } in goldens {
        assert_eq!(
            &tokenizer.encode_with_marks(text).expect("any text has tokens"),
            ids,
            "{text:?}"
        );
    }
}

/// In the goldens the prefix is part of the text; here the purpose writes it.
fn check_vectors(embedder: &Embedder, goldens: &[Vector]) {
    for Vector { text, vector } in goldens {
        let (purpose, rest) = match text.split_once(": ") {
            Some(("passage", rest)) => (Purpose::Passage, rest),
            Some((_, rest)) => (Purpose::Query, rest),
            None => (Purpose::Query, &text[..]),
        };
        let ours = embedder.embed(purpose, &[rest]).expect("any text has an embedding");
        let cosine = cosine(&ours[0].vector, vector);
        assert!(cosine >= 0.999, "{text:?}: cosine {cosine}");
    }
}

#[test]
fn e5_cuts_and_embeds_as_the_original_does() {
    let Some(embedder) = e5() else { return };
    check_ids(embedder.tokenizer(), &goldens().e5_ids);
    check_vectors(&embedder, &goldens().e5);
}

#[test]
fn minilm_cuts_and_embeds_as_the_original_does() {
    let Some(embedder) = minilm() else { return };
    check_ids(embedder.tokenizer(), &goldens().minilm_ids);
    for Vector { text, vector } in goldens().minilm {
        // MiniLM knows no prefixes: whatever stands there is text.
        for purpose in [Purpose::Query, Purpose::Passage] {
            let ours = embedder.embed(purpose, &[&text]).expect("any text has an embedding");
            let cosine = cosine(&ours[0].vector, &vector);
            assert!(cosine >= 0.999, "{text:?}: cosine {cosine}");
        }
    }
}

#[test]
fn texts_of_a_batch_do_not_see_each_other() {
    let Some(embedder) = minilm() else { return };
    let texts = ["a cat", "", "a much longer text about the weather of next week"];
    let together = embedder.embed(Purpose::Query, &texts).expect("any text has an embedding");
    for (text, together) in texts.iter().zip(&together) {
        let alone = &embedder.embed(Purpose::Query, &[text]).expect("any text has an embedding")[0];
        assert!(cosine(&alone.vector, &together.vector) > 0.999_99, "{text:?}");
        assert_eq!(alone.of, together.of);
    }
}

#[test]
fn a_text_that_is_too_long_is_cut_and_that_is_told() {
    let Some(embedder) = minilm() else { return };
    let long =
        &embedder.embed(Purpose::Passage, &["word ".repeat(20_000)]).expect("cut, not refused")[0];
    assert_eq!(long.of, TextRead { tokens: 20_002, read: 512 });
    let short = &embedder.embed(Purpose::Passage, &["word"]).expect("a text")[0];
    assert_eq!(short.of.tokens, short.of.read);
    let absurd = embedder.embed(Purpose::Passage, &["x".repeat(2 << 20)]);
    assert!(matches!(absurd, Err(EngineError::BadRequest { .. })), "{absurd:?}");
}

#[derive(Deserialize)]
struct Tiny {
    tokens: Vec<u32>,
    out: Vec<f32>,
}

/// One token for every number, so that a tiny model has a tokenizer.
fn numbered_tokenizer(words: usize) -> Tokenizer {
    let vocabulary: Vec<String> = (0..words).map(|id| format!("\"w{id}\":{id}")).collect();
    let json = format!(
        r#"{{"version":"1.0","pre_tokenizer":{{"type":"WhitespaceSplit"}},
        "model":{{"type":"WordLevel","vocab":{{{}}},"unk_token":"w0"}}}}"#,
        vocabulary.join(",")
    );
    Tokenizer::from_json(json.as_bytes()).expect("our own tokenizer")
}

#[test]
fn distilbert_classifies_as_the_original_does() {
    let sizes =
        Sizes::from_config(include_bytes!("goldens/distilbert-tiny.config.json")).expect("sizes");
    let (_, tensors) = tensors(include_bytes!("goldens/distilbert-tiny.safetensors"));
    let classifier = Classifier::new(sizes, tensors, numbered_tokenizer(40)).expect("a classifier");
    let goldens: Vec<Tiny> =
        serde_json::from_str(include_str!("goldens/distilbert-tiny.json")).expect("ours");
    for Tiny { tokens, out } in goldens {
        let text: Vec<String> = tokens.iter().map(|token| format!("w{token}")).collect();
        let mood = classifier.read(&text.join(" ")).expect("a text");
        let (negative, positive) = (mood.negative, mood.positive);
        assert!(
            (negative - out[0]).abs() < 1e-4 && (positive - out[1]).abs() < 1e-4,
            "{mood:?} {out:?}"
        );
    }
}

#[test]
fn xlm_roberta_counts_positions_from_after_its_padding() {
    let sizes =
        Sizes::from_config(include_bytes!("goldens/xlm-roberta-tiny.config.json")).expect("sizes");
    assert_eq!((sizes.positions, sizes.longest()), (24, 22));
    let (_, mut tensors) = tensors(include_bytes!("goldens/xlm-roberta-tiny.safetensors"));
    let encoder = Encoder::new(sizes, &mut tensors).expect("an encoder");
    let goldens: Vec<Tiny> =
        serde_json::from_str(include_str!("goldens/xlm-roberta-tiny.json")).expect("ours");
    for Tiny { tokens, out } in goldens {
        let mut pass = encoder.begin(&[tokens]).expect("known tokens");
        while encoder.advance(&mut pass) {}
        let mean = pass.means().next().expect("one sentence");
        for (ours, theirs) in mean.iter().zip(&out) {
            assert!((ours - theirs).abs() < 1e-3, "{mean:?} {out:?}");
        }
    }
}

#[test]
fn what_does_not_fit_together_is_named() {
    let config = include_str!("goldens/distilbert-tiny.config.json");
    let file: &[u8] = include_bytes!("goldens/distilbert-tiny.safetensors");
    let error = |config: &str, words: usize| {
        let classifier = Sizes::from_config(config.as_bytes())
            .and_then(|sizes| Classifier::new(sizes, tensors(file).1, numbered_tokenizer(words)));
        classifier.expect_err("does not fit").to_string()
    };
    for (was, is, named) in [
        ("\"dim\": 32", "\"dim\": 48", "position_embeddings"),
        ("\"dim\": 32", "\"dim\": 33", "heads"),
        ("\"dim\": 32", "\"dim\": 4000000000", "width"),
        ("\"n_layers\": 2", "\"n_layers\": 3", "layer.2.attention.q_lin"),
        ("\"n_layers\": 2", "\"n_layers\": 0", "layers"),
        ("\"hidden_dim\": 64", "\"hidden_dim\": 96", "ffn.lin1"),
        ("\"gelu\"", "\"relu\"", "relu"),
        ("\"model_type\": \"distilbert\"", "\"model_type\": \"gpt2\"", "gpt2"),
        ("{", "[", "config.json"),
    ] {
        let changed = config.replacen(was, is, 1);
        assert_ne!(changed, config, "{was}");
        let error = error(&changed, 40);
        assert!(error.contains(named), "{is}: {error}");
    }
    assert!(error(config, 41).contains("tokenizer.json"));
}

/// Spearman's rank correlation on Korean sentence pairs. The first 150 pairs take
/// seconds; `BELLA_WHOLE=1` takes all.
#[test]
fn near_meanings_are_near_in_korean() {
    #[derive(Deserialize)]
    struct Pair {
        a: String,
        b: String,
        score: f64,
    }
    let Some(shared) = support::shared() else { return };
    let Some(embedder) = e5() else { return };
    let rows = std::fs::read_to_string(shared.join("eval/korsts-test.jsonl")).expect("readable");
    let whole = std::env::var_os("BELLA_WHOLE").is_some();
    let take = if whole { usize::MAX } else { 150 };
    let pairs: Vec<Pair> =
        rows.lines().take(take).map(|line| serde_json::from_str(line).expect("a pair")).collect();
    let mut near = Vec::new();
    for pair in &pairs {
        let both = embedder.embed(Purpose::Query, &[&pair.a, &pair.b]).expect("texts");
        near.push(cosine(&both[0].vector, &both[1].vector));
    }
    let spearman = spearman(&near, &pairs.iter().map(|pair| pair.score).collect::<Vec<_>>());
    eprintln!("KorSTS: Spearman {spearman:.4} over {} pairs", pairs.len());
    assert!(spearman >= 0.76, "{spearman}");
}

fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let along =
        |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    along(&a, &b) / (along(&a, &a) * along(&b, &b)).sqrt()
}

/// Equals share the mean of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let rank = |value: &f64| {
        let below = values.iter().filter(|other| *other < value).count();
        let equal = values.iter().filter(|other| *other == value).count();
        below as f64 + (equal as f64 - 1.0) / 2.0
    };
    values.iter().map(rank).collect()
}
