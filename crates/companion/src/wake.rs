//! Whether somebody called her by name: "벨라야", "벨라", "Hey Bella", "Hi Bella".
//!
//! What is compared is what a small transcriber writes, which is seldom what was
//! said: "밸라야", "벨라 야", "Hey, Bela." The Korean name is compared letter by letter
//! with a cost for each difference, small where ears confuse two letters and large
//! where another word begins ("발라야", it has to be spread; "빨래야", it is the
//! laundry). English spelling says less about sound, so there it is a short list.
//!
//! Judgement calls. "Hey Vella" and "Hey Pella" are she, because b, v and p are one
//! letter to many ears and to both languages at once. "Hey fella" is not: people say
//! it to each other and to dogs. A bare "Bella" is she only if spelt so. Her name
//! with something behind it ("벨라는 누구야") is talk about her and not to her.

use crate::hangul;

/// What a text says about whether she is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// She is, and this follows; nothing if it was no more than her name.
    Called { rest: String },
    /// Not yet, but it may still become a call.
    Unclear,
    /// Whatever is said, it does not begin with her name.
    NotCalled,
}

/// Said before a call by people who begin to speak, and not part of it.
const HESITATIONS: [&str; 17] = [
    "음", "어", "아", "저", "저기", "자", "그", "um", "uh", "oh", "ah", "er", "hmm", "so", "well",
    "ok", "okay",
];
const MOST_HESITATIONS: usize = 2;
/// They make a call of her name.
const GREETINGS: [&str; 14] = [
    "헤이", "해이", "에이", "하이", "헬로", "안녕", "야", "hey", "hay", "hei", "hi", "hello", "yo",
    "ay",
];
/// Her English name as it is spelt by ear, doubled letters written once, v as b.
const NAMES: [&str; 11] =
    ["bela", "belah", "belar", "bele", "beli", "belo", "bely", "beler", "bala", "bila", "pela"];
/// Her Korean name, called and plain.
const CALLED: &str = "벨라야";
const PLAIN: &str = "벨라";
/// Differences up to this are misheard …
const MISHEARD: u32 = 2;
/// … and up to this they may be corrected once more is heard.
const CORRECTABLE: u32 = 5;
/// Fewer letters than this say nothing either way.
const TELLING: usize = 8;
/// A difference that no ear makes.
const OTHER: u32 = 3;

/// Judges a text, or the beginning of one.
pub fn judge(text: &str) -> Call {
    let text = hangul::compose(text);
    let words = Words::of(&text);
    let hesitations = (0..words.count.min(MOST_HESITATIONS))
        .take_while(|&word| HESITATIONS.contains(&words.text_of(word).as_str()))
        .count();
    // "아, 벨라야", but also a name that sounds like a hesitation.
    for first in 0..=hesitations {
        if let Some(end) = words.call_at(first) {
            let rest = text.get(end..).unwrap_or_default();
            let rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
            return Call::Called { rest: rest.trim_end().to_owned() };
        }
    }
    match words.may_become_a_call(hesitations) {
        true => Call::Unclear,
        false => Call::NotCalled,
    }
}

/// A text as what is heard of it: letters, each of a word.
struct Words {
    letters: Vec<Letter>,
    count: usize,
}

#[derive(Clone, Copy)]
struct Letter {
    letter: char,
    word: usize,
    /// Where in the text it ends.
    end: usize,
}

impl Words {
    fn of(text: &str) -> Self {
        let mut letters: Vec<Letter> = Vec::new();
        let (mut count, mut is_between) = (0, true);
        for (at, letter) in text.char_indices() {
            if !letter.is_alphanumeric() {
                // "Bella's" is one word, and so is "벨라-야" not.
                is_between |= letter != '\'' && letter != '’';
                continue;
            }
            count += usize::from(is_between);
            is_between = false;
            let end = at + letter.len_utf8();
            let letter = letter.to_lowercase().next().unwrap_or(letter);
            letters.push(Letter { letter, word: count - 1, end });
        }
        Self { letters, count }
    }

    fn start_of(&self, word: usize) -> usize {
        self.letters.iter().position(|letter| letter.word >= word).unwrap_or(self.letters.len())
    }

    fn text_of(&self, word: usize) -> String {
        let of_word = self.letters.iter().filter(|letter| letter.word == word);
        of_word.map(|letter| letter.letter).collect()
    }

    fn text_between(&self, from: usize, to: usize) -> String {
        self.letters.get(from..to).unwrap_or_default().iter().map(|letter| letter.letter).collect()
    }

