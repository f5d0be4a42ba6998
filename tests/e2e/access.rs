//! For everybody: by keyboard alone, and by what assistive technology is told.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use bella_tests::emulation::Theme;
use bella_tests::testid::*;
use bella_tests::{Find, Stage, Trouble, Visit, by};
use serde::Deserialize;
use xtask::cache::Cache;
use xtask::report::Terminal;
use xtask::tools::AXE_CORE;

fn pages() -> [(&'static str, Find); 7] {
    [
        ("", by(COMPOSER)),
        ("models", by(MODEL_CARD)),
        ("settings", by(VARIETY)),
        ("about", by(PAGE_TITLE)),
        ("lab", by(LAB_MODEL)),
        ("history", by(HISTORY_SEARCH)),
        ("no-such-page", by(NOT_FOUND)),
    ]
}

/// The rule engine of the field, as one script.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let cache = Cache::from_environment().expect("a place for the cache");
    let script = AXE_CORE.ready(&cache, &Terminal::new()).expect("axe-core from npm");
    fs::read_to_string(script).expect("the script of axe-core")
});

#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    help: String,
    nodes: Vec<String>,
}

/// What axe finds on the page as it is, each in one sentence.
#[track_caller]
fn violations(visit: &Visit) -> Vec<String> {
    visit.page.eval::<()>(&format!("{};undefined", *AXE));
    let found: Vec<Violation> = visit.page.eval(
        "axe.run({ resultTypes: ['violations'] }).then(result => result.violations.map(one => ({
            id: one.id, help: one.help, nodes: one.nodes.map(node => node.html) })))",
    );
    let told = |one: Violation| format!("{} ({}): {}", one.id, one.help, one.nodes.join(" and "));
    found.into_iter().map(told).collect()
}

/// Every violation once, with the first place it was found at.
#[derive(Default)]
struct Findings(BTreeMap<String, String>);

impl Findings {
    fn add(&mut self, place: &str, violations: Vec<String>) {
        for violation in violations {
            self.0.entry(violation).or_insert_with(|| place.to_owned());
        }
    }

    /// In every look.
    fn look_at(&mut self, visit: &Visit, place: &str) {
        for (theme, width) in LOOKS {
            visit.page.set_taste(theme, true);
            visit.page.set_viewport(width, 800);
            let place = format!("{place}, {}, {width} wide", theme.name());
            self.add(&place, violations(visit));
        }
    }

    #[track_caller]
    fn must_be_none(&self) {
        let told: Vec<String> =
            self.0.iter().map(|(what, place)| format!("{place}: {what}")).collect();
        assert!(told.is_empty(), "axe finds fault:\n  {}", told.join("\n  "));
    }
}

#[test]
fn axe_finds_nothing_on_any_page() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut findings = Findings::default();
        for language in ["en", "ko"] {
            visit.page.set_language(language);
            for (address, shows) in pages() {
                visit.open(address);
                visit.page.wait_for(&shows);
                visit.wait_for_engine("empty");
                findings.look_at(visit, &format!("/{address} in {language}"));
            }
        }
        findings.must_be_none();
    });
}

#[test]
fn axe_finds_nothing_in_a_conversation() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.ask("What is the capital of France?");
        let mut findings = Findings::default();
        for language in ["en", "ko"] {
            visit.read_in(language);
            findings.look_at(visit, &format!("a conversation in {language}"));
        }
        findings.must_be_none();
    });
}

