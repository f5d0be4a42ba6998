//! What is done without any model.

use bella_companion::{Event, Language};

use crate::story::{ended, fresh, holds, loaded, plays, ready, said, smol, text, up};
use bella_protocol::Stop;

fn acted(turn: u32, words: &str) -> Event {
    Event::Acted { turn: Some(bella_companion::TurnId(turn)), text: words.into() }
}

#[test]
fn a_request_is_fulfilled_while_the_model_is_on_its_way_and_told_only_then() {
    let mut bella = fresh();
    plays(
        &mut bella,
        &[
            (up(), "empty"),
            (Event::ModelChosen(smol()), "loading; 0 load smol"),
            (said("What time is it?"), "loading; Do(TellTime)"),
        ],
    );
    holds(&bella, &["person: What time is it?", "bella, acting: "]);
    plays(
        &mut bella,
        &[(acted(1, "It is noon."), "loading"), (loaded(0, "smol"), "idle; remember smol")],
    );
    holds(&bella, &["person: What time is it?", "bella, acted: It is noon."]);
}

#[test]
fn the_model_hears_nothing_of_what_was_done_without_it() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("What time is it?"), "idle; Do(TellTime)"),
            (acted(1, "It is noon."), "idle"),
            (said("Hello"), "thinking; 1 ask \"Hello\""),
        ],
    );
    let effects = {
        let mut bella = ready();
        let now = bella_companion::Now::default();
        bella.step(said("What time is it?"), now);
        bella.step(acted(1, "It is noon."), now);
        bella.step(said("Hello"), now)
    };
    let told = format!("{effects:?}");
    assert!(told.contains("Hello") && !told.contains("noon"), "{told}");
}

#[test]
fn a_request_that_comes_while_she_replies_waits_for_its_turn() {
    plays(
        &mut ready(),
        &[
            (said("one"), "thinking; 1 ask \"one\""),
            (said("What time is it?"), "thinking"),
            (text(1, "1"), "replying"),
            (ended(1, Stop::Finished), "idle; Do(TellTime)"),
        ],
    );
}

#[test]
fn quiet_is_quiet_at_once() {
    plays(
        &mut ready(),
        &[
            (said("Tell me a story"), "thinking; 1 ask \"Tell me a story\""),
            (text(1, "Once"), "replying"),
            (said("be quiet"), "idle; 2 cancel 1"),
        ],
    );
}

#[test]
fn clearing_by_word_is_asked_about_and_done_only_after_a_yes() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (text(1, "Hello"), "replying"),
            (ended(1, Stop::Finished), "idle"),
            (said("clear the conversation"), "idle; Ask(ClearConversation)"),
            (acted(3, "Shall I?"), "idle"),
            (said("no"), "idle; Leave(ClearConversation)"),
            (acted(5, "It stays."), "idle"),
        ],
    );
    assert_eq!(bella.state().conversation.len(), 6);
    plays(
        &mut bella,
        &[
            (said("clear the conversation"), "idle; Ask(ClearConversation)"),
            (acted(7, "Shall I?"), "idle"),
            (Event::Answer { is_yes: true }, "idle; Do(ClearConversation)"),
        ],
    );
    holds(&bella, &[]);
    assert!(bella.state().cleared.is_some(), "it cannot be undone");
}

#[test]
fn somebody_who_says_something_else_has_not_said_yes() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (ended(1, Stop::Finished), "idle"),
            (said("대화 지워 줘"), "idle; Ask(ClearConversation)"),
            (acted(3, "지울까요?"), "idle"),
            (
                said("What is the capital of France?"),
                "thinking; 2 ask \"What is the capital of France?\"",
            ),
            (Event::Answer { is_yes: true }, "thinking"),
        ],
    );
    assert_eq!(bella.state().confirming, None);
    assert_eq!(bella.state().conversation.len(), 6);
}

#[test]
fn what_was_done_for_a_conversation_that_is_gone_is_told_nowhere() {
    let mut bella = fresh();
    plays(
        &mut bella,
        &[
            (up(), "empty"),
            (said("What can you do?"), "empty; Do(Help)"),
            (Event::Cleared, "empty"),
            (acted(1, "This and that."), "empty"),
            (Event::LanguageChosen(Language::Korean), "empty"),
        ],
    );
    holds(&bella, &[]);
}
