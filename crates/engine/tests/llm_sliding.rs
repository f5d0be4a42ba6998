//! Conversations longer than the context, with every family on small random
//! weights: what stays, what goes, and what it costs.

mod support;

use bella_engine::Model;
use bella_engine::llm::{Conversation, Dialogue, Generation, LanguageModel, Step};
use bella_protocol::{ChatMessage, ChatOptions, Role, Usage};
use support::tiny::{FAMILIES, file_of, load_bytes};

const SYSTEM: &str = "you are bella, kind and brief.";
const CONTEXT: usize = 400;

fn tiny(family: &str) -> Box<LanguageModel> {
    let Ok(Model::Chat { model, .. }) = load_bytes(file_of(family)) else {
        panic!("{family} is a model this engine runs")
    };
    model
}

fn reply(
    model: &LanguageModel,
    memory: &mut Conversation,
    messages: &[ChatMessage],
) -> (String, Usage) {
    let options = ChatOptions { context_tokens: CONTEXT, max_tokens: 20, ..ChatOptions::default() };
    let dialogue = Dialogue { messages, tools: None };
    let mut generation =
        Generation::new(model, memory, dialogue, options).expect("a conversation may be long");
    let mut text = String::new();
    loop {
        match generation.step(model, memory, &|| 0.0) {
            Step::Read => {}
            Step::Text(piece) => text.push_str(&piece),
            Step::Done(_) => return (text, generation.usage()),
        }
    }
}

#[test]
fn the_system_part_stays_and_the_newest_words_are_there() {
    for family in FAMILIES {
        let model = tiny(family);
        let mut memory = model.new_conversation();
        let mut messages = vec![ChatMessage::new(Role::System, SYSTEM)];
        let (mut said, mut read, mut dropped) = (0, 0, 0);
        let mut turn = 0;
        while said < 4000 {
            let words = format!("turn {turn}: the rain ran on and on past the mill.");
            messages.push(ChatMessage::new(Role::User, words.clone()));
            let (text, usage) = reply(&model, &mut memory, &messages);
            assert!(memory.tokens().len() <= CONTEXT, "{family}: {usage:?}");
            let known = model.tokenizer().decode(memory.tokens());
            assert!(known.contains(SYSTEM), "{family}, turn {turn}: {known}");
            assert!(known.contains(&words), "{family}, turn {turn}: {known}");
            assert_eq!(known.contains("turn 0:"), usage.dropped_messages == 0, "{family}: {known}");
            assert!(usage.dropped_messages >= dropped, "{family}: {usage:?}");
            dropped = usage.dropped_messages;
            read += usage.prompt_tokens - usage.cached_tokens;
            said += model.tokenizer().encode(&words).expect("encodes").len() + usage.reply_tokens;
            messages.push(ChatMessage::new(Role::Assistant, text));
            turn += 1;
        }
        // All but what fits into the context has gone.
        assert!(dropped > messages.len() * 3 / 4, "{family}: {dropped} of {}", messages.len());
        assert!(read < 3 * said, "{family}: {read} tokens were read for {said}");
    }
}
