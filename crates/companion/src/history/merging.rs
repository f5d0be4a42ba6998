//! A history that was brought, put to the one that is there.

use std::borrow::Borrow;
use std::collections::HashSet;

use super::{Entry, Speaker};

/// The whole after something was brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// In the order of their time. Their ids are those of where they came from, and
    /// have to be given anew.
    pub entries: Vec<Entry>,
    /// How many came, and how many of those that were brought were there already.
    pub added: usize,
    pub known: usize,
}

/// Adds what is not there yet. The same words by the same speaker in the same
/// millisecond are the same entry, whatever its id: another device counts for itself,
/// and a file can be brought twice.
pub fn merge<E: Borrow<Entry>>(kept: &[E], brought: Vec<Entry>) -> Merged {
    let known: HashSet<_> = kept.iter().map(|entry| mark(entry.borrow())).collect();
    let all = brought.len();
    let new: Vec<Entry> =
        brought.into_iter().filter(|entry| !known.contains(&mark(entry))).collect();
    let new = in_order(new);
    let added = new.len();
    let mut entries: Vec<Entry> = kept.iter().map(|entry| entry.borrow().clone()).collect();
    entries.extend(new);
    // Stable: of the same moment, what was here stays before what came.
    entries.sort_by_key(|entry| entry.at_ms);
    Merged { entries, added, known: all - added }
}

/// What tells entries apart.
fn mark(entry: &Entry) -> (u64, Speaker, &str) {
    (entry.at_ms, entry.speaker, &entry.text)
}

/// Sorts by time, and leaves out what comes twice.
pub(super) fn in_order(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| (entry.at_ms, entry.id));
    let mut seen = HashSet::new();
    let is_first: Vec<bool> = entries.iter().map(|entry| seen.insert(mark(entry))).collect();
    let mut is_first = is_first.into_iter();
    entries.retain(|_| is_first.next().unwrap_or_default());
    entries
}
