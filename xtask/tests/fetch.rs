//! Fetching under everything that goes wrong on the way, against a real server
//! that misbehaves on order.

mod world;

use std::fs;
use std::time::{Duration, Instant};

use world::{FILE, MODEL, World, bytes, hub, hub_without_hash, manifest, sha256};
use xtask::fetch::{FetchError, Reason};
use xtask::server::Fault;

/// Large enough that a transfer can be caught in the middle.
const LARGE: usize = 4 * 1024 * 1024;

/// Asserts that the fetch failed for want of a source and returns why each of
/// them did not do.
#[track_caller]
fn reasons(result: Result<(), FetchError>) -> Vec<Reason> {
    match result {
        Err(FetchError::NoSource { tried, .. }) => {
            tried.0.into_iter().map(|(_, reason)| reason).collect()
        }
        other => panic!("{other:?} is not about sources"),
    }
}

#[test]
fn a_wrong_first_address_falls_through_to_the_second() {
    // Nobody listens, not there, broken, and something else under that name.
    let content = bytes(1000);
    for (name, fault) in [
        ("nobody", Fault::none()),
        ("missing", Fault::status(404)),
        ("broken", Fault::status(500)),
        ("hangs-up", Fault { hang_up: true, ..Fault::none() }),
        ("other", Fault { flip_at: Some(500), ..Fault::none() }),
        ("shorter", Fault { shorten_to: Some(999), ..Fault::none() }),
    ] {
        let wrong = format!("/{name}.bin");
        let world = World::new(
            move |asked| {
                if asked.path == wrong { fault.clone() } else { Fault::none() }
            },
        );
        world.publish("good.bin", &content);
        world.publish(&format!("{name}.bin"), &content);
        let first = match name {
            "nobody" => "http://127.0.0.1:9/nobody.bin".to_owned(),
            name => world.url(&format!("{name}.bin")),
        };
        let sources = [hub(&first), hub(&world.url("good.bin"))];
        world
            .fetch(&manifest(&content, &sources))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(world.cached(), Some(content.clone()), "{name}");
        let notes = world.notes();
        assert!(
            notes.iter().any(|line| line.contains(&first) && line.contains(MODEL)),
            "{notes:?}"
        );
        assert!(world.unfinished().is_empty(), "{name} leaves {:?}", world.unfinished());
    }
}

#[test]
fn a_killed_fetch_goes_on_where_it_was() {
    let content = bytes(LARGE);
    let world = World::new(|asked| match asked.nth {
        0 => Fault::slow(2_000_000),
        _ => Fault::none(),
    });
    world.publish("good.bin", &content);
    let list = world.write_manifest(&manifest(&content, &[hub(&world.url("good.bin"))]));

    let mut killed = world.xtask_fetch(&list).spawn().expect("starts");
    world.wait_until("a good part is sent", || world.server.journal().bytes_sent() > 1_500_000);
    killed.kill().expect("kills");
    killed.wait().expect("ends");
    assert_eq!(world.cached(), None, "half a file stands under the real name");

    let output = world.xtask_fetch(&list).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(world.cached(), Some(content));
    let asked = world.asked("good.bin");
    assert_eq!((asked.len(), asked[0].status, asked[1].status), (2, 200, 206));
    let range = asked[1].range.clone().expect("asks for a range");
    let start: u64 = range
        .trim_start_matches("bytes=")
        .trim_end_matches('-')
        .parse()
        .expect("from somewhere to the end");
    assert!(start > 1_000_000, "{range}");
    assert!(asked[1].if_range.is_some(), "the rest may be of another version");
    assert_eq!(asked[1].sent, LARGE as u64 - start);
    assert!(world.server.journal().bytes_sent() < 3 * LARGE as u64 / 2);
    assert!(world.unfinished().is_empty(), "{:?}", world.unfinished());
}

#[test]
fn a_flipped_byte_in_the_cache_is_refused_and_fetched_again() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    world.publish("good.bin", &content);
    let list = manifest(&content, &[hub(&world.url("good.bin"))]);
    world.fetch(&list).expect("fetches");

    let mut flipped = content.clone();
    flipped[500] ^= 1;
    fs::write(world.home(), &flipped).expect("writes");
    world.fetch(&list).expect("fetches again");
    assert_eq!(world.cached(), Some(content));
    assert_eq!(world.asked("good.bin").len(), 2);
    let notes = world.notes();
    assert!(notes.iter().any(|line| line.contains("is damaged")), "{notes:?}");
}

#[test]
fn damage_that_hides_its_time_is_found_when_everything_is_read_again() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    world.publish("good.bin", &content);
    let list = manifest(&content, &[hub(&world.url("good.bin"))]);
    world.fetch(&list).expect("fetches");

    let written = fs::metadata(world.home()).and_then(|it| it.modified()).expect("has a time");
    let mut flipped = content.clone();
    flipped[999] ^= 128;
    fs::write(world.home(), &flipped).expect("writes");
    let file = fs::File::options().write(true).open(world.home()).expect("opens");
    file.set_modified(written).expect("sets the time");

    world.fetch(&list).expect("trusts the stamp");
    assert_eq!(world.asked("good.bin").len(), 1, "a second start reads nothing");
    world.fetch_rereading(&list).expect("fetches again");
    assert_eq!(world.cached(), Some(content));
    assert_eq!(world.asked("good.bin").len(), 2);
}

