//! Whether what was heard is her own voice out of the loudspeaker.
//!
//! Browsers take a page's own sound out of the microphone, but not always the voice of
//! the system, which is what speaks for her. So while she speaks, what is heard is
//! compared with what she says, letter by letter: a stretch that is alike is hers,
//! whatever the transcriber made of single letters in it ("Identification of common
//! molecular subsequences", Smith and Waterman 1981), and the words that remain are
//! the person's.
//!
//! A word too short to be told apart is taken for hers if she is saying that very
//! word, except for the few with which people stop somebody: those always count.

use crate::hangul;

/// Words that are compared at a time; bounds the table.
const WORDS_AT_A_TIME: usize = 40;
/// Letters of what she says that are compared at most, the latest.
const MOST_SAID: usize = 2_000;
/// Letters that have to be alike before it is no chance.
const NO_CHANCE: i32 = 8;
/// A word is hers if so much of it is: what is misheard at the end of a stretch is not
/// part of it.
const MOST_OF_A_WORD: f32 = 0.5;
/// With these, people interrupt.
const STOPS: [&str; 14] = [
    "그만",
    "그만해",
    "멈춰",
    "잠깐",
    "잠깐만",
    "됐어",
    "아니",
    "아니야",
    "조용",
    "stop",
    "wait",
    "enough",
    "quiet",
    "bella",
];
/// With these, they do not.
const HESITATIONS: [&str; 10] = ["음", "어", "아", "흠", "um", "uh", "oh", "ah", "hmm", "mm"];

/// What was heard, without what was hers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    pub words: String,
    /// Whether something was hers.
    pub echoes: bool,
}

impl Own {
    /// Whether there is anything that somebody said.
    pub fn has_words(&self) -> bool {
        hangul::has_letters(&self.words)
    }

    /// Whether these are words to be silent for. Beside an echo, one odd word is as
    /// likely to be a part of it that was misheard.
    pub fn interrupts(&self) -> bool {
        let words: Vec<String> = words(&self.words).into_iter().map(|word| plain(&word)).collect();
        if words.iter().any(|word| STOPS.contains(&word.as_str())) {
            return true;
        }
        let words = words.iter().filter(|word| !HESITATIONS.contains(&word.as_str()));
        let letters: usize = words.clone().map(|word| hangul::letters(word).len()).sum();
        match self.echoes {
            true => words.count() >= 2 && letters >= NO_CHANCE as usize,
            false => letters >= 2,
        }
    }
}

/// Takes out of `heard` what she `said`.
pub fn without(heard: &str, said: &[&str]) -> Own {
    let said_words: Vec<String> = said.iter().flat_map(|said| words(said)).collect();
    let mut said: Vec<char> = said_words.iter().flat_map(|word| hangul::letters(word)).collect();
    said.drain(..said.len().saturating_sub(MOST_SAID));
    let heard_words = words(heard);
    let is_short = heard_words.iter().map(|word| hangul::letters(word).len()).sum::<usize>()
        < NO_CHANCE as usize;
    let mut is_hers = vec![false; heard_words.len()];
    if is_short {
        let all: Vec<String> = heard_words.iter().map(|word| plain(word)).collect();
        let hers: Vec<String> = said_words.iter().map(|word| plain(word)).collect();
        let stops = all.iter().any(|word| STOPS.contains(&word.as_str()));
        let says_it = !all.is_empty() && hers.windows(all.len()).any(|words| words == all);
        is_hers.fill(says_it && !stops);
    } else {
        let chunks = heard_words.chunks(WORDS_AT_A_TIME);
        for (words, is_hers) in chunks.zip(is_hers.chunks_mut(WORDS_AT_A_TIME)) {
            mark(words, &said, is_hers);
        }
    }
    let own: Vec<&str> =
        heard_words.iter().zip(&is_hers).filter(|(_, hers)| !**hers).map(|(w, _)| &w[..]).collect();
    Own { echoes: own.len() < heard_words.len(), words: own.join(" ") }
}

/// Words that are heard, with the marks around them.
fn words(text: &str) -> Vec<String> {
    let text = hangul::compose(text);
    let words = text.split_whitespace().filter(|word| hangul::has_letters(word));
    words.map(str::to_owned).collect()
}

