//! What the model is told: who it is, and as much of the past as can fit.

use bella_protocol::{ChatMessage, Role};

use crate::{Formality, Language, Persona, ReplyState, Speaker, Temperament, Tone, Turn, hangul};

/// No tokenizer we load averages more bytes to a token than this, so a
/// turn beyond `context_tokens` times it could not fit whatever it says. The
/// engine counts tokens and has the last word; this only keeps a long evening's
/// talk from being copied to it with every question.
const MOST_BYTES_PER_TOKEN: usize = 8;

/// Short on purpose: a small model reads it before every first word. The English
/// one was chosen by trying: of seven wordings it got most of twelve everyday
/// questions right (10). SmolLM2 takes "You are Bella, a warm companion" for an
/// Italian name and answers half of them in French or Italian (5 right). So what a
/// persona adds stands in sentences of its own, and its default adds none.
pub fn system(language: Language, persona: &Persona) -> String {
    match language {
        Language::English => english(persona),
        Language::Korean => korean(persona),
    }
}

fn english(persona: &Persona) -> String {
    let name = persona.name_in(Language::English);
    let temperament = match persona.temperament {
        Temperament::Warm => "",
        Temperament::Cheerful => " You are cheerful.",
        Temperament::Calm => " You are calm.",
        Temperament::Dry => " You have a dry sense of humor.",
    };
    let speech = match persona.speech {
        Formality::Polite => "",
        Formality::Casual => " Talk like a close friend.",
    };
    format!(
        "You are a helpful AI assistant. Your name is {name}.{temperament}{speech} \
         Answer in plain English."
    )
}

fn korean(persona: &Persona) -> String {
    let name = persona.name_in(Language::Korean);
    let temperament = match persona.temperament {
        Temperament::Warm => "다정하고 솔직한",
        Temperament::Cheerful => "밝고 쾌활한",
        Temperament::Calm => "차분하고 침착한",
        Temperament::Dry => "담백하고 재치 있는",
    };
    let closed = ends_in_consonant(name);
    match persona.speech {
        Formality::Polite => {
            let is = if closed { "이에요" } else { "예요" };
            format!(
                "당신은 {temperament} 말동무 {name}{is}. \
                 항상 한국어 해요체로, 쉽고 짧게 대답해요. \
                 모르는 것은 모른다고 말해요."
            )
        }
        Formality::Casual => {
            let is = if closed { "이야" } else { "야" };
            format!(
                "너는 {temperament} 말동무 {name}{is}. \
                 항상 한국어 반말로, 친구처럼 쉽고 짧게 대답해. \
                 모르는 것은 모른다고 말해."
            )
        }
    }
}

/// As it sounds in Korean; of other letters it is guessed.
fn ends_in_consonant(name: &str) -> bool {
    name.chars()
        .next_back()
        .is_some_and(|last| hangul::has_final(last).unwrap_or(!"aeiouywAEIOUYW2459".contains(last)))
}

/// What the model is told of the mood, right before the question: what stands before
/// that stays as it was, and need not be read again.
fn hint(language: Language, speech: Formality, tone: Tone) -> Option<&'static str> {
    let hint = match (tone, language, speech) {
        (Tone::Neutral, ..) => return None,
        (Tone::Comfort, Language::English, _) => "The person sounds sad. Be gentle and comforting.",
        (Tone::ShareJoy, Language::English, _) => "The person sounds happy. Be happy with them.",
        (Tone::Comfort, Language::Korean, Formality::Polite) => {
            "상대가 힘들어하는 것 같아요. 부드럽게 위로해요."
        }
        (Tone::Comfort, Language::Korean, Formality::Casual) => {
            "상대가 힘들어하는 것 같아. 부드럽게 위로해."
        }
        (Tone::ShareJoy, Language::Korean, Formality::Polite) => {
            "상대가 기뻐하는 것 같아요. 함께 기뻐해요."
        }
        (Tone::ShareJoy, Language::Korean, Formality::Casual) => {
            "상대가 기뻐하는 것 같아. 함께 기뻐해."
        }
    };
    Some(hint)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) messages: Vec<ChatMessage>,
    /// Turns at the beginning that were not even sent.
    pub(crate) forgotten: usize,
}

/// The system prompt and the newest turns. The last turn is the question and
/// always goes along; the engine says so if it alone is too long.
pub(crate) fn compose(
    language: Language,
    persona: &Persona,
    tone: Tone,
    turns: &[Turn],
    context_tokens: usize,
) -> Prompt {
    let (mut messages, forgotten) = so_far(language, persona, turns, context_tokens);
    if let Some(hint) = hint(language, persona.speech, tone) {
        let before_question = messages.len() - 1;
        messages.insert(before_question.max(1), ChatMessage::new(Role::System, hint));
    }
    Prompt { messages, forgotten }
}

