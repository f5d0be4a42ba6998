//! Weights on another host than the page's, and hosts as they are.

use std::fs;

use bella_protocol::{Failure, ModelSpec, NotKept, Outcome, Request};
use bella_tests::engine::Engine;
use bella_tests::host::{Host, Serving};
use bella_tests::{Stage, Trouble, Visit};
use serde_json::json;
use xtask::server::{Fault, Headers};

use crate::keeping::{forget, kept};
use crate::models::{read, stage_with};
use crate::talking::must_talk;

const SMOLLM2: &str = "smollm2-135m-instruct";
const VAD: &str = "silero-vad";

/// A page without a policy, so that it may go elsewhere, and an engine in it.
#[track_caller]
fn away_from_home(visit: &Visit, other: &Host) -> Engine {
    visit.welcome(other);
    visit.forgive("the test breaks the transfer", |one| matches!(one, Trouble::Complaint { .. }));
    visit.open("");
    Engine::beside(&visit.page, "engine under test", "./worker.js?build=baseline")
}

fn bare(stage: Stage) -> Stage {
    stage.serving(|serving| serving.headers = Headers::Bare).without_service_worker()
}

/// What any host has to send so that pages of others may read its files.
fn open_to_all() -> Vec<(&'static str, String)> {
    vec![("access-control-allow-origin", "*".to_owned())]
}

fn at(spec: &ModelSpec, host: &Host) -> ModelSpec {
    let mut spec = spec.clone();
    for file in &mut spec.files {
        file.url = host.url_of(file.url.trim_start_matches("./"));
    }
    spec
}

/// It shows the page neither tag nor range, and would have to be asked first whether
/// it minds a header.
#[test]
fn another_host_is_asked_without_ceremony() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    bare(stage).play(|visit| {
        let other = Host::start(Serving::bella().expect("the weights")).expect("another host");
        other.misbehave(|asked| Fault {
            headers: open_to_all(),
            cut_after: (asked.nth == 0).then_some(30_000_000),
            ..Fault::slow(25_000_000)
        });
        let engine = away_from_home(visit, &other);
        engine.load(&at(&spec, &other));
        must_talk(&engine, SMOLLM2);
        assert!(kept(&engine).iter().all(|kept| kept.complete));
        let asked = other.exchanges();
        let told: Vec<_> = asked
            .iter()
            .map(|one| (one.method.as_str(), one.range.is_some(), one.if_range.is_some()))
            .collect();
        assert_eq!(told, [("GET", false, false), ("GET", true, false)]);
    });
}

/// A page may be hosted without weights; some hosts answer with a page of theirs to
/// whatever they do not have.
#[test]
fn what_the_first_host_does_not_have_comes_from_the_mirror() {
    let Some((stage, [spec])) = stage_with([VAD]) else { return };
    bare(stage).play(|visit| {
        let other = Host::start(Serving::bella().expect("the weights")).expect("another host");
        other.misbehave(|_| Fault { headers: open_to_all(), ..Fault::none() });
        let engine = away_from_home(visit, &other);
        let mirrored = |url: &str| {
            let mut mirrored = spec.clone();
            for file in &mut mirrored.files {
                file.mirror = Some(other.url_of(file.url.trim_start_matches("./")));
                file.url = visit.host.url_of(url);
            }
            mirrored
        };
        for not_there in ["weights/none/of-it", "a-route-of-the-page"] {
            engine.load(&mirrored(not_there));
            assert!(kept(&engine).iter().all(|kept| kept.complete), "{not_there}");
            forget(&engine, VAD);
        }
        assert_eq!(other.exchanges().len(), 2);
        // Nobody goes there for what is here.
        let mut here = mirrored("");
        here.files[0].url = visit.host.url_of(spec.files[0].url.trim_start_matches("./"));
        engine.load(&here);
        assert_eq!(other.exchanges().len(), 2);
        // And what is nowhere is told.
        forget(&engine, VAD);
        let mut nowhere = mirrored("weights/none/of-it");
        nowhere.files[0].mirror = Some(other.url_of("weights/none/of-it"));
        match engine.ask(Request::Load { spec: nowhere }).failure() {
            Failure::BadStatus { status, .. } => assert_eq!(status, 404),
            other => panic!("{other:?}"),
        }
    });
}

/// Neither the manifest nor the page knows the hash; the hub does, in a list that
/// lies beside its files.
#[test]
fn a_file_of_the_hub_is_held_to_the_hash_that_it_declares() {
    let Some((stage, [spec])) = stage_with([VAD]) else { return };
    let right = spec.files[0].sha256.clone().expect("a pinned hash");
    bare(stage).play(|visit| {
        let folder = tempfile::tempdir().expect("a folder");
        let place = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder above")).expect("it can be made");
            path
        };
        let file = &spec.files[0].name;
        let bytes = read(VAD, file);
        fs::write(place(&format!("owner/name/resolve/main/{file}")), &bytes)
            .expect("it is written");
        let list = place("api/models/owner/name/tree/main");
        let declare = |oid: &str| {
            let lines = json!([{ "type": "file", "path": file, "lfs": { "oid": oid } }]);
            fs::write(&list, lines.to_string()).expect("it is written");
        };
        let hub = Host::start(Serving { headers: Headers::Bare, ..Serving::folder(folder.path()) })
            .expect("a hub");
        hub.misbehave(|_| Fault { headers: open_to_all(), ..Fault::none() });
        let engine = away_from_home(visit, &hub);
        let mut unknown = spec.clone();
        unknown.files[0].sha256 = None;
        unknown.files[0].url = hub.url_of(&format!("owner/name/resolve/main/{file}"));

        declare(&"ab".repeat(32));
        match engine.ask(Request::Load { spec: unknown.clone() }).failure() {
            Failure::WrongHash { expected, got, .. } => {
                assert_eq!((expected, got), ("ab".repeat(32), right.clone()));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(kept(&engine), []);
        declare(&right);
        engine.load(&unknown);
        let record: String = visit.page.eval(
            "new Promise((done, failed) => {
                const open = indexedDB.open('bella');
                open.onerror = () => failed(open.error);
                open.onsuccess = () => {
                    const got = open.result.transaction('models').objectStore('models')
                        .get('silero-vad');
                    got.onsuccess = () => { open.result.close(); done(got.result); };
                };
            })",
        );
        assert!(record.contains(&format!("\"pinned\":\"{right}\"")), "{record}");
    });
}

