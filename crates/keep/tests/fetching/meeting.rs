//! Servers as they are.

use bella_protocol::Failure;

use crate::world::{Flaw, Outcome, World};

const SIZES: [usize; 2] = [100, 40];

/// Everything comes and is home after so many requests, of which these begin
/// somewhere else than at the beginning.
#[track_caller]
fn check(temper: fn(usize) -> Flaw, requests: usize, ranges: &[&str]) {
    let mut world = World::with_files(&SIZES).served(temper);
    assert_eq!(world.visit(), Outcome::Over(Ok(())), "{:?}", world.asked);
    assert!(world.is_home());
    let asked: Vec<_> = world.asked.iter().filter_map(|ask| ask.range.as_deref()).collect();
    assert_eq!((world.asked.len(), asked.as_slice()), (requests, ranges), "{:?}", world.asked);
    // And is not asked for again.
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert_eq!(world.asked.len(), requests);
}

#[track_caller]
fn check_failure(temper: fn(usize) -> Flaw, requests: usize, is_right: fn(&Failure) -> bool) {
    let mut world = World::with_files(&SIZES).served(temper);
    match world.visit() {
        Outcome::Over(Err(failure)) if is_right(&failure) => {}
        other => panic!("{other:?} after {:?}", world.asked),
    }
    assert_eq!(world.asked.len(), requests, "{:?}", world.asked);
    assert!(world.record().is_none_or(|record| !record.committed));
    // It is never too late.
    world.temper = |_| Flaw::default();
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert!(world.is_home());
}

fn none() -> Flaw {
    Flaw::default()
}

#[test]
fn a_good_server_is_asked_once_for_each_file() {
    check(|_| none(), 2, &[]);
    check(|_| Flaw { no_tag: true, ..none() }, 2, &[]);
}

#[test]
fn a_body_that_breaks_off_is_asked_for_from_where_it_did() {
    check(|n| Flaw { stop_after: (n == 0).then_some(50), ..none() }, 3, &["bytes=50-"]);
    // Or ends as if it were whole.
    check(
        |n| Flaw { stop_after: (n == 0).then_some(50), quietly: true, ..none() },
        3,
        &["bytes=50-"],
    );
    // As long as something comes, it goes on.
    let ranges = ["bytes=30-", "bytes=60-", "bytes=90-", "bytes=30-"];
    check(|_| Flaw { stop_after: Some(30), ..none() }, 6, &ranges);
    // One that knows no ranges sends what is there already once more.
    let unaware = |n| Flaw { stop_after: (n == 0).then_some(50), ignore_range: true, ..none() };
    check(unaware, 3, &["bytes=50-"]);
}

#[test]
fn a_server_in_trouble_is_given_time() {
    check(|n| Flaw { hang_up: n < 3, ..none() }, 5, &[]);
    check(|n| Flaw { status: (n < 3).then_some(503), ..none() }, 5, &[]);
    check(|n| Flaw { status: (n == 1).then_some(429), ..none() }, 3, &[]);
    let stumbles = |n| Flaw {
        stop_after: (n == 0).then_some(20),
        wrong_part: n == 1,
        hang_up: n == 2,
        ..none()
    };
    check(stumbles, 5, &["bytes=20-"; 3]);
}

#[test]
fn but_not_for_ever() {
    let mut world = World::with_files(&SIZES).served(|_| Flaw { hang_up: true, ..none() });
    world.visit();
    assert_eq!((world.asked.len(), world.waited_ms), (4, 2_800));
    check_failure(
        |_| Flaw { hang_up: true, ..none() },
        4,
        |failure| matches!(failure, Failure::Unreachable { file, .. } if file == "file 0"),
    );
    check_failure(
        |_| Flaw { status: Some(503), ..none() },
        4,
        |failure| matches!(failure, Failure::BadStatus { status: 503, .. }),
    );
    check_failure(
        |_| Flaw { status: Some(404), ..none() },
        1,
        |failure| matches!(failure, Failure::BadStatus { status: 404, .. }),
    );
    let never_more = |n| Flaw { stop_after: Some(if n == 0 { 50 } else { 0 }), ..none() };
    check_failure(never_more, 4, |failure| matches!(failure, Failure::Unreachable { .. }));
}

