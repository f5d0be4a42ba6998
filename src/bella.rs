//! The companion at work: events in, effects carried out, and the signals the
//! views are drawn from.

// Named, so that it goes before Leptos's effects, which are `Reaction` here.
use bella_companion::Effect;
use bella_companion::{
    Companion, Event, Model, Phase, Speaker, State, Trouble, Turn, TurnId, Waiting,
};
use bella_protocol::{Build, NotKept, Reply, ToEngine};
use leptos::prelude::Effect as Reaction;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::engine_client::EngineClient;
use crate::browser::page::hand_over::Files;
use crate::browser::page::load_mark::{self, LoadMark};
use crate::browser::page::storage::{self, Key};
use crate::browser::page::{document, frame, leaving, marks, now};
use crate::library;
use crate::pantry::Pantry;
use crate::settings::Settings;

/// A handle to the one Bella of this tab.
#[derive(Clone, Copy, Debug)]
pub struct Bella {
    companion: StoredValue<Companion, LocalStorage>,
    engine: StoredValue<Option<EngineClient>, LocalStorage>,
    load_mark: StoredValue<LoadMark, LocalStorage>,
    /// Whether the views will be brought up to date before the next frame.
    drawing_soon: StoredValue<bool, LocalStorage>,
    pub view: View,
    /// What the device keeps of models.
    pub pantry: Pantry,
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
}

/// One turn. Its signals are its own and go when it goes, so that a growing
/// reply redraws nothing but itself.
#[derive(Clone, Debug)]
pub struct TurnView {
    pub id: TurnId,
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
            companion: StoredValue::new_local(companion),
            engine: StoredValue::new_local(None),
            load_mark: StoredValue::new_local(LoadMark::of_this_tab()),
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

    /// The one that was used last, unless a tab died over one.
    fn begin_with_a_model(self, killers: &[String]) {
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

    pub fn tell(self, event: Event) {
        let comes_in_crowds =
            matches!(event, Event::Answered { reply: Reply::Text(_) | Reply::Progress(_), .. });
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
        }
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
        };
        view.show(state);
        view
    }

    /// Whether there is no conversation yet, not even a message that waits.
    pub fn is_blank(self) -> bool {
        self.turns.with(Vec::is_empty) && self.waiting.with(Option::is_none)
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
    }

    fn show_turns(self, turns: &[Turn]) {
        let same = self.turns.with_untracked(|shown| {
            shown.iter().zip(turns).take_while(|(shown, turn)| shown.id == turn.id).count()
        });
        if same < turns.len() || same < self.turns.with_untracked(Vec::len) {
            self.turns.update(|shown| {
                shown.truncate(same);
                shown.extend(turns.iter().skip(same).map(TurnView::new));
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
