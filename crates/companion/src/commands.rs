//! The few requests about Bella herself that she fulfils without a model, and so
//! while one is still on its way.
//!
//! They are recognised by what was said as a whole, in the everyday variants of
//! [`korean`] and [`english`], give or take her name, fillers and politeness. Anything
//! beside that makes it something else: the time in Tokyo is none of these, and a
//! remark on dark mode changes no colours. What is not recognised goes to the model as
//! ever, so a miss costs little and a false alarm a lot.
//!
//! Only what the person said comes here, never a document or a model's words.

mod clock;
mod english;
mod korean;

use unicode_normalization::UnicodeNormalization;

use crate::{Language, Persona};
pub use clock::{LocalTime, Weekday};

/// Requests are short; what is longer is none, and is not looked at.
const MOST_BYTES: usize = 160;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    TellTime,
    TellDate,
    /// What she can do.
    Help,
    ClearConversation,
    /// Say no more just now.
    Hush,
    VoiceOn,
    VoiceOff,
    Slower,
    Faster,
    Darken,
    Lighten,
    Speak(Language),
}

/// What came of it, to be told once it is so: whoever carries a command out makes one
/// of these afterwards, from what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Time(LocalTime),
    Date(LocalTime),
    Help,
    /// A question: nothing has been cleared yet.
    MayIClear,
    Cleared,
    NothingToClear,
    /// The person said no, or something else altogether.
    NotCleared,
    VoiceOn,
    VoiceOff,
    /// There is no voice to be had on this device.
    NoVoice,
    Slower,
    Faster,
    SlowestAlready,
    FastestAlready,
    Dark,
    Light,
    /// In this language from now on.
    Speaks(Language),
    /// The page is in this language now, but the model that is loaded does not speak it.
    PageSpeaks(Language),
}

impl Command {
    pub const ALL: [Command; 13] = [
        Command::TellTime,
        Command::TellDate,
        Command::Help,
        Command::ClearConversation,
        Command::Hush,
        Command::VoiceOn,
        Command::VoiceOff,
        Command::Slower,
        Command::Faster,
        Command::Darken,
        Command::Lighten,
        Command::Speak(Language::Korean),
        Command::Speak(Language::English),
    ];

    /// A stable name, for tests.
    pub fn name(self) -> &'static str {
        match self {
            Command::TellTime => "time",
            Command::TellDate => "date",
            Command::Help => "help",
            Command::ClearConversation => "clear",
            Command::Hush => "hush",
            Command::VoiceOn => "voice-on",
            Command::VoiceOff => "voice-off",
            Command::Slower => "slower",
            Command::Faster => "faster",
            Command::Darken => "dark",
            Command::Lighten => "light",
            Command::Speak(Language::Korean) => "korean",
            Command::Speak(Language::English) => "english",
        }
    }

    /// Whether she asks before she does it.
    pub fn needs_confirmation(self) -> bool {
        self == Command::ClearConversation
    }
}

/// The request that a text is, if it is one as a whole.
pub fn understand(text: &str, persona: &Persona) -> Option<Command> {
    let text = plain(text)?;
    let name = persona.name.as_ref().map(|name| lower(name.as_str())).unwrap_or_default();
    let (words, name) = (words_of(&text), words_of(&name));
    // Layer by layer, for what is a filler here may be a part of the request there.
    let mut left = words.as_slice();
    loop {
        let said = once(left);
        let command = english::understand(said).or_else(|| korean::understand(&said.concat()));
        if command.is_some() {
            return command;
        }
        left = without_filler(left).or_else(|| without_name(left, &name))?;
    }
}

