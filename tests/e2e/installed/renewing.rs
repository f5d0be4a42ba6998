//! New versions: when they come, and when they begin.

use std::thread;
use std::time::Duration;

use bella_tests::conversation::{THINKING_TIME, reply};
use bella_tests::testid::*;
use bella_tests::{Page, Stage, Trouble, Visit, by};
use xtask::server::{Exchange, Fault};

use crate::versions::{Versions, look_for_a_new_one, shown};
use crate::wait_until_kept;

const LONG_STORY: &str = "Tell me a long story about a lighthouse.";

/// A stage on which new versions can be published.
fn stage() -> Option<(Stage, Versions)> {
    let mut versions = None;
    let stage = Stage::bella()?.serving(|serving| versions = Some(Versions::served_by(serving)));
    versions.map(|versions| (stage, versions))
}

#[track_caller]
fn wait_for_version(page: &Page, name: &str) {
    page.wait_until(format!("version {name}"), || shown(page).as_deref() == Some(name));
    page.wait_for(ENGINE_STATE);
}

/// Leaves the page, so that nobody shows the old version, and comes back.
#[track_caller]
fn start_again(visit: &Visit, version: &str) {
    visit.page.goto("about:blank");
    // Browsers take their time to notice that it has gone.
    thread::sleep(Duration::from_secs(1));
    visit.open("");
    wait_for_version(&visit.page, version);
}

fn asked_for(visit: &Visit, from: usize, what: &str) -> Vec<Exchange> {
    let since = visit.host.exchanges().split_off(from).into_iter();
    since.filter(|one| one.path.contains(what)).collect()
}

#[test]
fn a_new_version_lets_a_reply_end_and_begins_on_the_next_start() {
    let Some((stage, versions)) = stage() else { return };
    stage.play(|visit| {
        visit.wake();
        wait_until_kept(&visit.page);
        visit.say(LONG_STORY);
        visit.page.wait_for(reply().with("data-state", "streaming"));
        let before = visit.host.exchanges().len();
        versions.publish("two");
        look_for_a_new_one(&visit.page);
        visit.page.wait_for(RENEWAL);
        assert_eq!(visit.reply().state, "done");
        assert_eq!(shown(&visit.page), None, "it began in the middle of something");

        // A start while another tab is open changes nothing for either.
        let other = visit.context.page().expect("a second tab");
        other.goto(&visit.host.url_of(""));
        other.wait_for(RENEWAL);
        assert_eq!(shown(&other), None);
        other.close();

        start_again(visit, "two");
        visit.wait_for_engine("idle");
        assert!(!visit.page.shows(RENEWAL));
        assert!(visit.ask("What is the capital of France?").text.contains("Paris"));
        // The weights stayed, and of the page only what had changed was fetched.
        assert!(asked_for(visit, before, "/weights/").is_empty());
        assert!(asked_for(visit, before, "/engine/").is_empty());
        let modules = asked_for(visit, before, ".wasm");
        assert!(modules.is_empty(), "{modules:?}");
    });
}

#[test]
fn a_person_can_begin_a_new_version_as_soon_as_nothing_is_under_way() {
    let Some((stage, versions)) = stage() else { return };
    stage.play(|visit| {
        visit.wake();
        wait_until_kept(&visit.page);
        versions.publish("two");
        visit.say(LONG_STORY);
        visit.page.wait_for(reply().with("data-state", "streaming"));
        look_for_a_new_one(&visit.page);
        visit.page.click(RENEW);
        visit.page.wait_for(by(RENEWAL).with("data-state", "asked"));
        assert_eq!(shown(&visit.page), None);
        visit.page.type_into(COMPOSER, "and then");
        let mut last = String::new();
        visit.page.wait_within(THINKING_TIME, "the new version", || {
            let state = visit.page.eval::<Option<String>>(&format!(
                "document.querySelector('[data-testid=\"{MESSAGE}\"][data-role=\"assistant\"]')\
                 ?.getAttribute('data-state') ?? null"
            ));
            last = state.unwrap_or(last.clone());
            shown(&visit.page).as_deref() == Some("two")
        });
        assert!(last == "streaming" || last == "done", "{last}");
        visit.wait_for_engine("idle");
        assert_eq!(visit.page.value(COMPOSER), "and then", "what was being written is lost");
    });
}

#[test]
fn what_one_tab_asks_for_takes_nothing_from_another() {
    let Some((stage, versions)) = stage() else { return };
    stage.play(|visit| {
        visit.wake();
        wait_until_kept(&visit.page);
        visit.ask("Say hello.");
        let other = visit.context.page().expect("a second tab");
        other.goto(&visit.host.url_of("about"));
        other.wait_for(ENGINE_STATE);
        versions.publish("two");
        look_for_a_new_one(&other);
        other.click(RENEW);
        wait_for_version(&other, "two");
        // The conversation is still there, and told what happened.
        visit.page.wait_for(RENEWAL);
        assert_eq!(visit.page.count(reply()), 1);
        assert_eq!(shown(&visit.page), None);
        visit.ask("Say hello once more.");
        visit.page.click(RENEW);
        wait_for_version(&visit.page, "two");
    });
}

/// The server goes down in the middle of the files, or a host has not copied all
/// of them yet.
#[test]
fn half_a_version_is_no_version() {
    let Some((stage, versions)) = stage() else { return };
    stage.play(|visit| {
        visit.forgive("a service worker that does not get its files says so", |one| {
            matches!(one, Trouble::Complaint { .. } | Trouble::Uncaught { .. })
        });
        visit.meet();
        wait_until_kept(&visit.page);
        versions.publish("two");
        let is_home = |path: &str| path == "/";
        visit.host.misbehave(move |asked| match is_home(&asked.path) {
            true => Fault::status(503),
            false => Fault::none(),
        });
        let failed = visit.page.eval::<bool>(
            "navigator.serviceWorker.getRegistration().then(async registration => {
                await registration.update();
                while (registration.installing) await new Promise(done => setTimeout(done, 20));
                return !registration.waiting;
            })",
        );
        assert!(failed, "it was installed without its start page");
        visit.open("");
        visit.wait_for_engine("empty");
        assert_eq!(shown(&visit.page), None);

        visit.host.behave();
        look_for_a_new_one(&visit.page);
        visit.page.wait_for(RENEWAL);
        start_again(visit, "two");
    });
}

#[test]
fn nothing_new_is_no_news() {
    let Some((stage, _versions)) = stage() else { return };
    stage.play(|visit| {
        visit.meet();
        wait_until_kept(&visit.page);
        let before = visit.host.exchanges().len();
        for _ in 0..2 {
            visit.open("");
            visit.wait_for_engine("empty");
            look_for_a_new_one(&visit.page);
        }
        assert!(!visit.page.shows(RENEWAL));
        let asked: Vec<String> =
            visit.host.exchanges().split_off(before).into_iter().map(|one| one.path).collect();
        assert!(asked.iter().all(|path| path == "/sw.js"), "{asked:?}");
    });
}
