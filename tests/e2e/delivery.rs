//! How the page arrives: headers, isolation, addresses.

use bella_tests::stage::Stage;
use bella_tests::testid::*;
use bella_tests::{Visit, by};
use xtask::server::Headers;

#[test]
fn the_page_is_isolated_and_may_run_only_its_own_code() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        let headers = |name: &str| -> Option<String> {
            visit
                .page
                .call("name => fetch('./').then(page => page.headers.get(name))", &[name.into()])
        };
        assert_eq!(headers("cross-origin-opener-policy").as_deref(), Some("same-origin"));
        assert_eq!(headers("cross-origin-embedder-policy").as_deref(), Some("require-corp"));
        let policy = headers("content-security-policy").expect("a policy");
        for must in
            ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(must), "{must} is missing from {policy}");
        }
        for must_not in ["'unsafe-inline'", "'unsafe-eval'", "http:"] {
            assert!(!policy.contains(must_not), "{must_not} is in {policy}");
        }
        assert!(visit.page.eval::<bool>("crossOriginIsolated"));
        let workers = visit.page.workers();
        // Its helpers work without a pause and answer nobody.
        let engine = workers.iter().find(|worker| worker.url().ends_with("/worker.js"));
        let in_worker = engine.is_some_and(|engine| engine.eval("crossOriginIsolated"));
        assert!(in_worker, "the engine's worker is not isolated");
    });
}

/// Every address opens its page, directly and after a reload.
fn check_addresses(visit: &Visit) {
    for (address, shows) in [
        ("", by(COMPOSER)),
        ("models", by(MODEL_CARD)),
        ("settings", by(VARIETY)),
        ("about", by(PAGE_TITLE)),
        ("no-such-page", by(NOT_FOUND)),
    ] {
        visit.open(address);
        visit.page.wait_for(&shows);
        visit.page.reload();
        visit.page.wait_for(&shows);
        assert_eq!(visit.page.url(), visit.host.url_of(address));
    }
}

#[test]
fn every_page_has_an_address() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(check_addresses);
}

#[test]
fn the_page_works_below_a_folder_of_a_host_that_sends_no_headers() {
    let Some(stage) = Stage::bella() else { return };
    let plain_host = stage.serving(|serving| {
        serving.mount = "/some/path/".into();
        serving.headers = Headers::Bare;
    });
    plain_host.play(|visit| {
        check_addresses(visit);
        visit.open("");
        visit.page.click(NAV_MODELS);
        visit.page.wait_for(MODEL_CARD);
        assert_eq!(visit.page.url(), visit.host.url_of("models"));
        visit.page.click(NAV_TALK);
        visit.wait_for_engine("empty");
    });
}

#[test]
fn going_back_and_forth_is_as_everywhere() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        visit.page.click(NAV_SETTINGS);
        visit.page.wait_for(VARIETY);
        visit.page.click(NAV_ABOUT);
        visit.page.wait_gone(VARIETY);
        visit.page.eval::<()>("history.back()");
        visit.page.wait_for(VARIETY);
        visit.page.eval::<()>("history.go(-1)");
        visit.page.wait_for(COMPOSER);
    });
}

#[test]
fn the_page_comes_small() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        // What is kept for a start without a server comes afterwards.
        let requests = visit.page.requests().into_iter();
        let asked = requests.filter(|request| request.from.kind != "service_worker");
        let bytes: u64 = asked.map(|request| request.wire_bytes).sum();
        // Everything before the first model, uncompressed as this server sends it; a host
        // that compresses sends a fifth of that.
        assert!(bytes < 8_500_000, "{bytes} bytes before the first word");
        assert!(
            visit.page.requests().iter().all(|one| !one.url.contains("/weights/")),
            "unasked weights"
        );
    });
}
