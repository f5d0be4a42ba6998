//! Weights that stay on the device: what is fetched once is not fetched again,
//! whatever happens in between.

use std::thread;
use std::time::Duration;

use bella_protocol::{Kept, ModelSpec, NotKept, Notice, Outcome, Reply, Request};
use bella_tests::engine::{Answer, Engine};
use bella_tests::{Page, Trouble, Visit};
use serde_json::{Value, json};
use xtask::server::{Exchange, Fault};

use crate::models::stage_with;
use crate::talking::must_talk;

pub const CHUNK: u64 = 8 << 20;
const SMOLLM2: &str = "smollm2-135m-instruct";
const WHISPER: &str = "whisper-tiny";

pub fn about_weights(visit: &Visit) -> Vec<Exchange> {
    let exchanges = visit.host.exchanges().into_iter();
    exchanges.filter(|one| one.path.contains("/weights/")).collect()
}

/// The first byte an exchange was about.
pub fn first_byte(exchange: &Exchange) -> u64 {
    let range = exchange.range.as_deref().and_then(|range| range.strip_prefix("bytes="));
    let first = range.and_then(|range| range.split('-').next());
    first.map_or(0, |first| first.parse().expect("a number"))
}

#[track_caller]
pub fn kept(engine: &Engine) -> Vec<Kept> {
    match engine.ask(Request::Kept).outcome() {
        Outcome::Kept(kept) => kept,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub fn forget(engine: &Engine, model: &str) {
    match engine.ask(Request::Forget { model: model.to_owned() }).outcome() {
        Outcome::Kept(kept) => assert!(kept.iter().all(|one| one.model != model), "{kept:?}"),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn must_be_kept(engine: &Engine, specs: &[&ModelSpec]) {
    let whole = |spec: &&ModelSpec| {
        let bytes = spec.files.iter().map(|file| file.bytes).sum();
        let model = spec.id.clone();
        Kept { model, held_bytes: bytes, total_bytes: bytes, complete: true, used_ms: 0 }
    };
    let mut told = kept(engine);
    for kept in &mut told {
        assert_ne!(std::mem::take(&mut kept.used_ms), 0, "nobody knows when it was used last");
    }
    assert_eq!(told, specs.iter().map(whole).collect::<Vec<_>>());
}

fn slowly(visit: &Visit, bytes_per_second: u64) {
    visit.host.misbehave(move |asked| match asked.path.contains("/weights/") {
        true => Fault::slow(bytes_per_second),
        false => Fault::none(),
    });
}

fn notices(answer: &Answer) -> Vec<Notice> {
    let notice = |(_, reply): &(_, Reply)| match reply {
        Reply::Notice(notice) => Some(notice.clone()),
        _ => None,
    };
    answer.replies.iter().filter_map(notice).collect()
}

/// How many chunks the database holds, whatever its records say.
#[track_caller]
fn chunks_stored(page: &Page) -> usize {
    on_shelf(page, "chunks => chunks.count()", &[])
}

/// Does something with the store of chunks, and waits until it is done.
#[track_caller]
fn on_shelf<T: serde::de::DeserializeOwned>(page: &Page, what: &str, arguments: &[Value]) -> T {
    let script = format!(
        "(...given) => new Promise((done, failed) => {{
            const open = indexedDB.open('bella');
            open.onerror = () => failed(open.error);
            open.onsuccess = () => {{
                const change = open.result.transaction('chunks', 'readwrite');
                const request = ({what})(change.objectStore('chunks'), ...given);
                change.oncomplete = () => {{ open.result.close(); done(request.result); }};
                change.onabort = () => failed(change.error);
            }};
        }})"
    );
    page.call(&script, arguments)
}

#[test]
fn the_second_visit_fetches_nothing() {
    let Some((stage, [whisper, smollm2])) = stage_with([WHISPER, SMOLLM2]) else { return };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        assert_eq!(kept(&engine), []);
        for spec in [&smollm2, &whisper] {
            eprintln!("{} from the network: {} ms", spec.id, engine.load(spec).load_ms);
        }
        must_be_kept(&engine, &[&smollm2, &whisper]);
        let asked = about_weights(visit).len();
        assert_eq!(asked, smollm2.files.len() + whisper.files.len(), "once for each file");

        let engine = Engine::start(visit);
        for spec in [&smollm2, &whisper] {
            eprintln!("{} from the device: {} ms", spec.id, engine.load(spec).load_ms);
        }
        must_talk(&engine, SMOLLM2);
        assert_eq!(about_weights(visit).len(), asked, "something was fetched again");

        // Until somebody wants the room for something else.
        forget(&engine, SMOLLM2);
        must_be_kept(&engine, &[&whisper]);
        must_talk(&engine, SMOLLM2);
        let engine = Engine::start(visit);
        engine.load(&smollm2);
        assert_eq!(about_weights(visit).len(), asked + 1);
    });
}

