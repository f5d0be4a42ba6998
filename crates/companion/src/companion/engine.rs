//! The engine: it comes up, dies, answers, and is told how hard to work.

use bella_protocol::{Build, Failure, Reply, Request, RequestId};

use super::Companion;
use crate::ears::EarEvent;
use crate::mouth::MouthEvent;
use crate::{Effect, Now, Phase, ReplyState, Trouble};

/// How often a dying engine is started again before the person is asked.
const RESTARTS_IN_A_ROW: u32 = 2;

impl Companion {
    pub(super) fn engine_is_ready(&mut self, build: Build, effects: &mut Vec<Effect>) {
        self.state.phase = Phase::Empty;
        self.state.build = Some(build);
        if self.state.saves_power {
            self.choose_threads(effects);
        }
        self.load_chosen_model(effects);
    }

    pub(super) fn engine_is_lost(&mut self, detail: String, now: Now, effects: &mut Vec<Effect>) {
        match self.state.phase {
            Phase::Broken => return,
            // One that never came up will not come up better at once.
            Phase::Waking => {
                self.state.phase = Phase::Broken;
                let never_worked = self.losses == 0;
                self.state.trouble = Some(if never_worked {
                    Trouble::EngineNotStarted { detail }
                } else {
                    Trouble::EngineKeepsDying { detail }
                });
                return;
            }
            _ => {}
        }
        self.state.skills.engine_is_gone();
        self.reading = None;
        self.told_ears = (None, None);
        self.tell_ears(EarEvent::EngineLost, now, effects);
        let in_mid_reply = self.state.phase.is_replying();
        self.end_reply(ReplyState::Failed(Trouble::EngineLost { detail: detail.clone() }), effects);
        if in_mid_reply {
            // What there is of it can still be said.
            self.tell_mouth(MouthEvent::ReplyEnded, now, effects);
        }
        self.losses += 1;
        if self.losses > RESTARTS_IN_A_ROW {
            self.state.phase = Phase::Broken;
            self.state.trouble = Some(Trouble::EngineKeepsDying { detail });
            return;
        }
        // Mid-reply, the reply itself says what happened.
        if !in_mid_reply {
            self.state.trouble = Some(Trouble::EngineLost { detail });
        }
        self.state.phase = Phase::Waking;
        effects.push(Effect::RestartEngine);
    }

    pub(super) fn hear_engine(
        &mut self,
        request: RequestId,
        reply: Reply,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        if let Reply::Failed(Failure::Crashed { detail }) = reply {
            return self.engine_is_lost(detail, now, effects);
        }
        if self.state.skills.hear(request, &reply) {
            return;
        }
        if self.ears.waits_for(request) {
            return self.tell_ears(EarEvent::Answered { request, reply }, now, effects);
        }
        // Words of a stopped reply and the ends of cancelled requests keep
        // coming for a moment; nobody waits for them any more.
        if self.state.phase.request() != Some(request) {
            return;
        }
        if self.reading == Some(request) {
            return self.question_was_read(&reply, now, effects);
        }
        match (reply, self.state.phase.is_replying()) {
            (Reply::Text(piece), true) => self.reply_grows(request, &piece, now, effects),
            (Reply::Done(outcome), true) => self.reply_is_done(outcome, now, effects),
            (Reply::Failed(failure), true) => self.reply_failed(failure, now, effects),
            (Reply::Progress(progress), false) => self.load_progresses(&progress),
            (Reply::Notice(notice), false) => self.load_is_noticed(notice),
            (Reply::Done(outcome), false) => self.load_is_done(outcome, effects),
            (Reply::Failed(failure), false) => self.load_failed(failure),
            (Reply::Text(_), false) | (Reply::Progress(_) | Reply::Notice(_), true) => {}
            // About something that was heard, never about a reply or a load.
            (Reply::Partial(_) | Reply::Segment(_) | Reply::Voice(_), _) => {}
        }
    }

    /// A reply under way goes on, slower or faster.
    pub(super) fn save_power(&mut self, saves: bool, effects: &mut Vec<Effect>) {
        if self.state.saves_power == saves {
            return;
        }
        self.state.saves_power = saves;
        if !matches!(self.state.phase, Phase::Waking | Phase::Broken) {
            self.choose_threads(effects);
        }
    }

    fn choose_threads(&mut self, effects: &mut Vec<Effect>) {
        let Some(build) = &self.state.build else {
            return;
        };
        let at_most = if self.state.saves_power { 1 } else { build.threads };
        self.send(Request::UseThreads { at_most }, effects);
    }
}
