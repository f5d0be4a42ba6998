//! Whole sentences out of a text that still grows.
//!
//! A screen reader that is told every token chatters; one that is told only the
//! end keeps people waiting. So it is told sentence by sentence, and so is the
//! voice that says them.

/// How long a text without a stop may become before it is cut where it breathes.
const LONGEST_BREATH: usize = 200;

/// A shorter beginning than one part in so many is not worth a pause.
const SHORTEST_PART: usize = 3;

/// What a stop after it does not end.
const TITLES: [&str; 10] =
    ["Mr.", "Mrs.", "Ms.", "Dr.", "Prof.", "St.", "vs.", "e.g.", "i.e.", "approx."];

/// How Korean sentences end when nobody wrote a stop. What is also the end of a noun
/// ("필요", "가요") is not among them.
const KOREAN_ENDINGS: [&str; 14] = [
    "어요", "아요", "에요", "예요", "해요", "세요", "네요", "군요", "지요", "죠", "니다", "니까",
    "는데", "지만",
];

/// Where the last whole sentence at or after byte `from` ends: the bytes
/// `from..end` are ready to be spoken. `None` while no sentence is complete.
///
/// A sentence ends at a line break, or at `.`, `!`, `?` or their full-width
/// forms (and any closing quotes, brackets, marks of emphasis and pictures)
/// followed by white space. The white space must be there: "3." may become
/// "3.14" with the next token. What goes on for long without any of these is
/// cut at a comma, at a Korean ending, or between words.
pub fn complete(text: &str, from: usize) -> Option<usize> {
    let mut end = from;
    while let Some(length) = first_end(text.get(end..)?) {
        end += length;
    }
    (!text.get(from..end)?.trim().is_empty()).then_some(end)
}

/// The sentences of a text one by one; the last may be unfinished.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (sentence, after) = rest.split_at(first_end(rest).unwrap_or(rest.len()));
        rest = after;
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// Cuts what takes longer to say than `limit` allows (see [`weight`]): at commas
/// where that is possible, else between words, else between letters.
pub fn cut(text: &str, limit: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some(at) = overflow(rest, limit) {
        let end = place_to_breathe(&rest[..at], limit).unwrap_or_else(|| whole_letters(rest, at));
        let (part, after) = rest.split_at(end);
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    parts.push(rest);
    parts.retain(|part| !part.is_empty());
    parts
}

/// How long a letter takes to say: a syllable of Hangul as long as two letters of
/// the Latin alphabet.
pub fn weight(letter: char) -> usize {
    if is_hangul(letter) { 2 } else { 1 }
}

/// Syllables and their letters, as they are written and as they are typed.
pub fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{AC00}'..='\u{D7A3}' | '\u{1100}'..='\u{11FF}' | '\u{3131}'..='\u{318E}')
}

/// Pictures, and what only changes how they look.
pub(crate) fn is_picture(letter: char) -> bool {
    matches!(letter,
        '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{2300}'..='\u{23FF}' | '\u{25A0}'..='\u{25FF}' | '\u{E0020}'..='\u{E007F}'
        | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{200D}' | '\u{20E3}' | '\u{FE00}'..='\u{FE0F}')
}

fn first_end(text: &str) -> Option<usize> {
    let mut after_stop = false;
    let mut before = ' ';
    let mut weighs = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            '\n' => return Some(at + 1),
            '.' | '!' | '?' | '…' | '。' | '！' | '？' => after_stop = true,
            // "안녕~ " ends as friendly as "안녕! ".
            '~' if is_hangul(before) => after_stop = true,
            '"' | '\'' | ')' | ']' | '”' | '’' | '」' | '』' | '*' | '_' | '`' | '~' => {}
            picture if is_picture(picture) => {}
            space if space.is_whitespace() => {
                if after_stop && !is_no_end(&text[..at]) {
                    return Some(at + space.len_utf8());
                }
                // A picture may follow the stop after a blank.
                after_stop = false;
                if weighs > LONGEST_BREATH
                    && let Some(end) = place_to_breathe(&text[..at], LONGEST_BREATH)
                {
                    return Some(end);
                }
            }
            _ => after_stop = false,
        }
        before = letter;
        weighs += weight(letter);
    }
    None
}

