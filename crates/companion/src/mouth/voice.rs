//! Which voice says what is said.
//!
//! A voice that runs on the device is always preferred. One that sends the text to
//! its maker is used only if the person chose that very voice.

use super::{NotSaid, SpeakingManner};
use crate::Language;

/// A voice as the browser offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// What the browser knows it by.
    pub id: String,
    pub name: String,
    /// Its language, such as `ko-KR`.
    pub tag: String,
    /// Whether the text stays on the device.
    pub is_local: bool,
    /// Whether the device says everything with it.
    pub is_default: bool,
}

impl Voice {
    pub fn language(&self) -> Option<Language> {
        Language::from_tag(&self.tag)
    }
}

/// Voices that are meant as a joke, or that nobody can listen to for long.
const ODD: [&str; 28] = [
    "Albert",
    "Bad News",
    "Bahh",
    "Bells",
    "Boing",
    "Bubbles",
    "Cellos",
    "Deranged",
    "Eddy",
    "Flo",
    "Fred",
    "Good News",
    "Grandma",
    "Grandpa",
    "Hysterical",
    "Jester",
    "Junior",
    "Kathy",
    "Organ",
    "Pipe Organ",
    "Ralph",
    "Reed",
    "Rocko",
    "Sandy",
    "Superstar",
    "Trinoids",
    "Wobble",
    "Zarvox",
];

/// What the better ones of a device say of themselves.
const GOOD: [&str; 5] = ["Premium", "Enhanced", "Natural", "Siri", "Neural"];

/// The voice for a language: the one wished for, else the best of the local ones.
pub fn choose<'a>(
    voices: &'a [Voice],
    language: Language,
    wished: Option<&str>,
) -> Result<&'a Voice, NotSaid> {
    let fitting = || voices.iter().filter(|voice| voice.language() == Some(language));
    if let Some(voice) = fitting().find(|voice| Some(voice.id.as_str()) == wished) {
        return Ok(voice);
    }
    let best = fitting().filter(|voice| voice.is_local).min_by_key(|voice| rank(voice));
    match best {
        Some(voice) => Ok(voice),
        None if voices.is_empty() => Err(NotSaid::NoVoices),
        None if fitting().next().is_some() => Err(NotSaid::OnlyRemote(language)),
        None => Err(NotSaid::NoVoiceFor(language)),
    }
}

/// Whether anything that will be said leaves the device.
pub fn leaves_device(manner: &SpeakingManner, voices: &[Voice]) -> bool {
    let is_remote = |language| {
        choose(voices, language, manner.voice(language)).is_ok_and(|voice| !voice.is_local)
    };
    manner.is_on && Language::ALL.into_iter().any(is_remote)
}

/// The voices of a language in the order in which they are offered: those that run
/// on the device, and those that do not.
pub fn offered(voices: &[Voice], language: Language) -> (Vec<&Voice>, Vec<&Voice>) {
    let mut fitting: Vec<&Voice> =
        voices.iter().filter(|voice| voice.language() == Some(language)).collect();
    fitting.sort_by_key(|voice| rank(voice));
    fitting.into_iter().partition(|voice| voice.is_local)
}

/// The lower the better.
fn rank(voice: &Voice) -> (u8, u8) {
    let says = |words: &[&str]| words.iter().any(|word| voice.name.contains(word));
    // "Albert" and "Albert (English (United States))", but not "Alberta".
    let is_odd = ODD.iter().any(|name| {
        voice.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
    });
    // eSpeak has each of its voices a hundred times, in disguise: "Korean+Croak".
    let is_disguised = voice.name.contains('+');
    let quality = match voice.is_default {
        true => 0,
        false if is_odd || is_disguised => 3,
        false if says(&GOOD) => 1,
        false => 2,
    };
    let tag = voice.tag.replace('_', "-");
    let is_common = ["ko-KR", "en-US", "en-GB"].iter().any(|it| it.eq_ignore_ascii_case(&tag));
    (quality, u8::from(!is_common))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(name: &str, tag: &str, is_local: bool) -> Voice {
        Voice {
            id: name.to_lowercase(),
            name: name.to_owned(),
            tag: tag.to_owned(),
            is_local,
            is_default: false,
        }
    }

    fn many() -> Vec<Voice> {
        vec![
            voice("Albert", "en-US", true),
            voice("Rishi", "en-IN", true),
            voice("Samantha", "en-US", true),
            voice("Google 한국의", "ko-KR", false),
            voice("Korean+Croak", "ko", true),
            voice("Korean", "ko", true),
            voice("Yuna (Premium)", "ko_KR", true),
        ]
    }

    #[track_caller]
    fn check(
        voices: &[Voice],
        language: Language,
        wished: Option<&str>,
        expected: Result<&str, NotSaid>,
    ) {
        let chosen = choose(voices, language, wished).map(|voice| voice.name.as_str());
        assert_eq!(chosen, expected, "{language:?} {wished:?}");
    }

    #[test]
    fn the_best_local_voice_speaks_unless_another_was_chosen() {
        let voices = many();
        check(&voices, Language::English, None, Ok("Samantha"));
        check(&voices, Language::Korean, None, Ok("Yuna (Premium)"));
        check(&voices, Language::English, Some("rishi"), Ok("Rishi"));
        check(&voices, Language::Korean, Some("google 한국의"), Ok("Google 한국의"));
        check(&voices, Language::English, Some("google 한국의"), Ok("Samantha"));
        check(&voices, Language::Korean, Some("gone"), Ok("Yuna (Premium)"));
    }

    #[test]
    fn what_the_device_says_everything_with_comes_first() {
        let mut voices = many();
        voices[1].is_default = true;
        check(&voices, Language::English, None, Ok("Rishi"));
    }

    #[test]
    fn an_odd_voice_is_better_than_none() {
        check(&many()[..1], Language::English, None, Ok("Albert"));
        check(&many()[3..5], Language::Korean, None, Ok("Korean+Croak"));
    }

    #[test]
    fn a_voice_that_sends_the_text_away_is_never_taken_unasked() {
        let voices = many();
        check(&voices[3..4], Language::Korean, None, Err(NotSaid::OnlyRemote(Language::Korean)));
        check(&voices[..3], Language::Korean, None, Err(NotSaid::NoVoiceFor(Language::Korean)));
        check(&[], Language::Korean, None, Err(NotSaid::NoVoices));
    }

    #[test]
    fn what_leaves_the_device_is_told() {
        let voices = many();
        let manner = |is_on, korean: Option<&str>| SpeakingManner {
            is_on,
            korean: korean.map(str::to_owned),
            ..SpeakingManner::default()
        };
        for (manner, expected) in [
            (manner(true, None), false),
            (manner(true, Some("korean")), false),
            (manner(true, Some("google 한국의")), true),
            (manner(false, Some("google 한국의")), false),
        ] {
            assert_eq!(leaves_device(&manner, &voices), expected, "{manner:?}");
        }
    }

    #[test]
    fn voices_are_offered_best_first_and_local_ones_apart() {
        let voices = many();
        let (local, remote) = offered(&voices, Language::Korean);
        let names =
            |voices: Vec<&Voice>| voices.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(local), ["Yuna (Premium)", "Korean", "Korean+Croak"]);
        assert_eq!(names(remote), ["Google 한국의"]);
    }
}
