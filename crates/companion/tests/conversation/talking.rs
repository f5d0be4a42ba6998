//! Questions and answers: what is asked when, and what stands there after.

use bella_companion::{Companion, Effect, Event, Language, Manner, Now, Persona};
use bella_protocol::{Failure, Outcome, Reply, Request, Stop};

use crate::story::{
    answered, ended, failed, fresh, holds, loaded, lost, plays, progress, qwen, ready, said, smol,
    text, up, waiting,
};

#[test]
fn from_the_first_visit_to_the_first_answer() {
    let mut bella = fresh();
    plays(
        &mut bella,
        &[
            (up(), "empty"),
            (Event::ModelChosen(smol()), "loading; 0 load smol"),
            (progress(0, "file0", 30, 60), "loading"),
            (loaded(0, "smol"), "idle; remember smol"),
            (
                said("  What is the capital of France?\n"),
                "thinking; 1 ask \"What is the capital of France?\"",
            ),
            (text(1, " "), "thinking"),
            (text(1, " Par"), "replying"),
            (text(1, "is."), "replying"),
            (ended(1, Stop::Finished), "idle"),
        ],
    );
    holds(&bella, &["person: What is the capital of France?", "bella: Paris."]);
}

#[test]
fn saving_power_is_asked_for_while_she_talks_and_of_every_engine_after() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("Hello"), "thinking; 1 ask \"Hello\""),
            (text(1, "Oh"), "replying"),
            (Event::PowerSavingChosen(true), "replying; 2 UseThreads { at_most: 1 }"),
            (Event::PowerSavingChosen(true), "replying"),
            (answered(2, Reply::Done(Outcome::Limited)), "replying"),
            (ended(1, Stop::Finished), "idle"),
            (lost(), "waking; restart"),
            (up(), "loading; 3 UseThreads { at_most: 1 }; 4 load smol"),
        ],
    );
    let mut bella = fresh();
    plays(
        &mut bella,
        &[
            (Event::PowerSavingChosen(true), "waking"),
            (up(), "empty; 0 UseThreads { at_most: 1 }"),
            (Event::PowerSavingChosen(false), "empty; 1 UseThreads { at_most: 2 }"),
            (Event::ModelChosen(smol()), "loading; 2 load smol"),
        ],
    );
}

#[test]
fn words_after_a_stop_are_ignored() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (text(1, "Hel"), "replying"),
            (Event::Stopped, "idle; 2 cancel 1"),
            (text(1, "lo"), "idle"),
            (ended(1, Stop::Cancelled), "idle"),
            (answered(2, Reply::Done(Outcome::Cancelled)), "idle"),
            (said("again"), "thinking; 3 ask \"again\""),
            (text(1, "late"), "thinking"),
            (text(3, "Yes"), "replying"),
        ],
    );
    holds(&bella, &["person: hi", "bella, stopped: Hel", "person: again", "bella…: Yes"]);
}

#[test]
fn stop_with_nothing_running_does_nothing() {
    plays(&mut ready(), &[(Event::Stopped, "idle")]);
    plays(&mut fresh(), &[(Event::Stopped, "waking"), (up(), "empty"), (Event::Stopped, "empty")]);
}

#[test]
fn a_message_sent_while_she_replies_is_asked_next_and_only_one_waits() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("one"), "thinking; 1 ask \"one\""),
            (said("two"), "thinking"),
            (said("three"), "thinking"),
            (text(1, "1"), "replying"),
        ],
    );
    assert_eq!(waiting(&bella), Some("two"));
    assert!(!bella.state().accepts_message());
    plays(&mut bella, &[(ended(1, Stop::Finished), "thinking; 2 ask \"two\"")]);
    assert!(bella.state().accepts_message());
    holds(&bella, &["person: one", "bella: 1", "person: two", "bella…: "]);
}

#[test]
fn stopping_a_reply_turns_to_the_message_that_waits() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("one"), "thinking; 1 ask \"one\""),
            (said("two"), "thinking"),
            (Event::Stopped, "thinking; 2 cancel 1; 3 ask \"two\""),
        ],
    );
}

#[test]
fn a_message_sent_before_the_model_is_there_waits_for_it() {
    let mut bella = fresh();
    plays(
        &mut bella,
        &[
            (said("hello"), "waking"),
            (up(), "empty"),
            (Event::ModelChosen(smol()), "loading; 0 load smol"),
            (loaded(0, "smol"), "thinking; remember smol; 1 ask \"hello\""),
        ],
    );
}

#[test]
fn an_empty_message_is_no_message() {
    plays(&mut ready(), &[(said(""), "idle"), (said(" \n\t"), "idle")]);
}

#[test]
fn a_reply_that_fails_says_why_and_the_next_question_works() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("long"), "thinking; 1 ask \"long\""),
            (failed(1, Failure::TooLong { tokens: 9000, limit: 2048 }), "idle"),
            (said("short"), "thinking; 2 ask \"short\""),
        ],
    );
    holds(&bella, &["person: long", "bella, too-long: ", "person: short", "bella…: "]);
}

#[test]
fn an_answer_of_the_wrong_kind_ends_the_request_all_the_same() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (answered(1, Reply::Done(Outcome::Unloaded)), "idle"),
        ],
    );
    holds(&bella, &["person: hi", "bella, bad-request: "]);
}

#[test]
fn clearing_stops_the_reply_and_can_be_undone_until_the_next_message() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (said("and"), "thinking"),
            (text(1, "Hel"), "replying"),
            (Event::Cleared, "idle; 2 cancel 1"),
        ],
    );
    holds(&bella, &[]);
    plays(&mut bella, &[(Event::ClearUndone, "idle")]);
    holds(&bella, &["person: hi", "bella, stopped: Hel"]);
    plays(
        &mut bella,
        &[
            (Event::Cleared, "idle"),
            (said("new"), "thinking; 3 ask \"new\""),
            (Event::ClearUndone, "thinking"),
        ],
    );
    holds(&bella, &["person: new", "bella…: "]);
}

#[test]
fn the_model_is_addressed_in_the_readers_language_if_it_speaks_it() {
    for (model, reader, expected) in [
        (qwen(), Language::Korean, Language::Korean),
        (qwen(), Language::English, Language::English),
        (smol(), Language::Korean, Language::English),
    ] {
        let mut bella = Companion::new(Language::English, Manner::default());
        let id = model.id().to_owned();
        let mut sent = Vec::new();
        for event in [
            Event::LanguageChosen(reader),
            Event::ModelChosen(model),
            up(),
            loaded(0, &id),
            said("hi"),
        ] {
            sent.extend(bella.step(event, Now { at_ms: 0, random: 99 }));
        }
        let Some(Effect::Send(asked)) = sent.last() else { panic!("nothing asked") };
        let Request::Chat { messages, options, .. } = &asked.request else {
            panic!("not a question")
        };
        assert_eq!(
            messages[0].content,
            bella_companion::prompt::system(expected, &Persona::default()),
            "{id} for {reader:?}"
        );
        assert_eq!(options.seed, 99, "chance comes from outside");
    }
}
