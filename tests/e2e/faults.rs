//! What really goes wrong, told in the person's language with a way on.

use bella_tests::conversation::{THINKING_TIME, reply};
use bella_tests::page::Worker;
use bella_tests::testid::*;
use bella_tests::{Browser, Stage, Trouble, Visit, by};
use serde_json::json;
use xtask::server::{Asked, Fault};

/// Does to weights what is to be done, and to nothing else.
fn only_weights(fault: Fault) -> impl Fn(&Asked) -> Fault + Send + Sync {
    move |asked| {
        if asked.path.contains("/weights/") { fault.clone() } else { Fault::none() }
    }
}

/// Meets a fault of the server: the page calls it by this name, in the person's
/// language, and a second try after the server was mended succeeds.
#[track_caller]
fn check(visit: &Visit, language: &str, fault: Fault, kind: &str) {
    visit.page.set_language(language);
    visit.host.misbehave(only_weights(fault));
    visit.meet();
    visit.page.click(LOAD_MODEL);
    let trouble = by(TROUBLE).with("data-trouble", kind);
    visit.page.wait_for_within(THINKING_TIME, &trouble);
    assert_told_in(language, &visit.page.text(&trouble));
    visit.wait_for_engine("empty");

    visit.host.behave();
    visit.page.click(LOAD_MODEL);
}

fn forgive_broken_transfers(visit: &Visit) {
    visit.forgive("the test breaks the transfer itself", |one| {
        matches!(one, Trouble::Complaint { .. })
    });
}

/// Both sentences, what happened and what to do, in the page's language.
#[track_caller]
fn assert_told_in(language: &str, told: &str) {
    let is_hangul = |letter: &char| ('가'..='힣').contains(letter);
    let hangul = told.chars().filter(is_hangul).count();
    match language {
        "ko-KR" => assert!(hangul > 20, "not in Korean: {told}"),
        _ => assert!(hangul == 0 && told.split_whitespace().count() > 8, "not in English: {told}"),
    }
    assert!(told.matches(['.', '。']).count() >= 2, "no next step: {told}");
}

#[test]
fn a_server_that_fails_is_told_and_can_be_tried_again() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        forgive_broken_transfers(visit);
        let deaf = Fault { hang_up: true, ..Fault::none() };
        for (language, fault, kind) in [
            // Of what is not there at all, the hub would be asked.
            ("en-US", Fault::status(403), "bad-status"),
            ("ko-KR", Fault::status(503), "bad-status"),
            ("en-US", deaf, "unreachable"),
            ("ko-KR", Fault { hang_up: true, ..Fault::none() }, "unreachable"),
        ] {
            check(visit, language, fault, kind);
            visit.page.wait_until("bytes to arrive", || {
                let exchanges = visit.host.exchanges();
                let latest = exchanges.iter().rfind(|one| one.path.contains("/weights/"));
                latest.is_some_and(|one| one.sent > 5_000_000)
            });
        }
    });
}

#[test]
fn one_flipped_bit_is_noticed() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let flipped = Fault { flip_at: Some(50_000_000), ..Fault::none() };
        check(visit, "en-US", flipped, "wrong-hash");
        visit.wait_for_engine("idle");
        assert!(!visit.page.shows(TROUBLE), "the trouble is over and still told");
    });
}

/// It comes under the same entity tag as the whole file, as from a proxy that broke
/// off: what the browser's own cache kept of it must not be believed again.
#[test]
fn a_file_published_half_is_noticed() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let half = Fault { shorten_to: Some(1_000_000), ..Fault::none() };
        check(visit, "ko-KR", half, "short-file");
        visit.wait_for_engine("idle");
    });
}

#[test]
fn a_server_that_is_gone_is_noticed() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        forgive_broken_transfers(visit);
        visit.meet();
        visit.host.stop();
        visit.page.click(LOAD_MODEL);
        visit.page.wait_for(by(TROUBLE).with("data-trouble", "unreachable"));
        visit.host.start_again();
        visit.page.click(LOAD_MODEL);
        visit.wait_for_engine("idle");
    });
}