#[test]
fn axe_finds_nothing_in_a_history() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let mut findings = Findings::default();
        for language in ["en", "ko"] {
            visit.page.set_language(language);
            visit.open_history();
            visit.bring_history(&visit.history_of(&["벨라", "lighthouse"]), "brought");
            visit.page.type_into(HISTORY_SEARCH, "ㅂㄹ");
            visit.page.wait_for(by(HISTORY_LIST).with("data-query", "ㅂㄹ"));
            visit.page.click(HISTORY_ERASE_ALL);
            findings.look_at(visit, &format!("a history in {language}"));
            visit.open_history();
            visit.manage_history();
            for field in [HISTORY_NEW_PASSPHRASE, HISTORY_PASSPHRASE_AGAIN] {
                visit.page.type_into(field, "correct horse");
            }
            visit.page.click(HISTORY_SET);
            visit.page.wait_for(by(HISTORY_OUTCOME).with("data-outcome", "passphrase-set"));
            findings.look_at(visit, &format!("a sealed history in {language}"));
            visit.page.reload();
            visit.page.wait_for(HISTORY_OPEN);
            findings.look_at(visit, &format!("a locked history in {language}"));
            visit.page.click(HISTORY_ERASE_ALL);
            visit.page.click(HISTORY_ERASE_YES);
            visit.page.wait_for(by(HISTORY_OUTCOME).with("data-outcome", "erased"));
        }
        findings.must_be_none();
    });
}

/// A theme and a width, such that each is seen with each.
const LOOKS: [(Theme, u32); 4] =
    [(Theme::Light, 360), (Theme::Dark, 360), (Theme::Light, 1280), (Theme::Dark, 1280)];

/// What the keyboard focus stood on at one press of Tab.
#[derive(Debug, Deserialize)]
struct Stop {
    /// Its place among all that can be operated; `None` for anything else.
    place: Option<usize>,
    name: String,
    is_seen: bool,
}

/// Numbers everything that a mouse could operate. A group of radio buttons is one
/// stop of the Tab key; the arrows go on from there.
const NUMBER_OPERABLE: &str = r#"() => {
    const operable = [...document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex="0"], [role=button], [contenteditable]')]
        .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.disabled);
    const groups = new Map();
    let count = 0;
    for (const e of operable) {
        const group = e.type === 'radio' ? `radio ${e.name}` : count;
        if (!groups.has(group)) groups.set(group, count++);
        e.__place = groups.get(group);
    }
    document.activeElement?.blur();
    return count;
}"#;

/// Where the focus is, and whether one can see that it is there: the style of the
/// element or of something around it changes when the focus leaves.
const FOCUS: &str = r"(async () => {
    const e = document.activeElement;
    if (!e || e === document.body) return { place: null, name: 'nothing', is_seen: true };
    const look = () => {
        const styles = [];
        for (let at = e, up = 0; at && up < 3; at = at.parentElement, up++) {
            const s = getComputedStyle(at);
            styles.push(s.outlineStyle === 'none' ? '' : s.outline, s.boxShadow, s.borderColor, s.backgroundColor);
        }
        for (const beside of [e.nextElementSibling, ...(e.labels ?? [])])
            if (beside) { const s = getComputedStyle(beside); styles.push(s.outline, s.boxShadow, s.borderColor); }
        return JSON.stringify(styles);
    };
    const box = e.getBoundingClientRect();
    const in_view = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const focused = look();
    e.blur();
    const blurred = look();
    e.focus({ focusVisible: true, preventScroll: true });
    return {
        place: e.__place ?? null,
        name: e.cloneNode().outerHTML.slice(0, 150),
        is_seen: in_view && focused !== blurred,
    };
})()";

#[test]
fn tab_reaches_everything_in_order_and_shows_where_it_is() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        // No transition may hide from the look at the style.
        visit.page.set_taste(Theme::Light, true);
        for (width, (address, shows)) in [360, 1280]
            .into_iter()
            .flat_map(|width| pages().into_iter().map(move |page| (width, page)))
        {
            visit.page.set_viewport(width, 800);
            visit.open(address);
            visit.page.wait_for(shows);
            visit.wait_for_engine("empty");
            let count: usize = visit.page.call(NUMBER_OPERABLE, &[]);
            assert!(count >= 5, "the navigation alone is more than {count}");
            let mut places = Vec::new();
            for _ in 0..count {
                visit.page.press("Tab");
                let stop: Stop = visit.page.eval(FOCUS);
                assert!(
                    stop.is_seen,
                    "/{address}, {width} wide: the focus cannot be seen on {}",
                    stop.name
                );
                places.extend(stop.place);
            }
            let in_order: Vec<usize> = (0..count).collect();
            assert_eq!(places, in_order, "/{address}, {width} wide: the order of the Tab key");
        }
    });
}

