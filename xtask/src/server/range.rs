//! The part of a file that was asked for.

use std::ops::Range;

/// What a `Range` header asks of a file of a given length.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// No range, or one that may be ignored (another unit, several ranges): the
    /// whole file answers any of them.
    Whole,
    Part(Range<u64>),
    /// Nothing of the file lies in the range.
    Outside,
}

pub(super) fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else {
        return Asked::Whole;
    };
    let Some((first, last)) = spec.split_once('-') else {
        return Asked::Whole;
    };
    let range = match (first.trim(), last.trim()) {
        ("", suffix) => match number(suffix) {
            Some(count) => length.saturating_sub(count)..length,
            None => return Asked::Whole,
        },
        (first, "") => match number(first) {
            Some(start) => start..length,
            None => return Asked::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(start), Some(end)) if start <= end => start..length.min(end.saturating_add(1)),
            _ => return Asked::Whole,
        },
    };
    if range.is_empty() { Asked::Outside } else { Asked::Part(range) }
}

/// Digits only: `u64::from_str` would take a plus sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, expected: Asked) {
        assert_eq!(asked(Some(header), 100), expected, "{header}");
    }

    #[test]
    fn a_range_is_cut_to_the_file() {
        check("bytes=0-9", Asked::Part(0..10));
        check("bytes=90-", Asked::Part(90..100));
        check("bytes=90-1000", Asked::Part(90..100));
        check("bytes=-10", Asked::Part(90..100));
        check("bytes=-1000", Asked::Part(0..100));
        check("bytes=99-99", Asked::Part(99..100));
        check("bytes=0-18446744073709551615", Asked::Part(0..100));
    }

    #[test]
    fn a_range_past_the_end_is_outside() {
        check("bytes=100-", Asked::Outside);
        check("bytes=100-200", Asked::Outside);
        check("bytes=-0", Asked::Outside);
    }

    #[test]
    fn what_is_not_understood_gets_the_whole_file() {
        for header in ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-1", "lines=0-1"] {
            check(header, Asked::Whole);
        }
        check("bytes=0-1,5-6", Asked::Whole);
        check("bytes=+1-5", Asked::Whole);
        check("bytes=99999999999999999999-", Asked::Whole);
        assert_eq!(asked(None, 100), Asked::Whole);
    }
}
