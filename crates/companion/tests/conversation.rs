//! What Bella does, told as sequences of events.
//!
//! Each story is a list of lines `event -> phase; effects`. A test plays the
//! events against a fresh companion, and the told lines must come out.

use bella_companion::{
    Companion, Effect, Event, Language, Manner, Model, Now, ReplyState, Speaker, Trouble,
};
use bella_protocol::{
    Build, BuildName, Failure, LoadedModel, ModelFile, ModelSpec, NotKept, Notice, Outcome,
    Progress, Reply, Request, RequestId, Stop, Task, Usage,
};

fn smol() -> Model {
    model("smol", &[60, 40], vec![Language::English])
}

fn qwen() -> Model {
    model("qwen", &[500], vec![Language::Korean, Language::English])
}

fn model(id: &str, sizes: &[u64], languages: Vec<Language>) -> Model {
    let file = |(index, bytes): (usize, &u64)| ModelFile {
        name: format!("file{index}"),
        url: format!("weights/{id}/file{index}"),
        mirror: None,
        bytes: *bytes,
        sha256: None,
    };
    let files = sizes.iter().enumerate().map(file).collect();
    Model { spec: ModelSpec { id: id.into(), task: Task::Chat, files, base: None }, languages }
}

fn answered(request: u32, reply: Reply) -> Event {
    Event::Answered { request: RequestId(request), reply }
}

fn progress(request: u32, file: &str, done_bytes: u64, total_bytes: u64) -> Event {
    answered(
        request,
        Reply::Progress(Progress {
            file: file.into(),
            done_bytes,
            total_bytes,
            bytes_per_second: Some(1_000),
        }),
    )
}

fn loaded(request: u32, id: &str) -> Event {
    let model = LoadedModel {
        id: id.into(),
        architecture: "llama".into(),
        context_length: 2048,
        memory_bytes: 1,
        load_ms: 1.0,
    };
    answered(request, Reply::Done(Outcome::Loaded(model)))
}

fn text(request: u32, piece: &str) -> Event {
    answered(request, Reply::Text(piece.into()))
}

fn ended(request: u32, stop: Stop) -> Event {
    answered(request, Reply::Done(Outcome::Chat { stop, usage: Usage::default() }))
}

fn failed(request: u32, failure: Failure) -> Event {
    answered(request, Reply::Failed(failure))
}

fn said(text: &str) -> Event {
    Event::Said(text.into())
}

/// A turbo engine with two threads.
fn up() -> Event {
    Event::EngineReady(Build { name: BuildName::Turbo, threads: 2, fallback: None })
}

fn lost() -> Event {
    Event::EngineLost { detail: "unreachable executed".into() }
}

/// A companion with `smol` loaded by request 0, so that questions start at 1.
fn ready() -> Companion {
    let mut bella = Companion::new(Language::English, Manner::default());
    for event in [Event::ModelChosen(smol()), up(), loaded(0, "smol")] {
        bella.step(event, Now::default());
    }
    bella
}

fn fresh() -> Companion {
    Companion::new(Language::English, Manner::default())
}

/// Plays `story` and compares, after each event, the phase and the effects.
#[track_caller]
fn plays(bella: &mut Companion, story: &[(Event, &str)]) {
    for (step, (event, expected)) in story.iter().enumerate() {
        let effects = bella.step(event.clone(), Now { at_ms: step as u64, random: 7 });
        let mut told = bella.state().phase.name().to_owned();
        // Marks have a story of their own.
        for effect in effects.iter().filter(|effect| !matches!(effect, Effect::MarkLoading(_))) {
            told.push_str("; ");
            told.push_str(&tell(effect));
        }
        assert_eq!(told, *expected, "after event {step}: {event:?}");
    }
}

fn tell(effect: &Effect) -> String {
    match effect {
        Effect::RestartEngine => "restart".into(),
        Effect::MarkLoading(Some(id)) => format!("mark {id}"),
        Effect::MarkLoading(None) => "unmark".into(),
        Effect::RememberModel(model) => format!("remember {}", model.as_deref().unwrap_or("none")),
        Effect::Send(sent) => {
            let what = match &sent.request {
                Request::Load { spec } => format!("load {}", spec.id),
                Request::Unload { model } => format!("unload {model}"),
                Request::Chat { messages, .. } => {
                    let last = messages.last().expect("a question");
                    format!("ask {:?}", last.content)
                }
                Request::Cancel { target } => format!("cancel {}", target.0),
                other => format!("{other:?}"),
            };
            format!("{} {what}", sent.id.0)
        }
    }
}

