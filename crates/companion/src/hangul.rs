//! Hangul taken apart into its letters, and put together from them.
//!
//! What is compared by ear is compared letter by letter: "벨라야" and "밸라야" share
//! no first syllable, and five letters of six.

use unicode_normalization::UnicodeNormalization;

const SYLLABLES: std::ops::RangeInclusive<char> = '가'..='힣';
const FIRST_SYLLABLE: u32 = 0xAC00;
const VOWELS: u32 = 21;
const FINALS: u32 = 28;
/// A syllable's consonants and vowels, as they are written when they come apart.
const INITIAL: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];
const VOWEL: [char; 21] = [
    'ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅘ', 'ㅙ', 'ㅚ', 'ㅛ', 'ㅜ', 'ㅝ', 'ㅞ',
    'ㅟ', 'ㅠ', 'ㅡ', 'ㅢ', 'ㅣ',
];
const FINAL: [char; 27] = [
    'ㄱ', 'ㄲ', 'ㄳ', 'ㄴ', 'ㄵ', 'ㄶ', 'ㄷ', 'ㄹ', 'ㄺ', 'ㄻ', 'ㄼ', 'ㄽ', 'ㄾ', 'ㄿ', 'ㅀ', 'ㅁ',
    'ㅂ', 'ㅄ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ',
];

/// The silent consonant that a syllable without any begins with.
const SILENT: char = 'ㅇ';

pub fn is_syllable(letter: char) -> bool {
    SYLLABLES.contains(&letter)
}

/// What is heard of a text: the letters of its syllables without the silent one,
/// other letters and digits in lower case, and nothing else.
pub fn letters(text: &str) -> Vec<char> {
    let mut letters = Vec::with_capacity(text.len());
    for letter in compose(text).chars() {
        if is_syllable(letter) {
            letters.extend(apart(letter));
        } else if letter.is_alphanumeric() {
            letters.extend(letter.to_lowercase());
        }
    }
    letters
}

/// Whether anything in it could be spoken.
pub fn has_letters(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Puts syllables together that came apart: Unicode's form C.
pub fn compose(text: &str) -> String {
    text.nfc().collect()
}

fn apart(syllable: char) -> impl Iterator<Item = char> {
    let index = u32::from(syllable) - FIRST_SYLLABLE;
    let initial = INITIAL.get((index / (VOWELS * FINALS)) as usize).copied();
    let vowel = VOWEL.get((index / FINALS % VOWELS) as usize).copied();
    let last = (index % FINALS).checked_sub(1).and_then(|at| FINAL.get(at as usize)).copied();
    let initial = initial.filter(|&letter| letter != SILENT);
    [initial, vowel, last].into_iter().flatten()
}

/// A final consonant, by its place among those a syllable may end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Final {
    Nieun = 4,
    Bieup = 17,
    SsangSiot = 20,
}

/// A letter that stands for itself, as in laughter and tears.
pub(crate) fn is_jamo(letter: char) -> bool {
    matches!(letter, '\u{3131}'..='\u{318E}')
}

/// Whether the syllable ends in a consonant; `None` for anything but a syllable.
pub(crate) fn has_final(letter: char) -> Option<bool> {
    is_syllable(letter).then(|| !(u32::from(letter) - FIRST_SYLLABLE).is_multiple_of(FINALS))
}

/// What follows in `word` after `stem`, whose last syllable got a final consonant
/// there: 슬프 with ㅂ leaves 니다 of 슬픕니다.
pub(crate) fn after<'a>(word: &'a str, stem: &str, add: Final) -> Option<&'a str> {
    let (at, last) = stem.char_indices().next_back()?;
    let closed = match has_final(last)? {
        true => return None,
        false => char::from_u32(u32::from(last) + add as u32)?,
    };
    word.strip_prefix(stem.get(..at)?)?.strip_prefix(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_come_apart_into_what_is_heard() {
        for (text, expected) in [
            ("", ""),
            ("벨라야", "ㅂㅔㄹㄹㅏㅑ"),
            ("벨라 야!", "ㅂㅔㄹㄹㅏㅑ"),
            ("앉아", "ㅏㄵㅏ"),
            ("가 힣", "ㄱㅏㅎㅣㅎ"),
            ("Hey, Bella 2", "heybella2"),
            ("ㅋㅋ…", "ㅋㅋ"),
            ("\u{1107}\u{1166}\u{11AF}\u{1105}\u{1161}", "ㅂㅔㄹㄹㅏ"),
        ] {
            assert_eq!(letters(text).into_iter().collect::<String>(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_came_apart_is_put_together() {
        for (text, expected) in [
            ("\u{1107}\u{1166}\u{11AF}\u{1105}\u{1161}\u{110B}\u{1163}", "벨라야"),
            // A final letter behind a whole syllable, and one too many.
            ("가\u{11A8}", "각"),
            ("각\u{11A8}", "각\u{11A8}"),
            // Letters that belong to nothing stay.
            ("\u{1100}", "\u{1100}"),
            ("a\u{1161}", "a\u{1161}"),
            ("벨라 ok", "벨라 ok"),
        ] {
            assert_eq!(compose(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_stem_is_found_under_its_final_consonant() {
        for (word, stem, add, expected) in [
            ("슬픕니다", "슬프", Final::Bieup, Some("니다")),
            ("슬픈데", "슬프", Final::Nieun, Some("데")),
            ("슬펐어", "슬퍼", Final::SsangSiot, Some("어")),
            ("났어", "나", Final::SsangSiot, Some("어")),
            ("슬프다", "슬프", Final::Bieup, None),
            // Closed already.
            ("힘들", "힘들", Final::Nieun, None),
            ("sad", "sad", Final::Nieun, None),
            ("", "", Final::Nieun, None),
        ] {
            assert_eq!(after(word, stem, add), expected, "{word} {stem}");
        }
    }

    #[test]
    fn only_syllables_have_finals() {
        for (letter, expected) in [
            ('벨', Some(true)),
            ('라', Some(false)),
            ('가', Some(false)),
            ('ㄱ', None),
            ('a', None),
        ] {
            assert_eq!(has_final(letter), expected, "{letter}");
        }
    }
}
