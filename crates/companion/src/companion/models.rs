//! The model she answers with: chosen, loaded, put away, and tried again.

use bella_protocol::{Failure, LoadedModel, Notice, Outcome, Progress, Request};

use super::{Companion, misunderstood};
use crate::mouth::MouthEvent;
use crate::{Effect, Loading, Model, Now, Phase, ReplyState, Trouble};

impl Companion {
    pub(super) fn choose_model(&mut self, model: Model, now: Now, effects: &mut Vec<Effect>) {
        let is_the_same = self.state.model.as_ref() == Some(&model);
        if is_the_same
            && (self.state.phase.has_model() || matches!(self.state.phase, Phase::Loading(_)))
        {
            return;
        }
        self.release_model(now, effects);
        // What was wrong before may be wrong no more; else it is told again.
        self.state.trouble = None;
        self.state.model = Some(model);
        match self.state.phase {
            Phase::Waking => {}
            Phase::Broken => self.retry(effects),
            _ => self.load_chosen_model(effects),
        }
    }

    pub(super) fn put_model_away(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.state.model.is_none() {
            return;
        }
        self.release_model(now, effects);
        self.state.model = None;
        effects.push(Effect::RememberModel(None));
    }

    /// Leaves the engine without a model, whatever it was doing with one.
    fn release_model(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if let Some(target) = self.state.phase.request() {
            self.reading = None;
            self.end_reply(ReplyState::Stopped, effects);
            self.tell_mouth(MouthEvent::ReplyEnded, now, effects);
            self.send(Request::Cancel { target }, effects);
        }
        if self.state.phase.has_model()
            && let Some(model) = self.state.model.as_ref().map(|model| model.id().to_owned())
        {
            self.send(Request::Unload { model }, effects);
        }
        if self.state.phase.has_model() || matches!(self.state.phase, Phase::Loading(_)) {
            self.state.phase = Phase::Empty;
        }
    }

    pub(super) fn load_chosen_model(&mut self, effects: &mut Vec<Effect>) {
        let Some(model) = &self.state.model else {
            return;
        };
        let total_bytes = model.total_bytes();
        let spec = model.spec.clone();
        let request = self.send(Request::Load { spec }, effects);
        self.state.not_kept = None;
        self.state.phase = Phase::Loading(Loading::of(request, total_bytes));
    }

    pub(super) fn load_progresses(&mut self, progress: &Progress) {
        if let (Some(model), Phase::Loading(loading)) = (&self.state.model, &mut self.state.phase) {
            loading.progresses(0, &model.spec, progress);
        }
    }

    pub(super) fn load_is_noticed(&mut self, notice: Notice) {
        match (notice, &mut self.state.phase) {
            (Notice::NotKept(why), _) => self.state.not_kept = Some(why),
            (Notice::Retrying { .. }, Phase::Loading(loading)) => loading.retrying = true,
            (Notice::Retrying { .. }, _) => {}
        }
    }

    pub(super) fn load_is_done(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        match outcome {
            Outcome::Loaded(LoadedModel { id, context_length, .. }) => {
                self.context_length = context_length;
                self.ahead.forget();
                self.state.phase = Phase::Idle;
                self.state.trouble = None;
                effects.push(Effect::RememberModel(Some(id)));
            }
            Outcome::Cancelled => self.state.phase = Phase::Empty,
            // An answer to another question.
            _ => {
                self.state.phase = Phase::Empty;
                self.state.trouble = Some(misunderstood());
            }
        }
    }

    pub(super) fn load_failed(&mut self, failure: Failure) {
        self.state.phase = Phase::Empty;
        self.state.trouble = Some(Trouble::Failed(failure));
    }

    pub(super) fn retry(&mut self, effects: &mut Vec<Effect>) {
        match self.state.phase {
            Phase::Broken => {
                self.losses = 0;
                self.state.trouble = None;
                self.state.phase = Phase::Waking;
                effects.push(Effect::RestartEngine);
            }
            Phase::Empty => {
                self.state.trouble = None;
                self.load_chosen_model(effects);
            }
            _ => {}
        }
    }
}
