//! Devices as they are.

use bella_keep::ChunkAt;

use crate::world::{Outcome, World};

const SIZES: [usize; 2] = [100, 40];

fn home() -> World {
    let mut world = World::with_files(&SIZES);
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert!(world.is_home());
    world.asked.clear();
    world
}

/// After this happened to what is stored, only these parts are asked for.
#[track_caller]
fn check(harm: impl Fn(&mut World), asked: &[(usize, &str)]) {
    let mut world = home();
    harm(&mut world);
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    let ranges: Vec<_> =
        world.asked.iter().map(|ask| (ask.file, ask.range.as_deref().unwrap_or("all"))).collect();
    assert_eq!(ranges, asked);
    assert!(world.is_home());
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert_eq!(world.asked.len(), asked.len(), "it is mended for good");
}

fn flip(world: &mut World, file: usize, chunk: usize) {
    let at = ChunkAt { file, chunk };
    world.device.chunks.get_mut(&at).expect("a chunk")[3] ^= 4;
}

#[test]
fn a_flipped_bit_costs_one_chunk() {
    check(|_| {}, &[]);
    check(|world| flip(world, 0, 0), &[(0, "bytes=0-15")]);
    check(|world| flip(world, 0, 3), &[(0, "bytes=48-63")]);
    check(|world| flip(world, 0, 6), &[(0, "bytes=96-")]);
    check(|world| flip(world, 1, 1), &[(1, "bytes=16-31")]);
    let several = |world: &mut World| [1, 2, 5].iter().for_each(|&chunk| flip(world, 0, chunk));
    check(several, &[(0, "bytes=16-47"), (0, "bytes=80-95")]);
}

#[test]
fn a_lost_chunk_is_fetched_alone() {
    let lose = |world: &mut World| drop(world.device.chunks.remove(&ChunkAt { file: 0, chunk: 2 }));
    check(lose, &[(0, "bytes=32-47")]);
    let cut = |world: &mut World| {
        let at = ChunkAt { file: 0, chunk: 2 };
        world.device.chunks.get_mut(&at).expect("a chunk").pop();
    };
    check(cut, &[(0, "bytes=32-47")]);
}

/// Where nobody knows the hash of the whole, that of each chunk has to do.
#[test]
fn a_file_without_a_hash_is_checked_by_its_chunks() {
    let mut world = World::with_files(&SIZES);
    world.spec.files[0].sha256 = None;
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    world.asked.clear();
    flip(&mut world, 0, 3);
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    let ranges: Vec<_> = world.asked.iter().filter_map(|ask| ask.range.as_deref()).collect();
    assert_eq!(ranges, ["bytes=48-63"]);
}

/// Each chunk is what came, and what came was wrong: hashes of chunks cannot tell.
#[test]
fn what_was_stored_wrong_is_fetched_whole() {
    let mut world = home();
    let mut record = world.record().expect("a record");
    flip(&mut world, 0, 3);
    let wrong = &world.device.chunks[&ChunkAt { file: 0, chunk: 3 }];
    record.files[0].chunks[3] = Some(crate::world::sha256(wrong));
    world.device.record = Some(serde_json::to_string(&record).expect("writes"));
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert_eq!((world.asked.len(), world.asked[0].range.as_deref()), (1, None));
    assert!(world.is_home());
}

#[test]
fn a_full_device_keeps_nothing_and_the_model_comes_all_the_same() {
    for room in 0..10 {
        let mut world = World::with_files(&SIZES);
        world.device.room = Some(room);
        assert_eq!(world.visit(), Outcome::Over(Ok(())), "room for {room}");
        assert_eq!(world.asked.len(), 2, "everything was fetched once");
        let is_all = room == 10;
        assert_eq!(world.is_home(), is_all);
        assert!(
            world.device.chunks.is_empty() && world.device.record.is_none(),
            "half of it is left"
        );
        // Somebody made room.
        world.device.room = None;
        assert_eq!(world.visit(), Outcome::Over(Ok(())));
        assert!(world.is_home());
    }
}

#[test]
fn a_device_that_gives_back_something_else_is_given_up() {
    let mut world = home();
    world.device.rots = true;
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert!(world.device.chunks.is_empty() && world.device.record.is_none());
    world.device.rots = false;
    assert_eq!(world.visit(), Outcome::Over(Ok(())));
    assert!(world.is_home());
}