#[test]
fn a_file_that_is_there_without_a_stamp_is_checked_and_kept() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    fs::create_dir_all(world.home().parent().expect("has a folder")).expect("makes it");
    fs::write(world.home(), &content).expect("writes");
    world.fetch(&manifest(&content, &[hub(&world.url("good.bin"))])).expect("is content");
    assert_eq!(world.asked("good.bin").len(), 0);
}

#[test]
fn a_connection_that_breaks_is_taken_up_again() {
    let content = bytes(LARGE);
    let world = World::new(|asked| match asked.nth {
        0..3 => Fault { cut_after: Some(1_000_000), ..Fault::none() },
        _ => Fault::none(),
    });
    world.publish("good.bin", &content);
    world.fetch(&manifest(&content, &[hub(&world.url("good.bin"))])).expect("fetches");
    assert_eq!(world.cached(), Some(content));
    let statuses: Vec<u16> = world.asked("good.bin").iter().map(|asked| asked.status).collect();
    assert_eq!(statuses, [200, 206, 206, 206]);
}

/// Breaks the first transfer off after a megabyte and answers nothing more, so
/// that the first fetch ends with an unfinished file. `later` is for the rest.
fn interrupted(later: Fault) -> World {
    World::new(move |asked| match asked.nth {
        0 => Fault { cut_after: Some(1_000_000), ..later.clone() },
        1..=3 => Fault::status(503),
        _ => later.clone(),
    })
}

#[test]
fn a_server_without_ranges_sends_everything_again() {
    let content = bytes(LARGE);
    let world = interrupted(Fault { ignore_range: true, ..Fault::none() });
    world.publish("good.bin", &content);
    let list = manifest(&content, &[hub(&world.url("good.bin"))]);
    let reasons = reasons(world.fetch(&list));
    assert!(matches!(reasons[..], [Reason::Broke { at: 1_000_000, .. }]), "{reasons:?}");
    world.fetch(&list).expect("fetches");
    assert_eq!(world.cached(), Some(content));
    let last = world.asked("good.bin").pop().expect("was asked");
    assert_eq!((last.status, last.range.as_deref()), (200, Some("bytes=1000000-")));
}

#[test]
fn a_file_replaced_in_between_is_not_sewn_together() {
    // Nobody knows the hash, so the server's tag is all there is to tell by.
    let old = bytes(LARGE);
    let new: Vec<u8> = old.iter().map(|byte| byte ^ 0xff).collect();
    let world = interrupted(Fault::none());
    world.publish("good.bin", &old);
    let list = hub_without_hash(&world.url("good.bin"));
    reasons(world.fetch(&list));
    world.publish("good.bin", &new);
    world.fetch(&list).expect("fetches");
    assert_eq!(world.cached(), Some(new));
    let asked = world.asked("good.bin");
    let last = asked.last().expect("was asked");
    assert_eq!(last.status, 200);
    assert!(last.range.is_some() && last.if_range.is_some(), "{last:?}");
}

#[test]
fn a_server_that_hides_the_replacement_is_found_out_by_the_hash() {
    let content = bytes(LARGE);
    let mut other = content.clone();
    other[10] ^= 1;
    let world = interrupted(Fault { etag: Some("\"always\"".to_owned()), ..Fault::none() });
    world.publish("good.bin", &other);
    let list = manifest(&content, &[hub(&world.url("good.bin"))]);
    reasons(world.fetch(&list));
    world.publish("good.bin", &content);
    world.fetch(&list).expect("starts over and fetches");
    assert_eq!(world.cached(), Some(content));
    let statuses: Vec<u16> =
        world.asked("good.bin").iter().skip(4).map(|asked| asked.status).collect();
    assert_eq!(statuses, [206, 200], "the rest, and then all of it");
}

#[test]
fn wrong_content_leaves_nothing_behind() {
    let content = bytes(1000);
    let world = World::new(|_| Fault { flip_at: Some(0), ..Fault::none() });
    world.publish("good.bin", &content);
    let list = manifest(&content, &[hub(&world.url("good.bin"))]);
    let reasons = reasons(world.fetch(&list));
    let [Reason::WrongBytes { expected, .. }] = &reasons[..] else { panic!("{reasons:?}") };
    assert_eq!(expected.to_string(), sha256(&content));
    assert_eq!(world.cached(), None);
    assert!(world.unfinished().is_empty(), "{:?}", world.unfinished());
}

#[test]
fn more_than_was_promised_is_not_stored() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    world.publish("good.bin", &bytes(LARGE));
    let list = manifest(&content, &[hub(&world.url("good.bin"))]);
    let reasons = reasons(world.fetch(&list));
    assert!(
        matches!(reasons[..], [Reason::WrongSize { expected: 1000, offered: 4_194_304 }]),
        "{reasons:?}"
    );
    assert!(world.unfinished().is_empty());
}

