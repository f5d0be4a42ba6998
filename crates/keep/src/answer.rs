//! What a server's answer to a request for a part means.

use std::ops::Range;

/// The beginning of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The header `ETag`.
    pub tag: Option<String>,
    /// The header `Content-Range`.
    pub range: Option<String>,
    /// The header `Content-Length`. From another host it is often all there is to
    /// be seen: a browser shows no more than the host allows.
    pub length: Option<u64>,
    /// The hash of the whole file, where the host declares one.
    pub sha256: Option<String>,
    /// The header `Content-Type`.
    pub media_type: Option<String>,
}

/// What is to be made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The body begins at this byte of the file.
    BytesFrom(u64),
    /// The file ends before what was asked for.
    EndsAt(Option<u64>),
    /// It may do better in a moment.
    TryAgain,
    /// It will not.
    Refused,
}

impl Answer {
    /// Whether this host does not have the file. Some say so with a page of theirs and
    /// the status of a success.
    pub fn is_absence(&self) -> bool {
        let is_page = |kind: &str| kind.trim_start().to_ascii_lowercase().starts_with("text/html");
        matches!(self.status, 404 | 410)
            || self.status < 300 && self.media_type.as_deref().is_some_and(is_page)
    }

    /// `asked` are the bytes that were asked for.
    pub(crate) fn meaning(&self, asked: &Range<u64>) -> Meaning {
        match self.status {
            200 => Meaning::BytesFrom(0),
            206 => match self.range.as_deref() {
                Some(range) => first_byte(range).map_or(Meaning::TryAgain, Meaning::BytesFrom),
                // As long as what was asked for, it most likely is that; the hash of
                // the whole has the last word.
                None if self.length == Some(asked.end - asked.start) => {
                    Meaning::BytesFrom(asked.start)
                }
                None => Meaning::TryAgain,
            },
            416 => Meaning::EndsAt(self.whole_length()),
            // In a hurry, too many at once, or broken for now.
            408 | 425 | 429 | 500..=599 => Meaning::TryAgain,
            _ => Meaning::Refused,
        }
    }

    /// Of the whole file, where the server says so.
    pub(crate) fn whole_length(&self) -> Option<u64> {
        let (_, length) = self.range.as_deref()?.split_once('/')?;
        number(length)
    }

    /// Whether this is another version than the one with that tag.
    pub(crate) fn is_other_than(&self, tag: Option<&str>) -> bool {
        match (tag, self.tag.as_deref()) {
            (Some(known), Some(tag)) => opaque(known) != opaque(tag),
            _ => false,
        }
    }
}

/// Only a strong tag promises the same bytes, and only such a one may be asked
/// about in `If-Range`.
pub(crate) fn is_strong(tag: &str) -> bool {
    tag.starts_with('"')
}

/// Without the mark of a weak one: servers weaken a tag when they compress.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn first_byte(range: &str) -> Option<u64> {
    let (first, _) = range.trim().strip_prefix("bytes ")?.split_once('-')?;
    number(first)
}

/// Digits only: `u64::from_str` would take a plus sign.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(status: u16, range: &str, expected: Meaning) {
        let range = Some(range.to_owned()).filter(|range| !range.is_empty());
        let answer = Answer { status, range, ..Answer::default() };
        assert_eq!(answer.meaning(&(5..10)), expected, "{answer:?}");
    }

    #[test]
    fn a_host_says_in_more_than_one_way_that_a_file_is_not_there() {
        for (status, media_type, is_absence) in [
            (200, None, false),
            (200, Some("application/octet-stream"), false),
            (206, Some("application/json"), false),
            (404, None, true),
            (410, Some("text/plain"), true),
            (404, Some("text/html"), true),
            (200, Some("text/html; charset=utf-8"), true),
            (200, Some("Text/HTML"), true),
            // It may be there when the host has recovered, or somebody is let in.
            (503, Some("text/html"), false),
            (403, Some("text/html"), false),
        ] {
            let media_type = media_type.map(str::to_owned);
            let answer = Answer { status, media_type, ..Answer::default() };
            assert_eq!(answer.is_absence(), is_absence, "{answer:?}");
        }
    }

    #[test]
    fn a_part_is_believed_only_where_it_says_which() {
        check(200, "", Meaning::BytesFrom(0));
        check(206, "bytes 5-9/10", Meaning::BytesFrom(5));
        check(206, "bytes 5-9/*", Meaning::BytesFrom(5));
        for nonsense in ["", "bytes", "bytes */10", "bytes -5-9/10", "lines 1-2/3", "bytes +5-9/10"]
        {
            check(206, nonsense, Meaning::TryAgain);
        }
    }

    /// Other hosts show no range to a page unless they were told to.
    #[test]
    fn a_part_without_a_range_is_believed_if_it_is_as_long_as_what_was_asked_for() {
        let part = |length| Answer { status: 206, length, ..Answer::default() }.meaning(&(5..10));
        assert_eq!(part(Some(5)), Meaning::BytesFrom(5));
        assert_eq!(part(Some(10)), Meaning::TryAgain);
        assert_eq!(part(None), Meaning::TryAgain);
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        for status in [408, 429, 500, 502, 503, 504] {
            check(status, "", Meaning::TryAgain);
        }
        for status in [204, 301, 304, 400, 401, 403, 404, 410, 451] {
            check(status, "", Meaning::Refused);
        }
        check(416, "bytes */7", Meaning::EndsAt(Some(7)));
        check(416, "", Meaning::EndsAt(None));
    }

    #[test]
    fn another_tag_is_another_version() {
        let answer = |tag: &str| Answer { tag: Some(tag.into()), ..Answer::default() };
        assert!(answer("\"b\"").is_other_than(Some("\"a\"")));
        assert!(!answer("\"a\"").is_other_than(Some("\"a\"")));
        assert!(!answer("W/\"a\"").is_other_than(Some("\"a\"")));
        assert!(!answer("\"a\"").is_other_than(None));
        assert!(!Answer::default().is_other_than(Some("\"a\"")));
        assert!(is_strong("\"a\"") && !is_strong("W/\"a\""));
    }
}
