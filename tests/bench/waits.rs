//! How long a person waits who spoke: from letting go of the talk button to their own
//! words, and to the first word of the answer. On the page itself, as it is used.

use std::time::Duration;

use bella_measure::Waits;
use bella_tests::host::{Host, Serving};
use bella_tests::tape::{Playing, Tape};
use bella_tests::testid::*;
use bella_tests::{Browser, Microphone, Page, by};

use crate::clips;

/// The first press opens the microphone, with nobody speaking.
const LEAD_S: f64 = 4.0;
/// Between two questions: she answers in this time.
const PAUSE_S: f64 = 6.0;
/// The button is held a little longer than somebody speaks.
const AROUND_S: f64 = 0.3;
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) fn waits(rounds: usize) -> Result<Waits, String> {
    let clip = clips::one_breath().ok_or(clips::MISSING)?;
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut tape = Tape::new().silence(LEAD_S);
    let mut places = Vec::new();
    // One round more, which warms everything.
    for _ in 0..=rounds {
        places.push(tape.add(&clip.samples));
        tape.add_silence(PAUSE_S);
    }
    let microphone = Microphone::Plays(tape.write(folder.path()));
    let browser =
        Browser::launch().microphone(microphone).start().map_err(|error| error.to_string())?;
    let host = Host::start(Serving::bella()?).map_err(|error| error.to_string())?;
    let context = browser.context().map_err(|error| error.to_string())?;
    let page = context.page().map_err(|error| error.to_string())?.with_patience(PATIENCE);
    page.keep_time();
    page.goto(&host.url_of(""));
    get_ready(&page);

    let held = page.hold(TALK);
    page.wait_for_attribute(PATIENCE, TALK, "data-state", "listening");
    let playing = Playing::begins();
    playing.wait_for(1.0);
    held.release();
    let mut measured = Waits::default();
    for (round, place) in places.iter().enumerate() {
        playing.wait_for(place.start - AROUND_S);
        let before = page.timeline();
        let held = page.hold(TALK);
        playing.wait_for(place.end + AROUND_S);
        held.release();
        page.wait_until("an answer", || {
            let now = page.timeline();
            // A reply is there before its first word.
            let mut grown = now.growths.iter().skip(before.growths.len());
            grown.any(|growth| !growth.text.is_empty()) && now.said.len() > before.said.len()
        });
        let now = page.timeline();
        let let_go = *now.releases.last().ok_or("nothing was let go")?;
        let said = now.said[before.said.len()];
        let word = now.growths[before.growths.len()..].iter().find(|it| !it.text.is_empty());
        let word = word.ok_or("there was no word")?.at;
        if round > 0 {
            measured.transcript_ms.push(said - let_go);
            measured.first_word_ms.push(word - let_go);
        }
    }
    Ok(measured)
}

/// She hears, feels and answers shortly.
fn get_ready(page: &Page) {
    page.wait_for_attribute(PATIENCE, ENGINE_STATE, "data-state", "empty");
    page.click(LOAD_MODEL);
    page.wait_for_attribute(PATIENCE, ENGINE_STATE, "data-state", "idle");
    page.click(NAV_SETTINGS);
    for (group, value) in [
        (REPLY_LENGTH, "short"),
        (SKILL_HEARING, "on"),
        (SKILL_FEELING, "on"),
        (HEARD_LANGUAGE, "en"),
    ] {
        page.click(by(group).with("value", value));
    }
    for skill in ["hearing", "feeling"] {
        let skill = by(SKILL).with("data-skill", skill);
        page.wait_for_attribute(PATIENCE, skill, "data-state", "ready");
    }
    page.click(NAV_TALK);
}