/// What stands before any question that may come now.
pub(crate) fn before_question(
    language: Language,
    persona: &Persona,
    turns: &[Turn],
    context_tokens: usize,
) -> Vec<ChatMessage> {
    so_far(language, persona, turns, context_tokens).0
}

/// And how many turns at the beginning are left out.
fn so_far(
    language: Language,
    persona: &Persona,
    turns: &[Turn],
    context_tokens: usize,
) -> (Vec<ChatMessage>, usize) {
    let first = first_that_fits(turns, context_tokens.saturating_mul(MOST_BYTES_PER_TOKEN));
    let mut messages = vec![ChatMessage::new(Role::System, system(language, persona))];
    let mut rest = turns.get(first..).unwrap_or_default();
    while let Some((turn, later)) = rest.split_first() {
        rest = match later.split_first() {
            // What was done without the model is not its to go on from.
            _ if is_of_an_act(turn) => later,
            Some((reply, after)) if is_of_an_act(reply) => after,
            // A question that got no word of an answer never happened for the
            // model: it may be the very one that was too long, and many chat
            // templates refuse anything but strict turn-taking.
            Some((reply, after)) if reply.text.is_empty() => after,
            _ => {
                messages.push(ChatMessage::new(role_of(turn), &turn.text));
                later
            }
        };
    }
    (messages, first)
}

fn is_of_an_act(turn: &Turn) -> bool {
    matches!(turn.speaker, Speaker::Bella(ReplyState::Acting | ReplyState::Acted))
}

/// The oldest turns go by the half of what fits: if one went with each that comes, the
/// prompt would begin with other words every time, and all of it be read anew.
fn first_that_fits(turns: &[Turn], budget: usize) -> usize {
    let all: usize = turns.iter().map(|turn| turn.text.len()).sum();
    let step = (budget / 2).max(1);
    let most = all.saturating_sub(budget).div_ceil(step).saturating_mul(step);
    let mut gone = 0usize;
    let going = turns.iter().take_while(|turn| {
        let goes = gone < most;
        gone = gone.saturating_add(turn.text.len());
        goes
    });
    let first = going.count().min(turns.len().saturating_sub(1));
    // What is left must begin with a question, not with half an exchange.
    match turns.get(first).map(|turn| &turn.speaker) {
        Some(Speaker::Bella(_)) => first + 1,
        _ => first,
    }
}