/// The page's policy names the hosts it may talk to; wherever else a server sends it,
/// it does not go.
#[test]
fn a_redirect_to_a_host_that_the_policy_forbids_is_told() {
    let Some((stage, [spec])) = stage_with([VAD]) else { return };
    stage.serving(|serving| serving.headers = Headers::Isolated).play(|visit| {
        visit.forgive("the policy does its work", |one| {
            matches!(
                one,
                Trouble::Complaint { .. } | Trouble::Policy { .. } | Trouble::ConsoleError { .. }
            )
        });
        let other = Host::start(Serving::bella().expect("the weights")).expect("another host");
        other.misbehave(|_| Fault { headers: open_to_all(), ..Fault::none() });
        // It is asked for and refused before it is sent: nothing arrives there.
        visit.welcome(&other);
        visit.open("");
        let engine = Engine::beside(&visit.page, "engine under test", "./worker.js?build=baseline");
        let away = other.url_of(spec.files[0].url.trim_start_matches("./"));
        visit.host.misbehave(move |asked| Fault {
            redirect: asked.path.contains("/weights/").then(|| away.clone()),
            ..Fault::none()
        });
        match engine.ask(Request::Load { spec: spec.clone() }).failure() {
            Failure::Forbidden { file } => assert_eq!(file, spec.files[0].name),
            other => panic!("{other:?}"),
        }
        assert_eq!(other.exchanges(), [], "it went there");
        let asked =
            visit.host.exchanges().iter().filter(|one| one.path.contains("/weights/")).count();
        assert_eq!(asked, 1, "nobody has to be asked twice for that");
        visit.host.behave();
        engine.load(&spec);
    });
}

/// One that knows no ranges, one that has another version by now, and one that has
/// half of it: each costs what it must and no more.
#[test]
fn servers_that_answer_something_else_are_understood() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    stage.play(|visit| {
        visit.forgive("the test breaks the transfer", |one| {
            matches!(one, Trouble::Complaint { .. })
        });
        let engine = Engine::start(visit);
        let asked = || {
            let exchanges = visit.host.exchanges().into_iter();
            exchanges.filter(|one| one.path.contains("/weights/")).collect::<Vec<_>>()
        };
        for (name, then, statuses) in [
            ("knows no ranges", Fault { ignore_range: true, ..Fault::none() }, vec![200, 200]),
            // The condition does not hold, so all of it comes; and once more from its
            // beginning, because some of the other version was used already.
            (
                "has another version",
                Fault { etag: Some("\"new\"".into()), ..Fault::none() },
                vec![200, 200, 200],
            ),
        ] {
            let before = asked().len();
            let first = std::sync::atomic::AtomicBool::new(true);
            visit.host.misbehave(move |asked| {
                if !asked.path.contains("/weights/") {
                    return Fault::none();
                }
                match first.swap(false, std::sync::atomic::Ordering::Relaxed) {
                    true => Fault { cut_after: Some(30_000_000), ..Fault::slow(40_000_000) },
                    false => then.clone(),
                }
            });
            engine.load(&spec);
            must_talk(&engine, SMOLLM2);
            assert!(kept(&engine).iter().all(|kept| kept.complete), "{name}");
            let told: Vec<_> = asked().split_off(before).iter().map(|one| one.status).collect();
            assert_eq!(told, statuses, "a server that {name}");
            forget(&engine, SMOLLM2);
        }
    });
}

/// What a person gives to models is theirs to say; nothing goes without their word.
#[test]
fn models_take_no_more_than_they_may() {
    let Some((stage, [vad, spec])) = stage_with([VAD, SMOLLM2]) else { return };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        let keep = |spec: &ModelSpec| {
            let from = bella_protocol::Origin::Network;
            engine.ask(Request::Keep { spec: spec.clone(), from })
        };
        let limit = |bytes| match engine.ask(Request::KeepAtMost { bytes }).outcome() {
            Outcome::Limited => {}
            other => panic!("{other:?}"),
        };
        assert!(matches!(keep(&vad).outcome(), Outcome::Kept(_)));
        limit(Some(spec.files[0].bytes));
        match keep(&spec).failure() {
            Failure::NotKept(NotKept::OverLimit { needed_bytes, limit_bytes, others_bytes }) => {
                let bytes = (spec.files[0].bytes, vad.files[0].bytes);
                assert_eq!((needed_bytes, others_bytes), bytes);
                assert_eq!(limit_bytes, spec.files[0].bytes);
            }
            other => panic!("{other:?}"),
        }
        // It talks all the same, from memory.
        engine.load(&spec);
        must_talk(&engine, SMOLLM2);
        let ids = |kept: Vec<bella_protocol::Kept>| -> Vec<String> {
            kept.into_iter().map(|kept| kept.model).collect()
        };
        assert_eq!(ids(kept(&engine)), [VAD]);
        forget(&engine, VAD);
        assert!(matches!(keep(&spec).outcome(), Outcome::Kept(_)));
        assert_eq!(ids(kept(&engine)), [SMOLLM2]);
    });
}