/// Begins a long reply and brings the engine down in the middle of it.
fn check_engine_lost(end: fn(&Visit)) {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        // Silence is taken for death after most of a minute.
        visit.page.hurry(6);
        visit.forgive("the test brings the engine down", |one| {
            matches!(one, Trouble::Uncaught { from, .. } | Trouble::Complaint { from, .. }
                if from.kind == "worker" || from.kind == "page")
        });
        visit.wake();
        visit.say("Tell me a long story about a lighthouse and its keeper.");
        visit.wait_for_engine("replying");
        end(visit);

        visit.page.wait_for_within(THINKING_TIME, reply().with("data-state", "failed"));
        let told = by(TROUBLE).with("data-trouble", "engine-lost");
        assert_told_in("en-US", &visit.page.text(told));

        // A new worker loads the same model by itself, and the conversation goes on.
        visit.wait_for_engine("idle");
        visit.page.click(ASK_AGAIN);
        visit.wait_for_engine("replying");
        visit.page.click(STOP);
        assert!(visit.ask("What is the capital of France?").text.contains("Paris"));
    });
}

fn engine(visit: &Visit) -> Worker {
    let workers = visit.page.workers();
    let engine = workers.into_iter().find(|worker| worker.url().contains("worker"));
    engine.expect("the engine's worker")
}

/// As on a telephone that has no more to give: sound arrives, and the module traps
/// where it makes room for it.
#[test]
fn an_engine_that_runs_out_of_memory_is_replaced() {
    check_engine_lost(|visit| {
        let engine = engine(visit);
        engine.take_all_memory();
        engine.eval::<()>(
            "void setTimeout(() => {
                const m = JSON.stringify({ id: 1e6, request: { Sound: { target: 1e6, last: true } } });
                const b = new ArrayBuffer(1 << 29);
                dispatchEvent(new MessageEvent('message', { data: { m, b } }));
            })",
        );
    });
}

#[test]
fn an_engine_that_falls_silent_is_replaced() {
    check_engine_lost(|visit| engine(visit).eval::<()>("self.close()"));
}

/// It may have taken a part of the work with it, or none: either way there is no
/// waiting for ever, and no going on as if nothing had happened.
#[test]
fn an_engine_that_loses_a_thread_is_replaced() {
    check_engine_lost(|visit| {
        let workers = visit.page.workers();
        let helper = workers.iter().find(|worker| worker.url().ends_with("/thread.js"));
        let helper = helper.expect("a second core, and so a second thread");
        // It hears nothing while it works.
        helper.session().call("Runtime.terminateExecution", json!({})).expect("it is stopped");
        helper.eval::<()>("void setTimeout(() => { throw new Error('ended by the test') })");
    });
}

/// Larger than all that this device has for models, so that not a byte is fetched.
#[test]
fn a_model_that_is_too_large_is_told_with_both_sizes() {
    let Some(stage) = Stage::bella() else { return };
    // In pages of 64 KiB: one gigabyte.
    let small = Browser::launch().flag("--js-flags=--wasm-max-mem-pages=16384");
    stage.launch(small).play(|visit| {
        for language in ["en-US", "ko-KR"] {
            visit.page.set_language(language);
            visit.meet();
            visit.page.click(NAV_MODELS);
            let card = by(MODEL_CARD).with("data-model", "qwen2.5-coder-1.5b-instruct");
            visit.page.click(card.inner(USE_MODEL));
            let trouble = by(TROUBLE).with("data-trouble", "too-large");
            visit.page.wait_for(&trouble);
            let told = visit.page.text(&trouble);
            assert_told_in(language, &told);
            let sizes =
                told.split_whitespace().filter(|word| word.contains("GB") || word.contains("MB"));
            assert_eq!(sizes.count(), 2, "{told}");
        }
        assert!(visit.host.exchanges().iter().all(|one| !one.path.contains("/weights/")));

        // Another one can be had instead.
        visit
            .page
            .click(by(MODEL_CARD).with("data-model", "smollm2-135m-instruct").inner(USE_MODEL));
        visit.wait_for_engine("idle");
        visit.page.click(NAV_TALK);
        assert!(visit.ask("What is the capital of France?").text.contains("Paris"));
    });
}

#[test]
fn an_engine_that_never_starts_says_so_and_can_be_tried_again() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the engine is not served", |one| {
            matches!(one, Trouble::Complaint { .. } | Trouble::ConsoleError { .. })
        });
        visit.page.set_language("ko-KR");
        visit.host.misbehave(|asked| match asked.path.contains("/engine/") {
            true => Fault::status(503),
            false => Fault::none(),
        });
        visit.open("");
        visit.wait_for_engine("broken");
        assert_told_in(
            "ko-KR",
            &visit.page.text(by(TROUBLE).with("data-trouble", "engine-not-started")),
        );
        visit.host.behave();
        visit.page.click(RETRY);
        visit.wait_for_engine("empty");
        assert!(!visit.page.shows(TROUBLE));
    });
}
