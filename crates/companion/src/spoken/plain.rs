//! A sentence without the marks that only eyes understand.

use crate::sentences::{is_hangul, is_picture};

/// How far the end of a link's address is looked for.
const LONGEST_ADDRESS: usize = 2_000;

/// Stands for an address that nobody wants to hear.
pub(super) const LINK: char = '\u{FFFC}';

/// What people laugh and weep with in Korean.
const FACES: [char; 5] = ['ㅋ', 'ㅎ', 'ㅠ', 'ㅜ', 'ㅡ'];

/// The words of a sentence. What was cut apart in the middle of a link or of an
/// emphasis is read just the same.
pub(super) fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = step(rest, letter, &mut words);
    }
    tidy(&words)
}

/// Takes the next letter, or the mark that begins with it; what follows.
fn step<'a>(rest: &'a str, letter: char, words: &mut String) -> &'a str {
    let after = &rest[letter.len_utf8()..];
    let before = words.chars().next_back().unwrap_or(' ');
    let next = after.chars().next().unwrap_or(' ');
    let is_between = |fits: fn(char) -> bool| fits(before) && fits(next);
    match letter {
        'h' | 'H' | 'w' | 'W' if !before.is_alphanumeric() && address(rest) > 0 => {
            words.push(LINK);
            return &rest[address(rest)..];
        }
        '\\' if next.is_ascii_punctuation() => return after,
        '[' if next == '^' => return past(after, ']').unwrap_or(after),
        '[' => {}
        ']' => return past_target(after),
        '!' if next == '[' => {}
        '<' => {
            if let Some((inside, after)) = tag(after) {
                words.push(if address(inside) > 0 { LINK } else { ' ' });
                return after;
            }
            words.push(letter);
        }
        '`' => {}
        '*' if is_between(|letter| letter == ' ') => words.push(letter),
        '*' => {}
        '_' if is_between(char::is_alphanumeric) => words.push(' '),
        '_' => {}
        '~' if is_between(|letter| letter.is_ascii_digit()) => words.push(letter),
        '~' | '^' => {}
        '|' => words.push(' '),
        '→' | '⇒' | '➜' | '⟶' => words.push_str(", "),
        // "ㅋㅋㅋ" is a face; one of them alone is a letter that is talked about.
        face if FACES.contains(&face) && FACES.contains(&next) => {
            return after.trim_start_matches(FACES);
        }
        // What only changes how a letter looks.
        '\u{200D}' | '\u{20E3}' | '\u{FE00}'..='\u{FE0F}' => {}
        '\u{200B}' | '\u{200C}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}' => {}
        picture if is_picture(picture) => words.push(' '),
        other if other.is_whitespace() => words.push(' '),
        control if control.is_control() => {}
        _ => words.push(letter),
    }
    after
}

/// The length of the address at the beginning, without the stop that ends its sentence.
fn address(text: &str) -> usize {
    let begins = |with: &str| {
        text.get(..with.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(with))
    };
    if !["http://", "https://", "www."].into_iter().any(begins) {
        return 0;
    }
    let ends = |letter: char| {
        letter.is_whitespace() || is_hangul(letter) || "<>\"'`|[]{}”’」』*".contains(letter)
    };
    let length = text.find(ends).unwrap_or(text.len());
    let mut found = text[..length].trim_end_matches(['.', ',', ';', ':', '!', '?', '…']);
    // A bracket belongs to it only if it was opened in it.
    while found.ends_with(')') && found.matches(')').count() > found.matches('(').count() {
        found = found[..found.len() - 1].trim_end_matches(['.', ',', ';', ':', '!', '?']);
    }
    found.len()
}

/// What stands between `<` and `>`, if it is a tag or an address.
fn tag(after: &str) -> Option<(&str, &str)> {
    let end = bounded(after).find(['<', '>', '\n']).filter(|&end| after[end..].starts_with('>'))?;
    let inside = &after[..end];
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let is_tag = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    is_tag.then_some((inside, &after[end + 1..]))
}

/// After the text of a link comes where it leads to, and nobody wants to hear it.
fn past_target(after: &str) -> &str {
    if let Some(target) = after.strip_prefix('(') {
        let mut depth = 1;
        for (at, letter) in bounded(target).char_indices() {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return &target[at + 1..];
            }
        }
        return target;
    }
    after.strip_prefix('[').and_then(|reference| past(reference, ']')).unwrap_or(after)
}

fn past(text: &str, end: char) -> Option<&str> {
    bounded(text).find(end).map(|at| &text[at + end.len_utf8()..])
}

fn bounded(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_ADDRESS);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Single blanks, none before a stop, no empty brackets, and no comma at an end.
fn tidy(words: &str) -> String {
    let mut tidied = String::with_capacity(words.len());
    for letter in words.chars() {
        if letter == ' ' && (tidied.is_empty() || tidied.ends_with(' ')) {
            continue;
        }
        if matches!(letter, '.' | ',' | '!' | '?' | ')' | ';' | ':' | '…') && tidied.ends_with(' ')
        {
            tidied.pop();
        }
        if letter == ')' && tidied.ends_with('(') {
            tidied.pop();
            continue;
        }
        tidied.push(letter);
    }
    tidied.trim_matches([' ', ',']).to_owned()
}
