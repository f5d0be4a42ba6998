//! Every family against its original implementation, on small random weights:
//! `goldens/make_llm_random.py` made the files and the expected scores.

mod support;

use bella_engine::Model;
use bella_engine::llm::LanguageModel;
use serde::Deserialize;
use support::tiny::{FAMILIES, Tiny, file_of, golden_of, load_bytes};
// In a browser the same tests run under the browser's harness.
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Both sides compute in f32 and only add up in another order.
const TOLERANCE: f32 = 1e-3;

#[derive(Deserialize)]
struct Sequence {
    ids: Vec<u32>,
    /// After each position, a score for every token.
    logits: Vec<Vec<f32>>,
}

fn model(family: &str) -> Box<LanguageModel> {
    let loaded = load_bytes(file_of(family));
    support::chat_model(loaded.expect("a model this engine runs"))
}

fn sequences(family: &str) -> Vec<Sequence> {
    serde_json::from_str(golden_of(family)).expect("a golden file")
}

fn agree(ours: f32, theirs: f32) -> bool {
    (ours - theirs).abs() <= TOLERANCE * theirs.abs().max(1.0)
}

fn check_scores(ours: &[f32], theirs: &[f32], told: &str) {
    assert_eq!(ours.len(), theirs.len(), "{told}");
    for (token, (&ours, &theirs)) in ours.iter().zip(theirs).enumerate() {
        assert!(agree(ours, theirs), "{told}, token {token}: {ours} here, {theirs} there");
    }
}

#[test]
fn read_at_once_every_prefix_scores_as_the_original_does() {
    for family in FAMILIES {
        let model = model(family);
        let decoder = model.decoder();
        assert_eq!(decoder.architecture(), family);
        for Sequence { ids, logits } in sequences(family) {
            for (last, theirs) in logits.iter().enumerate() {
                let state = decoder.forward(&ids[..=last], &mut decoder.new_cache().exact());
                let told = format!("{family}, {} positions at once", last + 1);
                check_scores(&decoder.logits(&state), theirs, &told);
            }
        }
    }
}

#[test]
fn read_in_blocks_of_any_size_it_comes_to_the_same() {
    for family in FAMILIES {
        let model = model(family);
        let decoder = model.decoder();
        for Sequence { ids, logits } in sequences(family) {
            for size in [1, 2, 5] {
                let mut cache = decoder.new_cache().exact();
                for block in ids.chunks(size) {
                    let state = decoder.forward(block, &mut cache);
                    let last = cache.len() - 1;
                    let told = format!("{family}, position {last} in blocks of {size}");
                    check_scores(&decoder.logits(&state), &logits[last], &told);
                }
            }
        }
    }
}

#[test]
fn what_was_forgotten_leaves_no_trace() {
    for family in FAMILIES {
        let model = model(family);
        let decoder = model.decoder();
        let Sequence { ids, logits } = sequences(family).swap_remove(0);
        let mut cache = decoder.new_cache().exact();
        let kept = ids.len() / 2;
        decoder.forward(&ids[..kept], &mut cache);
        let aside: Vec<u32> = ids.iter().rev().copied().collect();
        decoder.forward(&aside, &mut cache);
        cache.truncate(kept);
        let state = decoder.forward(&ids[kept..], &mut cache);
        let last = ids.len() - 1;
        check_scores(&decoder.logits(&state), &logits[last], &format!("{family}, second thought"));
    }
}

/// What is remembered is rounded; a model put together wrongly would be far off.
#[test]
fn a_rounded_memory_scores_almost_as_an_exact_one() {
    let size = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
    for family in FAMILIES {
        let model = model(family);
        let decoder = model.decoder();
        for Sequence { ids, logits } in sequences(family) {
            let ours = decoder.logits(&decoder.forward(&ids, &mut decoder.new_cache()));
            let theirs = &logits[ids.len() - 1];
            let apart: Vec<f32> = ours.iter().zip(theirs).map(|(a, b)| a - b).collect();
            let off = size(&apart) / size(theirs);
            assert!(off < 0.03, "{family}: off by {off} of the scores' size");
        }
    }
}

/// The comparison is worth something only where each of these has a say.
#[test]
fn a_setting_overlooked_would_be_noticed() {
    type Change = fn(&mut Tiny);
    let changes: [(&str, &str, Change); 9] = [
        ("llama", "frequencies", |t| t.remove("rope_freqs.weight")),
        ("llama", "a head of its own", |t| t.remove("output.weight")),
        ("qwen2", "a bias", |t| t.remove("blk.1.attn_q.bias")),
        ("qwen2", "the base of rotation", |t| t.set("qwen2.rope.freq_base", 500_000.0f32)),
        ("qwen3", "norms on heads", |t| t.remove("blk.0.attn_k_norm.weight")),
        ("qwen3", "epsilon", |t| t.set("qwen3.attention.layer_norm_rms_epsilon", 0.01f32)),
        ("gemma3", "the window", |t| t.set("gemma3.attention.sliding_window", 9u32)),
        ("gemma3", "the stretch", |t| t.set("gemma3.rope.scaling.factor", 7.0f32)),
        ("lfm2", "norms on heads", |t| t.remove("blk.1.attn_q_norm.weight")),
    ];
    for (family, name, change) in changes {
        let mut tiny = Tiny::of(family);
        change(&mut tiny);
        let Ok(Model::Chat { model, .. }) = tiny.load() else {
            panic!("{family} runs without {name}")
        };
        let decoder = model.decoder();
        let Sequence { ids, logits } = sequences(family).swap_remove(0);
        let ours = decoder.logits(&decoder.forward(&ids, &mut decoder.new_cache().exact()));
        let mut pairs = ours.iter().zip(&logits[ids.len() - 1]);
        assert!(pairs.any(|(&ours, &theirs)| !agree(ours, theirs)), "{family}: {name}");
    }
}