#[track_caller]
fn holds(bella: &Companion, expected: &[&str]) {
    let told: Vec<String> = bella
        .state()
        .conversation
        .iter()
        .map(|turn| {
            let who = match &turn.speaker {
                Speaker::Person => "person".to_owned(),
                Speaker::Bella(ReplyState::Streaming) => "bella…".to_owned(),
                Speaker::Bella(ReplyState::Done { .. }) => "bella".to_owned(),
                Speaker::Bella(ReplyState::Stopped) => "bella, stopped".to_owned(),
                Speaker::Bella(ReplyState::Failed(trouble)) => format!("bella, {}", trouble.kind()),
            };
            format!("{who}: {}", turn.text)
        })
        .collect();
    assert_eq!(told, expected);
}

fn waiting(bella: &Companion) -> Option<&str> {
    bella.state().waiting.as_ref().map(|waiting| waiting.text.as_str())
}

fn trouble(bella: &Companion) -> Option<&'static str> {
    bella.state().trouble.as_ref().map(Trouble::kind)
}

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
fn a_remembered_model_loads_as_soon_as_the_engine_is_up() {
    plays(&mut fresh(), &[(Event::ModelChosen(smol()), "waking"), (up(), "loading; 0 load smol")]);
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
fn progress_counts_over_all_files_and_never_runs_backwards() {
    let mut bella = fresh();
    plays(&mut bella, &[(Event::ModelChosen(smol()), "waking"), (up(), "loading; 0 load smol")]);
    for (file, done, expected) in [
        ("file0", 60, 60),
        ("file1", 10, 70),
        ("file0", 5, 70),
        ("file1", 999, 100),
        ("unknown", 1, 100),
    ] {
        bella.step(progress(0, file, done, 1000), Now::default());
        let bella_companion::Phase::Loading(loading) = &bella.state().phase else {
            panic!("not loading")
        };
        assert_eq!((loading.done_bytes, loading.total_bytes), (expected, 100), "{file} at {done}");
    }
}

/// Until the next load, which may fare better.
#[test]
fn a_model_that_is_not_kept_is_remembered_as_such() {
    let notice = |request, notice| answered(request, Reply::Notice(notice));
    let retrying = || Notice::Retrying { file: "file0".into(), attempt: 1, wait_ms: 400 };
    let mut bella = fresh();
    let is_retrying = |bella: &Companion| match &bella.state().phase {
        bella_companion::Phase::Loading(loading) => loading.retrying,
        other => panic!("{other:?}"),
    };
    plays(
        &mut bella,
        &[
            (Event::ModelChosen(smol()), "waking"),
            (up(), "loading; 0 load smol"),
            (notice(0, retrying()), "loading"),
        ],
    );
    assert!(is_retrying(&bella));
    plays(&mut bella, &[(progress(0, "file0", 10, 60), "loading")]);
    assert!(!is_retrying(&bella));
    plays(
        &mut bella,
        &[
            (notice(0, Notice::NotKept(NotKept::Unreliable)), "loading"),
            (loaded(0, "smol"), "idle; remember smol"),
        ],
    );
    assert_eq!(bella.state().not_kept, Some(NotKept::Unreliable));
    plays(&mut bella, &[(Event::ModelChosen(qwen()), "loading; 1 unload smol; 2 load qwen")]);
    assert_eq!(bella.state().not_kept, None);
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

#[test]
fn a_failed_load_is_told_and_can_be_tried_again() {
    let mut bella = fresh();
    let failure = Failure::BadStatus { file: "file0".into(), status: 404 };
    plays(
        &mut bella,
        &[
            (up(), "empty"),
            (Event::ModelChosen(smol()), "loading; 0 load smol"),
            (failed(0, failure), "empty"),
        ],
    );
    assert_eq!(trouble(&bella), Some("bad-status"));
    plays(
        &mut bella,
        &[(Event::Retried, "loading; 1 load smol"), (loaded(1, "smol"), "idle; remember smol")],
    );
    assert_eq!(trouble(&bella), None);
}

#[test]
fn choosing_again_after_a_failed_load_forgets_what_was_wrong() {
    let mut bella = fresh();
    let failure = Failure::BadStatus { file: "file0".into(), status: 404 };
    plays(
        &mut bella,
        &[
            (up(), "empty"),
            (Event::ModelChosen(smol()), "loading; 0 load smol"),
            (failed(0, failure), "empty"),
            (Event::ModelChosen(smol()), "loading; 1 load smol"),
        ],
    );
    assert_eq!(trouble(&bella), None);
}

#[test]
fn a_load_can_be_cancelled_and_its_end_is_not_taken_for_a_later_one() {
    plays(
        &mut fresh(),
        &[
            (up(), "empty"),
            (Event::ModelChosen(smol()), "loading; 0 load smol"),
            (Event::Stopped, "empty; 1 cancel 0"),
            (Event::Retried, "loading; 2 load smol"),
            (answered(0, Reply::Done(Outcome::Cancelled)), "loading"),
            (loaded(2, "smol"), "idle; remember smol"),
        ],
    );
}

#[test]
fn another_model_takes_the_place_of_the_first() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (Event::ModelChosen(smol()), "idle"),
            (said("hi"), "thinking; 1 ask \"hi\""),
            (Event::ModelChosen(qwen()), "loading; 2 cancel 1; 3 unload smol; 4 load qwen"),
            (Event::ModelChosen(qwen()), "loading"),
            (Event::ModelChosen(smol()), "loading; 5 cancel 4; 6 load smol"),
            (loaded(6, "smol"), "idle; remember smol"),
            (Event::ModelPutAway, "empty; 7 unload smol; remember none"),
            (Event::ModelPutAway, "empty"),
        ],
    );
    holds(&bella, &["person: hi", "bella, stopped: "]);
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
fn a_model_the_engine_forgot_is_loaded_again() {
    let mut bella = ready();
    plays(
        &mut bella,
        &[
            (said("hi"), "thinking; 1 ask \"hi\""),
            (failed(1, Failure::NotLoaded { model: "smol".into() }), "loading; 2 load smol"),
        ],
    );
    holds(&bella, &["person: hi", "bella, not-loaded: "]);
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
            bella_companion::prompt::system(expected),
            "{id} for {reader:?}"
        );
        assert_eq!(options.seed, 99, "chance comes from outside");
    }
}

