//! A server of the person's own: added in the settings, its key sealed, tried, and
//! forgotten.

use std::fs;

use bella_tests::conversation::{THINKING_TIME, reply};
use bella_tests::host::{Host, Serving};
use bella_tests::page::PATIENCE;
use bella_tests::testid::*;
use bella_tests::{Stage, Trouble, Visit, by};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::server::{Asked, Exchange, Fault, Headers};

use crate::wait_until_kept;

#[path = "../../../src/own_server/addresses.rs"]
mod addresses;

const KEY: &str = "sk-plaintext-that-must-not-be-found-7391";
const MODELS: &str = r#"{"object":"list","data":[{"id":"llama3.2:1b"},{"id":"qwen3:4b"}]}"#;

/// Such a server, on a host that is not the page's.
struct Server {
    host: Host,
    _files: TempDir,
}

impl Server {
    /// It lets pages of others ask, and wants a key if there is one.
    fn start(key: Option<&'static str>) -> Self {
        let files = tempfile::tempdir().expect("a folder");
        fs::create_dir(files.path().join("v1")).expect("a folder in it");
        fs::write(files.path().join("v1/models"), MODELS).expect("it is written");
        let serving = Serving { headers: Headers::Bare, ..Serving::folder(files.path()) };
        let host = Host::start(serving).expect("another host");
        host.misbehave(move |asked| answer(asked, key));
        Self { host, _files: files }
    }

    /// Without the questions whether a question may be asked.
    fn questions(&self) -> Vec<Exchange> {
        let mut asked = self.host.exchanges();
        asked.retain(|one| one.method == "GET");
        asked
    }
}

fn answer(asked: &Asked, key: Option<&str>) -> Fault {
    let wanted = key.map(|key| format!("Bearer {key}"));
    let headers = vec![
        ("access-control-allow-origin", "*".to_owned()),
        ("access-control-allow-headers", "authorization".to_owned()),
    ];
    let status = match asked.method.as_str() {
        "OPTIONS" => Some(204),
        _ if wanted.is_some() && asked.authorization != wanted => Some(401),
        _ => None,
    };
    Fault { status, headers, ..Fault::none() }
}

/// Opens the settings of a page that is kept on the device.
#[track_caller]
fn open_settings(visit: &Visit) {
    visit.forgive("the policy has something against it at first", |one| {
        matches!(one, Trouble::Policy { .. } | Trouble::ConsoleError { .. })
    });
    visit.forgive("the server refuses, or is off", |one| matches!(one, Trouble::Complaint { .. }));
    visit.open("settings");
    wait_until_kept(&visit.page);
}

#[track_caller]
fn add(visit: &Visit, address: &str, key: &str) {
    visit.page.type_into(OWN_SERVER_ADDRESS, address);
    if !key.is_empty() {
        visit.page.type_into(OWN_SERVER_KEY, key);
    }
    visit.page.click(OWN_SERVER_ADD);
}

#[track_caller]
fn store_key(visit: &Visit, key: &str) {
    visit.page.type_into(OWN_SERVER_KEY, key);
    visit.page.click(OWN_SERVER_STORE_KEY);
    must_tell(visit, "key-stored");
}

#[track_caller]
fn must_tell(visit: &Visit, outcome: &str) {
    visit.page.wait_for_attribute(PATIENCE, OWN_SERVER_OUTCOME, "data-outcome", outcome);
}

#[track_caller]
fn try_it(visit: &Visit, outcome: &str) {
    visit.page.click(OWN_SERVER_TRY);
    must_tell(visit, outcome);
}

#[track_caller]
fn reopen(visit: &Visit) {
    visit.page.eval::<()>("void (window.isOld = true)");
    visit.page.click(OWN_SERVER_REOPEN);
    visit.page.wait_until("a fresh page", || visit.page.eval("!window.isOld"));
    visit.page.wait_for(OWN_SERVER);
}

/// Adds it and opens the page again, so that it may be asked.
#[track_caller]
fn have(visit: &Visit, server: &Server, key: &str) {
    visit.welcome(&server.host);
    open_settings(visit);
    add(visit, &server.host.url_of(""), key);
    must_tell(visit, "not-yet");
    reopen(visit);
}