/// Whether a text, as a whole, says yes or no to a question.
pub fn answer(text: &str, persona: &Persona) -> Option<bool> {
    let text = plain(text)?;
    let name = persona.name.as_ref().map(|name| lower(name.as_str())).unwrap_or_default();
    let (words, name) = (words_of(&text), words_of(&name));
    let mut left = words.as_slice();
    while let Some(rest) = without_name(left, &name) {
        left = rest;
    }
    let whole = left.concat();
    let said = |pieces| !whole.is_empty() && is_made_of(&whole, pieces);
    match (said(YES), said(NO)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

const YES: &[&str] = &[
    "yes",
    "yeah",
    "yep",
    "yup",
    "sure",
    "ok",
    "okay",
    "doit",
    "goahead",
    "ofcourse",
    "pleasedo",
    "certainly",
    "absolutely",
    "clearit",
    "deleteit",
    "thatsright",
    "right",
    "correct",
    "imsure",
    "please",
    "응",
    "으응",
    "네",
    "넵",
    "넹",
    "예",
    "그래",
    "그래요",
    "그럼",
    "그럼요",
    "좋아",
    "좋아요",
    "맞아",
    "맞아요",
    "당연하지",
    "물론",
    "물론이지",
    "물론이죠",
    "지워",
    "지워줘",
    "지워줘요",
    "지워주세요",
    "비워",
    "비워줘",
    "비워주세요",
    "삭제해",
    "삭제해줘",
    "삭제해주세요",
    "해줘",
    "해주세요",
    "그렇게해",
    "그렇게해줘",
    "그렇게해주세요",
    "오케이",
    "부탁해",
    "부탁해요",
];
const NO: &[&str] = &[
    "no",
    "nope",
    "nah",
    "dont",
    "donot",
    "dontdoit",
    "nothanks",
    "nothankyou",
    "cancel",
    "cancelit",
    "cancelthat",
    "nevermind",
    "notnow",
    "stop",
    "wait",
    "keepit",
    "idont",
    "please",
    "아니",
    "아니요",
    "아니오",
    "아뇨",
    "아냐",
    "아니야",
    "안돼",
    "안돼요",
    "안되",
    "싫어",
    "싫어요",
    "하지마",
    "하지마요",
    "하지마세요",
    "지우지마",
    "지우지마요",
    "지우지마세요",
    "취소",
    "취소해",
    "취소해줘",
    "취소해주세요",
    "됐어",
    "됐어요",
    "괜찮아",
    "괜찮아요",
    "그만",
    "그만둬",
    "놔둬",
    "그냥둬",
    "그냥놔둬",
    "잠깐",
    "잠깐만",
];

fn is_made_of(whole: &str, pieces: &[&str]) -> bool {
    whole.is_empty()
        || pieces
            .iter()
            .any(|piece| whole.strip_prefix(piece).is_some_and(|rest| is_made_of(rest, pieces)))
}

/// Composed, in small letters and without apostrophes; `None` if it is too long.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() <= MOST_BYTES).then(|| lower(text))
}

fn lower(text: &str) -> String {
    let letters = text.nfc().flat_map(char::to_lowercase);
    letters.filter(|letter| !matches!(letter, '\'' | '’' | '`')).collect()
}

fn words_of(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

/// Her name as people and whisper write it.
const NAMES: &[&str] = &["bella", "bela", "vella", "벨라", "벨라야", "밸라", "밸라야", "벨라씨"];
const BEFORE: &[&str] = &[
    "hey",
    "hi",
    "hello",
    "ok",
    "okay",
    "oh",
    "so",
    "um",
    "uh",
    "er",
    "erm",
    "hmm",
    "well",
    "now",
    "please",
    "and",
    "alright",
    "헤이",
    "음",
    "어",
    "저기",
    "저기요",
    "있잖아",
    "자",
    "야",
    "저",
    "아",
    "그럼",
    "그러면",
    "이제",
    "혹시",
    "제발",
    "좀",
];
const AFTER: &[&str] = &[
    "please",
    "now",
    "thanks",
    "ok",
    "okay",
    "dear",
    "좀",
    "제발",
    "응",
    "부탁해",
    "부탁해요",
    "부탁합니다",
    "알았지",
    "고마워",
];
const AFTER_IN_TWO: &[[&str; 2]] =
    &[["thank", "you"], ["for", "me"], ["right", "now"], ["will", "you"], ["would", "you"]];

/// One filler less, in front or behind; `None` if there is none.
fn without_filler<'a, 'b>(words: &'a [&'b str]) -> Option<&'a [&'b str]> {
    match words {
        [first, rest @ ..] if BEFORE.contains(first) => Some(rest),
        [rest @ .., last] if AFTER.contains(last) => Some(rest),
        [rest @ .., one, two] if AFTER_IN_TWO.contains(&[*one, *two]) => Some(rest),
        _ => None,
    }
}

/// The same of her name, her own or a given one.
fn without_name<'a, 'b>(words: &'a [&'b str], given: &[&str]) -> Option<&'a [&'b str]> {
    let called = |word: &str, name: &str| {
        word.strip_prefix(name).is_some_and(|rest| ["", "야", "아", "이야", "씨"].contains(&rest))
    };
    let is_name = |word: &str| NAMES.contains(&word) || given.iter().any(|name| called(word, name));
    match words {
        [first, rest @ ..] if is_name(first) => Some(rest),
        [rest @ .., last] if is_name(last) => Some(rest),
        _ => None,
    }
}

/// "Stop. Stop!" says one thing.
fn once<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    let is_repeated = |length: &usize| {
        words.len().is_multiple_of(*length)
            && words.chunks(*length).all(|chunk| Some(chunk) == words.get(..*length))
    };
    let length = (1..=words.len()).find(is_repeated).unwrap_or_default();
    words.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests;