/// The best place for a pause: after a comma or an ending, as late as possible, else
/// after the last word within the limit. `None` if there is only one word.
fn place_to_breathe(text: &str, limit: usize) -> Option<usize> {
    let mut clause = None;
    let mut word = None;
    let mut weighs = 0;
    for (at, letter) in text.char_indices() {
        weighs += weight(letter);
        if letter.is_whitespace() {
            if weighs > limit && word.is_some() {
                break;
            }
            let (before, end) = (&text[..at], at + letter.len_utf8());
            if weighs >= limit / SHORTEST_PART && pauses(before) {
                clause = Some(end);
            }
            if !before.trim().is_empty() {
                word = Some(end);
            }
        }
    }
    clause.or(word)
}

fn pauses(text: &str) -> bool {
    text.ends_with([',', ';', ':', '、', '，', '—', '–'])
        || text.ends_with(['.', '!', '?', '…'])
        || KOREAN_ENDINGS.iter().any(|ending| text.ends_with(ending))
}

/// Where a text begins to weigh more than `limit`.
fn overflow(text: &str, limit: usize) -> Option<usize> {
    let mut weighs = 0;
    let (at, _) = text.char_indices().find(|(_, letter)| {
        weighs += weight(*letter);
        weighs > limit
    })?;
    Some(at)
}

