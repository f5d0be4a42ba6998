//! How far a transcript is from what was said.

use std::ops::AddAssign;

use serde::Serialize;

/// Edits that turn what was heard into what was said, of so many units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    edits: usize,
    units: usize,
}

/// Both measures, in per cent. Case and punctuation never count; in letters,
/// spaces do not either: where a Korean word ends is a matter of taste.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextError {
    words: Edits,
    letters: Edits,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rates {
    pub word_error: f64,
    pub letter_error: f64,
}

impl TextError {
    pub fn of(said: &str, heard: &str) -> Self {
        Self {
            words: edits(&words(said), &words(heard)),
            letters: edits(&letters(said), &letters(heard)),
        }
    }

    pub fn rates(self) -> Rates {
        Rates { word_error: self.words.per_cent(), letter_error: self.letters.per_cent() }
    }
}

impl AddAssign for TextError {
    fn add_assign(&mut self, other: Self) {
        self.words += other.words;
        self.letters += other.letters;
    }
}

impl AddAssign for Edits {
    fn add_assign(&mut self, other: Self) {
        self.edits += other.edits;
        self.units += other.units;
    }
}

impl Edits {
    fn per_cent(self) -> f64 {
        100.0 * self.edits as f64 / self.units.max(1) as f64
    }
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['\'', '\u{2019}'], "");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn letters(text: &str) -> Vec<char> {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Levenshtein's distance.
fn edits<T: PartialEq>(said: &[T], heard: &[T]) -> Edits {
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, said) in said.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, heard) in heard.iter().enumerate() {
            let substituted = diagonal + usize::from(said != heard);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    Edits { edits: row[heard.len()], units: said.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(said: &str, heard: &str, words: (usize, usize), letters: (usize, usize)) {
        let error = TextError::of(said, heard);
        assert_eq!((error.words.edits, error.words.units), words, "words of {heard:?}");
        assert_eq!((error.letters.edits, error.letters.units), letters, "letters of {heard:?}");
    }

    #[test]
    fn edits_are_counted_in_words_and_in_letters() {
        check("", "", (0, 0), (0, 0));
        check("NUMBER TEN", "Number ten.", (0, 2), (0, 9));
        check("SHELLEY'S WORDS", "Shelley\u{2019}s words", (0, 2), (0, 13));
        check("불을 켜 줘", "불을 꺼줘!", (2, 3), (1, 4));
        check("abc", "", (1, 1), (3, 3));
        check("a kitten", "a sitting", (1, 2), (3, 7));
    }
}
