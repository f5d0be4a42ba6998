//! Visits that end at any moment.

use std::collections::BTreeSet;

use bella_keep::ChunkAt;

use crate::world::{CHUNK, Dice, Flaw, Outcome, World};

const LIVES: u64 = 400;

/// Chunks of which something came that is not held.
fn lost(world: &World, before: &[Vec<u32>]) -> BTreeSet<ChunkAt> {
    let mut lost = BTreeSet::new();
    for (file, (now, before)) in world.came.iter().zip(before).enumerate() {
        for place in (0..now.len()).filter(|&place| now[place] > before[place]) {
            let at = ChunkAt { file, chunk: place / CHUNK as usize };
            if !world.device.chunks.contains_key(&at) {
                lost.insert(at);
            }
        }
    }
    lost
}

/// Interrupts one visit after the other, until one is done.
#[track_caller]
fn live(seed: u64, temper: fn(usize) -> Flaw) -> World {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (seed + 1) << 20);
    let sizes: Vec<usize> = (0..1 + dice.below(3)).map(|_| dice.below(300)).collect();
    let mut world = World::with_files(&sizes).served(temper);
    for life in 0.. {
        assert!(life < 2_000, "seed {seed}: it comes no further");
        let before = world.came.clone();
        // Some come far, and many are over before they have read what is held.
        match world.visit_for(dice.below(300)) {
            Outcome::Interrupted => {}
            Outcome::Over(Ok(())) => break,
            // Tried again by the person.
            Outcome::Over(Err(_)) => {}
        }
        let lost = lost(&world, &before);
        assert!(lost.len() <= 1, "seed {seed}: a visit lost {lost:?}");
    }
    assert!(world.is_home(), "seed {seed}");
    for (at, chunk) in &world.device.chunks {
        let start = at.chunk * CHUNK as usize;
        let right = &world.files[at.file][start..start + chunk.len()];
        assert_eq!(chunk, right, "seed {seed}: {at:?}");
    }
    world
}

#[test]
fn it_always_goes_on_and_ends_whole() {
    for seed in 0..LIVES {
        live(seed, |_| Flaw::default());
    }
}

#[test]
fn even_if_the_server_fails_now_and_then() {
    for seed in 0..LIVES {
        live(seed, |n| Flaw {
            hang_up: n % 5 == 1,
            status: (n % 7 == 3).then_some(503),
            stop_after: (n % 3 == 0).then_some(n * 13 % 90),
            quietly: n % 2 == 0,
            ignore_range: n % 11 == 4,
            wrong_part: n % 13 == 6,
            ..Flaw::default()
        });
    }
}

/// Each chunk comes once, and once more for each time that somebody was stopped
/// while it came.
#[test]
fn what_is_held_is_never_fetched_again() {
    for seed in 0..LIVES {
        let world = live(seed, |_| Flaw::default());
        let asked = world.asked.len() as u32;
        let again: u32 = world.came.iter().flatten().map(|times| times - 1).sum();
        assert!(again <= asked * CHUNK as u32, "seed {seed}: {again} bytes in {asked} requests");
    }
}