/// Whoever finds a mark comes after a tab that died over a load; whatever else ends
/// one takes the mark away.
#[test]
fn a_load_is_marked_before_it_begins_and_until_it_ends() {
    let marks = |events: Vec<Event>| -> Vec<String> {
        let mut bella = fresh();
        let mut marks = Vec::new();
        for event in events {
            let effects = bella.step(event, Now::default());
            let at = effects.iter().position(|effect| matches!(effect, Effect::MarkLoading(_)));
            assert!(at.is_none_or(|at| at == 0), "{effects:?}");
            marks.extend(at.map(|at| tell(&effects[at])));
        }
        marks
    };
    let began = || vec![Event::ModelChosen(smol()), up()];
    let then = |mut events: Vec<Event>, more: Vec<Event>| {
        events.extend(more);
        events
    };
    assert_eq!(marks(began()), ["mark smol"]);
    assert_eq!(marks(then(began(), vec![loaded(0, "smol")])), ["mark smol", "unmark"]);
    assert_eq!(marks(then(began(), vec![Event::Stopped])), ["mark smol", "unmark"]);
    let refused = failed(0, Failure::Crashed { detail: String::new() });
    assert_eq!(marks(then(began(), vec![refused])), ["mark smol", "unmark"]);
    assert_eq!(marks(then(began(), vec![lost(), up()])), ["mark smol", "unmark", "mark smol"]);
    let other = vec![Event::ModelChosen(qwen()), loaded(2, "qwen")];
    assert_eq!(marks(then(began(), other)), ["mark smol", "mark qwen", "unmark"]);
    // Neither the conversation nor the progress matters.
    let more = vec![progress(0, "file0", 5, 60), said("hello"), loaded(0, "smol"), text(1, "a")];
    assert_eq!(marks(then(began(), more)), ["mark smol", "unmark"]);
}

#[test]
fn a_tab_that_died_over_a_load_is_told_about() {
    let mut bella = fresh();
    plays(
        &mut bella,
        &[
            (Event::LoadKilledTab { model: "qwen".into() }, "waking"),
            // Nothing is loaded that nobody asks for.
            (up(), "empty"),
        ],
    );
    let trouble = Some(Trouble::LoadKilledTab { model: "qwen".into() });
    assert_eq!(bella.state().trouble, trouble);
}