#[track_caller]
fn must_be(visit: &Visit, state: &str, key: &str) {
    visit.page.wait_for(by(OWN_SERVER).with("data-state", state).with("data-key", key));
}

/// All that can be read of the page and of what it keeps, as text.
fn everything(visit: &Visit) -> String {
    visit.page.eval(
        "(async () => {
            const done = asked => new Promise((resolve, reject) => {
                asked.onsuccess = () => resolve(asked.result);
                asked.onerror = () => reject(asked.error);
            });
            const all = [location.href, document.documentElement.outerHTML,
                { ...localStorage }, { ...sessionStorage },
                [...document.querySelectorAll('input')].map(field => field.value)];
            for (const { name } of await indexedDB.databases()) {
                const database = await done(indexedDB.open(name));
                for (const store of database.objectStoreNames) {
                    const look = database.transaction(store).objectStore(store);
                    all.push(name, store, await done(look.getAllKeys()));
                    for (const value of await done(look.getAll())) {
                        all.push(value instanceof CryptoKey ? String(value) : value);
                    }
                }
                database.close();
            }
            for (const name of (await caches.keys()).filter(name => name.startsWith('bella-notes'))) {
                const notes = await caches.open(name);
                for (const note of await notes.keys()) all.push(await (await notes.match(note)).text());
            }
            return JSON.stringify(all);
        })()",
    )
}

/// What can be got out of the key that secrets are sealed with.
fn try_to_read_key(visit: &Visit) -> Value {
    visit.page.eval(
        "new Promise((resolve, reject) => {
            const open = indexedDB.open('bella-vault');
            open.onerror = () => reject(open.error);
            open.onsuccess = () => {
                const got = open.result.transaction('keys').objectStore('keys').getAll();
                got.onsuccess = async () => {
                    open.result.close();
                    const tell = key => crypto.subtle.exportKey('raw', key)
                        .then(() => 'read', error => error.name);
                    resolve(await Promise.all(got.result.map(async key => ({
                        kind: key.constructor.name, extractable: key.extractable,
                        algorithm: key.algorithm, raw: await tell(key) }))));
                };
            };
        })",
    )
}

/// Whether the policy of the page as it is keeps it from asking.
fn is_refused(visit: &Visit, host: &Host) -> bool {
    visit.page.call(
        "address => new Promise(done => {
            addEventListener('securitypolicyviolation', () => done(true), { once: true });
            fetch(address).then(() => done(false), () => setTimeout(() => done(false), 200));
        })",
        &[json!(host.url_of("v1/models"))],
    )
}

#[test]
fn a_server_of_ones_own_is_added_asked_and_forgotten() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let (server, stranger) = (Server::start(Some(KEY)), Server::start(None));
        visit.welcome(&server.host);
        open_settings(visit);
        must_be(visit, "none", "none");
        add(visit, &server.host.url_of("v1/"), KEY);
        must_tell(visit, "not-yet");
        must_be(visit, "kept", "stored");
        assert!(server.host.exchanges().is_empty(), "it was asked before it was allowed");
        assert!(!everything(visit).contains(KEY), "the key lies open");

        reopen(visit);
        must_be(visit, "kept", "stored");
        assert_eq!(visit.page.value(OWN_SERVER_KEY), "");
        assert!(!everything(visit).contains(KEY), "the key lies open");
        assert_eq!(visit.page.text(OWN_SERVER_BASE), server.host.origin());
        try_it(visit, "answered");
        assert!(visit.page.text(OWN_SERVER_OUTCOME).contains('2'), "it has two models");
        let asked = server.questions();
        let asked: Vec<_> =
            asked.iter().map(|one| (one.path.as_str(), one.authorization.as_deref())).collect();
        assert_eq!(asked, [("/v1/models", Some(format!("Bearer {KEY}").as_str()))]);
        assert!(!everything(visit).contains(KEY), "the key lies open");
        assert!(!visit.page.record().console.iter().any(|line| line.contains(KEY)));

        assert_eq!(
            try_to_read_key(visit),
            json!([{ "kind": "CryptoKey", "extractable": false,
                "algorithm": { "name": "AES-GCM", "length": 256 }, "raw": "InvalidAccessError" }])
        );
        assert!(!is_refused(visit, &server.host));
        assert!(is_refused(visit, &stranger.host));
        assert!(stranger.host.exchanges().is_empty());

        visit.page.click(OWN_SERVER_DELETE);
        must_tell(visit, "deleted");
        must_be(visit, "none", "none");
        assert_eq!(try_to_read_key(visit), json!([]));
        visit.open("settings");
        must_be(visit, "none", "none");
        let left = everything(visit);
        assert!(!left.contains(&server.host.origin()) && !left.contains("sealed\":"), "{left}");
        assert!(is_refused(visit, &server.host));
    });
}

