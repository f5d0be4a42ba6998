//! Feelings that a person tells of in so many words.
//!
//! The model of feelings learnt from reviews of films, where "슬퍼" is praise. So
//! what somebody says of themselves in plain words is read here, by a small list
//! and a little grammar, and weighed against the model in [`crate::mood`].
//!
//! - [`korean`]: predicates by their stems; those of feeling tell of the speaker
//!   unless they are put into somebody else's mouth ("슬퍼해", "슬퍼 보여")
//! - [`english`]: adjectives that belong to an "I", and a few set phrases
//!
//! Both rather miss a feeling than make one up: a sad film, a happy birthday, a
//! wish and a question about somebody else say nothing here.

mod english;
mod korean;

use unicode_normalization::UnicodeNormalization;

use crate::hangul;

/// What stands farther from the end of a text is not looked at: it is where the person
/// arrived that counts, and something that long is rather something they copied.
const MOST_BYTES: usize = 6_000;
/// What was said first counts less than where the person arrived: "it was hard, but
/// now I am happy".
const OF_EARLIER: f32 = 0.3;
/// In a short sentence a comma separates no list.
const SHORT: usize = 6;

/// How the person says they feel, from -1 to 1, if they say so.
pub fn read(text: &str) -> Option<f32> {
    let from = text.ceil_char_boundary(text.len().saturating_sub(MOST_BYTES));
    let text = text.get(from..).unwrap_or_default();
    let text: String = text.nfc().flat_map(char::to_lowercase).collect();
    text.split_inclusive(ends_sentence).filter_map(read_sentence).reduce(combine)
}

fn read_sentence(sentence: &str) -> Option<f32> {
    let is_question = sentence.ends_with(['?', '？']);
    let clauses: Vec<Vec<&str>> =
        sentence.split(ends_clause).map(words).filter(|words| !words.is_empty()).collect();
    let is_simple = clauses.len() == 1 || clauses.iter().map(Vec::len).sum::<usize>() <= SHORT;
    let read = |words: &Vec<&str>| {
        let korean = korean::read(words, is_question);
        korean.or_else(|| english::read(words, is_question, is_simple))
    };
    clauses.iter().filter_map(read).reduce(combine)
}

/// The same told twice is no less; of two that differ the later one counts more.
fn combine(earlier: f32, now: f32) -> f32 {
    if earlier * now > 0.0 {
        return if earlier.abs() > now.abs() { earlier } else { now };
    }
    OF_EARLIER * earlier + (1.0 - OF_EARLIER) * now
}

fn ends_sentence(letter: char) -> bool {
    matches!(letter, '.' | '!' | '?' | '…' | '\n' | '。' | '！' | '？')
}

fn ends_clause(letter: char) -> bool {
    matches!(letter, ',' | ';' | ':' | '(' | ')' | '，')
}

/// Words without signs. Single jamo are no part of one ("힘드네ㅠㅠ"), and apostrophes
/// are left out later, where they matter.
fn words(clause: &str) -> Vec<&str> {
    clause.split(|letter| !is_of_word(letter)).filter(|word| !word.is_empty()).collect()
}

fn is_of_word(letter: char) -> bool {
    (letter.is_alphanumeric() && !hangul::is_jamo(letter)) || matches!(letter, '\'' | '’')
}

#[cfg(test)]
mod tests;
