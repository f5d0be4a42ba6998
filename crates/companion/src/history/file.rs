//! The form in which a history is taken along.

use super::Entry;
use super::reading::{MOST_BYTES, MOST_ENTRIES};

pub(super) const FORMAT: &str = "bella-history";
pub(super) const VERSION: u64 = 1;

/// What such a file is called, without the day it was made.
pub const NAME: &str = FORMAT;
pub const MEDIA_TYPE: &str = "application/json";

/// Writes entries down, one a line, so that a person can look through them and tools
/// for texts can tell two histories apart. More than can be read at once becomes more
/// than one file; none at all is a file without entries.
pub fn write<'a>(entries: impl IntoIterator<Item = &'a Entry>, at_ms: u64) -> Vec<String> {
    write_within(entries, at_ms, MOST_BYTES, MOST_ENTRIES)
}

pub(super) fn write_within<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    at_ms: u64,
    most_bytes: usize,
    most_entries: usize,
) -> Vec<String> {
    let head = format!(
        "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exported\":{at_ms},\"entries\":["
    );
    let (separator, foot) = (",\n", "\n]}\n");
    let mut files = Vec::new();
    let (mut file, mut count) = (head.clone(), 0);
    for entry in entries {
        let json = entry.to_json();
        let is_full = file.len() + separator.len() + json.len() + foot.len() > most_bytes;
        if count > 0 && (is_full || count == most_entries) {
            file.push_str(foot);
            files.push(std::mem::replace(&mut file, head.clone()));
            count = 0;
        }
        file.push_str(if count > 0 { separator } else { "\n" });
        file.push_str(&json);
        count += 1;
    }
    file.push_str(foot);
    files.push(file);
    files
}
