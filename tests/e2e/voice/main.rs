//! Talking with Bella: a microphone that plays recordings, and real models.
//!
//! - [`pushing`]: hold, speak, let go
//! - [`hands_free`]: she notices by herself that somebody speaks, and that nobody does
//! - [`calling`]: she is spoken to only by who calls her
//! - [`trouble`]: no microphone, no permission, a worker that dies
//! - [`interrupting`]: speaking while she speaks
//! - [`moods`]: what is said moves her
//! - [`long`]: a thousand turns

mod calling;
mod hands_free;
mod interrupting;
mod long;
mod moods;
mod pushing;
mod trouble;

#[path = "../engine/models.rs"]
#[allow(dead_code, reason = "shared with the tests of the engine, which take more of it")]
mod models;
#[path = "../engine/sounds.rs"]
#[allow(dead_code, reason = "shared with the tests of the engine, which take more of it")]
mod sounds;

use std::time::Duration;

use bella_tests::chromium::Launch;
use bella_tests::conversation::THINKING_TIME;
use bella_tests::tape::Tape;
use bella_tests::testid::*;
use bella_tests::{Browser, Microphone, Stage, Visit, by};
use tempfile::TempDir;

/// What a transcript may take on the slowest machine these tests run on.
const HEARING_TIME: Duration = Duration::from_secs(30);

/// The product, heard by a microphone that plays a tape.
fn stage_with_tape(stage: Stage, tape: &Tape, folder: &TempDir) -> Stage {
    stage.launch(launch_with(Microphone::Plays(tape.write(folder.path()))))
}

fn launch_with(microphone: Microphone) -> Launch {
    Browser::launch().microphone(microphone)
}

/// The long version of a test, for whoever asks for it: minutes of sound that comes no
/// faster than it was spoken.
fn is_long() -> bool {
    std::env::var_os("BELLA_LONG").is_some_and(|value| !value.is_empty())
}

/// Gives her a skill, and waits until she has it.
fn give(visit: &Visit, skill: &str) {
    visit.page.click(NAV_SETTINGS);
    let group = match skill {
        "hearing" => SKILL_HEARING,
        _ => SKILL_FEELING,
    };
    visit.choose(group, "on");
    let state = by(SKILL).with("data-skill", skill);
    visit.page.wait_for_attribute(THINKING_TIME, state, "data-state", "ready");
}

/// She hears, and what she heard is looked over before it is sent: no model is needed
/// that answers.
fn hear_into_composer(visit: &Visit, language: &str) {
    visit.meet();
    give(visit, "hearing");
    visit.choose(AFTER_HEARING, "compose");
    visit.choose(HEARD_LANGUAGE, language);
    visit.page.click(NAV_TALK);
    visit.page.wait_for(TALK);
}

/// What stands in the composer, which is empty after that.
fn take_composer(visit: &Visit) -> String {
    let text = visit.page.value(COMPOSER);
    visit.page.eval::<()>(&format!(
        "(e => {{ e.value = ''; e.dispatchEvent(new Event('input', {{ bubbles: true }})); }})\
         (document.querySelector('[data-testid={COMPOSER}]'))"
    ));
    text
}
