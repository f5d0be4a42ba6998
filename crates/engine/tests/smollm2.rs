//! SmolLM2-135M, the real weights, through the same host the worker runs.

mod support;

use std::slice;

use bella_engine::{EngineError, Host, Model};
use bella_protocol::{
    ChatMessage, ChatOptions, Failure, ModelFile, ModelSpec, Outcome, Reply, Request, RequestId,
    Role, Stop, Task, Usage,
};

const MODEL: &str = "smollm2-135m-instruct";

fn host_with_model() -> Option<Host> {
    let path = support::weights(MODEL, "model.gguf")?;
    let mut host = host();
    host.add(MODEL, support::load(MODEL, Task::Chat, &[path]), 0.0);
    Some(host)
}

/// A host whose clock is the machine's.
fn host() -> Host {
    let start = std::time::Instant::now();
    Host::new(Box::new(move || start.elapsed().as_secs_f64() * 1000.0))
}

fn greedy(max_tokens: usize) -> ChatOptions {
    ChatOptions { temperature: 0.0, repetition_penalty: 1.0, max_tokens, ..ChatOptions::default() }
}

fn user(text: &str) -> ChatMessage {
    ChatMessage::new(Role::User, text)
}

/// Under the template's own system part the model is torn between "The" and
/// "La"; told a language, it is not.
fn capital_of_france() -> [ChatMessage; 2] {
    let system = "You are a helpful AI assistant. Answer in plain English.";
    [ChatMessage::new(Role::System, system), user("What is the capital of France?")]
}

struct Answer {
    text: String,
    stop: Stop,
    usage: Usage,
}

fn submit(host: &mut Host, id: u32, messages: &[ChatMessage], options: ChatOptions) -> RequestId {
    let id = RequestId(id);
    let request = Request::Chat { model: MODEL.to_owned(), messages: messages.to_vec(), options };
    host.submit(id, request, Vec::new(), 0);
    id
}

fn ask(host: &mut Host, messages: &[ChatMessage], options: ChatOptions) -> Result<Answer, Failure> {
    submit(host, 1, messages, options);
    end_of(host)
}

/// What stands before a question is read, and nothing is said.
fn read_ahead(host: &mut Host, messages: &[ChatMessage], options: ChatOptions) -> Usage {
    let (model, messages) = (MODEL.to_owned(), messages.to_vec());
    let request = Request::ReadAhead { model, messages, options };
    host.submit(RequestId(2), request, Vec::new(), 0);
    let Answer { text, usage, .. } = end_of(host).expect("reads");
    assert_eq!(text, "");
    usage
}

fn end_of(host: &mut Host) -> Result<Answer, Failure> {
    let mut text = String::new();
    loop {
        host.step();
        for said in host.take_replies().collect::<Vec<_>>() {
            match said.reply {
                Reply::Text(piece) => text.push_str(&piece),
                Reply::Done(Outcome::Chat { stop, usage }) => {
                    return Ok(Answer { text, stop, usage });
                }
                Reply::Failed(failure) => return Err(failure),
                other => panic!("{other:?} is no answer to a chat"),
            }
        }
    }
}

#[test]
fn it_knows_the_capital_of_france() {
    let Some(mut host) = host_with_model() else { return };
    let answer = ask(&mut host, &capital_of_france(), greedy(48)).expect("answers");
    assert!(answer.text.contains("Paris"), "{}", answer.text);
    assert_eq!(answer.stop, Stop::Finished);
}

#[test]
fn a_follow_up_reads_only_what_is_new() {
    let Some(mut host) = host_with_model() else { return };
    let mut messages = capital_of_france().to_vec();
    let first = ask(&mut host, &messages, greedy(48)).expect("answers");
    assert_eq!(first.usage.cached_tokens, 0);
    messages.push(ChatMessage::new(Role::Assistant, first.text));
    messages.push(user("And of Italy?"));
    let second = ask(&mut host, &messages, greedy(48)).expect("answers");
    assert_eq!(second.usage.cached_tokens, first.usage.prompt_tokens + first.usage.reply_tokens);
    let read = second.usage.prompt_tokens - second.usage.cached_tokens;
    assert!(read < 20, "{read} tokens were read for a question of five words");

    // The cache must not change the words.
    let mut fresh = host_with_model().expect("loaded a moment ago");
    let again = ask(&mut fresh, &messages, greedy(48)).expect("answers");
    assert_eq!(again.usage.cached_tokens, 0);
    assert_eq!(again.text, second.text);
}

