//! What the next question will come after is read before it comes, while nobody waits:
//! then only the question is left to read when somebody does.

use bella_protocol::{Request, RequestId, ToEngine};

use super::Companion;
use crate::{Effect, Language, Manner, Persona, Phase, TurnId, prompt};

/// Nobody waits for an answer to these, so they count apart from all others.
const FIRST_REQUEST: u32 = 1 << 29;

/// What a prompt is made of, but for the question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Basis {
    language: Language,
    persona: Persona,
    manner: Manner,
    turns: usize,
    last: Option<TurnId>,
}

#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// What the model that is loaded was told to read last.
    read: Option<Basis>,
    sent: u32,
}

impl Ahead {
    /// A model begins with nothing.
    pub(super) fn forget(&mut self) {
        self.read = None;
    }
}

impl Companion {
    /// Reads ahead when there is something new to read and nothing else to do.
    pub(super) fn read_ahead(&mut self, effects: &mut Vec<Effect>) {
        let Some(model) = self.state.model.as_ref().filter(|_| self.state.phase == Phase::Idle)
        else {
            return;
        };
        // It is for speed, and most of what is read ahead is read for nothing if nobody
        // says any more.
        if self.state.saves_power || self.state.waiting.is_some() {
            return;
        }
        let (model, language) = (model.id().to_owned(), model.speaks(self.state.language));
        if self.ahead.read.as_ref().is_some_and(|read| self.is_basis(read, language)) {
            return;
        }
        self.ahead.read = Some(self.basis(language));
        let options = self.state.manner.options(0);
        let context = self.context_length.min(options.context_tokens);
        let (persona, turns) = (&self.state.persona, &self.state.conversation[..]);
        let messages = prompt::before_question(language, persona, turns, context);
        let id = RequestId(FIRST_REQUEST + self.ahead.sent);
        self.ahead.sent = (self.ahead.sent + 1) % FIRST_REQUEST;
        let request = Request::ReadAhead { model, messages, options };
        effects.push(Effect::Send(ToEngine { id, request }));
    }

    fn basis(&self, language: Language) -> Basis {
        Basis {
            language,
            persona: self.state.persona.clone(),
            manner: self.state.manner,
            turns: self.state.conversation.len(),
            last: self.state.conversation.last().map(|turn| turn.id),
        }
    }

    /// Asked with every event, so nothing is copied for it.
    fn is_basis(&self, read: &Basis, language: Language) -> bool {
        read.language == language
            && read.persona == self.state.persona
            && read.manner == self.state.manner
            && read.turns == self.state.conversation.len()
            && read.last == self.state.conversation.last().map(|turn| turn.id)
    }
}
