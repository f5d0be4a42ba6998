//! The state machine: one event in, the new state and the effects out.

use bella_protocol::{
    Build, Failure, LoadedModel, Notice, Outcome, Progress, Reply, Request, RequestId, ToEngine,
};

use crate::{
    Effect, Event, Language, Loading, Manner, Model, Now, Persona, Phase, ReplyState, Speaker,
    State, Tone, Trouble, Turn, TurnId, Waiting, prompt,
};

/// How often a dying engine is started again before the person is asked.
const RESTARTS_IN_A_ROW: u32 = 2;

#[derive(Debug)]
pub struct Companion {
    state: State,
    /// Known once a model is loaded.
    context_length: usize,
    /// Turns left out of the prompt of the reply under way.
    forgotten: usize,
    next_request: u32,
    next_turn: u32,
    /// Losses of the engine since it last finished a reply.
    losses: u32,
}

impl Companion {
    pub fn new(language: Language, manner: Manner) -> Self {
        Self {
            state: State {
                phase: Phase::Waking,
                build: None,
                model: None,
                conversation: Vec::new(),
                waiting: None,
                trouble: None,
                not_kept: None,
                cleared: None,
                language,
                manner,
                saves_power: false,
            },
            context_length: 0,
            forgotten: 0,
            next_request: 0,
            next_turn: 0,
            losses: 0,
        }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes one event. The effects are to be carried out in their order.
    pub fn step(&mut self, event: Event, now: Now) -> Vec<Effect> {
        let mut effects = Vec::new();
        let loading = self.loading().map(str::to_owned);
        match event {
            Event::EngineReady(build) => self.engine_is_ready(build, &mut effects),
            Event::EngineLost { detail } => self.engine_is_lost(detail, &mut effects),
            Event::Answered { request, reply } => self.hear_engine(request, reply, &mut effects),
            Event::Said(text) => self.hear_person(&text, now),
            Event::Stopped => self.stop(&mut effects),
            Event::AskedAgain => self.take_question_back(),
            Event::Cleared => self.clear(&mut effects),
            Event::ClearUndone => self.undo_clear(),
            Event::ModelChosen(model) => self.choose_model(model, &mut effects),
            Event::ModelPutAway => self.put_model_away(&mut effects),
            Event::Retried => self.retry(&mut effects),
            Event::LoadKilledTab { model } => {
                self.state.trouble = Some(Trouble::LoadKilledTab { model });
            }
            Event::TroubleDismissed => self.state.trouble = None,
            Event::LanguageChosen(language) => self.state.language = language,
            Event::MannerChosen(manner) => self.state.manner = manner,
            Event::PowerSavingChosen(saves) => self.save_power(saves, &mut effects),
        }
        // Whatever just ended, the message that waits goes next.
        if self.state.phase == Phase::Idle
            && let Some(waiting) = self.state.waiting.take()
        {
            self.ask(waiting, now, &mut effects);
        }
        let loads = self.loading();
        if loads != loading.as_deref() {
            // Ahead of the load itself, which may be the last thing this tab does.
            effects.insert(0, Effect::MarkLoading(loads.map(str::to_owned)));
        }
        effects
    }

    /// The model that is on its way into memory.
    fn loading(&self) -> Option<&str> {
        match (&self.state.phase, &self.state.model) {
            (Phase::Loading(_), Some(model)) => Some(model.id()),
            _ => None,
        }
    }

    // The engine.

    fn engine_is_ready(&mut self, build: Build, effects: &mut Vec<Effect>) {
        self.state.phase = Phase::Empty;
        self.state.build = Some(build);
        if self.state.saves_power {
            self.choose_threads(effects);
        }
        self.load_chosen_model(effects);
    }

    fn engine_is_lost(&mut self, detail: String, effects: &mut Vec<Effect>) {
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
        let in_mid_reply = self.state.phase.is_replying();
        self.end_reply(ReplyState::Failed(Trouble::EngineLost { detail: detail.clone() }));
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

    fn hear_engine(&mut self, request: RequestId, reply: Reply, effects: &mut Vec<Effect>) {
        // Words of a stopped reply and the ends of cancelled requests keep
        // coming for a moment; nobody waits for them any more.
        if self.state.phase.request() != Some(request) {
            return;
        }
        match (reply, self.state.phase.is_replying()) {
            (Reply::Failed(Failure::Crashed { detail }), _) => self.engine_is_lost(detail, effects),
            (Reply::Text(piece), true) => self.reply_grows(request, &piece),
            (Reply::Done(outcome), true) => self.reply_is_done(outcome),
            (Reply::Failed(failure), true) => self.reply_failed(failure, effects),
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
    fn save_power(&mut self, saves: bool, effects: &mut Vec<Effect>) {
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

    fn send(&mut self, request: Request, effects: &mut Vec<Effect>) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        effects.push(Effect::Send(ToEngine { id, request }));
        id
    }

    // Replies.

    fn ask(&mut self, question: Waiting, now: Now, effects: &mut Vec<Effect>) {
        let Some(model) = &self.state.model else {
            return;
        };
        let (id, language) = (model.id().to_owned(), model.speaks(self.state.language));
        self.state.cleared = None;
        self.state.trouble = None;
        self.add_turn(Speaker::Person, question.text, question.at_ms);
        let options = self.state.manner.options(now.random);
        let context = self.context_length.min(options.context_tokens);
        let (persona, tone) = (Persona::default(), Tone::default());
        let prompt = prompt::compose(language, &persona, tone, &self.state.conversation, context);
        self.add_turn(Speaker::Bella(ReplyState::Streaming), String::new(), now.at_ms);
        self.forgotten = prompt.forgotten;
        let request =
            self.send(Request::Chat { model: id, messages: prompt.messages, options }, effects);
        self.state.phase = Phase::Thinking { request };
    }

    fn reply_grows(&mut self, request: RequestId, piece: &str) {
        let Some(turn) = self.state.conversation.last_mut() else {
            return;
        };
        // Small models like to begin with a blank.
        let piece = if turn.text.is_empty() { piece.trim_start() } else { piece };
        if !piece.is_empty() {
            turn.text.push_str(piece);
            self.state.phase = Phase::Replying { request };
        }
    }

    fn reply_is_done(&mut self, outcome: Outcome) {
        self.losses = 0;
        let ended = match outcome {
            Outcome::Chat { stop: bella_protocol::Stop::Cancelled, .. } | Outcome::Cancelled => {
                ReplyState::Stopped
            }
            Outcome::Chat { stop, usage } => {
                ReplyState::Done { stop, usage, forgotten: self.forgotten + usage.dropped_messages }
            }
            // An answer to another question.
            _ => ReplyState::Failed(misunderstood()),
        };
        self.end_reply(ended);
        self.state.phase = Phase::Idle;
    }

    fn reply_failed(&mut self, failure: Failure, effects: &mut Vec<Effect>) {
        let model_is_gone = matches!(failure, Failure::NotLoaded { .. });
        self.end_reply(ReplyState::Failed(Trouble::Failed(failure)));
        self.state.phase = Phase::Idle;
        if model_is_gone {
            self.load_chosen_model(effects);
        }
    }

    fn end_reply(&mut self, ended: ReplyState) {
        if let Some(Turn { speaker: Speaker::Bella(reply), .. }) =
            self.state.conversation.last_mut()
            && *reply == ReplyState::Streaming
        {
            *reply = ended;
        }
    }

    fn add_turn(&mut self, speaker: Speaker, text: String, at_ms: u64) {
        let id = TurnId(self.next_turn);
        self.next_turn += 1;
        self.state.conversation.push(Turn { id, at_ms, speaker, text });
    }

    // Models.

    fn choose_model(&mut self, model: Model, effects: &mut Vec<Effect>) {
        let is_the_same = self.state.model.as_ref() == Some(&model);
        if is_the_same
            && (self.state.phase.has_model() || matches!(self.state.phase, Phase::Loading(_)))
        {
            return;
        }
        self.release_model(effects);
        // What was wrong before may be wrong no more; else it is told again.
        self.state.trouble = None;
        self.state.model = Some(model);
        match self.state.phase {
            Phase::Waking => {}
            Phase::Broken => self.retry(effects),
            _ => self.load_chosen_model(effects),
        }
    }

    fn put_model_away(&mut self, effects: &mut Vec<Effect>) {
        if self.state.model.is_none() {
            return;
        }
        self.release_model(effects);
        self.state.model = None;
        effects.push(Effect::RememberModel(None));
    }

    /// Leaves the engine without a model, whatever it was doing with one.
    fn release_model(&mut self, effects: &mut Vec<Effect>) {
        if let Some(target) = self.state.phase.request() {
            self.end_reply(ReplyState::Stopped);
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

    fn load_chosen_model(&mut self, effects: &mut Vec<Effect>) {
        let Some(model) = &self.state.model else {
            return;
        };
        let total_bytes = model.total_bytes();
        let spec = model.spec.clone();
        let request = self.send(Request::Load { spec }, effects);
        self.state.not_kept = None;
        self.state.phase = Phase::Loading(Loading::of(request, total_bytes));
    }

    fn load_progresses(&mut self, progress: &Progress) {
        if let (Some(model), Phase::Loading(loading)) = (&self.state.model, &mut self.state.phase) {
            loading.progresses(&model.spec, progress);
        }
    }

    fn load_is_noticed(&mut self, notice: Notice) {
        match (notice, &mut self.state.phase) {
            (Notice::NotKept(why), _) => self.state.not_kept = Some(why),
            (Notice::Retrying { .. }, Phase::Loading(loading)) => loading.retrying = true,
            (Notice::Retrying { .. }, _) => {}
        }
    }

    fn load_is_done(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        match outcome {
            Outcome::Loaded(LoadedModel { id, context_length, .. }) => {
                self.context_length = context_length;
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

    fn load_failed(&mut self, failure: Failure) {
        self.state.phase = Phase::Empty;
        self.state.trouble = Some(Trouble::Failed(failure));
    }

    // The person.

    /// Every message waits first; an idle Bella turns to it within the same step.
    fn hear_person(&mut self, text: &str, now: Now) {
        let text = text.trim();
        if !text.is_empty() && self.state.accepts_message() {
            self.state.waiting = Some(Waiting { text: text.to_owned(), at_ms: now.at_ms });
        }
    }

    fn stop(&mut self, effects: &mut Vec<Effect>) {
        let Some(target) = self.state.phase.request() else {
            return;
        };
        self.send(Request::Cancel { target }, effects);
        if self.state.phase.is_replying() {
            self.end_reply(ReplyState::Stopped);
            self.state.phase = Phase::Idle;
        } else {
            self.state.phase = Phase::Empty;
        }
    }

    fn take_question_back(&mut self) {
        if !self.state.can_ask_again() {
            return;
        }
        self.state.conversation.pop();
        if let Some(Turn { speaker: Speaker::Person, .. }) = self.state.conversation.last()
            && let Some(question) = self.state.conversation.pop()
        {
            self.state.waiting = Some(Waiting { text: question.text, at_ms: question.at_ms });
        }
    }

    fn clear(&mut self, effects: &mut Vec<Effect>) {
        if self.state.phase.is_replying() {
            self.stop(effects);
        }
        self.state.waiting = None;
        if !self.state.conversation.is_empty() {
            self.state.cleared = Some(std::mem::take(&mut self.state.conversation));
        }
    }

    fn undo_clear(&mut self) {
        if let Some(turns) = self.state.cleared.take() {
            self.state.conversation = turns;
        }
    }

    fn retry(&mut self, effects: &mut Vec<Effect>) {
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

/// The engine ended a request with the outcome of another kind.
fn misunderstood() -> Trouble {
    Trouble::Failed(Failure::BadRequest { detail: "the engine answered something else".into() })
}
