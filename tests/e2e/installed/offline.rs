//! A cold start without a server, and hosts that send no headers.

use bella_tests::conversation::{THINKING_TIME, reply, said};
use bella_tests::testid::*;
use bella_tests::{Browser, Page, Profile, Stage, Trouble, Visit, by};
use xtask::server::Headers;
use xtask::site;

use crate::wait_until_kept;

const HUB: &str = "https://huggingface.co";

/// As a person starts it, in the window of this profile.
fn start(profile: &Profile, address: &str) -> (Browser, Page) {
    let browser = Browser::launch().profile(profile).start().expect("a browser");
    let page = browser.lasting_context().page().expect("a tab");
    page.goto(address);
    (browser, page)
}

#[track_caller]
fn wait_for_engine(page: &Page, state: &str) {
    page.wait_for_attribute(THINKING_TIME, ENGINE_STATE, "data-state", state);
}

#[test]
fn without_a_server_the_page_starts_cold_and_answers() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let profile = Profile::new().expect("a folder");
        let (browser, page) = start(&profile, &visit.host.url_of(""));
        wait_for_engine(&page, "empty");
        page.click(LOAD_MODEL);
        wait_for_engine(&page, "idle");
        wait_until_kept(&page);
        browser.close();

        visit.host.stop();
        let asked = visit.host.exchanges().len();
        for route in ["", "models", "settings", "no-such-page"] {
            let (browser, page) = start(&profile, &visit.host.url_of(route));
            page.wait_for(ENGINE_STATE);
            assert!(page.eval::<bool>("crossOriginIsolated"), "/{route}");
            if route.is_empty() {
                wait_for_engine(&page, "idle");
                page.type_into(COMPOSER, "What is the capital of France?");
                page.press("Enter");
                page.wait_within(THINKING_TIME, "an answer", || {
                    page.count(said()) == 1
                        && page.attribute(reply().last(), "data-state").as_deref() == Some("done")
                });
                let answer = page.text(reply().last().inner(MESSAGE_TEXT));
                assert!(answer.contains("Paris"), "{answer}");
            }
            browser.close();
        }
        assert_eq!(visit.host.exchanges().len(), asked);
    });
}

/// What the settings tell of the engine: its build, and how many threads it has.
#[track_caller]
fn engine(visit: &Visit) -> (String, usize) {
    visit.page.click(NAV_SETTINGS);
    let fact = |name: &str| visit.page.attribute(by(ENGINE_BUILD), name);
    visit.page.wait_within(THINKING_TIME, "the engine", || fact("data-build").is_some());
    let threads = fact("data-threads").and_then(|threads| threads.parse().ok());
    (fact("data-build").unwrap_or_default(), threads.unwrap_or_default())
}

fn documents(visit: &Visit) -> usize {
    visit.page.requests().iter().filter(|one| one.purpose == "Document").count()
}

#[test]
fn below_a_folder_of_a_host_without_headers_one_reload_isolates_the_page() {
    let Some(stage) = Stage::bella() else { return };
    let plain_host = stage.serving(|serving| {
        serving.mount = "/some/path/".into();
        serving.headers = Headers::Bare;
    });
    plain_host.play(|visit| {
        visit.open("");
        visit.page.wait_within(THINKING_TIME, "the page to be isolated", || {
            visit.page.eval("crossOriginIsolated")
        });
        visit.wait_for_engine("empty");
        let (build, threads) = engine(visit);
        assert!(build == "turbo" && threads > 1, "{build} on {threads}");
        assert_eq!(documents(visit), 2, "loaded again once");
        // From now on it is from the first moment.
        for route in ["", "models"] {
            visit.open(route);
            assert!(visit.page.eval::<bool>("crossOriginIsolated"), "/{route}");
            visit.wait_for_engine("empty");
        }
        assert_eq!(documents(visit), 4);
        assert_eq!(visit.page.url(), visit.host.url_of("models"));
    });
}

/// As `cargo xtask build` makes it, for a host that has no rules for routes, sends no
/// headers, and has no weights.
#[test]
fn a_plain_host_opens_it_at_any_of_its_pages_and_models_come_from_the_hub() {
    let Some(stage) = Stage::bella() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let plain_host = stage.serving(|serving| {
        site::make(&serving.page, None, folder.path()).expect("the site");
        serving.page = folder.path().to_owned();
        serving.weights = None;
        serving.mount = "/some/path/".into();
        serving.headers = Headers::Bare;
    });
    plain_host.play(|visit| {
        visit.forgive("what is not there, and a hub that cannot be reached from here", |one| {
            matches!(one, Trouble::Complaint { .. } | Trouble::ConsoleError { .. })
        });
        visit.welcome_to(HUB);
        visit.open("settings");
        visit.page.wait_within(THINKING_TIME, "the page to be isolated", || {
            visit.page.eval("crossOriginIsolated")
        });
        visit.page.wait_for(VARIETY);
        assert_eq!(visit.page.url(), visit.host.url_of("settings"));
        assert_eq!(documents(visit), 2, "loaded again once");
        let first = visit.host.exchanges().into_iter().next().map(|one| (one.path, one.status));
        assert_eq!(first, Some(("/some/path/settings".to_owned(), 404)));

        visit.page.click(NAV_TALK);
        visit.wait_for_engine("empty");
        visit.page.click(LOAD_MODEL);
        visit.page.wait_within(THINKING_TIME, "the hub to be asked", || {
            visit.page.requests().iter().any(|one| one.url.starts_with(HUB))
        });
        let of_weights = visit.host.exchanges().into_iter();
        let of_weights = of_weights.filter(|one| one.path.contains("/weights/"));
        let statuses: Vec<u16> = of_weights.map(|one| one.status).collect();
        assert!(!statuses.is_empty() && statuses.iter().all(|status| *status == 404));
        visit.page.wait_for_within(THINKING_TIME, by(TROUBLE).with("data-trouble", "unreachable"));
    });
}

/// Somebody who has begun to talk is not interrupted: the next start is early enough.
#[test]
fn a_conversation_is_worth_more_than_threads() {
    let Some(stage) = Stage::bella() else { return };
    stage.serving(|serving| serving.headers = Headers::Bare).play(|visit| {
        visit.host.misbehave(|asked| match asked.path.ends_with("/sw.js") {
            // The service worker comes late.
            true => xtask::server::Fault {
                delay: Some(std::time::Duration::from_secs(4)),
                ..xtask::server::Fault::none()
            },
            false => xtask::server::Fault::none(),
        });
        visit.meet();
        visit.say("Hello!");
        visit.page.wait_until("it to wait", || visit.page.value(COMPOSER).is_empty());
        wait_until_kept(&visit.page);
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert!(!visit.page.eval::<bool>("crossOriginIsolated"));
        assert_eq!(documents(visit), 1);
        visit.open("");
        assert!(visit.page.eval::<bool>("crossOriginIsolated"));
        assert_eq!(documents(visit), 2);
    });
}

#[test]
fn without_a_service_worker_all_else_works() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.without_service_worker();
        visit.wake();
        assert!(visit.ask("What is the capital of France?").text.contains("Paris"));
        assert!(visit.host.exchanges().iter().all(|one| !one.path.ends_with("/sw.js")));
    });
}
