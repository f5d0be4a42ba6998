//! How far a transcript is from what was said.

/// Edits that turn what was heard into what was said, and the length of the
/// latter, in letters. Case, punctuation and spaces do not count: where a Korean
/// word ends is a matter of taste.
pub(crate) fn edits(said: &str, heard: &str) -> (usize, usize) {
    let letters = |text: &str| -> Vec<char> {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
    };
    let (said, heard) = (letters(said), letters(heard));
    (distance(&said, &heard), said.len())
}

/// Levenshtein's distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[test]
fn edits_are_counted_in_letters() {
    for (said, heard, expected) in [
        ("", "", (0, 0)),
        ("NUMBER TEN", "Number ten.", (0, 9)),
        ("불을 켜 줘", "불을 꺼줘!", (1, 4)),
        ("abc", "", (3, 3)),
        ("kitten", "sitting", (3, 6)),
    ] {
        assert_eq!(edits(said, heard), expected, "{said} and {heard}");
    }
}
