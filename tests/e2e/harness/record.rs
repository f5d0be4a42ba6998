//! Nothing a page does goes unseen, and what must not happen fails the test.

use std::panic::{UnwindSafe, catch_unwind};
use std::time::Duration;

use bella_tests::host::Serving;
use bella_tests::record::AnsweredBy;
use bella_tests::{Stage, Trouble, Visit};

use crate::{EMPTY, scripted};

/// What a test panicked with, where it should have.
fn complaint(test: impl FnOnce() + UnwindSafe) -> String {
    let panic = catch_unwind(test).expect_err("the harness let it pass");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn requests_of_a_page_its_workers_and_their_workers_are_recorded() {
    let stage = Stage::of_files(&[
        ("index.html", "<!doctype html><title>all</title><script src=\"page.js\"></script>"),
        ("page.js", "fetch('from-page.txt'); new Worker('outer.js');"),
        ("outer.js", "fetch('from-worker.txt'); new Worker('inner.js');"),
        ("inner.js", "fetch('from-inner.txt');"),
        ("from-page.txt", ""),
        ("from-worker.txt", ""),
        ("from-inner.txt", ""),
    ]);
    stage.play(|visit| {
        visit.open("");
        for (file, kind) in
            [("from-page.txt", "page"), ("from-worker.txt", "worker"), ("from-inner.txt", "worker")]
        {
            let url = visit.host.url_of(file);
            visit.page.wait_until(format!("{file} on record"), || {
                let requests = visit.page.requests();
                requests
                    .iter()
                    .any(|one| one.url == url && one.from.kind == kind && one.status == Some(200))
            });
        }
    });
}

#[test]
fn requests_of_a_service_worker_are_recorded_apart_from_what_it_answers() {
    let stage = Stage::of_files(&[
        ("index.html", "<!doctype html><title>sw</title><script src=\"page.js\"></script>"),
        (
            "page.js",
            "navigator.serviceWorker.register('service.js');
             navigator.serviceWorker.ready.then(() => document.title = 'ready');",
        ),
        (
            "service.js",
            "addEventListener('install', () => skipWaiting());
             addEventListener('activate', e => e.waitUntil(fetch('own.txt').then(() => clients.claim())));
             addEventListener('fetch', e => {
                 if (e.request.url.endsWith('made-up.txt')) e.respondWith(new Response('made up'));
             });",
        ),
        ("own.txt", ""),
    ]);
    stage.play(|visit| {
        visit.open("");
        visit.page.wait_until("the service worker to take over", || {
            visit.page.eval("!!navigator.serviceWorker.controller")
        });
        let answer: String = visit.page.eval("fetch('made-up.txt').then(r => r.text())");
        assert_eq!(answer, "made up");

        let requests = visit.page.requests();
        let own =
            requests.iter().find(|one| one.url.ends_with("own.txt")).expect("its own request");
        assert_eq!(own.from.kind, "service_worker");
        let made_up =
            requests.iter().find(|one| one.url.ends_with("made-up.txt")).expect("the page's");
        assert_eq!(made_up.from.kind, "page");
        assert_eq!(made_up.answered_by, AnsweredBy::ServiceWorker);
        assert!(visit.host.exchanges().iter().all(|one| one.path != "/made-up.txt"));
    });
}

#[test]
fn a_request_to_another_host_fails_the_test() {
    let told = complaint(|| {
        scripted("new Worker('worker.js')").serving(bare).play(|visit| {
            visit.open("");
            // Not even a name server may hear of it.
            visit.page.eval::<()>("fetch('https://example.org/pixel').catch(() => {})");
            visit.forgive("it fails, as it should", |one| matches!(one, Trouble::Complaint { .. }));
        });
    });
    assert!(told.contains("the page asked https://example.org/pixel"), "{told}");
}

#[test]
fn an_uncaught_exception_fails_the_test() {
    let told = complaint(|| {
        scripted("setTimeout(() => { throw new Error('nobody catches this') })")
            .play(open_and_wait);
    });
    assert!(told.contains("nobody catches this"), "{told}");
}

#[test]
fn a_rejected_promise_in_a_worker_fails_the_test() {
    let files = [EMPTY, ("worker.js", "Promise.reject(new Error('nobody waits for this'))")];
    let told = complaint(|| {
        Stage::of_files(&files).play(|visit| {
            visit.open("");
            visit.page.eval::<()>("void new Worker('worker.js')");
            visit.page.wait_until("the rejection", || !visit.troubles().is_empty());
        });
    });
    assert!(
        told.contains("uncaught in the worker") && told.contains("nobody waits for this"),
        "{told}"
    );
}

#[test]
fn a_breach_of_the_policy_fails_the_test() {
    let told = complaint(|| {
        Stage::of_files(&[(
            "index.html",
            "<!doctype html><title>x</title><p style='color: red'>red</p>",
        )])
        .play(open_and_wait);
    });
    assert!(told.contains("style-src"), "{told}");
}

#[test]
fn a_script_that_is_not_what_it_should_be_fails_the_test() {
    let told = complaint(|| {
        let page =
            "<!doctype html><title>x</title><script src=page.js integrity=sha256-AAAA></script>";
        Stage::of_files(&[("index.html", page), ("page.js", "")]).play(open_and_wait);
    });
    assert!(told.contains("integrity"), "{told}");
}

#[test]
fn what_is_not_there_is_named_with_the_time_it_was_waited_for() {
    let told = complaint(|| {
        Stage::of_files(&[EMPTY]).play(|visit| {
            visit.open("");
            visit.page.wait_for_within(Duration::from_millis(100), "composer");
        });
    });
    assert_eq!(told, "waited 100ms for [data-testid=\"composer\"] to be seen");
}

#[test]
fn a_click_on_something_covered_says_what_covers_it() {
    let stage = Stage::of_files(&[
        (
            "index.html",
            "<!doctype html><title>x</title><link rel=stylesheet href=page.css>
             <button data-testid=send>send</button><div id=veil></div>",
        ),
        ("page.css", "#veil { position: fixed; inset: 0 }"),
    ]);
    let told = complaint(|| {
        stage.play(|visit| {
            visit.open("");
            visit.page.with_patience(Duration::from_millis(300)).click("send");
        });
    });
    assert!(told.contains("covered by <div id=\"veil\">"), "{told}");
}

fn bare(serving: &mut Serving) {
    serving.headers = xtask::server::Headers::Bare;
}

fn open_and_wait(visit: &Visit) {
    visit.open("");
    visit.page.wait_until("trouble", || !visit.troubles().is_empty());
}
