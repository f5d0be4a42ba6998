//! What is done without any model: it is understood by rule, asked about where it
//! cannot be taken back, done by the page, and told only after that.

use super::Companion;
use crate::commands::{self, Command};
use crate::mouth::MouthEvent;
use crate::{Act, Effect, Now, Phase, ReplyState, Skill, Speaker, TurnId, Waiting};
use bella_protocol::ModelSpec;

impl Companion {
    /// Whether a reply is under way, or something is being done.
    pub(super) fn is_busy(&self) -> bool {
        let last = self.state.conversation.last().map(|turn| &turn.speaker);
        matches!(last, Some(Speaker::Bella(reply)) if reply.is_under_way())
    }

    /// Does what the message asks for, if that can be told without a model; else the
    /// message comes back.
    pub(super) fn act_on(
        &mut self,
        message: Waiting,
        now: Now,
        effects: &mut Vec<Effect>,
    ) -> Option<Waiting> {
        if let Some(command) = self.state.confirming {
            let Some(is_yes) = commands::answer(&message.text, &self.state.persona) else {
                // Something else is on their mind.
                self.state.confirming = None;
                return self.act_on(message, now, effects);
            };
            self.state.cleared = None;
            self.add_question(message);
            self.decide(command, is_yes, now, effects);
            return None;
        }
        let Some(command) = commands::understand(&message.text, &self.state.persona) else {
            return Some(message);
        };
        if command == Command::Hush {
            // The answer to that is silence.
            self.tell_mouth(MouthEvent::Hush, now, effects);
            return None;
        }
        self.state.cleared = None;
        // Where nothing has been said yet, there is nothing to be careful with.
        let takes_away = !self.state.conversation.is_empty();
        self.add_question(message);
        match command.needs_confirmation() && takes_away {
            true => {
                self.state.confirming = Some(command);
                self.begin(Act::Ask(command), now, effects);
            }
            false => self.begin(Act::Do(command), now, effects),
        }
        None
    }

    /// By a button instead of a word.
    pub(super) fn answer(&mut self, is_yes: bool, now: Now, effects: &mut Vec<Effect>) {
        if let Some(command) = self.state.confirming {
            self.decide(command, is_yes, now, effects);
        }
    }

    fn decide(&mut self, command: Command, is_yes: bool, now: Now, effects: &mut Vec<Effect>) {
        self.state.confirming = None;
        let act = if is_yes { Act::Do(command) } else { Act::Leave(command) };
        self.begin(act, now, effects);
    }

    fn begin(&mut self, act: Act, now: Now, effects: &mut Vec<Effect>) {
        let is_all = self.state.conversation.len() > 1;
        if act == Act::Do(Command::ClearConversation) && is_all {
            self.clear(now, effects);
            // What is said of it has no place in a conversation that is empty.
            effects.push(Effect::Act { turn: None, act });
            return;
        }
        let turn = self.add_turn(Speaker::Bella(ReplyState::Acting), String::new(), now.at_ms);
        effects.push(Effect::Act { turn: Some(turn), act });
    }

    /// It is done, and these are the words for it.
    pub(super) fn acted(
        &mut self,
        turn: Option<TurnId>,
        text: String,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        if let Some(id) = turn {
            let Some(turn) = self.state.conversation.last_mut() else { return };
            // Cleared in the meantime.
            if turn.id != id || turn.speaker != Speaker::Bella(ReplyState::Acting) {
                return;
            }
            turn.text.clone_from(&text);
            self.end_reply(ReplyState::Acted, effects);
        }
        self.tell_mouth(MouthEvent::Say(&text), now, effects);
    }

    pub(super) fn wish(&mut self, skill: Skill, models: Vec<ModelSpec>, effects: &mut Vec<Effect>) {
        let next = &mut self.next_request;
        let sent = self.state.skills.wish(skill, models, &mut || super::take_id(next));
        if !matches!(self.state.phase, Phase::Waking | Phase::Broken) {
            effects.extend(sent.into_iter().map(Effect::Send));
        }
    }

    /// While nothing else is on its way: two downloads at once are each half as fast.
    pub(super) fn load_more_skills(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.state.phase, Phase::Waking | Phase::Broken | Phase::Loading(_)) {
            return;
        }
        let next = &mut self.next_request;
        let sent = self.state.skills.go_on(&mut || super::take_id(next));
        effects.extend(sent.map(Effect::Send));
    }
}