fn role_of(turn: &Turn) -> Role {
    match turn.speaker {
        Speaker::Person => Role::User,
        Speaker::Bella(_) => Role::Assistant,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, TurnId};

    const ENGLISH: &str =
        "You are a helpful AI assistant. Your name is Bella. Answer in plain English.";
    const KOREAN: &str = "당신은 다정하고 솔직한 말동무 벨라예요. 항상 한국어 해요체로, 쉽고 짧게 \
                          대답해요. 모르는 것은 모른다고 말해요.";

    fn persona(name: &str, speech: Formality, temperament: Temperament) -> Persona {
        Persona { name: Name::given(name).expect("a name"), speech, temperament }
    }

    /// Each change of where a prompt begins costs reading all of it anew.
    #[test]
    fn the_oldest_turns_go_many_at_a_time() {
        let text = "Twenty letters or so.";
        let (mut turns, mut changes, mut before) = (Vec::new(), 0, 0);
        for id in 0..400 {
            let speaker = match id % 2 {
                0 => Speaker::Person,
                _ => Speaker::Bella(ReplyState::Remembered),
            };
            let text = text.to_owned();
            turns.push(Turn {
                id: TurnId(id),
                at_ms: 0,
                speaker,
                text,
                is_spoken: false,
                felt: None,
            });
            let first = first_that_fits(&turns, 1000);
            let kept: usize = turns[first..].iter().map(|turn| turn.text.len()).sum();
            assert!(kept <= 1000 && (first == 0 || kept >= 400), "{kept} of {id}");
            changes += usize::from(first != before);
            before = first;
        }
        assert!((10..=20).contains(&changes), "{changes} changes");
    }

    /// What models answer greedily hangs on every letter of it.
    #[test]
    fn as_she_comes_she_is_told_what_she_always_was() {
        let told = |language| system(language, &Persona::default());
        assert_eq!(told(Language::English), ENGLISH);
        assert_eq!(told(Language::Korean), KOREAN);
    }

    #[test]
    fn a_persona_is_told_in_short_sentences() {
        use Formality::{Casual, Polite};
        use Temperament::{Calm, Cheerful, Dry, Warm};
        for (language, persona, expected) in [
            (
                Language::English,
                persona("Mochi", Casual, Dry),
                "You are a helpful AI assistant. Your name is Mochi. You have a dry sense of humor. \
                 Talk like a close friend. Answer in plain English.",
            ),
            (
                Language::English,
                persona("", Polite, Cheerful),
                "You are a helpful AI assistant. Your name is Bella. You are cheerful. Answer in \
                 plain English.",
            ),
            (
                Language::Korean,
                persona("모찌", Casual, Warm),
                "너는 다정하고 솔직한 말동무 모찌야. 항상 한국어 반말로, 친구처럼 쉽고 짧게 대답해. \
                 모르는 것은 모른다고 말해.",
            ),
            (
                Language::Korean,
                persona("지민", Polite, Calm),
                "당신은 차분하고 침착한 말동무 지민이에요. 항상 한국어 해요체로, 쉽고 짧게 대답해요. \
                 모르는 것은 모른다고 말해요.",
            ),
        ] {
            assert_eq!(system(language, &persona), expected);
        }
    }

    #[test]
    fn the_mood_adds_a_hint_before_the_question_and_nothing_else() {
        let asked = turns(&[('p', "a"), ('b', "b"), ('p', "c")]);
        for language in Language::ALL {
            for speech in Formality::ALL {
                let persona = persona("", speech, Temperament::Warm);
                let told = Tone::ALL.map(|tone| {
                    compose(language, &persona, tone, &asked, 100)
                        .messages
                        .into_iter()
                        .map(|message| message.content)
                        .collect::<Vec<_>>()
                });
                let [plain, comfort, joy] = &told;
                assert_eq!(plain.len(), 4);
                for told in [comfort, joy] {
                    assert_eq!(told[..3], plain[..3], "it would all be read again");
                    assert_eq!(told[4], "c");
                    assert!(told[3].chars().count() < 60, "{told:?}");
                }
                assert_ne!(comfort[3], joy[3]);
                assert_eq!(comfort[3].contains("해요"), joy[3].contains("해요"));
            }
        }
    }

    #[test]
    fn a_name_takes_the_particle_that_suits_it() {
        for (name, polite, casual) in [
            ("벨라", "벨라예요.", "벨라야."),
            ("봄", "봄이에요.", "봄이야."),
            ("Mia", "Mia예요.", "Mia야."),
            ("Max", "Max이에요.", "Max이야."),
            ("R2", "R2예요.", "R2야."),
        ] {
            for (speech, expected) in [(Formality::Polite, polite), (Formality::Casual, casual)] {
                let persona = persona(name, speech, Temperament::Warm);
                let told = system(Language::Korean, &persona);
                assert!(told.contains(&format!(" {expected}")), "{told}");
            }
        }
    }

    fn turns(script: &[(char, &str)]) -> Vec<Turn> {
        let turn = |(index, (who, text)): (usize, &(char, &str))| Turn {
            id: TurnId(index as u32),
            at_ms: 0,
            speaker: if *who == 'p' {
                Speaker::Person
            } else {
                Speaker::Bella(ReplyState::Stopped)
            },
            text: text.to_string(),
            is_spoken: false,
            felt: None,
        };
        script.iter().enumerate().map(turn).collect()
    }

    #[track_caller]
    fn check(script: &[(char, &str)], context_tokens: usize, expected: &[&str], forgotten: usize) {
        let persona = Persona::default();
        let prompt =
            compose(Language::English, &persona, Tone::Neutral, &turns(script), context_tokens);
        let said: Vec<&str> = prompt.messages.iter().skip(1).map(|m| m.content.as_str()).collect();
        assert_eq!(prompt.messages[0].role, Role::System);
        assert_eq!(said, expected);
        assert_eq!(prompt.forgotten, forgotten);
    }

    #[test]
    fn everything_goes_along_while_it_fits() {
        check(&[('p', "a"), ('b', "b"), ('p', "c")], 100, &["a", "b", "c"], 0);
    }

    #[test]
    fn a_question_without_an_answer_is_left_out() {
        check(
            &[('p', "a"), ('b', ""), ('p', "c"), ('b', "d"), ('p', "e")],
            100,
            &["c", "d", "e"],
            0,
        );
        check(
            &[('p', "a"), ('b', "b"), ('p', "c"), ('b', ""), ('p', "e")],
            100,
            &["a", "b", "e"],
            0,
        );
    }

    #[test]
    fn the_oldest_are_left_out_and_counted() {
        check(&[('p', "aaaa"), ('b', "bbbb"), ('p', "cccc")], 1, &["cccc"], 2);
    }

    #[test]
    fn the_past_never_begins_with_an_answer() {
        check(&[('p', "aaaaaaaa"), ('b', "b"), ('p', "c")], 1, &["c"], 2);
    }

    #[test]
    fn the_question_goes_along_even_when_it_is_too_long() {
        check(&[('p', "a"), ('b', "b"), ('p', "far too long")], 1, &["far too long"], 2);
    }
}
