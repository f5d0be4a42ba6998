//! Entries as they are looked through: the last day first, in it the last
//! conversation first, and each conversation in the order in which it was spoken.

use std::borrow::Borrow;

use super::{ConversationId, Entry};

/// What was said in one conversation on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group<E, D> {
    pub day: D,
    /// Whether the day begins with it in the list.
    pub begins_day: bool,
    pub conversation: ConversationId,
    /// The oldest first.
    pub entries: Vec<E>,
}

/// Groups what is handed over newest first. Which day a moment belongs to depends on
/// where a person is, which is the caller's to know.
pub fn group<E: Borrow<Entry>, D: PartialEq>(
    newest_first: impl IntoIterator<Item = E>,
    day_of: impl Fn(u64) -> D,
) -> Vec<Group<E, D>> {
    let mut groups: Vec<Group<E, D>> = Vec::new();
    let mut day_from = 0;
    for entry in newest_first {
        let (at_ms, conversation) = (entry.borrow().at_ms, entry.borrow().conversation);
        let day = day_of(at_ms);
        let begins_day = groups.last().is_none_or(|group| group.day != day);
        if begins_day {
            day_from = groups.len();
        }
        let of_day = groups.get_mut(day_from..).unwrap_or_default();
        match of_day.iter_mut().find(|group| group.conversation == conversation) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group { day, begins_day, conversation, entries: vec![entry] }),
        }
    }
    groups.iter_mut().for_each(|group| group.entries.reverse());
    groups
}