#[test]
fn a_download_goes_on_where_it_was_when_the_server_went_away() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        visit.forgive("the test stops the server", |one| matches!(one, Trouble::Complaint { .. }));
        let engine = Engine::start(visit);
        slowly(visit, 40_000_000);
        engine.send(Request::Load { spec: spec.clone() });
        let sent = || about_weights(visit).iter().map(|one| one.sent).sum::<u64>();
        visit.page.wait_until("a part of the model to arrive", || sent() > 3 * CHUNK);
        visit.host.stop();
        visit.page.wait_until("it to be stored", || chunks_stored(&visit.page) >= 2);
        let sent = sent();
        visit.host.behave();
        visit.host.start_again();

        let engine = Engine::start(visit);
        let told = kept(&engine);
        assert!(
            told.len() == 1 && !told[0].complete && told[0].held_bytes >= 2 * CHUNK,
            "{told:?}"
        );
        engine.load(&spec);
        must_talk(&engine, &spec.id);
        must_be_kept(&engine, &[&spec]);
        let last = about_weights(visit).pop().expect("a request");
        assert_eq!((last.status, first_byte(&last) % CHUNK), (206, 0), "{last:?}");
        assert!(last.if_range.is_some(), "{last:?}");
        assert!(sent < first_byte(&last) + 2 * CHUNK, "{sent} bytes had been sent before {last:?}");
    });
}

/// In the same visit nothing of what came is asked for again, not even half a chunk.
#[test]
fn a_transfer_that_breaks_off_is_taken_up_again() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        visit.forgive("the test breaks the transfer", |one| {
            matches!(one, Trouble::Complaint { .. })
        });
        let engine = Engine::start(visit);
        visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
            true => Fault { cut_after: Some(30_000_000), ..Fault::slow(12_000_000) },
            false => Fault::none(),
        });
        let answer = engine.ask(Request::Load { spec: spec.clone() });
        let told = notices(&answer);
        assert!(matches!(told[..], [Notice::Retrying { .. }, ..]), "{told:?}");
        assert!(matches!(answer.outcome(), Outcome::Loaded(_)));
        must_be_kept(&engine, &[&spec]);
        let sent: u64 = about_weights(visit).iter().map(|one| one.sent).sum();
        // What was on its way when the connection broke may be lost.
        assert!(sent < spec.files[0].bytes + 3 * (4 << 20), "{sent} bytes");
    });
}

#[test]
fn a_flipped_bit_on_the_device_costs_one_chunk() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        Engine::with(visit, &spec).end();
        let asked = about_weights(visit).len();
        let key = json!([spec.id, spec.files[0].name, 3]);
        let flip = "(chunks, key) => {
            const got = chunks.get(key);
            got.onsuccess = () => {
                got.result[1234567] ^= 16;
                chunks.put(got.result, key);
            };
            return { result: null };
        }";
        on_shelf::<Value>(&visit.page, flip, &[key]);

        let engine = Engine::with(visit, &spec);
        must_talk(&engine, &spec.id);
        must_be_kept(&engine, &[&spec]);
        let since = about_weights(visit).split_off(asked);
        let ranges: Vec<_> = since.iter().filter_map(|one| one.range.as_deref()).collect();
        assert_eq!(ranges, [format!("bytes={}-{}", 3 * CHUNK, 4 * CHUNK - 1)], "{since:?}");

        // It is mended for good.
        Engine::with(visit, &spec);
        assert_eq!(about_weights(visit).len(), asked + 1);
    });
}

