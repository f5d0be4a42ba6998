//! The first visit, step by step, and what can be taken back later.

use bella_tests::conversation::said;
use bella_tests::testid::*;
use bella_tests::{Find, Stage, by, css};
use serde_json::json;
use xtask::server::Fault;

const FRANCE: &str = "What is the capital of France?";

fn step(name: &str) -> Find {
    by(FIRST_STEP).with("data-step", name)
}

fn language(tag: &str) -> Find {
    by(FIRST_LANGUAGE).with("value", tag)
}

#[test]
fn the_language_changes_at_once_and_is_remembered() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.set_language("en");
        visit.meet();
        visit.page.wait_for(step("language").with("data-state", "open"));
        assert_eq!(visit.page.attribute(language("en"), "aria-pressed").as_deref(), Some("true"));
        let english = visit.page.text(LOAD_MODEL);
        visit.page.click(language("ko"));
        visit.page.wait_for(step("language").with("data-state", "done"));
        assert_eq!(visit.page.eval::<String>("document.documentElement.lang"), "ko");
        assert_ne!(visit.page.text(LOAD_MODEL), english);
        visit.page.reload();
        visit.wait_for_engine("empty");
        assert_eq!(visit.page.eval::<String>("document.documentElement.lang"), "ko");
        visit.page.wait_for(step("language").with("data-state", "done"));
    });
}

#[test]
fn a_guess_that_is_right_can_be_confirmed() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.set_language("ko");
        visit.meet();
        visit.page.click(language("ko"));
        visit.page.wait_for(step("language").with("data-state", "done"));
        // Another browser language no longer changes what was chosen.
        visit.page.set_language("en");
        visit.page.reload();
        visit.wait_for_engine("empty");
        assert_eq!(visit.page.eval::<String>("document.documentElement.lang"), "ko");
    });
}

#[test]
fn the_steps_go_once_she_is_awake_and_are_not_asked_again() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
            true => Fault::slow(40_000_000),
            false => Fault::none(),
        });
        visit.meet();
        assert_eq!(visit.page.attribute(step("model"), "data-state").as_deref(), Some("open"));
        visit.page.click(step("model").inner(LOAD_MODEL));
        visit.page.wait_for(step("model").inner(LOAD_PROGRESS));
        visit.wait_for_engine("idle");
        visit.page.wait_gone(FIRST_STEPS);
        assert_eq!(visit.page.count(SUGGESTION), 3);
        visit.page.reload();
        visit.page.wait_for(COMPOSER);
        assert_eq!(visit.page.count(FIRST_STEPS), 0);
    });
}

#[test]
fn the_beginning_of_the_first_visit_is_seen_in_a_small_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.set_viewport(320, 568);
        visit.meet();
        visit.page.wait_for(LOAD_MODEL);
        let is_at_its_top: bool = visit.page.read(CONVERSATION, "e => e.scrollTop === 0");
        assert!(is_at_its_top, "the welcome is read from its beginning");
        visit.page.click(LOAD_MODEL);
        visit.wait_for_engine("idle");
    });
}

#[test]
fn what_was_said_last_can_be_written_anew() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.ask("Hello!");
        visit.ask(FRANCE);
        assert_eq!(visit.page.count(EDIT_MESSAGE), 1, "only the last one");
        visit.page.click(said().last().inner(EDIT_MESSAGE));
        assert_eq!(visit.page.value(COMPOSER), FRANCE);
        let is_in_composer = "document.activeElement.dataset.testid === 'composer'";
        assert!(visit.page.eval::<bool>(is_in_composer));
        // What was said before that is the last now, and what stands there is kept.
        visit.page.click(EDIT_MESSAGE);
        assert_eq!(visit.page.value(COMPOSER), format!("Hello!\n{FRANCE}"));
    });
}

#[test]
fn the_promise_is_kept_in_sight() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        for (width, height) in [(320, 568), (1280, 800)] {
            visit.page.set_viewport(width, height);
            visit.meet();
            assert!(visit.page.shows(BADGE), "{width} wide");
            let leaves = visit.page.attribute(RUNS_HERE, "data-leaves");
            assert_eq!(leaves.as_deref(), Some("no"));
        }
    });
}

#[test]
fn nothing_moves_from_under_a_hand_while_the_page_finds_out_where_it_runs() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.page.before_every_document(BUTTONS_THAT_MOVE);
        // A slow device is seen to find out.
        visit.page.command("Emulation.setCPUThrottlingRate", json!({ "rate": 6 }));
        let known = [
            ("", by(LOAD_MODEL)),
            ("models", by(LARDER).with("data-promised", "no")),
            ("settings", css("[data-testid=engine-build][data-build]")),
        ];
        for (width, height) in [(360, 740), (1280, 800)] {
            visit.page.set_viewport(width, height);
            for (address, known) in &known {
                visit.open(address);
                visit.page.wait_for(known);
                // What follows from it is drawn in the next frame.
                visit.page.eval::<()>(TWO_FRAMES);
                let moved: Vec<String> = visit.page.eval("buttonsThatMoved");
                assert!(moved.is_empty(), "/{address} on {width}:\n  {}", moved.join("\n  "));
            }
        }
    });
}

const TWO_FRAMES: &str =
    "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))";

/// Where each button was first seen, frame by frame, as long as it is there.
const BUTTONS_THAT_MOVE: &str = "
    globalThis.buttonsThatMoved = [];
    addEventListener('DOMContentLoaded', () => {
        const first = new Map();
        const look = () => {
            const main = document.querySelector('main');
            for (const button of main?.querySelectorAll('button, .button') ?? []) {
                const top = Math.round(button.getBoundingClientRect().top + main.scrollTop);
                if (!first.has(button)) first.set(button, top);
                if (Math.abs(first.get(button) - top) > 1) {
                    const where = `${first.get(button)} -> ${top}`;
                    buttonsThatMoved.push(`${button.dataset.testid}: ${where}`);
                    first.set(button, top);
                }
            }
            requestAnimationFrame(look);
        };
        look();
    });
";
