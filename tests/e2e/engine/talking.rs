//! Language models' words, beside those of the native engine, which is held
//! against llama.cpp token by token where prompts can be given to it bare.

use bella_engine::Model;
use bella_engine::llm::{Dialogue, LanguageModel};
use bella_engine::math::argmax;
use bella_protocol::{ChatMessage, ChatOptions, Outcome, Request, Role};

use crate::models::{natively, stage_with};
use bella_tests::engine::Engine;

/// Nats. Kernels of two machines do the same sums of whole numbers and differ in
/// the last bits of the rest. But what they make is rounded to 8 bits before the
/// next layer, and there a last bit becomes a whole step, which the layers above
/// it round anew. The native comparison with llama.cpp takes leads of 0.8 nats, on
/// both sides together, for ties of rounding; here one side's is known.
const TIE: f32 = 0.4;
/// Of all tokens, so many come before the first tie: real disagreement would show
/// at once. What is remembered is rounded, and a last bit more or less on one side
/// turns a rounding now and then, so ties come early.
const LEAST_COMPARED: f64 = 0.15;

pub fn greedy(max_tokens: usize) -> ChatOptions {
    ChatOptions { max_tokens, temperature: 0.0, repetition_penalty: 1.0, ..Default::default() }
}

pub fn chat(model: &str, messages: Vec<ChatMessage>, options: ChatOptions) -> Request {
    Request::Chat { model: model.to_owned(), messages, options }
}

pub fn from_user(text: &str) -> Vec<ChatMessage> {
    vec![ChatMessage::new(Role::User, text)]
}

fn dialogues() -> Vec<Vec<ChatMessage>> {
    let turns = [
        (Role::User, "My name is Bora and I keep bees."),
        (Role::Assistant, "What a lovely thing to do, Bora! How many hives do you have?"),
        (Role::User, "Eleven. What should I do with them in winter?"),
    ];
    vec![
        from_user("Tell me a story about a lighthouse and its keeper."),
        from_user("대한민국의 수도는 어디인가요? 두 문장으로 답해 주세요."),
        from_user("def fibonacci(n):\n"),
        turns.map(|(role, text)| ChatMessage::new(role, text)).to_vec(),
        vec![
            ChatMessage::new(Role::System, "You answer in rhymes. 🦊"),
            ChatMessage::new(Role::User, "  Why is   the sea salty?\n\n"),
        ],
    ]
}

/// What the native engine says, token by token, and by how much each led.
fn continuation(model: &LanguageModel, messages: &[ChatMessage], most: usize) -> Vec<(u32, f32)> {
    let decoder = model.decoder();
    let prompt = model.prompt_text(Dialogue { messages, tools: None }).expect("a prompt");
    let prompt = model.tokenizer().encode(&prompt).expect("tokens");
    let mut cache = decoder.new_cache();
    let mut state = decoder.forward(&prompt, &mut cache);
    let mut said = Vec::new();
    while said.len() < most {
        let mut scores = decoder.logits(&state);
        let best = argmax(&scores);
        let lead = std::mem::replace(&mut scores[best], f32::NEG_INFINITY);
        let lead = lead - scores[argmax(&scores)];
        if model.tokenizer().is_end(best as u32) {
            break;
        }
        said.push((best as u32, lead));
        state = decoder.forward(&[best as u32], &mut cache);
    }
    said
}

/// The first words that differ must come from a tie. Tells how many tokens come
/// before it.
#[track_caller]
fn agreement(model: &LanguageModel, native: &[(u32, f32)], said: &str) -> usize {
    let tokens: Vec<u32> = native.iter().map(|&(token, _)| token).collect();
    let text_of = |count: usize| model.tokenizer().decode(&tokens[..count]);
    if said == text_of(tokens.len()) {
        return tokens.len();
    }
    let parted = (1..=tokens.len()).find(|&count| !said.starts_with(&text_of(count)));
    let at = parted.unwrap_or(tokens.len()) - 1;
    let lead = native[at].1;
    assert!(
        lead < TIE,
        "token {at} led by {lead} nats:\n{said:?} in the browser\n{:?} natively",
        text_of(tokens.len())
    );
    eprintln!("token {at} led by {lead} nats: a tie");
    at
}

/// Whether the model in the worker still works.
#[track_caller]
pub fn must_talk(engine: &Engine, model: &str) {
    let answer = engine.ask(chat(model, from_user("What is the capital of France?"), greedy(8)));
    let said = answer.text();
    let outcome = answer.outcome();
    assert!(matches!(outcome, Outcome::Chat { .. }) && !said.is_empty(), "{said:?}, {outcome:?}");
}

fn check(model: &str, dialogues: &[Vec<ChatMessage>], most: usize) {
    let Some((stage, [spec])) = stage_with([model]) else { return };
    let Model::Chat { model: native, .. } = natively(&spec) else {
        panic!("{model} does not talk")
    };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let (mut compared, mut all) = (0, 0);
        for messages in dialogues {
            let expected = continuation(&native, messages, most);
            let answer = engine.ask(chat(model, messages.clone(), greedy(most)));
            let said = answer.text();
            let Outcome::Chat { usage, .. } = answer.outcome() else { panic!("no chat") };
            eprintln!(
                "{model}: {} tokens read at {:.0}/s, {} written at {:.0}/s: {said:?}",
                usage.prompt_tokens - usage.cached_tokens,
                (usage.prompt_tokens - usage.cached_tokens) as f64 / usage.prompt_ms * 1e3,
                usage.reply_tokens,
                usage.reply_tokens as f64 / usage.reply_ms * 1e3,
            );
            compared += agreement(&native, &expected, &said);
            all += expected.len();
        }
        eprintln!("{model}: {compared} of {all} tokens come before a tie");
        assert!(compared as f64 >= LEAST_COMPARED * all as f64, "{compared} of {all} tokens");
    });
}

#[test]
fn smollm2_says_what_it_says_natively() {
    check("smollm2-135m-instruct", &dialogues(), 64);
}

#[test]
fn qwen_says_what_it_says_natively() {
    check("qwen2.5-coder-0.5b-instruct", &dialogues()[1..4], 48);
}

/// A second turn costs its new tokens only.
#[test]
fn what_was_said_before_is_not_read_again() {
    let Some((stage, [spec])) = stage_with(["smollm2-135m-instruct"]) else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let mut messages = from_user("What is the capital of France?");
        let first = engine.ask(chat(&spec.id, messages.clone(), greedy(24)));
        messages.push(ChatMessage::new(Role::Assistant, first.text()));
        messages.push(ChatMessage::new(Role::User, "And of Korea?"));
        let Outcome::Chat { usage: before, .. } = first.outcome() else { panic!("no chat") };
        let second = engine.ask(chat(&spec.id, messages, greedy(8)));
        let Outcome::Chat { usage, .. } = second.outcome() else { panic!("no chat") };
        assert_eq!(usage.cached_tokens, before.prompt_tokens + before.reply_tokens, "{usage:?}");
        assert!(usage.prompt_tokens - usage.cached_tokens < 24, "{usage:?}");
    });
}
