//! The state machine: one event in, the new state and the effects out.
//!
//! - [`engine`]: it comes up, dies, answers
//! - [`models`]: the model she answers with
//! - [`person`]: what the person does with the conversation
//! - [`replies`]: a question is felt, asked, and answered
//! - [`ahead`]: what it will come after is read before it comes
//! - [`acting`]: what is done without any model
//! - [`voice`]: her ears and her mouth

mod acting;
mod ahead;
mod engine;
mod models;
mod person;
mod replies;
mod voice;

use bella_protocol::{Failure, Request, RequestId, ToEngine};

use crate::ears::Ears;
use crate::mouth::Mouth;
use crate::{
    Effect, Event, HeardGoes, Language, Manner, Mood, Now, Persona, Phase, Skills, State, Trouble,
};

#[derive(Debug)]
pub struct Companion {
    state: State,
    ears: Ears,
    mouth: Mouth,
    mood: Mood,
    heard_goes: HeardGoes,
    /// The models that she was told to hear with: to transcribe, and to notice voices.
    told_ears: (Option<String>, Option<String>),
    /// Asks how the question feels that is to be asked next.
    reading: Option<RequestId>,
    ahead: ahead::Ahead,
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
        let (ears, mouth, mood) = (Ears::default(), Mouth::new(language), Mood::default());
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
                persona: Persona::default(),
                saves_power: false,
                skills: Skills::default(),
                ears: ears.state().clone(),
                unheard: None,
                mouth: mouth.state().clone(),
                feeling: mood.at(0),
                confirming: None,
            },
            ears,
            mouth,
            mood,
            heard_goes: HeardGoes::default(),
            told_ears: (None, None),
            reading: None,
            ahead: ahead::Ahead::default(),
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
        self.take(event, now, &mut effects);
        self.turn_to_what_waits(now, &mut effects);
        self.read_ahead(&mut effects);
        self.load_more_skills(&mut effects);
        self.tell_ears_what_is_loaded(now, &mut effects);
        let loads = self.loading();
        if loads != loading.as_deref() {
            // Ahead of the load itself, which may be the last thing this tab does.
            effects.insert(0, Effect::MarkLoading(loads.map(str::to_owned)));
        }
        effects
    }

    fn take(&mut self, event: Event, now: Now, effects: &mut Vec<Effect>) {
        match event {
            Event::EngineReady(build) => self.engine_is_ready(build, effects),
            Event::EngineLost { detail } => self.engine_is_lost(detail, now, effects),
            Event::Answered { request, reply } => self.hear_engine(request, reply, now, effects),
            Event::Said(text) => self.hear_person(&text, now, effects),
            Event::Stopped => self.stop(now, effects),
            Event::AskedAgain => self.take_question_back(),
            Event::EditAsked(turn) => self.edit(turn, now, effects),
            Event::Cleared => self.clear(now, effects),
            Event::ClearUndone => self.undo_clear(effects),
            Event::Restored(turns) => self.restore(turns),
            Event::Ear(event) => self.tell_ears(event, now, effects),
            Event::HeardGoes(goes) => self.heard_goes = goes,
            Event::Mouth(event) => self.tell_mouth(event, now, effects),
            Event::Acted { turn, text } => self.acted(turn, text, now, effects),
            Event::Answer { is_yes } => self.answer(is_yes, now, effects),
            Event::Beat => self.beat(now, effects),
            Event::SkillWished { skill, models } => self.wish(skill, models, effects),
            Event::ModelChosen(model) => self.choose_model(model, now, effects),
            Event::ModelPutAway => self.put_model_away(now, effects),
            Event::Retried => self.retry(effects),
            Event::LoadKilledTab { model } => {
                self.state.trouble = Some(Trouble::LoadKilledTab { model });
            }
            Event::TroubleDismissed => self.state.trouble = None,
            Event::LanguageChosen(language) => self.state.language = language,
            Event::MannerChosen(manner) => self.state.manner = manner,
            Event::PersonaChosen(persona) => self.state.persona = persona,
            Event::PowerSavingChosen(saves) => self.save_power(saves, effects),
        }
    }

    /// Whatever just ended, the message that waits goes next.
    fn turn_to_what_waits(&mut self, now: Now, effects: &mut Vec<Effect>) {
        if self.is_busy() {
            return;
        }
        let Some(waiting) = self.state.waiting.take() else {
            return;
        };
        if let Some(waiting) = self.act_on(waiting, now, effects) {
            match self.state.phase {
                Phase::Idle => self.ask(waiting, now, effects),
                _ => self.state.waiting = Some(waiting),
            }
        }
    }

    /// The model that is on its way into memory.
    fn loading(&self) -> Option<&str> {
        match (&self.state.phase, &self.state.model) {
            (Phase::Loading(_), Some(model)) => Some(model.id()),
            _ => self.state.skills.loading(),
        }
    }

    fn send(&mut self, request: Request, effects: &mut Vec<Effect>) -> RequestId {
        let id = take_id(&mut self.next_request);
        effects.push(Effect::Send(ToEngine { id, request }));
        id
    }
}

fn take_id(next: &mut u32) -> RequestId {
    let id = RequestId(*next);
    *next += 1;
    id
}

/// The engine ended a request with the outcome of another kind.
fn misunderstood() -> Trouble {
    Trouble::Failed(Failure::BadRequest { detail: "the engine answered something else".into() })
}