#[test]
fn what_was_read_ahead_need_not_be_read_again() {
    let Some(mut host) = host_with_model() else { return };
    let [system, question] = capital_of_france();
    let ahead = read_ahead(&mut host, slice::from_ref(&system), greedy(48));
    assert!(ahead.prompt_tokens > 10 && ahead.cached_tokens == 0, "{ahead:?}");
    // Once is enough.
    let again = read_ahead(&mut host, slice::from_ref(&system), greedy(48));
    assert_eq!(again.prompt_tokens, again.cached_tokens);

    // What is told before a question goes with it.
    let hint = ChatMessage::new(Role::System, "The person sounds happy. Be happy with them.");
    let messages = [system.clone(), hint, question.clone()];
    let first = ask(&mut host, &messages, greedy(48)).expect("answers");
    assert_eq!(first.usage.cached_tokens, ahead.prompt_tokens);
    let mut messages = vec![system, question, ChatMessage::new(Role::Assistant, first.text)];
    let ahead = read_ahead(&mut host, &messages, greedy(48));
    messages.push(user("And of Italy?"));
    let second = ask(&mut host, &messages, greedy(48)).expect("answers");
    assert_eq!(second.usage.cached_tokens, ahead.prompt_tokens);

    // It must not change the words.
    let mut fresh = host_with_model().expect("loaded a moment ago");
    let again = ask(&mut fresh, &messages, greedy(48)).expect("answers");
    assert_eq!(again.text, second.text);
}

#[test]
fn cancelling_ends_a_reply_and_the_next_one_works() {
    let Some(mut host) = host_with_model() else { return };
    let story = submit(&mut host, 1, &[user("Tell me a long story.")], greedy(400));
    while !host.take_replies().any(|said| matches!(said.reply, Reply::Text(_))) {
        host.step();
    }
    host.submit(RequestId(2), Request::Cancel { target: story }, Vec::new(), 0);
    let ends: Vec<_> = host.take_replies().filter(|said| said.reply.is_last()).collect();
    assert_eq!(ends[0].id, story);
    assert!(matches!(ends[0].reply, Reply::Done(Outcome::Chat { stop: Stop::Cancelled, .. })));
    assert!(!host.has_work());
    let answer = ask(&mut host, &capital_of_france(), greedy(48)).expect("answers");
    assert!(answer.text.contains("Paris"), "{}", answer.text);
}

#[test]
fn limits_and_stop_strings_are_kept() {
    let Some(mut host) = host_with_model() else { return };
    let question = capital_of_france();
    let cut = ask(&mut host, &question, greedy(3)).expect("answers");
    assert_eq!((cut.stop, cut.usage.reply_tokens), (Stop::Length, 3));
    let stopped = ChatOptions { stop: vec!["Paris".to_owned()], ..greedy(48) };
    let stopped = ask(&mut host, &question, stopped).expect("answers");
    assert_eq!(stopped.stop, Stop::Finished);
    assert!(!stopped.text.contains("Par"), "{}", stopped.text);
}

#[test]
fn a_long_conversation_slides_and_says_so() {
    let Some(mut host) = host_with_model() else { return };
    let mut messages = vec![ChatMessage::new(Role::System, "You are brief.")];
    let options = ChatOptions { context_tokens: 160, ..greedy(2) };
    let mut dropped = Vec::new();
    let mut read = 0;
    for turn in 0..8 {
        messages.push(user(&format!(
            "{turn}: The river ran past the mill and under the old stone bridge."
        )));
        let answer = ask(&mut host, &messages, options.clone()).expect("answers");
        dropped.push(answer.usage.dropped_messages);
        read += answer.usage.prompt_tokens - answer.usage.cached_tokens;
        messages.push(ChatMessage::new(Role::Assistant, answer.text));
    }
    assert_eq!(dropped[0], 0);
    assert!(dropped.is_sorted() && dropped[7] >= 4, "{dropped:?}");
    // Dropping to half the room and remembering it: not every turn reads anew.
    let rereads = dropped.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(rereads <= 3, "{dropped:?}");
    eprintln!("dropped {dropped:?}, read {read}");
}

/// Whoever asks may keep less of a conversation than he did, and still goes on with it.
#[test]
fn what_is_left_out_beforehand_is_not_left_out_twice() {
    let Some(mut host) = host_with_model() else { return };
    let mut messages = vec![ChatMessage::new(Role::System, "You are brief.")];
    let options = ChatOptions { context_tokens: 200, ..greedy(2) };
    for turn in 0..12 {
        messages.push(user(&format!("{turn}: The river ran past the mill.")));
        let answer = ask(&mut host, &messages, options.clone()).expect("answers");
        let (dropped, usage) = (answer.usage.dropped_messages, answer.usage);
        messages.push(ChatMessage::new(Role::Assistant, answer.text));
        if turn > 8 && dropped > 2 {
            // Nothing that the model would still have read.
            messages.drain(1..=dropped - 1);
            let read = usage.prompt_tokens - usage.cached_tokens;
            messages.push(user("And then?"));
            let next = ask(&mut host, &messages, options.clone()).expect("answers");
            assert_eq!(next.usage.dropped_messages, 1, "{dropped} before, {read} tokens read");
            let read = next.usage.prompt_tokens - next.usage.cached_tokens;
            assert!(read < 30, "{read} tokens were read anew");
            return;
        }
    }
    panic!("nothing was left out");
}

