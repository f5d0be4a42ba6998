//! What the model is told: who it is, and as much of the past as can fit.

use bella_protocol::{ChatMessage, Role};

use crate::{Language, Speaker, Turn};

/// No tokenizer we load averages more bytes to a token than this, so a
/// turn beyond `context_tokens` times it could not fit whatever it says. The
/// engine counts tokens and has the last word; this only keeps a long evening's
/// talk from being copied to it with every question.
const MOST_BYTES_PER_TOKEN: usize = 8;

/// Short on purpose: a small model reads it before every first word. The English
/// one was chosen by trying: of seven wordings it got most of twelve everyday
/// questions right (10). SmolLM2 takes "You are Bella, a warm companion" for an
/// Italian name and answers half of them in French or Italian (5 right).
pub fn system(language: Language) -> &'static str {
    match language {
        Language::English => {
            "You are a helpful AI assistant. Your name is Bella. Answer in plain English."
        }
        Language::Korean => {
            "당신은 다정하고 솔직한 말동무 벨라예요. \
             항상 한국어 해요체로, 쉽고 짧게 대답해요. \
             모르는 것은 모른다고 말해요."
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prompt {
    pub(crate) messages: Vec<ChatMessage>,
    /// Turns at the beginning that were not even sent.
    pub(crate) forgotten: usize,
}

/// The system prompt and the newest turns. The last turn is the question and
/// always goes along; the engine says so if it alone is too long.
pub(crate) fn compose(language: Language, turns: &[Turn], context_tokens: usize) -> Prompt {
    let first = first_that_fits(turns, context_tokens.saturating_mul(MOST_BYTES_PER_TOKEN));
    let mut messages = vec![ChatMessage::new(Role::System, system(language))];
    let mut rest = turns.get(first..).unwrap_or_default();
    while let Some((turn, later)) = rest.split_first() {
        rest = match later.split_first() {
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
    Prompt { messages, forgotten: first }
}

fn first_that_fits(turns: &[Turn], budget: usize) -> usize {
    let mut used = 0usize;
    let fitting = turns
        .iter()
        .rev()
        .take_while(|turn| {
            used = used.saturating_add(turn.text.len());
            used <= budget
        })
        .count();
    let first = turns.len() - fitting.max(1).min(turns.len());
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
    use crate::{ReplyState, TurnId};

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
        };
        script.iter().enumerate().map(turn).collect()
    }

    #[track_caller]
    fn check(script: &[(char, &str)], context_tokens: usize, expected: &[&str], forgotten: usize) {
        let prompt = compose(Language::English, &turns(script), context_tokens);
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