#[test]
fn what_one_tab_does_to_it_counts_in_the_others() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let server = Server::start(Some(KEY));
        visit.welcome(&server.host);
        open_settings(visit);
        let other = visit.another_tab();
        other.goto(&visit.host.url_of(""));
        other.wait_for(NAV_SETTINGS);
        add(visit, &server.host.url_of(""), KEY);
        must_tell(visit, "not-yet");
        // It knew of none when it was opened, and must not take this one away.
        other.click(NAV_SETTINGS);
        other.wait_for(by(OWN_SERVER).with("data-state", "kept").with("data-key", "stored"));
        reopen(visit);
        try_it(visit, "answered");

        other.click(OWN_SERVER_DELETE);
        must_be(visit, "none", "none");
        add(visit, &server.host.url_of(""), "");
        must_tell(visit, "key-wanted");
        other.wait_for(by(OWN_SERVER).with("data-state", "kept").with("data-key", "none"));
    });
}

#[test]
fn a_key_is_sealed_anew_each_time_and_can_be_replaced_and_deleted() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let server = Server::start(Some(KEY));
        have(visit, &server, "not-the-key");
        try_it(visit, "key-refused");
        let stored =
            || -> Value { visit.page.eval("JSON.parse(localStorage.getItem('bella.own-server'))") };
        let mut ivs = Vec::new();
        for _ in 0..2 {
            store_key(visit, KEY);
            let key = stored()["key"].clone();
            let fields: Vec<_> = key.as_object().expect("an object").keys().cloned().collect();
            assert_eq!(fields, ["version", "iv", "sealed"]);
            ivs.push((key["iv"].clone(), key["sealed"].clone()));
        }
        assert!(ivs[0].0 != ivs[1].0 && ivs[0].1 != ivs[1].1, "{ivs:?}");
        try_it(visit, "answered");
        visit.page.click(OWN_SERVER_DELETE_KEY);
        must_tell(visit, "key-deleted");
        must_be(visit, "kept", "none");
        assert_eq!(stored(), json!({ "address": server.host.origin() }));
        try_it(visit, "key-wanted");
    });
}

#[test]
fn a_key_that_does_not_open_any_more_is_asked_for_again() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let server = Server::start(Some(KEY));
        have(visit, &server, KEY);
        let spoil = |script: &str| {
            visit.page.eval::<()>(script);
            visit.page.reload();
            must_be(visit, "kept", "stored");
            let asked = server.host.exchanges().len();
            try_it(visit, "key-lost");
            must_be(visit, "kept", "lost");
            assert_eq!(server.host.exchanges().len(), asked, "it was asked without its key");
            store_key(visit, KEY);
            must_be(visit, "kept", "stored");
            try_it(visit, "answered");
        };
        // Site data deleted in part.
        spoil(
            "new Promise((done, failed) => {
                const gone = indexedDB.deleteDatabase('bella-vault');
                gone.onsuccess = () => done();
                gone.onerror = () => failed(gone.error);
            })",
        );
        let change = |what: &str| {
            format!(
                "(() => {{
                    const kept = JSON.parse(localStorage.getItem('bella.own-server'));
                    {what};
                    localStorage.setItem('bella.own-server', JSON.stringify(kept));
                }})()"
            )
        };
        spoil(&change("kept.key.sealed = btoa(atob(kept.key.sealed).replace(/^./, '\\0'))"));
        spoil(&change("kept.key.iv = btoa('short')"));
        spoil(&change("kept.key.version = 2"));
        // Copied to another address, it would give the key away.
        visit.page.eval::<()>(&change("kept.address += '/elsewhere'"));
        visit.page.reload();
        must_be(visit, "kept", "stored");
        try_it(visit, "key-lost");
        assert!(server.host.exchanges().iter().all(|one| !one.path.contains("elsewhere")));
    });
}

