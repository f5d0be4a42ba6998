//! A person types, and a real small model answers in the tab.

use bella_tests::conversation::{reply, said};
use bella_tests::testid::*;
use bella_tests::{Stage, Trouble};
use xtask::server::Fault;

const FRANCE: &str = "What is the capital of France?";

/// Longer than this in one piece, and a person notices that nothing moves.
const LONGEST_TASK_MS: f64 = 50.0;

#[test]
fn an_answer_streams_word_by_word_and_the_page_never_stalls() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.keep_time();
        visit.wake();
        let mut answer = None;
        let tasks = visit.page.trace(|| answer = Some(visit.ask(FRANCE)));
        let answer = answer.expect("asked");
        assert_eq!(answer.state, "done");
        assert!(answer.text.contains("Paris"), "{answer:?}");

        let timeline = visit.page.timeline();
        let growths: Vec<_> = timeline.growths_of(0).map(|growth| growth.text.trim()).collect();
        assert!(
            growths.windows(2).all(|two| two[1].starts_with(two[0])),
            "words changed: {growths:?}"
        );
        let distinct = growths.windows(2).filter(|two| two[0] != two[1]).count();
        assert!(distinct >= 3, "it came in {distinct} pieces: {growths:?}");

        assert!(tasks.len() > distinct, "the profiler saw {} tasks", tasks.len());
        let stalls: Vec<_> = tasks.iter().filter(|task| task.cpu_ms > LONGEST_TASK_MS).collect();
        assert!(stalls.is_empty(), "the main thread was busy for too long: {stalls:?}");

        // That nothing foreign was asked is checked after every test; here, that
        // the record it is checked by is one of everything.
        let requests = visit.page.requests();
        assert!(requests.iter().any(|one| one.from.kind == "page"));
        assert!(
            requests.iter().any(|one| one.from.kind == "worker" && one.url.contains("/weights/"))
        );
    });
}

#[test]
fn with_the_server_gone_the_next_question_is_answered() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.host.stop();
        let before = visit.page.requests().len();
        for (question, word) in [(FRANCE, "Paris"), ("What is the capital of Italy?", "Rome")] {
            let answer = visit.ask(question);
            assert_eq!(answer.state, "done");
            assert!(answer.text.contains(word), "{answer:?}");
        }
        assert_eq!(visit.page.requests().len(), before, "something was asked of the network");
    });
}

#[test]
fn stopping_ends_the_words_within_100_ms_and_the_next_question_works() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.keep_time();
        visit.meet();
        visit.page.click(NAV_SETTINGS);
        visit.choose(VARIETY, "steady");
        visit.choose(REPLY_LENGTH, "long");
        visit.page.click(NAV_TALK);
        visit.page.click(LOAD_MODEL);
        visit.wait_for_engine("idle");

        visit.say("Tell me a long story about a lighthouse and its keeper.");
        visit.page.wait_until("a few words", || visit.page.timeline().growths_of(0).count() > 5);
        visit.page.click(STOP);
        let stopped = visit.reply();
        assert_eq!(stopped.state, "stopped");
        assert!(!visit.page.shows(STOP));

        let next = visit.ask(FRANCE);
        assert!(next.text.contains("Paris"), "{next:?}");
        assert_eq!(
            visit.page.text(reply().inner(MESSAGE_TEXT)),
            stopped.text,
            "it went on after the stop"
        );

        let timeline = visit.page.timeline();
        let stop = timeline.clicked(STOP);
        let last = timeline.growths_of(0).last().expect("it had begun").at;
        assert!(last < stop + 100.0, "words appeared until {} ms after the stop", last - stop);
        // The page could hide words that still come. They must not come either.
        assert!(timeline.words().any(|at| at < stop), "what the engine says is not heard");
        let asked_next = timeline.growths_of(1).next().expect("a second reply").at;
        let late = timeline.words().filter(|at| (stop + 100.0..asked_next).contains(at)).count();
        assert_eq!(late, 0, "the engine went on after the stop");
    });
}

