//! How far a voice has come in a sentence, when it does not say so itself.

use crate::{Language, sentences};

/// What a voice says in a second at its own rate, in [`sentences::weight`].
const USUAL: f32 = 13.0;
/// Shorter sentences are mostly pauses and tell nothing about the pace.
const TELLING: usize = 30;
/// How much of what was believed goes for what was heard.
const LEARNED: f32 = 0.4;
/// Part of the way that is believed: a word said twice is better than one never said.
const CAUTION: f32 = 0.85;
/// Before this much was heard, a sentence begins again.
const BARELY_BEGUN_MS: u64 = 1_000;

/// The pace of the voices in use.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    korean: f32,
    english: f32,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { korean: USUAL, english: USUAL }
    }

    fn of(&mut self, language: Language) -> &mut f32 {
        match language {
            Language::Korean => &mut self.korean,
            Language::English => &mut self.english,
        }
    }

    /// Of a sentence that was said from its beginning to its end.
    pub(super) fn learn(&mut self, language: Language, text: &str, rate: f32, took_ms: u64) {
        let weighs = weight(text);
        if weighs < TELLING || took_ms == 0 {
            return;
        }
        let heard = weighs as f32 * 1_000.0 / took_ms as f32 / rate;
        let pace = self.of(language);
        // Nobody speaks half or twice as fast; that was an end told too early or late.
        let heard = heard.clamp(USUAL / 2.0, USUAL * 2.0);
        *pace += (heard - *pace) * LEARNED;
    }

    pub(super) fn takes_ms(&mut self, language: Language, text: &str, rate: f32) -> u64 {
        (weight(text) as f32 * 1_000.0 / *self.of(language) / rate) as u64
    }

    /// The beginning of the word at which a sentence should go on after so long.
    pub(super) fn place_after(
        &mut self,
        language: Language,
        text: &str,
        rate: f32,
        heard_ms: u64,
    ) -> usize {
        if heard_ms < BARELY_BEGUN_MS {
            return 0;
        }
        let said = heard_ms as f32 / 1_000.0 * *self.of(language) * rate * CAUTION;
        let mut weighs = 0.0;
        let at = text.char_indices().find(|(_, letter)| {
            weighs += sentences::weight(*letter) as f32;
            weighs > said
        });
        word_at(text, at.map_or(text.len(), |(at, _)| at))
    }
}

fn weight(text: &str) -> usize {
    text.chars().map(sentences::weight).sum()
}

/// Where the word that holds byte `at` begins.
pub(super) fn word_at(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    // A place between two words belongs to the one that follows.
    text[..at]
        .rfind(char::is_whitespace)
        .map_or(0, |blank| blank + text[blank..].chars().next().map_or(0, char::len_utf8))
}

/// The byte of a place that the browser counts in units of UTF-16.
pub(super) fn byte_of_unit(text: &str, unit: u32) -> usize {
    let mut units = 0;
    let at = text.char_indices().find(|(_, letter)| {
        units += letter.len_utf16();
        units > unit as usize
    });
    at.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_rounded_down_to_a_word() {
        for (text, at, expected) in [
            ("one two three", 0, "one two three"),
            ("one two three", 2, "one two three"),
            ("one two three", 4, "two three"),
            ("one two three", 7, "two three"),
            ("one two three", 99, "three"),
            ("안녕 벨라야", 8, "벨라야"),
            ("", 3, ""),
        ] {
            assert_eq!(&text[word_at(text, at)..], expected, "{text:?} {at}");
        }
    }

    #[test]
    fn units_of_utf_16_become_bytes() {
        for (text, unit, expected) in
            [("abc", 1, "bc"), ("가나다", 2, "다"), ("𝄞x", 2, "x"), ("𝄞x", 1, "𝄞x"), ("a", 9, "")]
        {
            assert_eq!(&text[byte_of_unit(text, unit)..], expected, "{text:?} {unit}");
        }
    }

    #[test]
    fn a_sentence_barely_begun_begins_again_and_another_goes_on() {
        let text = "one two three four five six seven eight nine ten";
        let place = |ms, rate| &text[Pace::new().place_after(Language::English, text, rate, ms)..];
        assert_eq!(place(900, 1.0), text);
        assert_eq!(place(1_500, 1.0), "four five six seven eight nine ten");
        assert_eq!(place(1_500, 0.5), "three four five six seven eight nine ten");
        assert_eq!(place(60_000, 1.0), "ten");
    }

    #[test]
    fn the_pace_is_learned_within_reason() {
        let text = "a sentence that is long enough to tell a pace by";
        let mut pace = Pace::new();
        let first = pace.takes_ms(Language::English, text, 1.0);
        for _ in 0..10 {
            pace.learn(Language::English, text, 1.0, first * 3 / 2);
        }
        let learned = pace.takes_ms(Language::English, text, 1.0);
        assert!(learned > first * 14 / 10 && learned <= first * 3 / 2, "{first} {learned}");
        assert_eq!(pace.takes_ms(Language::Korean, text, 1.0), first);
        pace.learn(Language::Korean, "short", 1.0, 1);
        assert_eq!(pace.takes_ms(Language::Korean, text, 1.0), first);
        for _ in 0..50 {
            pace.learn(Language::English, text, 1.0, 1);
        }
        assert!(pace.takes_ms(Language::English, text, 1.0) * 2 + 2 > first);
    }
}
