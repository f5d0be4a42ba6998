//! Every page in both languages, both themes and three widths: nothing sticks
//! out, nothing covers the composer. The pictures go to `target/e2e/screens/`: what
//! is seen at first, and where that is not all, the whole.

use std::thread;
use std::time::Duration;

use bella_tests::conversation::THINKING_TIME;
use bella_tests::emulation::Theme;
use bella_tests::testid::*;
use bella_tests::{Browser, Find, Microphone, Stage, Trouble, Visit, by, evidence};
use xtask::server::{Fault, Headers};

const LANGUAGES: [&str; 2] = ["en", "ko"];
const THEMES: [Theme; 2] = [Theme::Light, Theme::Dark];
/// A phone, a tablet, a laptop.
const SIZES: [(u32, u32); 3] = [(360, 740), (768, 1024), (1280, 800)];

fn pages() -> [(&'static str, &'static str, Find); 7] {
    [
        ("talk", "", by(COMPOSER)),
        ("models", "models", by(MODEL_CARD)),
        ("settings", "settings", by(VARIETY)),
        ("about", "about", by(PAGE_TITLE)),
        ("lab", "lab", by(LAB_MODEL)),
        ("history", "history", by(HISTORY_SEARCH)),
        ("not-found", "no-such-page", by(NOT_FOUND)),
    ]
}

#[track_caller]
fn must_tell(visit: &Visit, outcome: &str) {
    let patience = Duration::from_secs(30);
    visit.page.wait_for_attribute(patience, OWN_SERVER_OUTCOME, "data-outcome", outcome);
}

/// Takes a picture of what is on the screen in every size and theme, and answers
/// what is wrong with it.
fn look(visit: &Visit, name: &str, language: &str) -> Vec<String> {
    let folder = evidence::folder("screens");
    let mut told = Vec::new();
    for theme in THEMES {
        visit.page.set_taste(theme, true);
        for (width, height) in SIZES {
            visit.page.set_viewport(width, height);
            settle(visit);
            let picture = format!("{name}-{language}-{}-{width}.png", theme.name());
            visit.page.screenshot(&folder.join(&picture));
            let faults: Vec<String> = visit.page.call(LAYOUT_FAULTS, &[COMPOSER.into()]);
            told.extend(faults.into_iter().map(|fault| format!("{picture}: {fault}")));
            assert_eq!(visit.page.eval::<String>("document.documentElement.lang"), language);
            let hidden: u32 = visit.page.eval(BELOW_THE_FOLD);
            if hidden > 0 {
                visit.page.set_viewport(width, height + hidden);
                settle(visit);
                let whole = picture.replace(".png", "-whole.png");
                visit.page.screenshot(&folder.join(whole));
            }
        }
    }
    told
}

/// How much of the page one has to scroll to; what scrolls is inside the frame.
const BELOW_THE_FOLD: &str =
    "(main => main.scrollHeight - main.clientHeight)(document.querySelector('main'))";

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "the layout is broken:\n  {}", faults.join("\n  "));
}

/// Waits until fonts are there and two frames were drawn.
fn settle(visit: &Visit) {
    visit.page.eval::<()>(
        "document.fonts.ready.then(() => new Promise(done =>
            requestAnimationFrame(() => requestAnimationFrame(() => done()))))",
    );
}

