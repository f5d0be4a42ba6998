//! What the person does with the conversation.

use bella_protocol::Request;

use super::Companion;
use crate::commands::{self, Command};
use crate::mouth::MouthEvent;
use crate::{Effect, Now, Phase, Remembered, ReplyState, Speaker, Turn, TurnId, Waiting};

impl Companion {
    /// Every message waits first; whoever is free turns to it within the same step.
    pub(super) fn hear_person(&mut self, text: &str, now: Now, effects: &mut Vec<Effect>) {
        let text = text.trim();
        // Whoever writes instead has left it behind.
        self.state.unheard = None;
        if commands::understand(text, &self.state.persona) == Some(Command::Hush) {
            // Not after the answer, but of it.
            return self.stop(now, effects);
        }
        if !text.is_empty() && self.state.accepts_message() {
            let text = text.to_owned();
            self.state.waiting = Some(Waiting { text, at_ms: now.at_ms, is_spoken: false });
        }
    }

    /// What is spoken into an answer is meant at once, and nothing spoken is lost: it
    /// joins what waits already, or what was said a breath before.
    pub(super) fn hear_voice(&mut self, text: &str, now: Now, effects: &mut Vec<Effect>) {
        let said_before = self.take_breath_before();
        if self.state.phase.is_replying() {
            self.stop(now, effects);
        }
        let text = match &said_before {
            Some(before) => format!("{} {text}", before.text),
            None => text.to_owned(),
        };
        match &mut self.state.waiting {
            Some(waiting) => {
                waiting.text.push(' ');
                waiting.text.push_str(&text);
                waiting.is_spoken = true;
            }
            None => {
                let at_ms = said_before.map_or(now.at_ms, |before| before.at_ms);
                self.state.waiting = Some(Waiting { text, at_ms, is_spoken: true });
            }
        }
    }

    /// The question that was spoken last, if there is no word of an answer yet: whoever
    /// pauses in the middle of a sentence has not finished it.
    fn take_breath_before(&mut self) -> Option<Waiting> {
        let [.., question, reply] = &self.state.conversation[..] else { return None };
        let is_unanswered = reply.speaker == Speaker::Bella(ReplyState::Streaming)
            && matches!(self.state.phase, Phase::Thinking { .. });
        if !is_unanswered || !question.is_spoken {
            return None;
        }
        self.state.conversation.pop();
        self.take_last_question()
    }

    /// Ends what is under way, and what is being said.
    pub(super) fn stop(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.tell_mouth(MouthEvent::Hush, now, effects);
        let Some(target) = self.state.phase.request() else {
            return;
        };
        self.send(Request::Cancel { target }, effects);
        self.reading = None;
        if self.state.phase.is_replying() {
            self.end_reply(ReplyState::Stopped, effects);
            self.state.phase = Phase::Idle;
        } else {
            self.state.phase = Phase::Empty;
        }
    }

    pub(super) fn take_question_back(&mut self) {
        if !self.state.can_ask_again() {
            return;
        }
        self.state.conversation.pop();
        self.state.waiting = self.take_last_question();
    }

    /// To be written differently: the last question, and whatever came of it.
    pub(super) fn edit(&mut self, id: TurnId, now: Now, effects: &mut Vec<Effect>) {
        let at = self.state.last_question();
        let Some(at) = at.filter(|&at| self.state.conversation[at].id == id) else {
            return;
        };
        if self.state.phase.is_replying() {
            self.stop(now, effects);
        }
        self.state.confirming = None;
        let text = std::mem::take(&mut self.state.conversation[at].text);
        self.state.conversation.truncate(at);
        effects.push(Effect::Rewrite(text));
    }

    fn take_last_question(&mut self) -> Option<Waiting> {
        let Turn { speaker: Speaker::Person, .. } = self.state.conversation.last()? else {
            return None;
        };
        let Turn { text, at_ms, is_spoken, .. } = self.state.conversation.pop()?;
        Some(Waiting { text, at_ms, is_spoken })
    }

    pub(super) fn clear(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.state.phase.is_replying() {
            self.stop(now, effects);
        }
        self.state.waiting = None;
        self.state.confirming = None;
        if !self.state.conversation.is_empty() {
            self.state.cleared = Some(std::mem::take(&mut self.state.conversation));
            effects.push(Effect::ConversationEnded);
        }
    }

    pub(super) fn undo_clear(&mut self, effects: &mut Vec<Effect>) {
        if let Some(turns) = self.state.cleared.take() {
            self.state.conversation = turns;
            effects.push(Effect::ConversationTakenUp);
        }
    }

    /// What was said at an earlier visit, if nothing has been said at this one.
    pub(super) fn restore(&mut self, turns: Vec<Remembered>) {
        if !self.state.conversation.is_empty() {
            return;
        }
        for Remembered { at_ms, speaker, text, is_spoken, felt } in turns {
            self.add_turn(speaker, text, at_ms);
            if let Some(turn) = self.state.conversation.last_mut() {
                (turn.is_spoken, turn.felt) = (is_spoken, felt);
            }
        }
    }
}
