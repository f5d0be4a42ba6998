//! What rounding costs: how well a passage is foreseen by the usual model, and by
//! the same file computed without rounding anything that is not rounded in it.

mod support;

use bella_engine::Model;
use bella_engine::kernels::Rounding;
use bella_engine::llm::{Decoder, LanguageModel, Passage, Stream};
use bella_protocol::Task;

/// Written for this test, so that no model has learnt it by heart.
const PASSAGE: &str = "The ferry to the island leaves twice a day, once before the sun is over the \
    hills and once when the market closes. In winter it is mostly empty. A few people carry \
    parcels, an old man brings his dog, and the captain drinks tea out of a steel cup while he \
    steers with one hand. Nobody talks much, because the engine is loud and the wind takes every \
    word that is not shouted. Halfway across, the water changes its colour from brown to green, and \
    on clear mornings one can see the lighthouse, which has not been lit for thirty years. The \
    school on the island has eleven pupils and two teachers. When the sea is too rough for the \
    ferry, lessons are held over the telephone: each child reads a page aloud, and the others \
    listen for mistakes. It works better than anyone had expected. Last spring the council wanted \
    to build a bridge. There were meetings, drawings and a model made of balsa wood, and for a \
    whole month the islanders argued about it in the bakery. In the end they voted against it. A \
    bridge, they said, would bring the bread faster, but it would also bring everything else.";

/// Most that rounding may cost, in parts of the perplexity.
const MOST: f64 = 0.01;

fn model(load: fn(&str, Task, &[std::path::PathBuf]) -> Model) -> Option<Box<LanguageModel>> {
    let path = support::weights("smollm2-135m-instruct", "model.gguf")?;
    Some(support::chat_model(load("smollm2-135m-instruct", Task::Chat, &[path])))
}

/// e to the power of the mean surprise at each token after the first.
fn perplexity(decoder: &dyn Decoder, tokens: &[u32], exact: bool) -> f64 {
    let mut cache = decoder.new_cache();
    if exact {
        cache = cache.exact();
    }
    // As a long text is read.
    let rounding = Rounding::Once;
    let mut stream = decoder.enter(tokens, 0, rounding);
    for layer in 0..decoder.layers() {
        decoder.layer(layer, &mut stream, &mut cache);
    }
    let width = stream.x.len() / tokens.len();
    let rows = stream.x.chunks_exact(width).zip(&tokens[1..]);
    let surprises = rows.map(|(row, &next)| {
        let row = Stream { x: row.to_vec(), passage: Passage::new(0, Vec::new(), rounding) };
        let logits = decoder.logits(&decoder.leave(&row));
        let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f64 = logits.iter().map(|&logit| f64::from(logit - highest).exp()).sum();
        total.ln() - f64::from(logits[next as usize] - highest)
    });
    (surprises.sum::<f64>() / (tokens.len() - 1) as f64).exp()
}

#[test]
fn rounding_costs_less_than_a_hundredth() {
    let (Some(usual), Some(exact)) = (model(support::load), model(support::load_exactly)) else {
        return;
    };
    let tokens = usual.tokenizer().encode(PASSAGE).expect("plain English");
    assert!(tokens.len() > 200, "{} tokens say little", tokens.len());
    let rounded = perplexity(usual.decoder(), &tokens, false);
    let plain = perplexity(exact.decoder(), &tokens, true);
    let cost = rounded / plain - 1.0;
    eprintln!(
        "{} tokens: {rounded:.3} instead of {plain:.3}, {:+.2} %",
        tokens.len(),
        100.0 * cost
    );
    assert!((5.0..100.0).contains(&plain), "{plain} is not how English is foreseen");
    assert!(cost.abs() < MOST, "rounding costs {:.2} %", 100.0 * cost);
}