#[test]
fn a_conversation_needs_no_mouse() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        tab_to(visit, LOAD_MODEL);
        visit.page.press("Enter");
        visit.wait_for_engine("idle");
        tab_to(visit, COMPOSER);
        visit.page.type_text("What is the capital of France?");
        visit.page.press("Enter");
        assert_eq!(visit.reply().state, "done");
        tab_to(visit, NAV_SETTINGS);
        visit.page.press("Enter");
        tab_to(visit, VARIETY);
        visit.page.press("ArrowDown");
        let chosen = "document.activeElement.checked && document.activeElement.value";
        assert_ne!(visit.page.eval::<String>(chosen), "", "arrows move within a group");
    });
}

#[test]
fn a_server_of_ones_own_needs_no_mouse_and_axe_finds_nothing() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the policy does not know the server yet", |one| {
            matches!(one, Trouble::Policy { .. } | Trouble::ConsoleError { .. })
        });
        visit.open("settings");
        visit.page.wait_until("the page to be kept", || {
            visit.page.eval("!!navigator.serviceWorker.controller")
        });
        let told = |outcome: &str| {
            visit.page.wait_for(by(OWN_SERVER_OUTCOME).with("data-outcome", outcome));
        };
        let mut findings = Findings::default();
        tab_to(visit, OWN_SERVER_ADDRESS);
        visit.page.type_text("localhost");
        visit.page.press("Enter");
        told("no-scheme");
        findings.look_at(visit, "an address that does not fit");
        // It can be mended where it stands.
        assert!(visit.page.eval::<bool>("document.activeElement.value === 'localhost'"));
        visit.page.read::<()>(OWN_SERVER_ADDRESS, "e => e.select()");
        visit.page.type_text("http://localhost:9");
        tab_to(visit, OWN_SERVER_KEY);
        visit.page.type_text("sk-1");
        tab_to(visit, OWN_SERVER_ADD);
        visit.page.press("Enter");
        told("not-yet");
        findings.look_at(visit, "a server that was added");
        // The button that was pressed is gone; what there is to do now comes next.
        visit.page.press("Tab");
        let reached = "document.activeElement.dataset.testid";
        assert_eq!(visit.page.eval::<String>(reached), OWN_SERVER_REOPEN);
        visit.page.eval::<()>("void (window.isOld = true)");
        visit.page.press("Enter");
        visit.page.wait_until("a fresh page", || visit.page.eval("!window.isOld"));
        visit.page.wait_for(OWN_SERVER_DELETE_KEY);
        tab_to(visit, OWN_SERVER_DELETE_KEY);
        visit.page.press("Enter");
        told("key-deleted");
        let is_at_outcome = "document.activeElement.id === 'own-server-outcome'";
        assert!(visit.page.eval::<bool>(is_at_outcome));
        findings.must_be_none();
    });
}

#[track_caller]
fn tab_to(visit: &Visit, testid: &str) {
    for _ in 0..40 {
        visit.page.press("Tab");
        let reached: Option<String> =
            visit.page.eval("document.activeElement?.dataset.testid ?? null");
        if reached.as_deref() == Some(testid) {
            return;
        }
    }
    panic!("the Tab key does not come to {testid}");
}

#[test]
fn the_skip_link_leads_past_the_navigation() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        visit.page.press("Tab");
        visit.page.press("Enter");
        visit.page.wait_until("the focus to be in the content", || {
            visit.page.eval("!!document.activeElement.closest('main')")
        });
    });
}
