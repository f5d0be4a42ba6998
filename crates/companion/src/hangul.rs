//! Hangul syllables taken apart, as far as endings of words need it.

const FIRST: u32 = 0xAC00;
const LAST: u32 = 0xD7A3;
/// Syllables that differ only in their final consonant stand together.
const FINALS: u32 = 28;

/// A final consonant, by its place among those a syllable may end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Final {
    Nieun = 4,
    Bieup = 17,
    SsangSiot = 20,
}

pub(crate) fn is_syllable(letter: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(letter))
}

/// A letter that stands for itself, as in laughter and tears.
pub(crate) fn is_jamo(letter: char) -> bool {
    matches!(letter, '\u{3131}'..='\u{318E}')
}

/// Whether the syllable ends in a consonant; `None` for anything but a syllable.
pub(crate) fn has_final(letter: char) -> Option<bool> {
    is_syllable(letter).then(|| !(u32::from(letter) - FIRST).is_multiple_of(FINALS))
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