/// The place `at` or the next one that parts no letter from what belongs to it.
fn whole_letters(text: &str, at: usize) -> usize {
    let belongs = |letter: char| {
        matches!(letter,
        '\u{0300}'..='\u{036F}' | '\u{1160}'..='\u{11FF}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
    };
    let at = at.max(text.chars().next().map_or(0, char::len_utf8));
    let after = text.get(at..).unwrap_or_default();
    let more = after.char_indices().find(|(_, letter)| !belongs(*letter));
    at + more.map_or(after.len(), |(more, _)| more)
}

/// Whether the stop at the end of this ends nothing.
fn is_no_end(text: &str) -> bool {
    ends_in_list_number(text) || ends_in_title(text)
}

/// "1. Boil water": the stop after the number ends nothing.
fn ends_in_list_number(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let line = line.trim_matches(|letter: char| letter.is_whitespace() || letter == '*');
    line.strip_suffix('.').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// "Dr. Kim" and "J. K. Rowling" are whole.
fn ends_in_title(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    let word = word.trim_start_matches(['(', '"', '\'', '*', '_']);
    let is_initial = matches!(word.as_bytes(), [letter, b'.'] if letter.is_ascii_uppercase());
    // "It was I. " ends, and is rarer than any name.
    (is_initial && word != "I.") || TITLES.iter().any(|title| title.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(complete(text, 0).map(|end| &text[..end]), expected, "{text:?}");
    }

    #[test]
    fn a_sentence_is_whole_when_something_follows_it() {
        check("", None);
        check("The capital", None);
        check("The capital of France is Paris.", None);
        check("Paris. It", Some("Paris. "));
        check("Paris. It is old. Very", Some("Paris. It is old. "));
        check("안녕하세요! 저는 벨라예요", Some("안녕하세요! "));
        check("she said \"Go.\" Then", Some("she said \"Go.\" "));
    }

    #[test]
    fn numbers_keep_their_points() {
        check("Pi is 3.14 or", None);
        check("1. Boil water", None);
        check("**1.** Boil water", None);
        check("First line\n2. Add tea", Some("First line\n"));
    }

    #[test]
    fn names_keep_their_points() {
        check("Ask Dr. Kim about", None);
        check("J. K. Rowling wrote", None);
        check("fruit, e.g. apples", None);
        check("So do I. You", Some("So do I. "));
    }

    #[test]
    fn marks_and_pictures_may_follow_the_stop() {
        check("**Yes.** And", Some("**Yes.** "));
        check("좋아요!😊 그리고", Some("좋아요!😊 "));
        check("안녕~ 오늘은", Some("안녕~ "));
        check("3~ 5", None);
    }

    #[test]
    fn it_goes_on_from_where_it_was() {
        let text = "One. Two. Three";
        let first = complete(text, 0);
        assert_eq!(first, Some("One. Two. ".len()));
        assert_eq!(complete(text, first.expect("two sentences")), None);
    }

    #[test]
    fn a_place_inside_a_letter_is_no_place() {
        assert_eq!(complete("가나. 다", 1), None);
        assert_eq!(complete("ab", 9), None);
    }

    #[test]
    fn blank_lines_are_not_worth_speaking() {
        check("\n\n", None);
    }

    #[test]
    fn what_never_stops_is_told_where_it_breathes() {
        let clause = "and then we went a little further down the road, ";
        let text = clause.repeat(5);
        let told = complete(&text, 0).expect("it is long");
        assert!(told > 0 && told.is_multiple_of(clause.len()), "{:?}", &text[..told]);
    }

    #[test]
    fn korean_without_stops_is_told_at_its_endings() {
        let sentence = "오늘은 날씨가 참 좋아서 공원에 나가서 걷고 싶어요 ";
        let text = sentence.repeat(6);
        let told = complete(&text, 0).expect("it is long");
        assert!(told > 0 && told.is_multiple_of(sentence.len()), "{:?}", &text[..told]);
    }

    #[test]
    fn what_was_told_stays_told_while_the_text_grows() {
        let text = "Ask Dr. Kim, who has thought about rivers for so long that she dreams of them \
                    and wakes up wet without a single stop in a very long sentence about water and \
                    stones and whatever lies between them. 그래서 오늘은 여기까지예요! 안녕~ 또 만나요";
        let mut told = 0;
        for (end, _) in text.char_indices() {
            if let Some(more) = complete(&text[..end], told) {
                told = more;
            }
            let whole = complete(&text[..end], 0).unwrap_or(0);
            assert_eq!(told, whole, "{:?}", &text[..end]);
        }
        assert!(told > 0);
    }

    #[track_caller]
    fn check_cut(text: &str, limit: usize, expected: &[&str]) {
        assert_eq!(cut(text, limit), expected, "{text:?}");
    }

    #[test]
    fn long_sentences_are_cut_at_commas_then_words_then_letters() {
        check_cut("", 10, &[]);
        check_cut("short", 10, &["short"]);
        check_cut("one two, three four", 12, &["one two,", "three four"]);
        check_cut("one two three four", 10, &["one two", "three four"]);
        check_cut("abcdefghij", 4, &["abcd", "efgh", "ij"]);
        check_cut("가나다라마", 4, &["가나", "다라", "마"]);
        check_cut("e\u{301}e\u{301}e\u{301}", 2, &["e\u{301}", "e\u{301}", "e\u{301}"]);
    }

    #[test]
    fn nothing_is_lost_by_cutting_and_nothing_is_too_long() {
        let text = "말, 그리고 words, 또 다른 말들이 여기에 있어요 and more of them ".repeat(20);
        for limit in [2, 7, 40, 160] {
            let parts = cut(&text, limit);
            for part in &parts {
                assert!(part.chars().map(weight).sum::<usize>() <= limit, "{limit}: {part:?}");
            }
            let squeeze = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeeze(&parts.concat()), squeeze(&text));
        }
    }

    #[test]
    fn a_text_falls_apart_into_its_sentences() {
        let parts: Vec<&str> = split("네. 알겠어요!\n\nAnd Dr. Kim? Yes").collect();
        assert_eq!(parts, ["네. ", "알겠어요!\n", "\n", "And Dr. Kim? ", "Yes"]);
    }
}
