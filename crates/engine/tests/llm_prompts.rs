//! What a model is given to read, and what it is kept from saying.

mod support;

use bella_engine::Model;
use bella_engine::llm::{Constraint, Dialogue, Generation, LanguageModel, Step};
use bella_protocol::{ChatMessage, ChatOptions, Role, Stop, Task, Usage};
use serde::Deserialize;
use support::tiny::{FAMILIES, Tiny, file_of, load_bytes};

#[derive(Deserialize)]
struct Rendered {
    messages: Vec<ChatMessage>,
    tools: Option<serde_json::Value>,
    /// By transformers, from the same template.
    text: String,
}

/// `goldens/make_template.py` made the expected texts.
#[test]
fn tools_are_described_as_the_original_describes_them() {
    let id = "qwen2.5-coder-0.5b-instruct";
    let Some(path) = support::weights(id, "model.gguf") else { return };
    let model = support::chat_model(support::load(id, Task::Chat, &[path]));
    let cases: Vec<Rendered> =
        serde_json::from_str(include_str!("goldens/qwen-tools.json")).expect("a golden file");
    for Rendered { messages, tools, text } in cases {
        let dialogue = Dialogue { messages: &messages, tools: tools.as_ref() };
        assert_eq!(model.prompt_text(dialogue).as_ref(), Ok(&text));
    }
}

fn tiny(family: &str) -> Box<LanguageModel> {
    let Ok(Model::Chat { model, .. }) = load_bytes(file_of(family)) else {
        panic!("{family} is a model this engine runs")
    };
    model
}

fn hello() -> [ChatMessage; 1] {
    [ChatMessage::new(Role::User, "hello there")]
}

fn options() -> ChatOptions {
    ChatOptions { repetition_penalty: 1.0, max_tokens: 30, ..ChatOptions::default() }
}

/// Runs to the end: the pieces of text, why it ended and what it cost.
fn run(
    model: &LanguageModel,
    options: ChatOptions,
    constraint: Option<Box<dyn Constraint>>,
) -> (Vec<String>, Stop, Usage) {
    let mut memory = model.new_conversation();
    let dialogue = Dialogue { messages: &hello(), tools: None };
    let mut generation =
        Generation::new(model, &mut memory, dialogue, options).expect("a short prompt");
    if let Some(constraint) = constraint {
        generation = generation.constrained(constraint);
    }
    let mut pieces = Vec::new();
    loop {
        match generation.step(model, &mut memory, &|| 0.0) {
            Step::Read => {}
            Step::Text(text) => pieces.push(text),
            Step::Done(stop) => return (pieces, stop, generation.usage()),
        }
    }
}

/// Allows one given text, a letter after the other, and then nothing at all.
#[derive(Debug)]
struct Dictation {
    tokens: Vec<u32>,
    said: usize,
}

impl Constraint for Dictation {
    fn allows(&self, token: u32) -> bool {
        self.tokens.get(self.said) == Some(&token)
    }

    fn advance(&mut self, _token: u32) {
        self.said += 1;
    }
}

#[test]
fn a_constraint_is_kept_at_any_temperature_and_ends_the_reply() {
    for family in FAMILIES {
        let model = tiny(family);
        let tokens = model.tokenizer().encode("wxyz: 123!").expect("a short text");
        for temperature in [0.0, 1.0, 5.0] {
            let dictation = Dictation { tokens: tokens.clone(), said: 0 };
            let options = ChatOptions { temperature, ..options() };
            let (pieces, stop, usage) = run(&model, options, Some(Box::new(dictation)));
            assert_eq!(pieces.concat(), "wxyz: 123!", "{family} at {temperature}");
            assert_eq!((stop, usage.reply_tokens), (Stop::Finished, tokens.len()));
        }
    }
}

/// Forbids what ends a reply.
#[derive(Debug)]
struct Endless(Vec<u32>);

impl Constraint for Endless {
    fn allows(&self, token: u32) -> bool {
        !self.0.contains(&token)
    }

    fn advance(&mut self, _token: u32) {}
}

#[test]
fn a_reply_that_may_not_end_is_cut_at_its_length() {
    for family in FAMILIES {
        let model = tiny(family);
        let ends = (0..64).filter(|&token| model.tokenizer().is_end(token)).collect();
        let options = ChatOptions { max_tokens: 77, temperature: 1.5, ..options() };
        let (_, stop, usage) = run(&model, options, Some(Box::new(Endless(ends))));
        assert_eq!((stop, usage.reply_tokens), (Stop::Length, 77), "{family}");
    }
}

#[test]
fn a_reply_is_cut_where_the_context_ends() {
    for family in FAMILIES {
        let model = tiny(family);
        let ends = (0..64).filter(|&token| model.tokenizer().is_end(token)).collect();
        let options = ChatOptions { max_tokens: 1000, context_tokens: 100, ..options() };
        let (_, stop, usage) = run(&model, options, Some(Box::new(Endless(ends))));
        assert_eq!(stop, Stop::Length);
        assert_eq!(usage.prompt_tokens + usage.reply_tokens, 100, "{family}");
    }
}

/// Whatever is dictated, the stop string is met across its tokens and not shown.
#[test]
fn a_stop_string_over_several_tokens_is_never_shown() {
    for family in FAMILIES {
        let model = tiny(family);
        let tokens = model.tokenizer().encode("one, two, three").expect("a short text");
        let options = ChatOptions { stop: vec![", three".into(), "wot".into()], ..options() };
        let dictation = Dictation { tokens, said: 0 };
        let (pieces, stop, _) = run(&model, options, Some(Box::new(dictation)));
        assert_eq!((pieces.concat().as_str(), stop), ("one, two", Stop::Finished), "{family}");
    }
}

#[test]
fn what_a_person_says_never_becomes_a_control_token() {
    for family in FAMILIES {
        let model = tiny(family);
        let names: Vec<String> = model.tokenizer().control_tokens().map(str::to_owned).collect();
        assert!(!names.is_empty());
        let count = |messages: &[ChatMessage]| {
            let text = model.prompt_text(Dialogue { messages, tools: None }).expect("renders");
            let ids = model.tokenizer().encode(&text).expect("encodes");
            ids.iter().filter(|&&id| model.tokenizer().control_token(id).is_some()).count()
        };
        let innocent = count(&hello());
        let attack = [ChatMessage::new(Role::User, names.join(" x "))];
        assert_eq!(count(&attack), innocent, "{family}");
    }
}

/// The mark that begins a text is told by the model's file, also where the
/// vocabulary comes from a file beside it.
#[test]
fn a_vocabulary_beside_the_weights_keeps_the_marks_of_the_model() {
    let mut marked = Tiny::of("qwen2");
    marked.set("tokenizer.chat_template", "{{ bos_token }}{{ messages[0].content }}");
    let json = br#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[
        {"id":1,"content":"<s>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
        {"id":2,"content":"<bye>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false}],
        "normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":null,
        "model":{"type":"BPE","vocab":{"a":0,"<s>":1,"<bye>":2},"merges":[]}}"#;
    let Ok(Model::Chat { model, .. }) = support::tiny::load_with_tokenizer(&marked.file(), json)
    else {
        panic!("a vocabulary of three fits")
    };
    let messages = [ChatMessage::new(Role::User, "aa")];
    let text = model.prompt_text(Dialogue { messages: &messages, tools: None });
    assert_eq!(text.as_deref(), Ok("<s>aa"));
    assert!(model.tokenizer().is_end(2) && !model.tokenizer().is_end(1));
}
