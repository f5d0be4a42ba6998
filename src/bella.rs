//! The companion at work: events in, effects carried out, and the signals the
//! views are drawn from.

// Named, so that it goes before Leptos's effects, which are `Reaction` here.
use bella_companion::Effect;
use bella_companion::ears::EarEvent;
use bella_companion::history::ConversationId;
use bella_companion::mouth::MouthState;
use bella_companion::{
    Command, Companion, Doing, EarState, Event, Feeling, Model, Phase, Skills, Speaker, State,
    Trouble, Turn, TurnId, Unheard, Waiting,
};
use bella_protocol::{Build, NotKept, Reply, ToEngine};
use leptos::prelude::Effect as Reaction;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::acting::Reach;
use crate::browser::page::engine_client::EngineClient;
use crate::browser::page::hand_over::Files;
use crate::browser::page::load_mark::{self, LoadMark};
use crate::browser::page::storage::{self, Key};
use crate::browser::page::{document, frame, leaving, marks, now};
use crate::hearing_settings::HearingSettings;
use crate::library;
use crate::pantry::Pantry;
use crate::persona_settings::PersonaSettings;
use crate::remembering::Memory;
use crate::senses::Senses;
use crate::settings::Settings;
use crate::speaking_settings::Speaking;

/// A handle to the one Bella of this tab.
#[derive(Clone, Copy, Debug)]
pub struct Bella {
    companion: StoredValue<Companion, LocalStorage>,
    engine: StoredValue<Option<EngineClient>, LocalStorage>,
    load_mark: StoredValue<LoadMark, LocalStorage>,
    /// What can be changed by a word.
    pub(crate) reach: StoredValue<Option<Reach>, LocalStorage>,
    pub(crate) memory: StoredValue<Option<Memory>, LocalStorage>,
    /// The conversation that was cleared last, which may be taken up again.
    pub(crate) ended: StoredValue<Option<ConversationId>, LocalStorage>,
    /// Whether the views will be brought up to date before the next frame.
    drawing_soon: StoredValue<bool, LocalStorage>,
    pub view: View,
    /// What the device keeps of models.
    pub pantry: Pantry,
    /// Her ears and her mouth.
    pub senses: Senses,
    /// What stands in the composer; it outlives a look at another page.
    pub draft: RwSignal<String>,
}

/// The companion's state as signals. Each changes only when its part does.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub phase: RwSignal<Phase>,
    pub build: RwSignal<Option<Build>>,
    pub model: RwSignal<Option<Model>>,
    pub turns: RwSignal<Vec<TurnView>>,
    pub waiting: RwSignal<Option<Waiting>>,
    pub trouble: RwSignal<Option<Trouble>>,
    pub not_kept: RwSignal<Option<NotKept>>,
    pub accepts_message: RwSignal<bool>,
    pub can_ask_again: RwSignal<bool>,
    pub can_undo_clear: RwSignal<bool>,
    /// Turns that are not among those shown, because there are too many.
    pub earlier: RwSignal<usize>,
    /// How many are shown at most.
    most_shown: RwSignal<usize>,
    pub doing: RwSignal<Doing>,
    pub skills: RwSignal<Skills>,
    pub ears: RwSignal<EarState>,
    pub unheard: RwSignal<Option<Unheard>>,
    pub mouth: RwSignal<MouthState>,
    pub feeling: RwSignal<Feeling>,
    pub confirming: RwSignal<Option<Command>>,
}

/// So many turns are drawn at first, and so many more whenever somebody asks: a page
/// with all of a year's would be slow and large.
const SHOWN_AT_A_TIME: usize = 60;

/// One turn. Its signals are its own and go when it goes, so that a growing
/// reply redraws nothing but itself.
#[derive(Clone, Debug)]
pub struct TurnView {
    pub id: TurnId,
    pub is_spoken: bool,
    pub speaker: ArcRwSignal<Speaker>,
    pub text: ArcRwSignal<String>,
}