#[test]
fn another_version_is_fetched_from_its_beginning() {
    let replaced = |n| Flaw {
        stop_after: (n == 0).then_some(50),
        tag: (n > 0).then_some("\"second\""),
        ..none()
    };
    check(replaced, 4, &["bytes=50-"]);
    // Even when the server never looks at what it was asked.
    let changing =
        |n: usize| Flaw { stop_after: Some(50), tag: Some(["\"a\"", "\"b\""][n % 2]), ..none() };
    check_failure(
        changing,
        8,
        |failure| matches!(failure, Failure::Unreachable { detail, .. } if detail.contains("changes")),
    );
}

#[test]
fn wrong_content_is_fetched_once_more_and_then_refused() {
    check(|n| Flaw { flip_at: (n == 0).then_some(70), ..none() }, 3, &[]);
    check_failure(
        |n| Flaw { flip_at: (n < 2).then_some(70), ..none() },
        2,
        |failure| matches!(failure, Failure::WrongHash { .. }),
    );
}

/// The manifest says how long it has to be.
#[test]
fn a_file_published_half_is_short() {
    let mut world = World::with_files(&SIZES);
    let whole = world.files[0].clone();
    world.files[0].truncate(60);
    match world.visit() {
        Outcome::Over(Err(Failure::ShortFile { got: 60, expected: 100, .. })) => {}
        other => panic!("{other:?}"),
    }
    world.files[0] = whole;
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert!(world.is_home());
}

/// Another host shows a page little, and no condition can be put to it.
#[test]
fn a_host_that_shows_nothing_is_taken_at_its_length() {
    check(|_| Flaw { hides_headers: true, ..none() }, 2, &[]);
    let breaks = |n| Flaw { stop_after: (n == 0).then_some(50), hides_headers: true, ..none() };
    check(breaks, 3, &["bytes=50-"]);
}

#[test]
fn where_the_page_may_not_go_it_is_not_sent_again() {
    check_failure(
        |_| Flaw { is_forbidden: true, ..none() },
        1,
        |failure| matches!(failure, Failure::Forbidden { file } if file == "file 0"),
    );
}

#[test]
fn a_file_without_a_hash_is_held_to_what_the_host_declares() {
    const RIGHT: &str = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";
    let mut world = World::with_files(&[4]);
    world.files[0] = b"foo\n".to_vec();
    world.spec.files[0].sha256 = None;
    world.temper = |_| Flaw { declares: Some(RIGHT), ..none() };
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    let pinned = world.record().expect("a record").files[0].pinned.clone();
    assert_eq!(pinned.as_deref(), Some(RIGHT));

    // What comes after it is not what was declared.
    let mut world = World::with_files(&[4]);
    world.spec.files[0].sha256 = None;
    world.temper = |_| Flaw { declares: Some(RIGHT), ..none() };
    match world.visit() {
        Outcome::Over(Err(Failure::WrongHash { expected, .. })) => assert_eq!(expected, RIGHT),
        other => panic!("{other:?}"),
    }
    assert!(world.device.chunks.is_empty() && world.device.record.is_none());
}

#[test]
fn a_file_without_any_hash_is_held_to_what_came_first() {
    let mut world = World::with_files(&SIZES);
    world.spec.files[1].sha256 = None;
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    let pinned = world.record().expect("a record").files[1].pinned.clone();
    assert_eq!(pinned, Some(crate::world::sha256(&world.files[1])));
    // A chunk that was swapped together with its own hash is still another file.
    let at = bella_keep::ChunkAt { file: 1, chunk: 1 };
    let chunk = world.device.chunks.get_mut(&at).expect("a chunk");
    chunk[3] ^= 1;
    let mut record = world.device.record.clone().expect("a record");
    let old = world.record().expect("a record").files[1].chunks[1].clone().expect("a hash");
    record = record.replace(&old, &crate::world::sha256(&world.device.chunks[&at]));
    world.device.record = Some(record);
    world.asked.clear();
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert_eq!(world.asked.len(), 1, "it was fetched again: {:?}", world.asked);
    assert!(world.is_home());
}
