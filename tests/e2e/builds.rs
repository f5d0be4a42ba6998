//! Which build of the engine runs: turbo where it can, baseline where it cannot,
//! and why, told to the person.

use bella_tests::conversation::THINKING_TIME;
use bella_tests::testid::*;
use bella_tests::{Stage, Trouble, Visit, by};
use xtask::server::{Asked, Fault, Headers};

/// As told on the settings page: build, threads, why not turbo.
type Told = (String, usize, Option<String>);

/// Once the engine is up.
#[track_caller]
fn engine_as_told(visit: &Visit) -> Told {
    visit.meet();
    visit.page.click(NAV_SETTINGS);
    let facts = |attribute: &str| visit.page.attribute(by(ENGINE_BUILD), attribute);
    visit
        .page
        .wait_within(THINKING_TIME, "the engine to be told of", || facts("data-build").is_some());
    let threads = facts("data-threads").and_then(|threads| threads.parse().ok());
    (facts("data-build").unwrap_or_default(), threads.unwrap_or_default(), facts("data-fallback"))
}

/// Baseline runs for this reason, and it is said in both languages.
#[track_caller]
fn must_fall_back(visit: &Visit, reason: &str) {
    assert_eq!(engine_as_told(visit), ("baseline".into(), 1, Some(reason.into())));
    let mut said = Vec::new();
    for language in ["ko", "en"] {
        visit.choose(LANGUAGE, language);
        said.push(visit.page.text(by(ENGINE_BUILD)));
    }
    assert_ne!(said[0], said[1]);
    // What runs, on how many threads, and why.
    let sentences: usize = visit.page.read(by(ENGINE_BUILD), "e => e.querySelectorAll('p').length");
    assert_eq!(sentences, 3, "{said:?}");
}

fn asked_for(visit: &Visit, what: &str) -> bool {
    visit.host.exchanges().iter().any(|exchange| exchange.path.contains(what))
}

#[test]
fn an_isolated_page_gets_turbo_and_a_thread_for_each_core() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.without_service_worker();
        let (build, threads, fallback) = engine_as_told(visit);
        let cores: usize = visit.page.eval("navigator.hardwareConcurrency");
        assert_eq!((build.as_str(), threads, fallback), ("turbo", cores.min(4), None));
        let helpers =
            visit.page.workers().iter().filter(|it| it.url().contains("thread.js")).count();
        assert_eq!(helpers, threads - 1);
        assert!(!asked_for(visit, "/engine/baseline/"), "one build is enough to fetch");
    });
}

#[test]
fn a_host_without_headers_gets_baseline() {
    let Some(stage) = Stage::bella() else { return };
    let stage = stage.serving(|serving| serving.headers = Headers::Bare);
    stage.without_service_worker().play(|visit| {
        must_fall_back(visit, "not-isolated");
        assert!(!asked_for(visit, "/engine/turbo/"), "what cannot run is not fetched");
    });
}

#[test]
fn a_browser_that_lacks_something_gets_baseline() {
    // Chromium can be told to have no such memory or instruction only by taking
    // away what a page finds out by.
    for (prelude, reason) in [
        ("WebAssembly.validate = () => false", "no-relaxed-simd"),
        ("delete Atomics.waitAsync", "no-shared-memory"),
        (
            "WebAssembly.Memory = class { constructor() { throw new RangeError() } }",
            "no-shared-memory",
        ),
    ] {
        let Some(stage) = Stage::bella() else { return };
        stage.play(|visit| {
            // One would fetch both, to have them without a server.
            visit.without_service_worker();
            visit.page.before_every_worker(prelude);
            must_fall_back(visit, reason);
            assert!(!asked_for(visit, "/engine/turbo/"), "what cannot run is not fetched");
        });
    }
}

/// A turbo that does not arrive as it was built.
#[test]
fn a_turbo_that_is_damaged_gives_way_to_baseline() {
    let cut = |bytes| Fault { shorten_to: Some(bytes), ..Fault::none() };
    for (file, fault) in [
        ("/engine/turbo/engine.js", Fault::status(404)),
        ("/engine/turbo/engine.js", cut(1_000)),
        ("/engine/turbo/engine_bg.wasm", Fault::status(404)),
        ("/engine/turbo/engine_bg.wasm", cut(100_000)),
        ("/engine/turbo/engine_bg.wasm", Fault { flip_at: Some(20), ..Fault::none() }),
        ("/thread.js", Fault::status(404)),
        ("/thread.js", cut(200)),
    ] {
        let Some(stage) = Stage::bella() else { return };
        stage.play(|visit| {
            visit.forgive("the test takes files away", |trouble| {
                matches!(trouble, Trouble::Complaint { .. } | Trouble::Uncaught { .. })
            });
            visit.host.misbehave(move |asked: &Asked| {
                if asked.path.contains(file) { fault.clone() } else { Fault::none() }
            });
            must_fall_back(visit, "failed");
            let helpers =
                visit.page.workers().iter().filter(|it| it.url().contains("thread.js")).count();
            assert_eq!(helpers, 0, "nobody helps baseline");
        });
    }
}