fn plain(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Marks the words that are hers: those of the stretch most alike, then the same on
/// either side of it.
fn mark(words: &[String], said: &[char], is_hers: &mut [bool]) {
    let letters: Vec<Vec<char>> = words.iter().map(|word| hangul::letters(word)).collect();
    let heard: Vec<char> = letters.iter().flatten().copied().collect();
    let Some(alike) = most_alike(&heard, said) else { return };
    let mut from = 0;
    let mut marked: Option<(usize, usize)> = None;
    for (word, letters) in letters.iter().enumerate() {
        let same = alike[from..from + letters.len()].iter().filter(|same| **same).count();
        from += letters.len();
        if same as f32 >= MOST_OF_A_WORD * letters.len() as f32 {
            let first = marked.map_or(word, |(first, _)| first);
            marked = Some((first, word + 1));
        }
    }
    let Some((first, end)) = marked else { return };
    // Between the first and the last word of the stretch, a misheard one is hers too.
    is_hers[first..end].fill(true);
    mark(&words[..first], said, &mut is_hers[..first]);
    mark(&words[end..], said, &mut is_hers[end..]);
}

/// Which letters of `heard` are part of the stretch that is most like one of `said`,
/// if there is one that is no chance.
fn most_alike(heard: &[char], said: &[char]) -> Option<Vec<bool>> {
    let width = said.len() + 1;
    let mut scores = vec![0_i32; (heard.len() + 1) * width];
    let mut best = (0, 0, 0);
    for (row, a) in heard.iter().enumerate() {
        for (column, b) in said.iter().enumerate() {
            let diagonal = scores[row * width + column] + if a == b { 1 } else { -1 };
            let gap = scores[row * width + column + 1].max(scores[(row + 1) * width + column]) - 1;
            let score = diagonal.max(gap).max(0);
            scores[(row + 1) * width + column + 1] = score;
            if score > best.0 {
                best = (score, row + 1, column + 1);
            }
        }
    }
    let (score, mut row, mut column) = best;
    if score < NO_CHANCE {
        return None;
    }
    let mut alike = vec![false; heard.len()];
    while row > 0 && column > 0 && scores[row * width + column] > 0 {
        let here = scores[row * width + column];
        let same = heard[row - 1] == said[column - 1];
        if here == scores[(row - 1) * width + column - 1] + if same { 1 } else { -1 } {
            (row, column) = (row - 1, column - 1);
            alike[row] = same;
        } else if here == scores[(row - 1) * width + column] - 1 {
            row -= 1;
        } else {
            column -= 1;
        }
    }
    Some(alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEATHER: [&str; 2] = ["내일은 비가 올 거예요.", "우산을 꼭 챙기시고, 따뜻하게 입으세요."];
    const TEA: [&str; 1] =
        ["First, boil the water. Then put the tea into the pot and wait for four minutes."];

    #[test]
    fn her_own_words_are_taken_out() {
        for (heard, said, own, echoes) in [
            // Nothing but hers, as it is, cut off, run together, misheard.
            ("내일은 비가 올 거예요.", &WEATHER[..], "", true),
            ("내일은 비가 올", &WEATHER, "", true),
            ("비가 올거예요 우산을 꼭 챙기시고", &WEATHER, "", true),
            ("내일은 비가 올 거에요 우산을 꼭 챙기시구", &WEATHER, "", true),
            ("Then put the tea into the pod", &TEA, "", true),
            ("first boil the water then put a tea in to the pot", &TEA, "", true),
            // Both.
            ("내일은 비가 올 거예요 벨라야 그만해", &WEATHER, "벨라야 그만해", true),
            ("잠깐만 내일은 비가 올 거예요", &WEATHER, "잠깐만", true),
            ("First boil the water. No, I want coffee!", &TEA, "No, I want coffee!", true),
            // Nothing of hers.
            ("오늘 저녁에 뭐 먹을까?", &WEATHER, "오늘 저녁에 뭐 먹을까?", false),
            ("What about coffee?", &TEA, "What about coffee?", false),
            ("내일은 비가 올 거예요.", &[], "내일은 비가 올 거예요.", false),
            // Too short to tell, unless it is what she says.
            ("네", &WEATHER, "네", false),
            ("비가", &WEATHER, "", true),
            ("비", &WEATHER, "비", false),
            // Stopping her is no echo, even if she happens to say so.
            ("Wait!", &TEA, "Wait!", false),
            ("", &WEATHER, "", false),
            ("…", &WEATHER, "", false),
        ] {
            let expected = Own { words: own.into(), echoes };
            assert_eq!(without(heard, said), expected, "{heard:?}");
        }
    }

    #[test]
    fn words_interrupt_and_noises_do_not() {
        for (words, echoes, expected) in [
            ("", false, false),
            ("음", false, false),
            ("Um, uh", false, false),
            ("네", false, true),
            ("아니", false, true),
            ("What about coffee?", false, true),
            // Beside an echo, one word is no proof, unless it says stop.
            ("거에요", true, false),
            ("그만", true, true),
            ("Bella!", true, true),
            ("I want coffee", true, true),
        ] {
            let own = Own { words: words.into(), echoes };
            assert_eq!(own.interrupts(), expected, "{words:?}, echoes: {echoes}");
        }
    }

    #[test]
    fn hours_of_talk_are_compared_in_a_moment() {
        let said = "그래서 그 사람은 다시 길을 떠났어요. ".repeat(500);
        let heard = "전혀 다른 이야기를 하고 있는 사람 ".repeat(300);
        let own = without(&heard, &[&said]);
        assert!(own.has_words());
    }
}