/// Answers what is wrong with the layout, in words.
const LAYOUT_FAULTS: &str = r"composer => {
    const faults = [];
    const name = e => e.cloneNode().outerHTML.slice(0, 120);
    const root = document.scrollingElement;
    if (root.scrollWidth > root.clientWidth)
        faults.push(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`);
    for (const e of document.body.querySelectorAll('*')) {
        if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const box = e.getBoundingClientRect();
        const clipped = e.closest('svg') || box.width <= 1 || box.height <= 1 || box.bottom < 0;
        if (!clipped && (box.left < -0.5 || box.right > innerWidth + 0.5))
            faults.push(`${name(e)} reaches from ${box.left} to ${box.right}`);
        const style = getComputedStyle(e);
        const hides = style.overflowX !== 'visible' && style.overflowX !== 'auto' && style.overflowX !== 'scroll';
        if (!clipped && hides && style.textOverflow !== 'ellipsis' && e.scrollWidth > e.clientWidth + 1)
            faults.push(`${name(e)} cuts off its content`);
        // Half a pixel may be lost to rounding.
        if (!clipped && e.matches('button, summary, label, nav a, .button') && box.height < 43.5)
            faults.push(`${name(e)} is only ${box.height} high: hard to hit with a thumb`);
    }
    const field = document.querySelector(`[data-testid=${composer}]`);
    if (field) {
        const box = field.getBoundingClientRect();
        if (box.bottom > innerHeight + 0.5) faults.push('the composer is below the window');
        for (const across of [0.05, 0.25, 0.5, 0.75, 0.95]) for (const down of [0.2, 0.5, 0.8]) {
            const top = document.elementFromPoint(box.left + box.width * across, box.top + box.height * down);
            if (top !== field) faults.push(`${top ? name(top) : 'nothing'} lies over the composer`);
        }
    }
    return [...new Set(faults)];
}";

#[test]
fn every_page_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut faults = Vec::new();
        for language in LANGUAGES {
            visit.page.set_language(language);
            for (name, address, shows) in pages() {
                visit.open(address);
                visit.page.wait_for(shows);
                visit.wait_for_engine("empty");
                faults.extend(look(visit, name, language));
            }
        }
        assert_none(&faults);
    });
}

#[test]
fn why_the_plain_engine_runs_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    let stage = stage.serving(|serving| serving.headers = Headers::Bare);
    stage.without_service_worker().play(|visit| {
        let mut faults = Vec::new();
        for language in LANGUAGES {
            visit.page.set_language(language);
            visit.open("settings");
            visit.page.wait_for(by(ENGINE_BUILD).with("data-fallback", "not-isolated"));
            assert_eq!(visit.page.count(POWER), 0, "there is but one thread to choose");
            faults.extend(look(visit, "settings-plain-engine", language));
        }
        assert_none(&faults);
    });
}

#[test]
fn a_server_of_ones_own_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the policy does not know the server yet", |one| {
            matches!(one, Trouble::Policy { .. } | Trouble::ConsoleError { .. })
        });
        let mut faults = Vec::new();
        for language in LANGUAGES {
            visit.page.set_language(language);
            visit.open("settings");
            visit.page.wait_until("the page to be kept", || {
                visit.page.eval("!!navigator.serviceWorker.controller")
            });
            visit.page.type_into(OWN_SERVER_ADDRESS, "http://models.example.org");
            visit.page.click(OWN_SERVER_ADD);
            must_tell(visit, "not-near");
            faults.extend(look(visit, "own-server-unfit", language));
            visit.open("settings");
            visit
                .page
                .type_into(OWN_SERVER_ADDRESS, "https://models.a-rather-long-name.invalid/api");
            visit.page.type_into(OWN_SERVER_KEY, "sk-1");
            visit.page.click(OWN_SERVER_ADD);
            must_tell(visit, "not-yet");
            faults.extend(look(visit, "own-server-kept", language));
            visit.page.click(OWN_SERVER_DELETE);
            must_tell(visit, "deleted");
        }
        assert_none(&faults);
    });
}

#[test]
fn a_conversation_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut faults = Vec::new();
        visit.wake();
        for (language, question) in [
            ("en", "Write a numbered list of five things one needs to make tea."),
            ("ko", "안녕하세요, 벨라! 오늘은 날씨가 참 좋네요."),
        ] {
            visit.read_in(language);
            visit.ask(question);
            // A word without end must wrap, not push.
            visit.ask(&"Donaudampfschifffahrtsgesellschaft".repeat(8));
            faults.extend(look(visit, "conversation", language));
        }
        assert_none(&faults);
    });
}

#[test]
fn a_history_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut faults = Vec::new();
        let endless = "Donaudampfschifffahrtsgesellschaft".repeat(8);
        for language in LANGUAGES {
            visit.page.set_language(language);
            visit.open_history();
            let texts =
                ["안녕, 벨라! 등대 이야기 기억해?", "Of course.\n\nIt stood by the sea.", &endless];
            visit.bring_history(&visit.history_of(&texts), "brought");
            visit.page.type_into(HISTORY_SEARCH, "ㄷㄷ");
            visit.page.wait_for(by(HISTORY_LIST).with("data-query", "ㄷㄷ"));
            faults.extend(look(visit, "history-found", language));
            visit.open_history();
            visit.manage_history();
            visit.page.click(HISTORY_ERASE_ALL);
            faults.extend(look(visit, "history-manage", language));
            visit.open_history();
            visit.manage_history();
            for field in [HISTORY_NEW_PASSPHRASE, HISTORY_PASSPHRASE_AGAIN] {
                visit.page.type_into(field, "correct horse");
            }
            visit.page.click(HISTORY_SET);
            visit.page.wait_for(by(HISTORY_OUTCOME).with("data-outcome", "passphrase-set"));
            faults.extend(look(visit, "history-sealed", language));
            visit.page.reload();
            visit.page.wait_for(HISTORY_OPEN);
            visit.page.type_into(HISTORY_PASSPHRASE, "wrong horse");
            visit.page.click(HISTORY_OPEN);
            visit.page.wait_for(by(HISTORY_OUTCOME).with("data-outcome", "wrong-passphrase"));
            faults.extend(look(visit, "history-locked", language));
            visit.page.click(HISTORY_ERASE_ALL);
            visit.page.click(HISTORY_ERASE_YES);
            visit.page.wait_for(by(HISTORY_OUTCOME).with("data-outcome", "erased"));
        }
        assert_none(&faults);
    });
}

/// What only comes while somebody talks aloud, or asks for what needs a yes.
#[test]
fn talking_aloud_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    let launch = Browser::launch().microphone(Microphone::Beeps);
    stage.launch(launch).play(|visit| {
        let mut faults = Vec::new();
        visit.meet();
        for language in LANGUAGES {
            visit.read_in(language);
            visit.page.click(TALK);
            visit.page.wait_for(HEARING_OFFER);
            faults.extend(look(visit, "talk-cannot-hear", language));
            visit.page.click(LATER);
        }
        visit.page.click(NAV_SETTINGS);
        visit.choose(SKILL_HEARING, "on");
        let hearing = by(SKILL).with("data-skill", "hearing");
        visit.page.wait_for_attribute(THINKING_TIME, hearing, "data-state", "ready");
        for (language, request) in [("en", "Clear the conversation"), ("ko", "대화 지워 줘")] {
            visit.read_in(language);
            visit.page.click(TALK);
            visit.page.wait_for_attribute(THINKING_TIME, TALK, "data-state", "locked");
            faults.extend(look(visit, "talk-listening", language));
            visit.page.click(TALK);
            visit.page.wait_for(by(HEARING_NOTE).with("data-kind", "nothing"));
            faults.extend(look(visit, "talk-heard-nothing", language));
            visit.say(if language == "ko" { "지금 몇 시야?" } else { "What time is it?" });
            visit.say(request);
            visit.page.wait_for(CONFIRM);
            faults.extend(look(visit, "talk-confirming", language));
            visit.page.click(CONFIRM_YES);
            visit.page.wait_for(UNDO_CLEAR);
        }
        assert_none(&faults);
    });
}

/// What passes in a moment stays for as long as the engine is held up.
#[test]
fn each_moment_of_an_exchange_fits_every_window() {
    let Some(stage) = Stage::bella() else { return };
    let launch = Browser::launch().microphone(Microphone::Beeps).with_voices();
    stage.launch(launch).play(|visit| {
        let mut faults = Vec::new();
        visit.wake();
        visit.page.click(NAV_SETTINGS);
        visit.choose(SKILL_HEARING, "on");
        let hearing = by(SKILL).with("data-skill", "hearing");
        visit.page.wait_for_attribute(THINKING_TIME, hearing, "data-state", "ready");
        visit.choose(REPLY_LENGTH, "long");
        for (language, question) in [
            ("en", "Tell me a story about a lighthouse and its keeper."),
            ("ko", "등대지기 이야기를 영어로 길게 해 줘."),
        ] {
            visit.read_in(language);
            visit.page.click(TALK);
            visit.page.wait_for_attribute(THINKING_TIME, TALK, "data-state", "locked");
            // What is over at once is a slip, and nobody listens to it.
            thread::sleep(Duration::from_secs(2));
            hold_engine_up(visit);
            visit.page.click(TALK);
            wait_for_doing(visit, "transcribing");
            faults.extend(look(visit, "talk-transcribing", language));
            wait_for_doing(visit, "idle");

            hold_engine_up(visit);
            visit.say(question);
            wait_for_doing(visit, "thinking");
            faults.extend(look(visit, "talk-thinking", language));
            visit.page.wait_for(CAPTION);
            faults.extend(look(visit, "talk-speaking", language));
            visit.say("Stop.");
            wait_for_doing(visit, "idle");
        }
        assert_none(&faults);
    });
}

/// As a slow device does: nothing is computed for as long as pictures take.
fn hold_engine_up(visit: &Visit) {
    let engine = visit.page.workers().into_iter().find(|it| it.url().contains("worker.js"));
    let engine = engine.expect("the engine's worker");
    let asleep = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8000)";
    engine.eval::<()>(&format!("void setTimeout(() => {asleep})"));
}

#[track_caller]
fn wait_for_doing(visit: &Visit, doing: &str) {
    let bell = format!("!!document.querySelector('.bell[data-doing={doing}]')");
    visit.page.wait_within(THINKING_TIME, doing, || visit.page.eval(&bell));
}

#[test]
fn loading_and_trouble_fit_every_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut faults = Vec::new();
        visit.forgive("the test breaks the transfer", |one| {
            matches!(one, Trouble::Complaint { .. })
        });
        for language in LANGUAGES {
            visit.page.set_language(language);
            visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
                true => Fault::slow(2_000_000),
                false => Fault::none(),
            });
            visit.meet();
            visit.page.click(LOAD_MODEL);
            visit.page.wait_for(LOAD_PROGRESS);
            faults.extend(look(visit, "loading", language));
            visit.page.click(CANCEL_LOAD);
            visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
                true => Fault::status(503),
                false => Fault::none(),
            });
            visit.page.click(LOAD_MODEL);
            visit.page.wait_for(TROUBLE);
            faults.extend(look(visit, "trouble", language));
        }
        assert_none(&faults);
    });
}

#[test]
fn the_lab_at_work_and_its_results_fit_every_window() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut faults = Vec::new();
        visit.forgive("the test stops a transfer", |one| matches!(one, Trouble::Complaint { .. }));
        for language in LANGUAGES {
            visit.page.set_language(language);
            visit.meet();
            visit.go_to_the_lab();
            visit.measure_only("multilingual-e5-small");
            visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
                true => Fault::slow(2_000_000),
                false => Fault::none(),
            });
            visit.page.click(LAB_START);
            visit.page.wait_for(LAB_FETCHED);
            faults.extend(look(visit, "lab-measuring", language));
            visit.page.click(LAB_STOP);
            visit.wait_for_lab(THINKING_TIME, "stopped");
        }
        // Everything of a first start, of which one model cannot be had.
        visit.host.misbehave(|asked| match asked.path.contains("/sentiment-ko-en/") {
            true => Fault::status(503),
            false => Fault::none(),
        });
        visit.meet();
        visit.go_to_the_lab();
        visit.page.click(LAB_START);
        visit.wait_for_lab(Duration::from_secs(600), "done");
        assert_eq!(visit.page.count(LAB_MISSING), 1);
        for language in LANGUAGES {
            visit.read_in(language);
            visit.go_to_the_lab();
            faults.extend(look(visit, "lab-results", language));
        }
        assert_none(&faults);
    });
}
