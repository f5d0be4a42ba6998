//! Replies: a question is felt, asked, and answered piece by piece.

use bella_protocol::{Failure, Outcome, Reply, Request, RequestId, Stop, Task};

use super::{Companion, misunderstood};
use crate::mood::Reading;
use crate::mouth::MouthEvent;
use crate::{Effect, Now, Phase, ReplyState, Speaker, Trouble, Turn, TurnId, Waiting, prompt};

impl Companion {
    /// Turns to a message. How it feels is read first, where she can: the answer is to
    /// know.
    pub(super) fn ask(&mut self, question: Waiting, now: Now, effects: &mut Vec<Effect>) {
        if self.state.model.is_none() {
            return;
        }
        self.state.cleared = None;
        self.state.trouble = None;
        let text = question.text.clone();
        self.add_question(question);
        self.add_turn(Speaker::Bella(ReplyState::Streaming), String::new(), now.at_ms);
        match self.state.skills.loaded(Task::Feel).map(str::to_owned) {
            Some(model) => {
                let request = self.send(Request::Feel { model, text }, effects);
                self.reading = Some(request);
                self.state.phase = Phase::Thinking { request };
            }
            None => {
                // Some words leave no doubt.
                self.feel(&text, None, now, effects);
                self.ask_model(now, effects);
            }
        }
    }

    /// Whatever came of the reading, the question is asked now.
    pub(super) fn question_was_read(&mut self, reply: &Reply, now: Now, effects: &mut Vec<Effect>) {
        if !reply.is_last() {
            return;
        }
        self.reading = None;
        let read = match reply {
            Reply::Done(Outcome::Mood(read)) => Some(*read),
            _ => None,
        };
        if let Some(question) = self.state.conversation.iter_mut().rev().nth(1) {
            question.felt = read;
            let text = question.text.clone();
            self.feel(&text, read, now, effects);
        }
        self.ask_model(now, effects);
    }

    fn feel(
        &mut self,
        text: &str,
        read: Option<bella_protocol::Mood>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        self.mood.felt(Reading::of(text, read), now.at_ms);
        self.show_feeling(now, effects);
    }

    fn ask_model(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let Some(model) = &self.state.model else {
            return;
        };
        let (id, language) = (model.id().to_owned(), model.speaks(self.state.language));
        let options = self.state.manner.options(now.random);
        let context = self.context_length.min(options.context_tokens);
        // The last turn is the reply itself.
        let asked = self.state.conversation.split_last().map_or(&[][..], |(_, asked)| asked);
        let tone = self.mood.at(now.at_ms).tone();
        let prompt = prompt::compose(language, &self.state.persona, tone, asked, context);
        self.forgotten = prompt.forgotten;
        let request =
            self.send(Request::Chat { model: id, messages: prompt.messages, options }, effects);
        self.state.phase = Phase::Thinking { request };
        self.tell_mouth(MouthEvent::ReplyBegan, now, effects);
    }

    pub(super) fn reply_grows(
        &mut self,
        request: RequestId,
        piece: &str,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Some(turn) = self.state.conversation.last_mut() else {
            return;
        };
        // Small models like to begin with a blank.
        let piece = if turn.text.is_empty() { piece.trim_start() } else { piece };
        if piece.is_empty() {
            return;
        }
        turn.text.push_str(piece);
        self.state.phase = Phase::Replying { request };
        let so_far = turn.text.clone();
        self.tell_mouth(MouthEvent::ReplyGrew(&so_far), now, effects);
    }

    pub(super) fn reply_is_done(&mut self, outcome: Outcome, now: Now, effects: &mut Vec<Effect>) {
        self.losses = 0;
        let ended = match outcome {
            Outcome::Chat { stop: Stop::Cancelled, .. } | Outcome::Cancelled => ReplyState::Stopped,
            Outcome::Chat { stop, usage } => {
                ReplyState::Done { stop, usage, forgotten: self.forgotten + usage.dropped_messages }
            }
            // An answer to another question.
            _ => ReplyState::Failed(misunderstood()),
        };
        self.end_reply(ended, effects);
        self.state.phase = Phase::Idle;
        self.tell_mouth(MouthEvent::ReplyEnded, now, effects);
    }

    pub(super) fn reply_failed(&mut self, failure: Failure, now: Now, effects: &mut Vec<Effect>) {
        let model_is_gone = matches!(failure, Failure::NotLoaded { .. });
        self.end_reply(ReplyState::Failed(Trouble::Failed(failure)), effects);
        self.state.phase = Phase::Idle;
        self.tell_mouth(MouthEvent::ReplyEnded, now, effects);
        if model_is_gone {
            self.load_chosen_model(effects);
        }
    }

    /// Both sides of the exchange are what they will stay.
    pub(super) fn end_reply(&mut self, ended: ReplyState, effects: &mut Vec<Effect>) {
        let [.., question, Turn { speaker: Speaker::Bella(reply), .. }] =
            &mut self.state.conversation[..]
        else {
            return;
        };
        if !reply.is_under_way() {
            return;
        }
        *reply = ended;
        let question = question.clone();
        if question.speaker == Speaker::Person {
            effects.push(Effect::Ended(question));
        }
        effects.extend(self.state.conversation.last().cloned().map(Effect::Ended));
    }

    pub(super) fn add_question(&mut self, question: Waiting) {
        self.add_turn(Speaker::Person, question.text, question.at_ms);
        if let Some(turn) = self.state.conversation.last_mut() {
            turn.is_spoken = question.is_spoken;
        }
    }

    pub(super) fn add_turn(&mut self, speaker: Speaker, text: String, at_ms: u64) -> TurnId {
        let id = TurnId(self.next_turn);
        self.next_turn += 1;
        let turn = Turn { id, at_ms, speaker, text, is_spoken: false, felt: None };
        self.state.conversation.push(turn);
        id
    }
}