impl Bella {
    /// Starts the engine's worker, and the remembered model once it is up.
    pub fn start(settings: Settings) -> Self {
        let companion =
            Companion::new(settings.language.get_untracked(), settings.manner.get_untracked());
        let bella = Self {
            view: View::of(companion.state()),
            pantry: Pantry::recall(),
            senses: Senses::new(),
            companion: StoredValue::new_local(companion),
            engine: StoredValue::new_local(None),
            load_mark: StoredValue::new_local(LoadMark::of_this_tab()),
            reach: StoredValue::new_local(None),
            memory: StoredValue::new_local(None),
            ended: StoredValue::new_local(None),
            drawing_soon: StoredValue::new_local(false),
            draft: RwSignal::new(storage::take_draft()),
        };
        // Before the engine is up: it is to begin as it was left.
        bella.tell(Event::PowerSavingChosen(settings.saves_power.get_untracked()));
        bella.engine.set_value(Some(EngineClient::new(move |event| bella.hear_engine(event))));
        leaving::before(move || bella.mark_load(None));
        spawn_local(async move {
            bella.begin_with_a_model(&load_mark::left_behind().await);
            bella.carry_out(Effect::RestartEngine);
        });
        // Whatever was loaded, or was not, may have changed what is kept.
        let phase = Memo::new(move |_| bella.view.phase.with(|phase| phase.name()));
        Reaction::new(move |_| {
            if matches!(phase.get(), "empty" | "idle") {
                bella.look_into_pantry();
            }
        });
        Reaction::new(move |_| bella.tell(Event::LanguageChosen(settings.language.get())));
        Reaction::new(move |_| bella.tell(Event::MannerChosen(settings.manner.get())));
        Reaction::new(move |_| bella.tell(Event::PowerSavingChosen(settings.saves_power.get())));
        bella
    }

    /// From here on she is who the person wants her to be, hears, speaks and acts.
    pub fn awaken(
        self,
        settings: Settings,
        persona: PersonaSettings,
        hearing: HearingSettings,
        speaking: Speaking,
    ) {
        self.reach.set_value(Some(Reach { settings, speaking }));
        Reaction::new(move |_| self.tell(Event::PersonaChosen(persona.persona.get())));
        self.come_to_her_senses(hearing, speaking);
    }

    /// The one that was used last, unless a tab died over one.
    fn begin_with_a_model(self, killers: &[String]) {
        self.recall_skills(killers);
        let remembered = storage::recall(Key::Model);
        if killers.is_empty() {
            return remembered.iter().for_each(|id| self.choose_model(id));
        }
        if remembered.is_some_and(|id| killers.contains(&id)) {
            storage::remember(Key::Model, None);
        }
        let largest = killers.iter().filter_map(|id| library::find(id));
        let Some(model) = largest.max_by_key(|model| model.bytes()) else { return };
        self.tell(Event::LoadKilledTab { model: model.name.clone() });
        let instead = library::one_tier_below(model);
        self.pantry.instead.set(instead.map(|model| model.id.clone()));
    }

    fn hear_engine(self, event: Event) {
        if self.hears_in_pantry(&event) {
            return;
        }
        match &event {
            // Before the companion asks anything of it.
            Event::EngineReady(build) => self.stock_up(build),
            Event::EngineLost { .. } => self.engine_is_gone(),
            _ => {}
        }
        let model = self.view.model.with_untracked(|it| it.as_ref().map(|it| it.id().to_owned()));
        self.pantry.overhear(&event, model.as_deref());
        self.tell(event);
    }

    /// Ids the manifest does not know (any more) are ignored.
    pub fn choose_model(self, id: &str) {
        if let Some(model) = library::find(id).filter(|model| library::is_used(model.task)) {
            self.take_out_of_queue(id);
            self.tell(Event::ModelChosen(library::to_companion(model, document::resolve)));
        }
    }

    /// To the engine, past the companion: the conversation has no part in it.
    pub(crate) fn send_beside(self, message: &ToEngine) {
        self.send_files_beside(message, &Files::default());
    }

