//! Entries found again by what is remembered of them.
//!
//! Capital or small, wide or narrow, a letter is the same. Korean is found by its
//! syllables, and by their first consonants alone: ㅂㄹ finds 벨라, as everybody who
//! types Korean expects. Of several words all have to be there, in whatever order.

use std::borrow::Borrow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Entry;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    words: Vec<Word>,
}

/// A word in the one or two spellings that it may be meant in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word(Vec<Vec<Letter>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Letter {
    Is(char),
    /// A consonant by itself, or a syllable that begins with it.
    BeginsWith(char),
}

/// More words than anybody remembers of anything.
const MOST_WORDS: usize = 16;
const MOST_LETTERS: usize = 256;

impl Query {
    /// Nothing, if nothing is looked for.
    pub fn read(typed: &str) -> Option<Self> {
        let folded: String = typed.nfc().take(MOST_LETTERS).map(fold).collect();
        let words: Vec<Word> = folded.split_whitespace().take(MOST_WORDS).map(Word::read).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.words.iter().all(|word| word.first_in(text, 0).is_some())
    }

    /// Where the words stand, as bytes of the text, in order and apart from each other;
    /// nothing unless all of them do. No range ends inside of what is seen as one sign.
    pub fn places_in(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let mut places = Vec::new();
        for word in &self.words {
            let before = places.len();
            let mut from = 0;
            while let Some(place) = word.first_in(text, from) {
                from = place.end;
                places.push(whole_signs(text, place));
            }
            if places.len() == before {
                return None;
            }
        }
        Some(joined(places))
    }

    /// Those that hold it, the newest first, out of entries in their order.
    pub fn search<'a, E: Borrow<Entry>>(
        &'a self,
        entries: &'a [E],
    ) -> impl Iterator<Item = &'a E> + 'a {
        entries.iter().rev().filter(|entry| self.is_in(&(*entry).borrow().text))
    }
}

impl Word {
    fn read(folded: &str) -> Self {
        let as_typed = spelling(folded.chars());
        // Whoever types ㄱ and ㅅ without a vowel gets ㄳ from many keyboards.
        let apart = spelling(folded.chars().flat_map(taken_apart));
        let mut spellings = vec![as_typed];
        if apart != spellings[0] {
            spellings.push(apart);
        }
        Self(spellings)
    }

    fn first_in(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let places = self.0.iter().filter_map(|letters| find(letters, text, from));
        places.min_by_key(|place| place.start)
    }
}

/// Consonants stand for syllables where there are only consonants, and at the end of a
/// word that is still being typed.
fn spelling(letters: impl Iterator<Item = char>) -> Vec<Letter> {
    let letters: Vec<char> = letters.collect();
    let only_consonants = letters.iter().all(|&letter| is_initial(letter));
    let last = letters.len().saturating_sub(1);
    let letter = |(at, &letter): (usize, &char)| match is_initial(letter) {
        true if only_consonants || at == last => Letter::BeginsWith(letter),
        _ => Letter::Is(letter),
    };
    letters.iter().enumerate().map(letter).collect()
}

fn find(letters: &[Letter], text: &str, from: usize) -> Option<Range<usize>> {
    let rest = text.get(from..)?;
    rest.char_indices().find_map(|(start, _)| {
        let mut there = rest[start..].chars();
        let fits = letters.iter().all(|letter| there.next().is_some_and(|it| letter.fits(it)));
        fits.then(|| from + start..text.len() - there.as_str().len())
    })
}

impl Letter {
    fn fits(self, letter: char) -> bool {
        match self {
            Letter::Is(wanted) => fold(letter) == wanted,
            Letter::BeginsWith(wanted) => {
                initial_of(letter) == Some(wanted) || fold(letter) == wanted
            }
        }
    }
}

/// The consonants a syllable can begin with, in the order of syllables.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ',
    'ㅌ', 'ㅍ', 'ㅎ',
];
const FIRST_SYLLABLE: u32 = '가' as u32;
const LAST_SYLLABLE: u32 = '힣' as u32;
/// Vowels times final consonants.
const SYLLABLES_PER_INITIAL: u32 = 21 * 28;

fn is_initial(letter: char) -> bool {
    INITIALS.contains(&letter)
}

fn initial_of(syllable: char) -> Option<char> {
    let code = syllable as u32;
    if !(FIRST_SYLLABLE..=LAST_SYLLABLE).contains(&code) {
        return None;
    }
    INITIALS.get(((code - FIRST_SYLLABLE) / SYLLABLES_PER_INITIAL) as usize).copied()
}

/// Two consonants in one sign, as two.
fn taken_apart(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ㄳ' => ('ㄱ', 'ㅅ'),
        'ㄵ' => ('ㄴ', 'ㅈ'),
        'ㄶ' => ('ㄴ', 'ㅎ'),
        'ㄺ' => ('ㄹ', 'ㄱ'),
        'ㄻ' => ('ㄹ', 'ㅁ'),
        'ㄼ' => ('ㄹ', 'ㅂ'),
        'ㄽ' => ('ㄹ', 'ㅅ'),
        'ㄾ' => ('ㄹ', 'ㅌ'),
        'ㄿ' => ('ㄹ', 'ㅍ'),
        'ㅀ' => ('ㄹ', 'ㅎ'),
        'ㅄ' => ('ㅂ', 'ㅅ'),
        other => return std::iter::once(other).chain(None),
    };
    std::iter::once(first).chain(Some(second))
}

/// One letter for all that look for each other: small for capital, narrow for wide.
fn fold(letter: char) -> char {
    match letter {
        '\0'..='\x7F' => letter.to_ascii_lowercase(),
        '가'..='힣' => letter,
        '\u{3000}' => ' ',
        // Wide Latin, in the order of the narrow.
        '！'..='～' => shifted(letter, '！', '!').to_ascii_lowercase(),
        // Narrow consonants, in the order of the usual ones.
        '\u{FFA1}'..='\u{FFBE}' => shifted(letter, '\u{FFA1}', 'ㄱ'),
        // Consonants that wait for a vowel to compose with.
        '\u{1100}'..='\u{1112}' => INITIALS[(letter as usize) - 0x1100],
        // Of the few that become several, the first tells enough.
        _ => letter.to_lowercase().next().unwrap_or(letter),
    }
}

fn shifted(letter: char, from: char, to: char) -> char {
    char::from_u32(letter as u32 - from as u32 + to as u32).unwrap_or(letter)
}

/// Takes in what is drawn onto the last sign, and the sign that the first is drawn onto.
fn whole_signs(text: &str, place: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = place;
    while let Some(letter) = text[start..].chars().next()
        && is_drawn_onto(letter)
        && let Some(before) = text[..start].chars().next_back()
    {
        start -= before.len_utf8();
    }
    while let Some(letter) = text[end..].chars().next()
        && (is_drawn_onto(letter) || text[..end].ends_with(JOINER))
    {
        end += letter.len_utf8();
    }
    start..end
}

/// Makes one sign of its neighbours.
const JOINER: char = '\u{200D}';

fn is_drawn_onto(letter: char) -> bool {
    letter == JOINER
        || is_combining_mark(letter)
        // Vowels and finals of old Korean, forms and skins of emoji.
        || matches!(letter, '\u{1160}'..='\u{11FF}' | '\u{FE00}'..='\u{FE0F}')
        || matches!(letter, '\u{1F3FB}'..='\u{1F3FF}')
}

/// In order, with what touches in one.
fn joined(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match joined.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => joined.push(place),
        }
    }
    joined
}
