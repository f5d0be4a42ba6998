//! Models on their way in and out.

use bella_companion::{Companion, Effect, Event, Now, Trouble};
use bella_protocol::{Failure, NotKept, Notice, Outcome, Reply};

use crate::story::{
    answered, failed, fresh, holds, loaded, lost, plays, progress, qwen, ready, said, smol, tell,
    text, trouble, up,
};

#[test]
fn a_remembered_model_loads_as_soon_as_the_engine_is_up() {
    plays(&mut fresh(), &[(Event::ModelChosen(smol()), "waking"), (up(), "loading; 0 load smol")]);
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