    pub(crate) fn send_files_beside(self, message: &ToEngine, files: &Files) {
        self.engine.with_value(|engine| {
            engine.iter().for_each(|engine| engine.send_with_files(message, files));
        });
    }

    /// Sends what stands in the composer. While another message waits it stays
    /// where it is.
    pub fn send_draft(self) {
        let draft = self.draft.get_untracked();
        if !draft.trim().is_empty() && self.view.accepts_message.get_untracked() {
            self.draft.set(String::new());
            self.tell(Event::Said(draft));
        }
    }

    /// Shows turns that were too many to be shown.
    pub fn show_earlier(self) {
        self.view.most_shown.update(|most| *most += SHOWN_AT_A_TIME);
        self.draw();
    }

    pub fn tell(self, event: Event) {
        let comes_in_crowds = matches!(
            event,
            Event::Answered { reply: Reply::Text(_) | Reply::Progress(_), .. }
                | Event::Ear(EarEvent::Sound { .. })
        );
        let phase = |companion: &Companion| companion.state().phase.name();
        let before = self.companion.with_value(phase);
        let effects =
            self.companion.try_update_value(|companion| companion.step(event, now::now()));
        let after = self.companion.with_value(phase);
        if before != after {
            marks::mark(after);
        }
        for effect in effects.unwrap_or_default() {
            self.carry_out(effect);
        }
        if comes_in_crowds {
            self.draw_soon();
        } else {
            self.draw();
        }
    }

    fn carry_out(self, effect: Effect) {
        let with_engine = |use_it: &dyn Fn(&EngineClient)| {
            self.engine.with_value(|engine| engine.iter().for_each(use_it));
        };
        match effect {
            Effect::Send(message) => with_engine(&|engine| engine.send(&message)),
            Effect::RestartEngine => with_engine(&EngineClient::restart),
            Effect::RememberModel(id) => storage::remember(Key::Model, id.as_deref()),
            Effect::MarkLoading(id) => self.mark_load(id.as_deref()),
            Effect::Ear(effect) => self.carry_out_of_ears(effect),
            Effect::Mouth(effect) => self.senses.speak(effect),
            Effect::Write(text) => self.add_to_draft(&text),
            Effect::Rewrite(text) => self.draft.update(|draft| {
                let rest = std::mem::take(draft);
                *draft = if rest.trim().is_empty() { text } else { format!("{text}\n{rest}") };
            }),
            Effect::Act { turn, act } => self.act(turn, act),
            Effect::Ended(turn) => self.keep(&turn),
            Effect::ConversationEnded => self.end_conversation(),
            Effect::ConversationTakenUp => self.take_conversation_up(),
        }
    }

    /// After what stands there already.
    fn add_to_draft(self, text: &str) {
        self.draft.update(|draft| {
            if !draft.is_empty() && !draft.ends_with(char::is_whitespace) {
                draft.push(' ');
            }
            draft.push_str(text);
        });
    }

    /// With sound beside it.
    pub(crate) fn send_sound_beside(self, message: &ToEngine, sound: &[f32]) {
        self.engine.with_value(|engine| {
            engine.iter().for_each(|engine| engine.send_with(message, sound));
        });
    }

    fn mark_load(self, model: Option<&str>) {
        self.load_mark.with_value(|mark| mark.set(model));
    }

    fn draw(self) {
        self.companion.with_value(|companion| self.view.show(companion.state()));
    }

    /// Tokens may come faster than frames; people see frames.
    fn draw_soon(self) {
        if !self.drawing_soon.get_value() {
            self.drawing_soon.set_value(true);
            frame::before_next(move || {
                self.drawing_soon.set_value(false);
                self.draw();
            });
        }
    }
}

