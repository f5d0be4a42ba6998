//! The lab at work: one model after the other in an engine of its own, beside the
//! one that talks. A conversation loses neither its model nor what the model
//! remembers of it.

use std::collections::VecDeque;

use bella_companion::Event;
use bella_measure::{EngineBuild, Report, Run, Skipped, Sounds, Trials};
use bella_protocol::{Build, Progress, Reply, Request, RequestId, ToEngine};
use bella_weights::manifest::{Model, Task};
use leptos::prelude::*;

use crate::browser::page::device;
use crate::browser::page::document;
use crate::browser::page::engine_client::EngineClient;
use crate::library;
use crate::settings::Settings;

/// Rounds that count. Two tell whether the first was an accident.
const ROUNDS: usize = 2;

/// Models the lab knows what to ask of.
pub fn measurable() -> impl Iterator<Item = &'static Model> {
    library::offered().filter(|model| model.task != Task::Vad)
}

/// A handle to the one lab of this tab.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    settings: Settings,
    engine: StoredValue<Option<EngineClient>, LocalStorage>,
    course: StoredValue<Option<Course>, LocalStorage>,
    pub stage: RwSignal<Stage>,
    /// What was found out so far, or the last time.
    pub report: RwSignal<Option<Report>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    Resting,
    /// How many trials of this model are over, and how much of a file has come that
    /// it waits for.
    Measuring {
        model: &'static Model,
        done: usize,
        all: usize,
        fetched: Option<Progress>,
    },
    Done,
    Stopped,
}

impl Stage {
    /// A stable name, for tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Resting => "resting",
            Self::Measuring { .. } => "measuring",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    pub fn is_measuring(&self) -> bool {
        matches!(self, Self::Measuring { .. })
    }

    fn note(&mut self, progress: &Progress) {
        if let Self::Measuring { fetched, .. } = self {
            *fetched = Some(progress.clone());
        }
    }
}

/// What is being measured, and what still waits.
#[derive(Debug)]
struct Course {
    model: &'static Model,
    trials: Trials,
    waiting: VecDeque<&'static Model>,
    build: EngineBuild,
    /// Replies to anything older are of a model that is done with.
    request: RequestId,
}

impl Course {
    fn next_request(&mut self) -> RequestId {
        self.request = RequestId(self.request.0.wrapping_add(1));
        self.request
    }
}

impl Lab {
    fn new(settings: Settings) -> Self {
        Self {
            settings,
            engine: StoredValue::new_local(None),
            course: StoredValue::new_local(None),
            stage: RwSignal::new(Stage::Resting),
            report: RwSignal::new(None),
        }
    }

    /// Begins anew with these models; without any, nothing happens.
    pub fn start(self, models: impl IntoIterator<Item = &'static Model>) {
        let mut waiting: VecDeque<_> = models.into_iter().collect();
        let Some(model) = waiting.pop_front() else { return };
        if self.engine.with_value(Option::is_none) {
            self.engine.set_value(Some(EngineClient::new(move |event| self.hear(event))));
        }
        self.report.set(Some(Report { machine: device::machine(), ..Report::default() }));
        self.begin(model, waiting, RequestId(0));
    }

    /// Keeps what was found out about the models before this one.
    pub fn stop(self) {
        if self.stage.with_untracked(Stage::is_measuring) {
            self.end(Stage::Stopped);
        }
    }

    /// A model gets a worker of its own: then its memory is its own too.
    fn begin(self, model: &'static Model, waiting: VecDeque<&'static Model>, request: RequestId) {
        let spec = |model| library::to_companion(model, document::resolve).spec;
        let base = model.base.as_deref().and_then(library::find).map(spec);
        let trials = Trials::of(&spec(model), base.as_ref(), &Sounds::made_up(), ROUNDS);
        let (done, all) = trials.progress();
        self.stage.set(Stage::Measuring { model, done, all, fetched: None });
        let build = EngineBuild { name: String::new(), threads: 1 };
        self.course.set_value(Some(Course { model, trials, waiting, build, request }));
        self.with_engine(EngineClient::restart);
    }

    fn hear(self, event: Event) {
        match event {
            Event::EngineReady(build) => {
                self.settle(&build);
                self.ask();
            }
            Event::Answered { request, reply } => self.take(request, &reply),
            Event::EngineLost { detail } => self.finish(Some(detail)),
            _ => {}
        }
    }

    /// What is measured is the device as it is used: who saves power is answered on
    /// one thread.
    fn settle(self, build: &Build) {
        let at_most = if self.settings.saves_power.get_untracked() { 1 } else { build.threads };
        let build = EngineBuild { name: build.name.name().to_owned(), threads: at_most };
        let id = self.with_course(|course| {
            course.build = build;
            course.next_request()
        });
        if let Some(id) = id {
            let message = ToEngine { id, request: Request::UseThreads { at_most } };
            self.with_engine(|engine| engine.send(&message));
        }
    }

    fn take(self, request: RequestId, reply: &Reply) {
        let now = device::clock_ms();
        let is_asked = self.with_course(|course| course.request == request) == Some(true);
        if !is_asked {
            return;
        }
        if let Reply::Progress(progress) = reply {
            self.stage.update(|stage| stage.note(progress));
        }
        if self.with_course(|course| course.trials.hear(now, reply)) == Some(true) {
            self.ask();
        }
    }

    /// The next question, or the next model.
    fn ask(self) {
        let now = device::clock_ms();
        let next = self.with_course(|course| {
            let ask = course.trials.next(now)?;
            let id = course.next_request();
            let (done, all) = course.trials.progress();
            let stage = Stage::Measuring { model: course.model, done, all, fetched: None };
            Some((ToEngine { id, request: ask.request }, ask.sound, stage))
        });
        match next {
            Some(Some((message, sound, stage))) => {
                self.stage.set(stage);
                self.with_engine(|engine| engine.send_with(&message, &sound));
            }
            Some(None) => self.finish(None),
            None => {}
        }
    }

    /// Writes down what came of a model and goes on with the one after it.
    fn finish(self, lost: Option<String>) {
        let course = self.course.try_update_value(Option::take).flatten();
        let Some(Course { trials, build, mut waiting, request, .. }) = course else { return };
        let mut run: Run = trials.finish(build);
        run.skipped.extend(lost.map(|why| Skipped::because("the rest", why)));
        self.report.update(|report| {
            report.get_or_insert_default().runs.push(run);
        });
        match waiting.pop_front() {
            Some(next) => self.begin(next, waiting, request),
            None => self.end(Stage::Done),
        }
    }

    /// Gives all memory back.
    fn end(self, stage: Stage) {
        self.course.set_value(None);
        self.with_engine(EngineClient::end);
        self.stage.set(stage);
    }

    fn with_engine(self, use_it: impl FnOnce(&EngineClient)) {
        self.engine.with_value(|engine| {
            if let Some(engine) = engine {
                use_it(engine);
            }
        });
    }

    fn with_course<T>(self, use_it: impl FnOnce(&mut Course) -> T) -> Option<T> {
        self.course.try_update_value(|course| course.as_mut().map(use_it)).flatten()
    }
}

pub fn provide_lab(settings: Settings) {
    provide_context(Lab::new(settings));
}

pub fn use_lab() -> Lab {
    expect_context()
}