#[test]
fn a_full_device_is_told_and_nothing_half_stays() {
    let Some((stage, [whisper, smollm2])) = stage_with([WHISPER, SMOLLM2]) else { return };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        let bytes = |spec: &ModelSpec| spec.files.iter().map(|file| file.bytes).sum::<u64>();
        // Either fits, both do not. Said before anything is stored: the database asks
        // only now and then how much room there is.
        let params = json!({
            "origin": visit.host.origin(),
            "quotaSize": bytes(&smollm2) + 5 * CHUNK,
        });
        visit.page.command("Storage.overrideQuotaForOrigin", params);
        engine.load(&whisper);
        let answer = engine.ask(Request::Load { spec: smollm2.clone() });
        match &notices(&answer)[..] {
            [Notice::NotKept(NotKept::Full { needed_bytes, fit_bytes, others_bytes })] => {
                assert_eq!((*needed_bytes, *others_bytes), (bytes(&smollm2), bytes(&whisper)));
                assert!((CHUNK..bytes(&smollm2)).contains(fit_bytes), "{fit_bytes}");
            }
            other => panic!("{other:?}"),
        }
        // It talks all the same.
        assert!(matches!(answer.outcome(), Outcome::Loaded(_)));
        must_talk(&engine, SMOLLM2);
        must_be_kept(&engine, &[&whisper]);
        let whole = |spec: &ModelSpec| {
            spec.files.iter().map(|file| file.bytes.div_ceil(CHUNK) as usize).sum::<usize>()
        };
        assert_eq!(chunks_stored(&visit.page), whole(&whisper));

        // Room is made, and it stays.
        forget(&engine, WHISPER);
        let answer = engine.ask(Request::Load { spec: smollm2.clone() });
        assert_eq!(notices(&answer), []);
        must_be_kept(&engine, &[&smollm2]);
    });
}

/// As where a person forbids sites to keep anything.
#[test]
fn without_a_database_everything_works_from_memory() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        visit.page.before_every_worker(
            "Object.defineProperty(self, 'indexedDB', {
                get() { throw new DOMException('not here', 'SecurityError'); },
            })",
        );
        let engine = Engine::start(visit);
        let answer = engine.ask(Request::Load { spec: spec.clone() });
        match &notices(&answer)[..] {
            [Notice::NotKept(NotKept::Refused { detail })] => {
                assert!(detail.contains("SecurityError"), "{detail}");
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(answer.outcome(), Outcome::Loaded(_)));
        must_talk(&engine, &spec.id);
        assert_eq!(kept(&engine), []);
        forget(&engine, &spec.id);
    });
}

#[test]
fn two_tabs_fetch_a_model_once() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        let one = Engine::start(visit);
        let tab = visit.another_tab();
        tab.goto(&visit.host.url_of(""));
        let other = Engine::beside(&tab, "the other tab", "./worker.js");
        slowly(visit, 20_000_000);
        let load = || Request::Load { spec: spec.clone() };
        let (first, second) = (one.send(load()), other.send(load()));
        thread::sleep(Duration::from_millis(300));
        for (engine, asked) in [(&one, first), (&other, second)] {
            // The one that waits hears how far the other has come.
            engine.wait_for(asked, |reply| matches!(reply, Reply::Progress(_)));
            assert!(kept(engine).iter().all(|kept| !kept.complete), "it was over before that");
        }
        for (engine, asked) in [(&one, first), (&other, second)] {
            assert!(matches!(engine.wait(asked).outcome(), Outcome::Loaded(_)));
            must_talk(engine, &spec.id);
        }
        assert_eq!(about_weights(visit).len(), spec.files.len());

        // And if the one that fetches is closed, the other goes on.
        forget(&one, &spec.id);
        let before = about_weights(visit).len();
        let fetching = one.send(load());
        one.wait_for(fetching, |reply| matches!(reply, Reply::Progress(_)));
        let waiting = other.send(load());
        visit.page.wait_until("a few chunks", || chunks_stored(&visit.page) >= 3);
        visit.host.behave();
        one.end();
        assert!(matches!(other.wait(waiting).outcome(), Outcome::Loaded(_)));
        let since = about_weights(visit).split_off(before);
        assert!(since.len() == 2 && first_byte(&since[1]) >= 3 * CHUNK, "{since:?}");
    });
}