impl View {
    fn of(state: &State) -> Self {
        let view = Self {
            phase: RwSignal::new(state.phase.clone()),
            build: RwSignal::default(),
            model: RwSignal::default(),
            turns: RwSignal::default(),
            waiting: RwSignal::default(),
            trouble: RwSignal::default(),
            not_kept: RwSignal::default(),
            accepts_message: RwSignal::new(true),
            can_ask_again: RwSignal::new(false),
            can_undo_clear: RwSignal::new(false),
            earlier: RwSignal::default(),
            most_shown: RwSignal::new(SHOWN_AT_A_TIME),
            doing: RwSignal::new(state.doing()),
            skills: RwSignal::default(),
            ears: RwSignal::default(),
            unheard: RwSignal::default(),
            mouth: RwSignal::default(),
            feeling: RwSignal::default(),
            confirming: RwSignal::default(),
        };
        view.show(state);
        view
    }

    /// Whether there is no conversation yet, not even a message that waits.
    pub fn is_blank(self) -> bool {
        self.turns.with(Vec::is_empty) && self.waiting.with(Option::is_none)
    }

    pub fn is_blank_untracked(self) -> bool {
        untrack(|| self.is_blank())
    }

    fn show(self, state: &State) {
        self.show_turns(&state.conversation);
        set_if_new(self.phase, &state.phase);
        set_if_new(self.build, &state.build);
        set_if_new(self.model, &state.model);
        set_if_new(self.waiting, &state.waiting);
        set_if_new(self.trouble, &state.trouble);
        set_if_new(self.not_kept, &state.not_kept);
        set_if_new(self.accepts_message, &state.accepts_message());
        set_if_new(self.can_ask_again, &state.can_ask_again());
        set_if_new(self.can_undo_clear, &state.cleared.is_some());
        set_if_new(self.doing, &state.doing());
        set_if_new(self.skills, &state.skills);
        set_if_new(self.ears, &state.ears);
        set_if_new(self.unheard, &state.unheard);
        set_if_new(self.mouth, &state.mouth);
        set_if_new(self.feeling, &state.feeling);
        set_if_new(self.confirming, &state.confirming);
    }

    fn show_turns(self, all: &[Turn]) {
        let earlier = all.len().saturating_sub(self.most_shown.get_untracked());
        set_if_new(self.earlier, &earlier);
        let turns = all.get(earlier..).unwrap_or_default();
        // What is no longer shown went from the front, or came back there.
        let first = turns.first().map(|turn| turn.id);
        let gone = self.turns.with_untracked(|shown| {
            shown.iter().take_while(|shown| Some(shown.id) < first).count()
        });
        let same = self.turns.with_untracked(|shown| {
            let kept = shown.iter().skip(gone).zip(turns);
            kept.take_while(|(shown, turn)| shown.id == turn.id).count()
        });
        let is_new = same < turns.len() || gone + same < self.turns.with_untracked(Vec::len);
        if gone > 0 || is_new {
            self.turns.update(|shown| {
                shown.drain(..gone);
                let rest = shown.split_off(same);
                shown.extend(turns.iter().skip(same).map(|turn| {
                    let known = rest.iter().find(|shown| shown.id == turn.id);
                    known.cloned().unwrap_or_else(|| TurnView::new(turn))
                }));
            });
        }
        self.turns.with_untracked(|shown| {
            shown.iter().zip(turns).for_each(|(shown, turn)| shown.show(turn));
        });
    }
}

impl TurnView {
    fn new(turn: &Turn) -> Self {
        Self {
            id: turn.id,
            is_spoken: turn.is_spoken,
            speaker: ArcRwSignal::new(turn.speaker.clone()),
            text: ArcRwSignal::new(turn.text.clone()),
        }
    }

    fn show(&self, turn: &Turn) {
        // A turn's text only ever grows, so its length tells.
        if self.text.with_untracked(String::len) != turn.text.len() {
            self.text.set(turn.text.clone());
        }
        if self.speaker.with_untracked(|shown| *shown != turn.speaker) {
            self.speaker.set(turn.speaker.clone());
        }
    }
}

fn set_if_new<T: Clone + PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: &T) {
    if signal.with_untracked(|shown| shown != value) {
        signal.set(value.clone());
    }
}

pub fn provide_bella(settings: Settings) {
    provide_context(Bella::start(settings));
}

pub fn use_bella() -> Bella {
    expect_context()
}
