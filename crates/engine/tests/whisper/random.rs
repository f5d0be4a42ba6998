//! A Whisper of a few thousand numbers: the forward pass, wherever there are no
//! weights to be had.

use bella_engine::attention::Precision;
use bella_engine::tensors::{Tensor, Tensors};
use bella_engine::whisper::decoder::Decoder;
use bella_engine::whisper::encoder::{Encoder, Heard, Listening};
use bella_engine::whisper::{Sizes, Tower};
use bella_weights::BlockType;
use serde::Deserialize;
// In a browser the same tests run under the browser's harness.
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[derive(Deserialize)]
struct Golden {
    encoded: Vec<f32>,
    tokens: Vec<u32>,
    logits: Vec<Vec<f32>>,
}

const SIZES: Sizes = Sizes {
    vocabulary: 24,
    mels: 6,
    audio: Tower { context: 10, state: 16, heads: 2, layers: 2 },
    text: Tower { context: 12, state: 16, heads: 2, layers: 2 },
};

/// The formula of make_whisper.py, by the name a tensor has in OpenAI's files.
fn numbers(openai: &str, count: usize) -> Vec<f32> {
    let seed: usize = openai.bytes().zip(1..).map(|(byte, i)| byte as usize * i).sum();
    let number = |index: usize| (0.3 * (index as f64 * 0.7 + (seed % 1009) as f64).sin()) as f32;
    let one =
        if openai.ends_with("ln.weight") || openai.ends_with("ln_post.weight") { 1.0 } else { 0.0 };
    (0..count).map(|index| number(index) + one).collect()
}

fn tensors() -> Tensors {
    let mut tensors = Tensors::default();
    let mut put = |huggingface: String, openai: String, shape: &[usize]| {
        let numbers = numbers(&openai, shape.iter().product());
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let tensor = Tensor { shape: shape.to_vec(), block: BlockType::F32, bytes };
        tensors.insert(format!("model.{huggingface}"), tensor);
    };
    let state = SIZES.audio.state;
    for (conv, inputs) in [("encoder.conv1", SIZES.mels), ("encoder.conv2", state)] {
        put(format!("{conv}.weight"), format!("{conv}.weight"), &[state, inputs, 3]);
        put(format!("{conv}.bias"), format!("{conv}.bias"), &[state]);
    }
    for (tower, positions) in [("encoder", SIZES.audio.context), ("decoder", SIZES.text.context)] {
        let (theirs, openai) =
            (format!("{tower}.embed_positions.weight"), format!("{tower}.positional_embedding"));
        put(theirs, openai, &[positions, state]);
    }
    let embedding = ["decoder.embed_tokens.weight", "decoder.token_embedding.weight"];
    put(embedding[0].into(), embedding[1].into(), &[SIZES.vocabulary, state]);
    for (theirs, openai) in
        [("encoder.layer_norm", "encoder.ln_post"), ("decoder.layer_norm", "decoder.ln")]
    {
        for end in ["weight", "bias"] {
            put(format!("{theirs}.{end}"), format!("{openai}.{end}"), &[state]);
        }
    }
    const MODULES: [(&str, &str); 13] = [
        ("self_attn_layer_norm", "attn_ln"),
        ("self_attn.q_proj", "attn.query"),
        ("self_attn.k_proj", "attn.key"),
        ("self_attn.v_proj", "attn.value"),
        ("self_attn.out_proj", "attn.out"),
        ("encoder_attn_layer_norm", "cross_attn_ln"),
        ("encoder_attn.q_proj", "cross_attn.query"),
        ("encoder_attn.k_proj", "cross_attn.key"),
        ("encoder_attn.v_proj", "cross_attn.value"),
        ("encoder_attn.out_proj", "cross_attn.out"),
        ("final_layer_norm", "mlp_ln"),
        ("fc1", "mlp.0"),
        ("fc2", "mlp.2"),
    ];
    for tower in ["encoder", "decoder"] {
        for layer in 0..2 {
            for (theirs, openai) in MODULES {
                if tower == "encoder" && theirs.starts_with("encoder_attn") {
                    continue;
                }
                let (theirs, openai) = (
                    format!("{tower}.layers.{layer}.{theirs}"),
                    format!("{tower}.blocks.{layer}.{openai}"),
                );
                let shape = match theirs.rsplit('.').next() {
                    Some("fc1") => vec![4 * state, state],
                    Some("fc2") => vec![state, 4 * state],
                    Some(norm) if norm.ends_with("norm") => vec![state],
                    _ => vec![state, state],
                };
                put(format!("{theirs}.weight"), format!("{openai}.weight"), &shape);
                if !theirs.ends_with("k_proj") {
                    put(format!("{theirs}.bias"), format!("{openai}.bias"), &shape[..1]);
                }
            }
        }
    }
    tensors
}

fn model() -> (Encoder, Decoder) {
    let mut tensors = tensors();
    let encoder =
        Encoder::take(&mut tensors, SIZES, Precision::Exact).expect("every tensor of an encoder");
    (
        encoder,
        Decoder::take(&mut tensors, SIZES, Precision::Exact).expect("every tensor of a decoder"),
    )
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../goldens/whisper-random.json")).expect("a golden")
}

fn listen(encoder: &Encoder, decoder: &Decoder, budget: f64) -> (Vec<f32>, Heard) {
    let mel = numbers("mel", 2 * SIZES.audio.context * SIZES.mels);
    let mut listening = Listening::new(encoder, decoder, mel).expect("a window");
    while listening.advance(encoder, decoder, budget).is_some() {}
    (listening.output().to_vec(), listening.into_heard())
}

fn assert_close(what: &str, got: &[f32], expected: &[f32]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (index, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert!((got - expected).abs() < 2e-4, "{what}, {index}: {got} instead of {expected}");
    }
}

#[test]
fn the_encoder_hears_what_numpy_hears() {
    let (encoder, decoder) = model();
    assert_close("encoded", &listen(&encoder, &decoder, 1e9).0, &golden().encoded);
}

/// However little is done at a time, row by row or all at once.
#[test]
fn small_steps_give_the_same() {
    let (encoder, decoder) = model();
    let (whole, _) = listen(&encoder, &decoder, 1e9);
    for budget in [0.0, 3e3, 2e4] {
        assert_close("encoded", &listen(&encoder, &decoder, budget).0, &whole);
    }
}

#[test]
fn the_decoder_scores_as_numpy_does() {
    let (encoder, decoder) = model();
    let (_, heard) = listen(&encoder, &decoder, 1e9);
    let golden = golden();
    let mut written = decoder.new_written();
    for (token, expected) in golden.tokens.iter().zip(&golden.logits) {
        let state = decoder.forward(&[*token], &mut written, &heard);
        assert_close("one by one", &decoder.logits(&state), expected);
    }
    // Read at once, and after taking some back.
    written.truncate(2);
    let state = decoder.forward(&golden.tokens[2..], &mut written, &heard);
    assert_close("the rest at once", &decoder.logits(&state), &golden.logits[4]);
}
