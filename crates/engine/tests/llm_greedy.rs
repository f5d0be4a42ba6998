//! Whole answers against transformers, which computed the same file in f32: the
//! likeliest 32 tokens of ten conversations. `goldens/make_greedy.py` made the
//! expected ones; the conversations were chosen before ours had answered any.

mod support;

use bella_engine::llm::{Dialogue, Generation, LanguageModel, Step};
use bella_engine::math::argmax;
use bella_protocol::{ChatMessage, ChatOptions, Task};
use serde::Deserialize;

const MODEL: &str = "smollm2-135m-instruct";
const CONVERSATIONS: usize = 10;
const TOKENS: usize = 32;
/// Rounding may turn a tie, once.
const LEAST_AGREEING: usize = 9;

#[derive(Deserialize)]
struct Golden {
    messages: Vec<ChatMessage>,
    /// Of the whole prompt, as the model's template puts it.
    ids: Vec<u32>,
    greedy: Vec<u32>,
    /// By how many nats the best score led at each step.
    leads: Vec<f32>,
}

impl Golden {
    fn dialogue(&self) -> Dialogue<'_> {
        Dialogue { messages: &self.messages, tools: None }
    }

    fn question(&self) -> &str {
        self.messages.last().map_or("", |message| &message.content)
    }
}

fn goldens() -> Vec<Golden> {
    let goldens: Vec<Golden> =
        serde_json::from_str(include_str!("goldens/smollm2-greedy.json")).expect("a golden file");
    assert_eq!(goldens.len(), CONVERSATIONS);
    assert!(goldens.iter().all(|golden| golden.greedy.len() == TOKENS));
    goldens
}

/// Answers everything, and tells which answers leave the golden ones, and where.
fn divergences(
    model: &LanguageModel,
    answer: fn(&LanguageModel, &Golden) -> Vec<u32>,
) -> Vec<String> {
    let goldens = goldens();
    let told =
        goldens.iter().filter_map(|golden| divergence(model, golden, &answer(model, golden)));
    let told: Vec<String> = told.collect();
    let agreeing = CONVERSATIONS - told.len();
    eprintln!("{agreeing} of {CONVERSATIONS} answers are those of transformers");
    told
}

fn divergence(model: &LanguageModel, golden: &Golden, said: &[u32]) -> Option<String> {
    let step = (0..TOKENS).find(|&step| said.get(step) != Some(&golden.greedy[step]))?;
    let text = |tokens: &[u32]| model.tokenizer().decode(tokens);
    Some(format!(
        "{:?}, token {step}: after {:?} {:?} here, {:?} there, leading by {} nats",
        golden.question(),
        text(&golden.greedy[..step]),
        text(said.get(step..=step).unwrap_or_default()),
        text(&golden.greedy[step..=step]),
        golden.leads[step],
    ))
}

/// An answer as the app gives it: packed weights, rounded activations and memory.
fn usual_answer(model: &LanguageModel, golden: &Golden) -> Vec<u32> {
    let options = ChatOptions {
        temperature: 0.0,
        repetition_penalty: 1.0,
        max_tokens: TOKENS,
        ..ChatOptions::default()
    };
    let mut memory = model.new_conversation();
    let mut generation =
        Generation::new(model, &mut memory, golden.dialogue(), options).expect("a short prompt");
    while !matches!(generation.step(model, &mut memory, &|| 0.0), Step::Done(_)) {}
    assert!(memory.tokens().starts_with(&golden.ids), "ids of {:?}", golden.question());
    memory.tokens()[golden.ids.len()..].to_vec()
}

/// An answer in which nothing is rounded that is not so in the file.
fn exact_answer(model: &LanguageModel, golden: &Golden) -> Vec<u32> {
    let text = model.prompt_text(golden.dialogue()).expect("a template this engine renders");
    let ids = model.tokenizer().encode(&text).expect("plain English");
    assert_eq!(ids, golden.ids, "ids of the prompt that ends in {:?}", golden.question());
    let decoder = model.decoder();
    let mut cache = decoder.new_cache().exact();
    let mut state = decoder.forward(&ids, &mut cache);
    let mut said = Vec::new();
    while said.len() < TOKENS {
        let token = argmax(&decoder.logits(&state)) as u32;
        said.push(token);
        state = decoder.forward(&[token], &mut cache);
    }
    said
}

#[test]
fn without_rounding_every_answer_is_that_of_transformers() {
    let Some(path) = support::weights(MODEL, "model.gguf") else { return };
    let model = support::chat_model(support::load_exactly(MODEL, Task::Chat, &[path]));
    let told = divergences(&model, exact_answer);
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn as_the_app_computes_nine_answers_of_ten_are_those_of_transformers() {
    let Some(path) = support::weights(MODEL, "model.gguf") else { return };
    let model = support::chat_model(support::load(MODEL, Task::Chat, &[path]));
    let told = divergences(&model, usual_answer);
    let agreeing = CONVERSATIONS - told.len();
    assert!(agreeing >= LEAST_AGREEING, "only {agreeing}:\n{}", told.join("\n"));
}