#[test]
fn what_is_written_while_the_model_loads_is_answered_when_it_is_there() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
            true => Fault::slow(40_000_000),
            false => Fault::none(),
        });
        visit.meet();
        visit.choose_predictable_answers();
        visit.page.click(LOAD_MODEL);
        visit.page.wait_for(LOAD_PROGRESS);
        visit.say(FRANCE);
        assert_eq!(visit.page.count(WAITING), 1);
        visit.wait_for_engine("idle");
        let answer = visit.reply();
        assert!(answer.text.contains("Paris"), "{answer:?}");
        assert_eq!(visit.page.count(WAITING), 0);
        assert_eq!(visit.page.text(said().inner(MESSAGE_TEXT)), FRANCE);
    });
}

#[test]
fn a_download_that_is_cancelled_can_be_begun_again() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
            true => Fault::slow(5_000_000),
            false => Fault::none(),
        });
        visit.meet();
        visit.page.click(LOAD_MODEL);
        visit.page.wait_until("bytes to arrive", || {
            visit.page.read(LOAD_PROGRESS, "e => e.value > 0 && e.max > e.value")
        });
        visit.page.click(CANCEL_LOAD);
        visit.wait_for_engine("empty");
        // Nobody pays for bytes that nobody wants.
        visit.page.wait_until("the transfer to end", || {
            let transfers = visit.host.exchanges();
            transfers.iter().filter(|one| one.path.contains("/weights/")).all(|one| one.ended)
        });
        visit.host.behave();
        visit.page.click(LOAD_MODEL);
        visit.wait_for_engine("idle");
    });
}

#[test]
fn the_model_of_last_time_loads_by_itself() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.page.reload();
        visit.wait_for_engine("idle");
        assert!(visit.ask(FRANCE).text.contains("Paris"), "settings and model are remembered");
    });
}

#[test]
fn enter_completes_a_korean_syllable_before_it_sends() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        visit.page.click(COMPOSER);
        let open = visit.page.compose("안녕");
        open.press_enter();
        assert_eq!(visit.page.count(WAITING), 0, "a word was sent half written");
        open.commit();
        assert_eq!(visit.page.value(COMPOSER), "안녕");
        visit.page.press("Shift+Enter");
        assert_eq!(visit.page.value(COMPOSER), "안녕\n");
        visit.page.press("Enter");
        visit.page.wait_for(WAITING);
        assert_eq!(visit.page.value(COMPOSER), "");
        assert!(visit.page.text(WAITING).starts_with("안녕"));
    });
}

#[test]
fn a_cleared_conversation_can_be_brought_back() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        let answer = visit.ask(FRANCE);
        visit.page.click(CLEAR);
        visit.page.wait_gone(MESSAGE);
        visit.page.click(UNDO_CLEAR);
        visit.page.wait_for(reply());
        assert_eq!(visit.page.count(MESSAGE), 2);
        assert_eq!(visit.page.text(reply().inner(MESSAGE_TEXT)), answer.text);
    });
}

#[test]
fn a_suggestion_is_a_way_to_begin() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        let words = visit.page.text(SUGGESTION);
        visit.page.click(SUGGESTION);
        visit.page.wait_for(reply());
        assert_eq!(visit.page.text(said().inner(MESSAGE_TEXT)), words);
        assert_eq!(visit.reply().state, "done");
    });
}

#[test]
fn a_conversation_outlives_a_look_at_the_other_pages() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.say(FRANCE);
        for page in [NAV_MODELS, NAV_SETTINGS, NAV_ABOUT, NAV_TALK] {
            visit.page.click(page);
            visit.page.wait_for(PAGE_TITLE);
        }
        assert!(visit.reply().text.contains("Paris"));
        assert_eq!(visit.page.count(MESSAGE), 2);
    });
}

#[test]
fn a_refused_storage_is_no_reason_to_fail() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.before_every_document(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
        );
        visit.forgive("the test's own refusal", |one| matches!(one, Trouble::Complaint { .. }));
        visit.wake();
        assert!(visit.ask(FRANCE).text.contains("Paris"));
    });
}