/// 4,000 tokens through a window of 800: replies keep coming, and what is read
/// for them stays near what was said.
#[test]
fn four_thousand_tokens_pass_through_a_small_window() {
    const STORY: [&str; 4] = [
        "The miller's daughter counted the sacks before breakfast and found that one was missing again.",
        "Rain had washed the road away, so the carts went round by the chapel and came late to market.",
        "An old sailor in the corner said that he had seen lights on the island three nights in a row.",
        "Nobody believed him, but the boy went down to the harbour with a lantern all the same.",
    ];
    let Some(path) = support::weights(MODEL, "model.gguf") else { return };
    // Time stands still: blocks of the prompt stay as large as they may be, however
    // busy the machine is.
    let mut host = Host::new(Box::new(|| 0.0));
    host.add(MODEL, support::load(MODEL, Task::Chat, &[path]), 0.0);
    let system = "You are a patient listener. Answer each part of the story in one short sentence.";
    let mut messages = vec![ChatMessage::new(Role::System, system)];
    let options = ChatOptions { context_tokens: 800, ..greedy(4) };
    let (mut said, mut read, mut dropped) = (0, 0, vec![0]);
    while said < 4000 {
        let part = messages.len() / 2;
        messages.push(user(&format!("Part {part}. {} {}", STORY[part % 4], STORY.concat())));
        let Answer { text, usage, .. } =
            ask(&mut host, &messages, options.clone()).expect("a conversation may be long");
        assert!(!text.is_empty() && usage.reply_tokens > 0, "part {part} was not answered");
        assert!(usage.prompt_tokens + usage.reply_tokens <= 800, "{usage:?}");
        let fresh = usage.prompt_tokens - usage.cached_tokens;
        if usage.dropped_messages == dropped[dropped.len() - 1] {
            // Beside the system part, only this turn is new.
            assert!(part == 0 || fresh < 150, "{fresh} tokens were read for part {part}");
            said += fresh + usage.reply_tokens;
        } else {
            assert!(fresh < 500, "{fresh} tokens were read anew for part {part}");
            // The system part, which stands before what was dropped, is not read again.
            assert!(usage.cached_tokens > 15, "{usage:?}");
            said += 120;
        }
        read += fresh;
        dropped.push(usage.dropped_messages);
        messages.push(ChatMessage::new(Role::Assistant, text));
    }
    eprintln!("said {said}, read {read}, dropped {dropped:?}");
    assert!(dropped.is_sorted() && dropped[dropped.len() - 1] > 20, "{dropped:?}");
    assert!(read < 2 * said, "{read} tokens were read for {said}");
}

#[test]
fn a_message_longer_than_the_context_is_refused_with_both_numbers() {
    let Some(mut host) = host_with_model() else { return };
    let failure =
        ask(&mut host, &[user(&"word ".repeat(20_000))], greedy(8)).map(|answer| answer.text);
    let Err(Failure::TooLong { tokens, limit }) = failure else { panic!("{failure:?}") };
    assert!(tokens > 20_000 && limit < 2048);
}

#[test]
fn what_is_not_there_is_named() {
    let mut host = host();
    let failure = ask(&mut host, &[user("hello")], greedy(8)).map(|answer| answer.text);
    assert_eq!(failure, Err(Failure::NotLoaded { model: MODEL.to_owned() }));
    let Some(mut host) = host_with_model() else { return };
    let failure = ask(&mut host, &[], greedy(8)).map(|answer| answer.text);
    assert!(matches!(failure, Err(Failure::BadRequest { .. })), "{failure:?}");
}

/// Ids of the original tokenizer, from `tokenizers` in Python on the published
/// tokenizer.json.
#[test]
fn text_is_cut_as_the_original_cuts_it() -> Result<(), EngineError> {
    let Some(path) = support::weights(MODEL, "model.gguf") else { return Ok(()) };
    let Model::Chat { model, .. } = support::load(MODEL, Task::Chat, &[path]) else {
        panic!("it was loaded to chat");
    };
    for text in
        ["Hello, world!", "안녕하세요 👋🏽", "x = 12345;\n\tif (a != b) { }", "  two  spaces  "]
    {
        let ids = model.tokenizer().encode(text)?;
        assert_eq!(model.tokenizer().decode(&ids), text);
    }
    Ok(())
}

#[test]
fn a_model_that_does_not_fit_is_refused_before_it_is_fetched() {
    let file = |bytes| ModelFile {
        name: "model.gguf".into(),
        url: String::new(),
        mirror: None,
        bytes,
        sha256: None,
    };
    let spec = |bytes| ModelSpec {
        id: "big".into(),
        task: Task::Chat,
        files: vec![file(bytes)],
        base: None,
    };
    let mut host = host();
    host.submit(RequestId(1), Request::Limit { memory_bytes: 200 << 20 }, Vec::new(), 0);
    assert_eq!(host.make_room(&spec(100 << 20)), Ok(()));
    let refused = host.make_room(&spec(300 << 20));
    assert!(
        matches!(refused, Err(Failure::TooLarge { ref model, free_bytes, .. })
            if model == "big" && free_bytes == 200 << 20),
        "{refused:?}"
    );
    assert!(matches!(host.make_room(&spec(u64::MAX)), Err(Failure::TooLarge { .. })));
}
