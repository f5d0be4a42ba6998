//! Engines that are lost, and come back.

use bella_companion::Event;
use bella_protocol::{Failure, Stop};

use crate::story::{
    ended, failed, fresh, holds, loaded, lost, plays, ready, said, text, trouble, up,
};

#[test]
fn an_engine_lost_in_mid_reply_keeps_the_conversation_says_so_and_comes_back() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (text(1, "Hel"), "replying"),
            (lost(), "waking; restart"),
            (up(), "loading; 2 load smol"),
            (text(1, "ghost"), "loading"),
            (loaded(2, "smol"), "idle; remember smol"),
        ],
    );
    holds(&bella, &["person: hi", "bella, engine-lost: Hel"]);
    assert_eq!(trouble(&bella), None, "the reply itself says it");
    plays(&mut bella, &[(Event::AskedAgain, "thinking; 3 ask \"hi\"")]);
    holds(&bella, &["person: hi", "bella…: "]);
}

#[test]
fn a_crash_told_by_the_engine_is_a_loss_too() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (failed(1, Failure::Crashed { detail: "out of memory".into() }), "waking; restart"),
        ],
    );
    holds(&bella, &["person: hi", "bella, engine-lost: "]);
}

#[test]
fn asking_again_while_the_engine_comes_back_waits_for_it() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (lost(), "waking; restart"),
            (Event::AskedAgain, "waking"),
            (Event::AskedAgain, "waking"),
            (up(), "loading; 2 load smol"),
            (loaded(2, "smol"), "thinking; remember smol; 3 ask \"hi\""),
        ],
    );
}

#[test]
fn an_engine_lost_while_idle_is_told_until_it_is_back() {
    let mut bella = ready();
    plays(&mut bella, &[(lost(), "waking; restart")]);
    assert_eq!(trouble(&bella), Some("engine-lost"));
    plays(
        &mut bella,
        &[(up(), "loading; 1 load smol"), (loaded(1, "smol"), "idle; remember smol")],
    );
    assert_eq!(trouble(&bella), None);
}

#[test]
fn an_engine_that_keeps_dying_is_not_started_for_ever() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (lost(), "waking; restart"),
            (up(), "loading; 1 load smol"),
            (lost(), "waking; restart"),
            (up(), "loading; 2 load smol"),
            (lost(), "broken"),
            (lost(), "broken"),
        ],
    );
    assert_eq!(trouble(&bella), Some("engine-keeps-dying"));
    plays(&mut bella, &[(Event::Retried, "waking; restart"), (up(), "loading; 3 load smol")]);
    assert_eq!(trouble(&bella), None);
}

#[test]
fn a_finished_reply_makes_up_for_earlier_losses() {
    let mut bella = ready();
    for round in 0..5 {
        let ids = 1 + round * 2;
        plays(
            &mut bella,
            &[
                (said("hi"), &format!("thinking; {ids} ask \"hi\"")),
                (ended(ids, Stop::Finished), "idle"),
                (lost(), "waking; restart"),
                (up(), &format!("loading; {} load smol", ids + 1)),
                (loaded(ids + 1, "smol"), "idle; remember smol"),
            ],
        );
    }
}

#[test]
fn an_engine_that_never_comes_up_waits_for_the_person() {
    let mut bella = fresh();
    plays(&mut bella, &[(lost(), "broken")]);
    assert_eq!(trouble(&bella), Some("engine-not-started"));
    plays(&mut bella, &[(Event::Retried, "waking; restart"), (up(), "empty")]);
    assert_eq!(trouble(&bella), None);
}
