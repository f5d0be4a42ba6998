//! How a question feels is read before it is asked, and the answer is to know.

use bella_companion::{Companion, Effect, Event, Now, Skill, Tone};
use bella_protocol::{Failure, ModelSpec, Mood, Outcome, Reply, Request, Stop, Task};

use crate::story::{answered, ended, failed, loaded, plays, ready, said, text};

fn spec(id: &str, task: Task) -> ModelSpec {
    ModelSpec { id: id.into(), task, files: Vec::new(), base: None }
}

/// A companion with a model, which feels; questions begin at request 3.
fn feeling() -> Companion {
    let mut bella = ready();
    let models = vec![spec("e5", Task::Embed), spec("sentiment", Task::Feel)];
    plays(
        &mut bella,
        &[
            (Event::SkillWished { skill: Skill::Feeling, models }, "idle; 1 load e5"),
            (loaded(1, "e5"), "idle; 2 load sentiment"),
            (loaded(2, "sentiment"), "idle"),
        ],
    );
    bella
}

fn mood(request: u32, positive: f32) -> Event {
    answered(request, Reply::Done(Outcome::Mood(Mood { negative: 1.0 - positive, positive })))
}

/// What the model was told right before the question.
fn told(effects: &[Effect]) -> String {
    let asked = effects.iter().find_map(|effect| match effect {
        Effect::Send(sent) => match &sent.request {
            Request::Chat { messages, .. } => Some(messages[messages.len() - 2].content.clone()),
            _ => None,
        },
        _ => None,
    });
    asked.expect("the model was asked")
}

#[test]
fn a_sad_question_is_asked_with_comfort_and_a_glad_one_with_joy() {
    for (question, positive, tone, hint) in [
        (
            "나 오늘 시험에 떨어졌어, 정말 속상해.",
            0.03,
            Tone::Comfort,
            "The person sounds sad. Be gentle and comforting.",
        ),
        (
            "I got the job, this is wonderful!",
            0.99,
            Tone::ShareJoy,
            "The person sounds happy. Be happy with them.",
        ),
    ] {
        let mut bella = feeling();
        bella.step(said(question), Now::default());
        let effects = bella.step(mood(3, positive), Now::default());
        assert_eq!(bella.state().feeling.tone(), tone, "{question}");
        assert_eq!(told(&effects), hint, "{question}");
        let felt = bella.state().conversation[0].felt.expect("it was read");
        assert!((felt.positive - positive).abs() < 1e-6);
    }
}

#[test]
fn a_reading_that_fails_keeps_nobody_waiting() {
    plays(
        &mut feeling(),
        &[
            (said("hello"), "thinking; 3 feel \"hello\""),
            (failed(3, Failure::NotLoaded { model: "e5".into() }), "thinking; 4 ask \"hello\""),
            (text(4, "Hi"), "replying"),
            (ended(4, Stop::Finished), "idle"),
        ],
    );
}

#[test]
fn a_question_stopped_while_it_is_read_is_never_asked() {
    plays(
        &mut feeling(),
        &[
            (said("hello"), "thinking; 3 feel \"hello\""),
            (Event::Stopped, "idle; 4 cancel 3"),
            (mood(3, 0.5), "idle"),
            (said("again"), "thinking; 5 feel \"again\""),
            (mood(5, 0.5), "thinking; 6 ask \"again\""),
        ],
    );
}

#[test]
fn an_engine_that_dies_while_it_reads_takes_the_reading_with_it() {
    let mut bella = feeling();
    plays(
        &mut bella,
        &[
            (said("hello"), "thinking; 3 feel \"hello\""),
            (crate::story::lost(), "waking; restart"),
            (crate::story::up(), "loading; 4 load smol"),
            (loaded(4, "smol"), "idle; remember smol; 5 load e5"),
            (Event::AskedAgain, "thinking; 6 ask \"hello\""),
        ],
    );
}