#[test]
fn what_came_of_a_try_is_told_in_words() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let server = Server::start(None);
        have(visit, &server, "");
        must_be(visit, "kept", "none");
        try_it(visit, "answered");
        let open = || vec![("access-control-allow-origin", "*".to_owned())];
        let elsewhere = visit.host.url_of("");
        for (fault, outcome) in [
            (Fault { headers: open(), ..Fault::status(404) }, "status"),
            (Fault { headers: open(), ..Fault::status(401) }, "key-wanted"),
            (Fault { headers: open(), shorten_to: Some(20), ..Fault::none() }, "other-answer"),
            (Fault { headers: open(), redirect: Some(elsewhere), ..Fault::none() }, "sent-on"),
            (Fault::none(), "not-for-pages"),
            (Fault { hang_up: true, ..Fault::none() }, "broke"),
        ] {
            server.host.misbehave(move |_| fault.clone());
            try_it(visit, outcome);
        }
        server.host.misbehave(|asked| answer(asked, None));
        try_it(visit, "answered");
        server.host.stop();
        try_it(visit, "broke");
    });
}

#[test]
fn the_settings_and_the_policy_agree_on_addresses() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        open_settings(visit);
        for (typed, reason) in addresses::BAD {
            visit.page.eval::<()>("void (document.activeElement?.blur())");
            visit.page.read::<()>(OWN_SERVER_ADDRESS, "e => { e.value = '' }");
            if !typed.is_empty() {
                visit.page.type_into(OWN_SERVER_ADDRESS, typed);
            }
            visit.page.click(OWN_SERVER_ADD);
            must_tell(visit, reason);
            assert_eq!(visit.page.count(OWN_SERVER_BASE), 0, "{typed}");
        }
        let origins = |addresses: Vec<&str>| -> Vec<String> {
            visit.page.call(
                "addresses => addresses.map(one => URL.canParse(one) ? new URL(one).origin : one)",
                &[json!(addresses)],
            )
        };
        let taken = |origins: &[String]| -> Vec<String> {
            visit.page.call(
                "hosts => new Promise(done => {
                    const { port1, port2 } = new MessageChannel();
                    port1.onmessage = ({ data }) => done(data.hosts);
                    navigator.serviceWorker.controller
                        .postMessage({ kind: 'hosts', hosts }, [port2]);
                })",
                &[json!(origins)],
            )
        };
        for (_, base) in addresses::GOOD {
            let origin = origins(vec![base]);
            assert_eq!(taken(&origin), origin, "{base}");
        }
        let by_host = |reason: &str| matches!(reason, "host" | "not-near" | "unreadable");
        let bad = addresses::BAD.iter().filter(|(_, reason)| by_host(reason));
        let bad = origins(bad.map(|(typed, _)| *typed).collect());
        assert!(bad.len() > 10);
        assert_eq!(taken(&bad), Vec::<String>::new());
    });
}

#[test]
fn without_a_service_worker_none_can_be_added_and_that_is_told() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.without_service_worker();
        visit.open("settings");
        must_be(visit, "cannot-be", "none");
        assert_eq!(visit.page.count(OWN_SERVER_ADDRESS), 0);
    });
}

#[test]
fn the_page_is_not_opened_again_in_the_middle_of_a_reply() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let server = Server::start(None);
        visit.welcome(&server.host);
        open_settings(visit);
        visit.wake();
        visit.say("Tell me a long story about a lighthouse.");
        visit.page.wait_for(reply().with("data-state", "streaming"));
        visit.page.click(NAV_SETTINGS);
        add(visit, &server.host.url_of(""), "");
        must_tell(visit, "not-yet");
        visit.page.eval::<()>("void (window.isOld = true)");
        visit.page.click(OWN_SERVER_REOPEN);
        let is_replying = || {
            let state = visit.page.attribute(by(ENGINE_STATE), "data-state");
            matches!(state.as_deref(), Some("thinking" | "replying"))
        };
        assert!(is_replying(), "the reply was too short to tell");
        let mut was_cut = false;
        visit.page.wait_within(THINKING_TIME, "a fresh page", || {
            let is_old: bool = visit.page.eval("!!window.isOld");
            was_cut |= !is_old && is_replying();
            !is_old
        });
        assert!(!was_cut);
        visit.wait_for_engine("idle");
    });
}
