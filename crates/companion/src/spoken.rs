//! What of a reply is said aloud.
//!
//! A reply is written to be looked at: with marks, lists, tables, code and links.
//! A [`Reader`] takes it piece by piece as it streams and gives back what a person
//! would read out, as lines short enough for any voice, each in its language.
//!
//! - [`plain`]: one line of it without its marks

mod plain;

use crate::{Language, sentences};
use plain::{LINK, plain};

/// The most one utterance may weigh ([`sentences::weight`]). Chrome falls silent
/// some fifteen seconds into an utterance of a voice that is not local, and no voice
/// takes as long for this.
const LONGEST: usize = 150;

/// Something to be said at a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    pub language: Language,
}

/// Reads one reply from its beginning to its end.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What the last line was said in; what has no letters is said in it too.
    language: Language,
    /// What the code goes on until.
    fence: Option<String>,
    /// A row of a table, until it is whole.
    held: String,
    is_mid_line: bool,
}

/// What is said in place of what cannot be.
struct InPlace {
    link: &'static str,
    code: &'static str,
}

fn in_place(language: Language) -> InPlace {
    match language {
        Language::English => InPlace { link: "a link", code: "The code is on the screen." },
        Language::Korean => InPlace { link: "링크", code: "코드는 화면에 있어요." },
    }
}

impl Reader {
    pub fn new(language: Language) -> Self {
        Self { language, fence: None, held: String::new(), is_mid_line: false }
    }

    /// What the last line was in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Reads on. The text ends where a sentence does, see [`sentences::complete`].
    pub fn read(&mut self, text: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        for line in text.split_inclusive('\n') {
            let is_whole = line.ends_with('\n');
            if !self.held.is_empty() || (!self.is_mid_line && is_row(line)) {
                self.held.push_str(line);
                if is_whole {
                    let row = std::mem::take(&mut self.held);
                    self.read_line(&row, true, &mut lines);
                }
            } else {
                self.read_line(line, !self.is_mid_line, &mut lines);
            }
            self.is_mid_line = !is_whole;
        }
        lines
    }

    /// Reads what is left at the end.
    pub fn finish(&mut self, text: &str) -> Vec<Line> {
        let mut lines = self.read(text);
        let row = std::mem::take(&mut self.held);
        self.read_line(&row, true, &mut lines);
        lines
    }

    fn read_line(&mut self, line: &str, is_beginning: bool, lines: &mut Vec<Line>) {
        let line = line.trim();
        if let Some(fence) = &self.fence {
            if is_beginning && line.starts_with(fence.as_str()) {
                self.fence = None;
            }
            return;
        }
        if !is_beginning {
            return self.say(line, lines);
        }
        let line = without_prefix(line);
        if let Some(fence) = fence_of(line) {
            self.fence = Some(fence);
            let (text, language) = (in_place(self.language).code.to_owned(), self.language);
            lines.push(Line { text, language });
        } else if is_row(line) {
            self.say(&row_in_words(line), lines);
        } else if !is_rule(line) {
            self.say(line, lines);
        }
    }

    fn say(&mut self, text: &str, lines: &mut Vec<Line>) {
        for sentence in sentences::split(text) {
            let sentence = composed(&plain(sentence));
            let is_worth_it = |letter: char| letter.is_alphanumeric() || letter == LINK;
            let Spoken::In(language) = language_of(&sentence, self.language) else { continue };
            if !sentence.contains(is_worth_it) {
                continue;
            }
            self.language = language;
            let sentence = sentence.replace(LINK, in_place(language).link);
            let parts = sentences::cut(&sentence, LONGEST).into_iter();
            lines.extend(parts.map(|part| Line { text: part.to_owned(), language }));
        }
    }
}

enum Spoken {
    In(Language),
    /// In letters that no voice of hers reads.
    Not,
}

/// Korean if a good part of its letters is Hangul: "Rust는 빠른 언어예요" is, and what
/// quotes one Korean word is not.
fn language_of(text: &str, before: Language) -> Spoken {
    let (mut hangul, mut latin, mut other) = (0usize, 0usize, 0usize);
    for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
        match letter {
            hangul_letter if sentences::is_hangul(hangul_letter) => hangul += 1,
            '\u{0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => latin += 1,
            _ => other += 1,
        }
    }
    if other > hangul + latin {
        Spoken::Not
    } else if hangul + latin == 0 {
        Spoken::In(before)
    } else if hangul * 3 >= latin {
        Spoken::In(Language::Korean)
    } else {
        Spoken::In(Language::English)
    }
}

/// Syllables written as single letters of Hangul put together, so that no cut falls
/// into one.
fn composed(text: &str) -> String {
    const SYLLABLES: u32 = 0xAC00;
    let (lead, vowel, tail) = (0x1100u32, 0x1161u32, 0x11A7u32);
    let mut whole = String::with_capacity(text.len());
    for letter in text.chars().map(u32::from) {
        let last = whole.chars().next_back().map_or(0, u32::from);
        let joined = if (lead..lead + 19).contains(&last) && (vowel..vowel + 21).contains(&letter) {
            Some(SYLLABLES + ((last - lead) * 21 + (letter - vowel)) * 28)
        } else if (SYLLABLES..=0xD7A3).contains(&last)
            && (last - SYLLABLES).is_multiple_of(28)
            && (tail + 1..tail + 28).contains(&letter)
        {
            Some(last + (letter - tail))
        } else {
            None
        };
        if joined.is_some() {
            whole.pop();
        }
        whole.extend(joined.or(Some(letter)).and_then(char::from_u32));
    }
    whole
}

/// A line without what makes it a quotation, a heading or an item of a list.
fn without_prefix(line: &str) -> &str {
    let mut line = line;
    while let Some(quoted) = line.strip_prefix('>') {
        line = quoted.trim_start();
    }
    if line.starts_with('#') {
        let heading = line.trim_start_matches('#');
        return if heading.starts_with(' ') { heading.trim_matches([' ', '#']) } else { line };
    }
    let item = line
        .strip_prefix(['-', '*', '+', '•', '·', '–'])
        .or_else(|| after_number(line))
        .filter(|item| item.starts_with(char::is_whitespace))
        .map_or(line, str::trim_start);
    ["[ ] ", "[x] ", "[X] "].iter().find_map(|task| item.strip_prefix(task)).unwrap_or(item)
}

/// What follows "1." or "1)" or "(1)".
fn after_number(line: &str) -> Option<&str> {
    let bare = line.strip_prefix('(').unwrap_or(line);
    let rest = bare.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let digits = bare.len() - rest.len();
    if (1..=3).contains(&digits) { rest.strip_prefix(['.', ')']) } else { None }
}

/// The marks that will end a block of code, if this line begins one.
fn fence_of(line: &str) -> Option<String> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let marks: String = line.chars().take_while(|letter| *letter == mark).collect();
    // "```like this```" is a word in a sentence.
    let is_inline = line[marks.len()..].contains(mark);
    (marks.len() >= 3 && !is_inline).then_some(marks)
}

/// "---" between two parts, and the line under a table's head.
fn is_rule(line: &str) -> bool {
    line.len() >= 2 && line.chars().all(|letter| "-=*_|:+ ".contains(letter))
}

fn is_row(line: &str) -> bool {
    line.trim_start().starts_with('|')
}

fn row_in_words(row: &str) -> String {
    if is_rule(row) {
        return String::new();
    }
    let cells = row.split('|').map(str::trim).filter(|cell| !cell.is_empty());
    let words = cells.collect::<Vec<_>>().join(", ");
    if words.is_empty() { words } else { words + "." }
}

#[cfg(test)]
mod tests;
