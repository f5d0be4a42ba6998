//! How a Korean keyboard builds a syllable, so that composing can be tested as it
//! happens and not only in its result.

const FIRST_SYLLABLE: u32 = 0xAC00;
const LAST_SYLLABLE: u32 = 0xD7A3;
const VOWELS: u32 = 21;
/// Final consonants, "none" included.
const FINALS: u32 = 28;

/// The lone letters shown while only the initial consonant was typed.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];

/// What stands under the cursor after each step of typing this letter. Anything
/// but a Hangul syllable takes one step.
pub(crate) fn keystrokes(letter: char) -> Vec<char> {
    let code = u32::from(letter);
    if !(FIRST_SYLLABLE..=LAST_SYLLABLE).contains(&code) {
        return vec![letter];
    }
    let index = code - FIRST_SYLLABLE;
    let without_final = code - index % FINALS;
    let mut steps = vec![INITIALS[(index / (VOWELS * FINALS)) as usize]];
    steps.extend(char::from_u32(without_final));
    if without_final != code {
        steps.push(letter);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::keystrokes;

    #[test]
    fn a_syllable_grows_as_it_does_under_the_cursor() {
        let check = |letter, expected: &str| {
            assert_eq!(keystrokes(letter).into_iter().collect::<String>(), expected, "{letter}");
        };
        check('한', "ㅎ하한");
        check('가', "ㄱ가");
        check('꽃', "ㄲ꼬꽃");
        check('힣', "ㅎ히힣");
        check('?', "?");
        check('a', "a");
    }
}