    /// Whether a word ends before this letter.
    fn ends_at(&self, at: usize) -> bool {
        match (at.checked_sub(1).and_then(|before| self.letters.get(before)), self.letters.get(at))
        {
            (Some(before), Some(next)) => before.word != next.word,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// Where in the text the call ends that begins with this word, if one does.
    fn call_at(&self, word: usize) -> Option<usize> {
        let at = self.start_of(word);
        let end = self.greeted(at).into_iter().find_map(|from| self.name_at(from, true));
        let end = end.or_else(|| self.name_at(at, false))?;
        self.letters.get(end.checked_sub(1)?).map(|letter| letter.end)
    }

    /// Behind each greeting that stands there.
    fn greeted(&self, at: usize) -> Vec<usize> {
        let stands = |greeting: &&str| {
            let length = greeting.chars().count();
            (self.text_between(at, at + length) == *greeting).then_some(at + length)
        };
        GREETINGS.iter().filter_map(stands).collect()
    }

    /// Behind her name, if it stands there.
    fn name_at(&self, at: usize, is_greeted: bool) -> Option<usize> {
        self.korean_name_at(at, is_greeted).or_else(|| self.english_name_at(at, is_greeted))
    }

    fn korean_name_at(&self, at: usize, is_greeted: bool) -> Option<usize> {
        let called = at + CALLED.chars().count();
        let is_one_word =
            self.letters.get(at).map(|l| l.word) == self.letters.get(called - 1).map(|l| l.word);
        // "벨라 야구 보자" calls nobody 벨라야.
        if (is_one_word || self.ends_at(called))
            && self.distance(at, called, CALLED).is_some_and(|cost| cost <= MISHEARD)
        {
            return Some(called);
        }
        let plain = at + PLAIN.chars().count();
        let allowed = if is_greeted { MISHEARD } else { 0 };
        (self.ends_at(plain) && self.distance(at, plain, PLAIN).is_some_and(|cost| cost <= allowed))
            .then_some(plain)
    }

    fn english_name_at(&self, at: usize, is_greeted: bool) -> Option<usize> {
        let word = self.letters.get(at)?.word;
        // "Be la" is one name in two words.
        [self.start_of(word + 1), self.start_of(word + 2)].into_iter().find(|&end| {
            let name = self.text_between(at, end);
            if is_greeted { NAMES.contains(&by_ear(&name).as_str()) } else { name == "bella" }
        })
    }

    /// How far these syllables sound from a name.
    fn distance(&self, from: usize, to: usize, name: &str) -> Option<u32> {
        let heard = self.letters.get(from..to)?;
        if !heard.iter().all(|letter| hangul::is_syllable(letter.letter)) {
            return None;
        }
        let heard: String = heard.iter().map(|letter| letter.letter).collect();
        Some(distance(&hangul::letters(&heard), &hangul::letters(name)))
    }

    fn may_become_a_call(&self, hesitations: usize) -> bool {
        let at = self.start_of(hesitations);
        let heard = self.text_between(at, self.letters.len());
        if hangul::letters(&heard).len() < TELLING {
            return true;
        }
        let mut places = self.greeted(at);
        let is_greeted = !places.is_empty();
        places.push(at);
        places.into_iter().any(|at| {
            let korean = [CALLED, PLAIN].into_iter().filter_map(|name| {
                let cost = self.distance(at, at + name.chars().count(), name)?;
                Some(cost <= CORRECTABLE.min(hangul::letters(name).len() as u32 - 1))
            });
            let word = self.letters.get(at).map_or(0, |letter| letter.word);
            let name = by_ear(&self.text_between(at, self.start_of(word + 1)));
            let allowed = if is_greeted { 2 } else { 1 };
            korean.into_iter().any(|is_near| is_near) || edits(&name, "bela") <= allowed
        })
    }
}

/// A spelling as it sounds: what is doubled once, v as b, an h at the end not at all.
fn by_ear(name: &str) -> String {
    let mut sound = String::with_capacity(name.len());
    for letter in name.chars() {
        let letter = if letter == 'v' { 'b' } else { letter };
        if !sound.ends_with(letter) {
            sound.push(letter);
        }
    }
    sound
}

fn edits(a: &str, b: &str) -> u32 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    align(&a, &b, |x, y| u32::from(x != y), |_| 1)
}

fn distance(heard: &[char], name: &[char]) -> u32 {
    align(heard, name, confusion, |letter| if letter == 'ㄹ' { 1 } else { OTHER })
}

/// The least cost of making one row of letters of the other ("Binary codes capable of
/// correcting deletions, insertions, and reversals", Levenshtein 1966).
fn align(
    a: &[char],
    b: &[char],
    replace: impl Fn(char, char) -> u32,
    leave_out: impl Fn(char) -> u32,
) -> u32 {
    let mut row: Vec<u32> = vec![0];
    for &letter in b {
        row.push(row.last().copied().unwrap_or(0) + leave_out(letter));
    }
    for &x in a {
        let mut next = vec![row[0] + leave_out(x)];
        for (at, &y) in b.iter().enumerate() {
            let replaced = row[at] + replace(x, y);
            let left_out = (row[at + 1] + leave_out(x)).min(next[at] + leave_out(y));
            next.push(replaced.min(left_out));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// How seldom one letter is heard for another.
fn confusion(a: char, b: char) -> u32 {
    const ALIKE: [(&str, u32); 9] = [
        // Spoken alike by nearly everybody.
        ("ㅔㅐ", 0),
        ("ㅖㅒ", 0),
        // Told apart by breath and tension alone.
        ("ㅂㅍㅃ", 1),
        // "벨나" is pronounced "벨라".
        ("ㄹㄴ", 1),
        ("ㅏㅑㅓ", 1),
        ("ㅑㅕ", 1),
        ("ㅂㅁ", 2),
        ("ㅔㅐㅓㅕㅖㅚㅞㅙㅢ", 2),
        ("ㅏㅐㅗ", 2),
    ];
    if a == b {
        return 0;
    }
    let alike = ALIKE.iter().filter(|(letters, _)| letters.contains(a) && letters.contains(b));
    alike.map(|&(_, cost)| cost).min().unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn calls(text: &str, rest: &str) {
        assert_eq!(judge(text), Call::Called { rest: rest.into() }, "{text:?}");
    }

    #[test]
    fn she_is_called_by_whatever_is_made_of_her_name() {
        for text in [
            "벨라야",
            "벨라야.",
            "벨라야!",
            "밸라야",
            "벨라 야",
            "벨 라야",
            "벨나야",
            "베라야",
            "펠라야",
            "별라야",
            "벨러야",
            "벨라여",
            "벨라아",
            "벨라",
            "밸라?",
            "헤이 벨라",
            "헤이벨라",
            "헤이, 밸라.",
            "해이 베라",
            "하이 벨라",
            "안녕 벨라",
            "야 벨라",
            "아, 벨라야",
            "음 저기 벨라야",
            "Hey Bella",
            "hey bella",
            "Hey, Bella!",
            "Hey, Bela.",
            "Hey Vella",
            "Hey Pella.",
            "Hey Belah",
            "Hey Belle",
            "Hey, Belly.",
            "Hello Belli",
            "Hay Bella",
            "HeyBella",
            "Hi Bella",
            "Hi, Bela",
            "Hello Bella",
            "Okay, hey Bella",
            "Hey Be lla",
            "Hey 벨라",
            "헤이 Bella",
            "Bella",
            "Bella?",
            "\u{1107}\u{1166}\u{11AF}\u{1105}\u{1161}\u{110B}\u{1163}",
        ] {
            calls(text, "");
        }
    }

    #[test]
    fn what_follows_her_name_is_the_message() {
        for (text, rest) in [
            ("벨라야, 오늘 날씨 어때?", "오늘 날씨 어때?"),
            ("벨라야 오늘 날씨 어때?", "오늘 날씨 어때?"),
            ("벨라야오늘 날씨 어때?", "오늘 날씨 어때?"),
            ("밸라, 불 켜 줘.", "불 켜 줘."),
            ("벨라 야구 보자", "야구 보자"),
            ("헤이 벨라 몇 시야", "몇 시야"),
            ("Hey Bella, what time is it?", "what time is it?"),
            ("Hey, Bela. What time is it?", "What time is it?"),
            ("Bella, \"stop\" means what?", "stop\" means what?"),
            ("Hi Bella 3 apples", "3 apples"),
        ] {
            calls(text, rest);
        }
    }

    #[test]
    fn other_words_call_nobody() {
        for text in [
            "빨래야",
            "빨래야 하지",
            "빨라야 해",
            "발라야 되는데",
            "별로야",
            "별나야 돼?",
            "빌라야",
            "빌려야 해",
            "버려야 해",
            "달라야지",
            "몰라야 해",
            "벨라루스는 어디야?",
            "벨라는 누구야?",
            "벨트야",
            "밸런스 게임 하자",
            "베란다야",
            "배달이야",
            "베라 아이스크림",
            "엄마야",
            "오늘 벨라야 어때",
            "hey fella",
            "Hey, fella, what's up?",
            "Hey Stella",
            "Hey Della",
            "Hey Ella, come here",
            "Hey Bill",
            "Hey Billy",
            "Hey below",
            "hey, Bella's here",
            "Bela Lugosi is dead",
            "I like Bella",
            "Hey there",
            "Hi",
            "",
            "...",
            "♪",
        ] {
            assert!(!matches!(judge(text), Call::Called { .. }), "{text:?}: {:?}", judge(text));
        }
    }

    #[test]
    fn it_is_given_up_only_when_it_is_clear() {
        for (text, expected) in [
            ("", Call::Unclear),
            ("헤이", Call::Unclear),
            ("벨", Call::Unclear),
            ("Hey", Call::Unclear),
            ("Hey, Bell", Call::Unclear),
            ("음", Call::Unclear),
            // Not her name, and near enough to be read differently in a moment.
            ("발라야 되는데 말이야", Call::Unclear),
            ("Hey Ella, come here", Call::Unclear),
            ("오늘 저녁에 뭐 먹을까", Call::NotCalled),
            ("빨래는 내가 할게", Call::NotCalled),
            ("어제 그 드라마 봤어?", Call::NotCalled),
            ("What do you want for dinner", Call::NotCalled),
            ("Hey there, how are you doing", Call::NotCalled),
            ("The president said today", Call::NotCalled),
        ] {
            assert_eq!(judge(text), expected, "{text:?}");
        }
    }
}
