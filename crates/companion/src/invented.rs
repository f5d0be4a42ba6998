//! What a transcriber says when nobody spoke.
//!
//! Whisper learnt from subtitles, and over noise or music it falls back on what
//! subtitles are full of. The engine keeps most of that away by how probable silence
//! was; this list is the last resort behind it, for phrases that nobody would say to
//! Bella. It has to stay small: each entry is something she cannot hear any more.

use crate::hangul;

/// Closing words of videos, by their letters alone. A text is invented if nothing
/// else is in it.
const CLOSING_WORDS: [&str; 8] = [
    "시청해주셔서감사합니다",
    "시청해주셔서고맙습니다",
    "구독과좋아요",
    "좋아요와구독",
    "thankyouforwatching",
    "thanksforwatching",
    "pleasesubscribe",
    "subtitlesbytheamaraorgcommunity",
];
/// What surrounds them.
const AROUND: [&str; 8] =
    ["알림설정까지", "알림설정", "오늘도", "끝까지", "영상", "꼭", "부탁드립니다", "눌러주세요"];
/// A news programme's signature: "MBC 뉴스 이덕영입니다."
const SIGNATURE: [(&str, &str); 2] = [("mbc뉴스", "입니다"), ("kbs뉴스", "입니다")];
/// A signature is a name long, and a sentence about the news is longer.
const LONGEST_SIGNATURE: usize = 14;
/// Remarks on a sound, with or without the brackets around them.
const REMARKS: [&str; 6] = ["음악", "박수", "music", "applause", "blankaudio", "silence"];

/// Whether a text consists of nothing but that. `is_certain` is whether somebody
/// certainly wanted to say something, as who holds a button does: then a lonely
/// "you" is believed, and so is the word "music" without its brackets.
pub fn is_invented(text: &str, is_certain: bool) -> bool {
    let plain: String = hangul::compose(text)
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let is_bracketed = text.contains(['[', '(', '♪', '♫', '*']);
    if plain.is_empty() {
        return is_bracketed;
    }
    if REMARKS.contains(&plain.as_str()) && (is_bracketed || !is_certain) {
        return true;
    }
    if plain == "you" && !is_certain {
        return true;
    }
    let is_signature = |(first, last): (&str, &str)| {
        plain.starts_with(first)
            && plain.ends_with(last)
            && plain.chars().count() <= LONGEST_SIGNATURE
    };
    SIGNATURE.into_iter().any(is_signature) || is_closing(&plain)
}

fn is_closing(plain: &str) -> bool {
    let without = |rest: String, phrase: &&str| rest.replace(*phrase, "");
    let rest = CLOSING_WORDS.iter().fold(plain.to_owned(), without);
    rest.len() < plain.len() && AROUND.iter().fold(rest, without).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_subtitles_are_full_of_is_not_believed() {
        for text in [
            "시청해주셔서 감사합니다.",
            "시청해 주셔서 감사합니다",
            "오늘도 시청해주셔서 감사합니다.",
            "시청해주셔서 감사합니다. 시청해주셔서 감사합니다.",
            "구독과 좋아요, 알림설정까지 부탁드립니다!",
            "구독과 좋아요 눌러주세요.",
            "MBC 뉴스 이덕영입니다.",
            "MBC 뉴스 김수영입니다",
            "Thank you for watching.",
            "Thanks for watching!",
            "Subtitles by the Amara.org community",
            "[Music]",
            "(음악)",
            "♪",
            "♪♪♪",
            "[BLANK_AUDIO]",
        ] {
            assert!(is_invented(text, false), "{text}");
            assert!(is_invented(text, true), "{text}, over a held button");
        }
    }

    #[test]
    fn who_holds_a_button_is_believed_more() {
        for text in ["you", "You.", "Music", "음악"] {
            assert!(is_invented(text, false), "{text}");
            assert!(!is_invented(text, true), "{text}, over a held button");
        }
    }

    #[test]
    fn what_people_say_is_believed() {
        for text in [
            "감사합니다",
            "Thank you.",
            "응",
            "네",
            "구독 취소하는 법 알려 줘",
            "구독과 좋아요가 무슨 뜻이야?",
            "시청해주셔서 감사합니다를 영어로 뭐라고 해?",
            "MBC 뉴스 틀어 줘",
            "MBC 뉴스에서 그러는데 내일은 비가 온다는 얘기입니다",
            "What does thanks for watching mean?",
            "Do you like music?",
            "음악 틀어 줘",
            "you know what",
            "",
            "...",
        ] {
            assert!(!is_invented(text, false), "{text}");
        }
    }
}