#[test]
fn two_fetchers_at_once_download_once() {
    let content = bytes(LARGE);
    let world = World::new(|_| Fault::slow(3_000_000));
    world.publish("good.bin", &content);
    let list = world.write_manifest(&manifest(&content, &[hub(&world.url("good.bin"))]));
    let first = world.xtask_fetch(&list).spawn().expect("starts");
    let second = world.xtask_fetch(&list).spawn().expect("starts");
    for fetcher in [first, second] {
        let output = fetcher.wait_with_output().expect("ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(world.cached(), Some(content));
    assert_eq!(world.asked("good.bin").len(), 1);
}

#[test]
fn a_hash_nobody_knew_is_pinned_said_and_kept_to() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    world.publish("good.bin", &content);
    let list = hub_without_hash(&world.url("good.bin"));
    world.fetch(&list).expect("fetches");
    let notes = world.notes();
    let said =
        |line: &String| line.contains(&sha256(&content)) && line.contains("nobody has pinned");
    assert!(notes.iter().any(said), "{notes:?}");
    world.fetch(&list).expect("is there");
    assert_eq!(world.asked("good.bin").len(), 1);

    // The same address with other bytes, and the same bytes again.
    fs::remove_file(world.home()).expect("removes");
    world.publish("good.bin", &bytes(999));
    let reasons = reasons(world.fetch(&list));
    assert!(matches!(reasons[..], [Reason::WrongBytes { .. }]), "{reasons:?}");
    world.publish("good.bin", &content);
    world.fetch(&list).expect("fetches");
    assert_eq!(world.cached(), Some(content));
}

#[test]
fn another_form_of_the_same_model_may_stand_in() {
    let content = bytes(1000);
    let larger = bytes(2000);
    let world = World::new(|_| Fault::none());
    world.publish("larger.bin", &larger);
    let source = format!(
        "{}bytes = 2000\nsha256 = \"{}\"\n",
        hub(&world.url("larger.bin")),
        sha256(&larger)
    );
    let list = manifest(&content, &[source]);
    world.fetch(&list).expect("fetches");
    world.fetch(&list).expect("accepts it the second time too");
    assert_eq!(world.cached(), Some(larger));
    assert_eq!(world.asked("larger.bin").len(), 1);
}

#[test]
fn a_raw_form_that_cannot_be_converted_is_no_file() {
    let raw = bytes(5000);
    let world = World::new(|_| Fault::none());
    world.publish("raw.bin", &raw);
    let source = format!(
        "{}bytes = 5000\nsha256 = \"{}\"\nconvert = \"ggml-whisper\"\n",
        hub(&world.url("raw.bin")),
        sha256(&raw)
    );
    let reasons = reasons(world.fetch(&manifest(&bytes(1000), &[source])));
    assert!(matches!(&reasons[..], [Reason::Convert(_)]), "{reasons:?}");
    assert_eq!(world.cached(), None);
}

#[test]
fn a_local_folder_is_a_source() {
    let content = bytes(1000);
    let world = World::new(|_| Fault::none());
    let source = "[[models.files.sources]]\nlocal = \"stick/model.bin\"\n".to_owned();
    let list = manifest(&content, &[source]);
    let reasons = reasons(world.fetch(&list));
    assert!(matches!(&reasons[..], [Reason::NoLocalFile(_)]), "{reasons:?}");
    let path = world.local().join("stick/model.bin");
    fs::create_dir_all(path.parent().expect("has a folder")).expect("makes it");
    fs::write(path, &content).expect("writes");
    world.fetch(&list).expect("copies");
    assert_eq!(world.cached(), Some(content));
}

#[test]
fn a_silent_address_does_not_hold_everything_up() {
    // A socket that takes connections and never answers would be waited for;
    // one that nobody listens on is given up at once, and for all files.
    let world = World::new(|_| Fault::none());
    let list = manifest(&bytes(10), &[hub("http://127.0.0.1:9/model.bin")]);
    let began = Instant::now();
    reasons(world.fetch(&list));
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_failure_is_one_sentence_with_what_to_do() {
    let world = World::new(|_| Fault::status(404));
    let list = world.write_manifest(&manifest(&bytes(10), &[hub(&world.url("good.bin"))]));
    let output = world.xtask_fetch(&list).output().expect("runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().last().expect("says something");
    let url = world.url("good.bin");
    assert_eq!(
        last,
        format!(
            "error: {MODEL}/{FILE} could not be fetched ({url}: answered with status 404): connect \
             to the network or put right what is missing, then run `cargo xtask fetch {MODEL}` again"
        )
    );
}

#[test]
fn an_unknown_model_is_answered_with_the_known_ones() {
    let world = World::new(|_| Fault::none());
    let list = world.write_manifest(&manifest(&bytes(10), &[hub(&world.url("good.bin"))]));
    let output = world.xtask_fetch(&list).arg("dinosaur").output().expect("runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("there is no model \"dinosaur\"; there are tiny"), "{said}");
}
