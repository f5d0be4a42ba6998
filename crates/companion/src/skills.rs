//! What Bella can do beside answering, and the models it takes.
//!
//! Hearing and feeling each want more than one model. A person wishes for a skill or
//! gives it back; models are loaded one after the other, so that the first is there
//! soonest, and all again when the engine was lost.

use bella_protocol::{Failure, ModelSpec, Outcome, Reply, Request, RequestId, Task, ToEngine};

use crate::Loading;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skill {
    Hearing,
    Feeling,
}

impl Skill {
    /// In the order in which they are loaded: who speaks waits for the first.
    pub const ALL: [Skill; 2] = [Skill::Hearing, Skill::Feeling];

    /// A stable name, for storage, tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Skill::Hearing => "hearing",
            Skill::Feeling => "feeling",
        }
    }
}

/// How a skill is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum SkillState {
    /// Nobody wished for it.
    #[default]
    Off,
    /// For the engine, or for another load to end.
    Waiting,
    Loading(Loading),
    Ready,
    Failed(Failure),
}

impl SkillState {
    /// A stable name, for tests and styles.
    pub fn name(&self) -> &'static str {
        match self {
            SkillState::Off => "off",
            SkillState::Waiting => "waiting",
            SkillState::Loading(_) => "loading",
            SkillState::Ready => "ready",
            SkillState::Failed(_) => "failed",
        }
    }
}

/// All skills, and where their models are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skills {
    hearing: Models,
    feeling: Models,
}

/// The models of one skill.
#[derive(Clone, Debug, Default, PartialEq)]
struct Models {
    /// Empty while nobody wishes for them.
    specs: Vec<ModelSpec>,
    /// So many of them are in the engine.
    loaded: usize,
    loading: Option<Loading>,
    failure: Option<Failure>,
}

impl Skills {
    pub fn state(&self, skill: Skill) -> SkillState {
        let models = self.of(skill);
        match (&models.failure, &models.loading) {
            _ if models.specs.is_empty() => SkillState::Off,
            (Some(failure), _) => SkillState::Failed(failure.clone()),
            (None, Some(loading)) => SkillState::Loading(loading.clone()),
            (None, None) if models.loaded == models.specs.len() => SkillState::Ready,
            (None, None) => SkillState::Waiting,
        }
    }

    pub fn is_wished(&self, skill: Skill) -> bool {
        !self.of(skill).specs.is_empty()
    }

    /// The id of the model that does this, if the engine has it now.
    pub fn loaded(&self, task: Task) -> Option<&str> {
        let models = Skill::ALL.map(|skill| self.of(skill));
        let loaded = models.into_iter().flat_map(|models| &models.specs[..models.loaded]);
        loaded.filter(|spec| spec.task == task).map(|spec| spec.id.as_str()).next_back()
    }

    /// Whether the engine has this model for one of them.
    pub fn has(&self, id: &str) -> bool {
        let models = Skill::ALL.map(|skill| self.of(skill));
        let mut loaded = models.into_iter().flat_map(|models| &models.specs[..models.loaded]);
        loaded.any(|spec| spec.id == id)
    }

    /// The model that is on its way.
    pub fn loading(&self) -> Option<&str> {
        let models = Skill::ALL.map(|skill| self.of(skill));
        models.into_iter().find_map(|models| {
            models.loading.as_ref()?;
            models.specs.get(models.loaded).map(|spec| spec.id.as_str())
        })
    }

    /// Wishes for a skill by these models, or for none of it. What the engine is to do
    /// at once comes back; loading begins with [`Skills::go_on`].
    pub(crate) fn wish(
        &mut self,
        skill: Skill,
        specs: Vec<ModelSpec>,
        ids: &mut dyn FnMut() -> RequestId,
    ) -> Vec<ToEngine> {
        let models = self.of_mut(skill);
        if models.specs == specs && models.failure.is_none() {
            return Vec::new();
        }
        let mut sent = Vec::new();
        let mut send = |request| sent.push(ToEngine { id: ids(), request });
        if let Some(loading) = models.loading.take() {
            send(Request::Cancel { target: loading.request });
        }
        let same = models.specs.iter().zip(&specs).take_while(|(old, new)| old == new).count();
        let kept = same.min(models.loaded);
        for gone in models.specs.get(kept..models.loaded).unwrap_or_default() {
            send(Request::Unload { model: gone.id.clone() });
        }
        *models = Models { specs, loaded: kept, ..Models::default() };
        sent
    }

    /// Loads what comes next, if anything does and nothing is being loaded.
    pub(crate) fn go_on(&mut self, ids: &mut dyn FnMut() -> RequestId) -> Option<ToEngine> {
        if self.loading().is_some() {
            return None;
        }
        let wants_more = |skill: &Skill| self.state(*skill) == SkillState::Waiting;
        let skill = Skill::ALL.into_iter().find(wants_more)?;
        let models = self.of_mut(skill);
        let spec = models.specs.get(models.loaded)?.clone();
        let id = ids();
        let total = models.specs.iter().flat_map(|spec| &spec.files).map(|file| file.bytes);
        let mut loading = Loading::of(id, total.fold(0, u64::saturating_add));
        loading.done_bytes = models.bytes_before();
        models.loading = Some(loading);
        Some(ToEngine { id, request: Request::Load { spec } })
    }

    /// Whether this was about one of the models.
    pub(crate) fn hear(&mut self, request: RequestId, reply: &Reply) -> bool {
        let is_its =
            |models: &Models| models.loading.as_ref().is_some_and(|it| it.request == request);
        let Some(skill) = Skill::ALL.into_iter().find(|skill| is_its(self.of(*skill))) else {
            return false;
        };
        self.of_mut(skill).hear(reply);
        true
    }

    /// With the engine, everything it held is gone.
    pub(crate) fn engine_is_gone(&mut self) {
        for skill in Skill::ALL {
            let models = self.of_mut(skill);
            (models.loaded, models.loading) = (0, None);
        }
    }

    fn of(&self, skill: Skill) -> &Models {
        match skill {
            Skill::Hearing => &self.hearing,
            Skill::Feeling => &self.feeling,
        }
    }

    fn of_mut(&mut self, skill: Skill) -> &mut Models {
        match skill {
            Skill::Hearing => &mut self.hearing,
            Skill::Feeling => &mut self.feeling,
        }
    }
}

impl Models {
    /// Of the models that were loaded before the one that is next.
    fn bytes_before(&self) -> u64 {
        let loaded = self.specs.iter().take(self.loaded).flat_map(|spec| &spec.files);
        loaded.map(|file| file.bytes).fold(0, u64::saturating_add)
    }

    fn hear(&mut self, reply: &Reply) {
        match reply {
            Reply::Progress(progress) => {
                let before = self.bytes_before();
                if let (Some(loading), Some(spec)) =
                    (&mut self.loading, self.specs.get(self.loaded))
                {
                    loading.progresses(before, spec, progress);
                }
            }
            Reply::Done(Outcome::Loaded(_)) => {
                (self.loaded, self.loading) = (self.loaded + 1, None);
            }
            // Somebody else stopped it, as when the page is being left.
            Reply::Done(_) => self.loading = None,
            Reply::Failed(failure) => {
                (self.failure, self.loading) = (Some(failure.clone()), None);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use bella_protocol::{LoadedModel, ModelFile, Progress};

    use super::*;

    fn spec(id: &str, task: Task, bytes: u64) -> ModelSpec {
        let file = ModelFile {
            name: "file".into(),
            url: String::new(),
            mirror: None,
            bytes,
            sha256: None,
        };
        ModelSpec { id: id.into(), task, files: vec![file], base: None }
    }

    fn hearing() -> Vec<ModelSpec> {
        vec![spec("vad", Task::Vad, 10), spec("whisper", Task::Transcribe, 90)]
    }

    fn feeling() -> Vec<ModelSpec> {
        vec![spec("e5", Task::Embed, 50), spec("sentiment", Task::Feel, 5)]
    }

    fn loaded() -> Reply {
        Reply::Done(Outcome::Loaded(LoadedModel {
            id: String::new(),
            architecture: String::new(),
            context_length: 0,
            memory_bytes: 0,
            load_ms: 0.0,
        }))
    }

    /// Skills with ids of their own.
    #[derive(Default)]
    struct Play {
        skills: Skills,
        next: u32,
    }

    impl Play {
        fn wish(&mut self, skill: Skill, specs: Vec<ModelSpec>) -> Vec<String> {
            let next = &mut self.next;
            let sent = self.skills.wish(skill, specs, &mut || {
                *next += 1;
                RequestId(*next)
            });
            sent.iter().map(told).collect()
        }

        fn go_on(&mut self) -> Option<String> {
            let next = &mut self.next;
            let sent = self.skills.go_on(&mut || {
                *next += 1;
                RequestId(*next)
            });
            sent.as_ref().map(told)
        }

        #[track_caller]
        fn hears(&mut self, reply: &Reply) {
            assert!(self.skills.hear(RequestId(self.next), reply), "{reply:?} was nobody's");
        }

        fn states(&self) -> [&'static str; 2] {
            Skill::ALL.map(|skill| self.skills.state(skill).name())
        }
    }

    fn told(sent: &ToEngine) -> String {
        match &sent.request {
            Request::Load { spec } => format!("load {}", spec.id),
            Request::Unload { model } => format!("unload {model}"),
            Request::Cancel { target } => format!("cancel {}", target.0),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn one_model_is_loaded_after_the_other_and_hearing_before_feeling() {
        let mut play = Play::default();
        assert_eq!(play.states(), ["off", "off"]);
        assert_eq!(play.go_on(), None);
        assert!(play.wish(Skill::Feeling, feeling()).is_empty());
        assert!(play.wish(Skill::Hearing, hearing()).is_empty());
        for (expected, states) in [
            ("load vad", ["loading", "waiting"]),
            ("load whisper", ["loading", "waiting"]),
            ("load e5", ["ready", "loading"]),
            ("load sentiment", ["ready", "loading"]),
        ] {
            assert_eq!(play.go_on().as_deref(), Some(expected));
            assert_eq!(play.states(), states);
            assert_eq!(play.go_on(), None, "two at once");
            play.hears(&loaded());
        }
        assert_eq!(play.states(), ["ready", "ready"]);
        assert_eq!(play.skills.loaded(Task::Transcribe), Some("whisper"));
        assert_eq!(play.skills.loaded(Task::Chat), None);
        assert_eq!(play.go_on(), None);
    }

    #[test]
    fn progress_is_that_of_the_whole_skill() {
        let mut play = Play::default();
        play.wish(Skill::Hearing, hearing());
        play.go_on();
        play.hears(&loaded());
        play.go_on();
        let progress = Progress {
            file: "file".into(),
            done_bytes: 45,
            total_bytes: 90,
            bytes_per_second: None,
        };
        play.hears(&Reply::Progress(progress));
        let SkillState::Loading(loading) = play.skills.state(Skill::Hearing) else {
            panic!("{:?}", play.skills);
        };
        assert_eq!((loading.done_bytes, loading.total_bytes), (55, 100));
    }

    #[test]
    fn what_failed_is_tried_again_when_it_is_wished_again() {
        let mut play = Play::default();
        play.wish(Skill::Hearing, hearing());
        play.go_on();
        play.hears(&Reply::Failed(Failure::NotLoaded { model: "vad".into() }));
        assert_eq!(play.states()[0], "failed");
        assert_eq!(play.go_on(), None, "nobody asked for it again");
        play.wish(Skill::Hearing, hearing());
        assert_eq!(play.go_on().as_deref(), Some("load vad"));
    }

    #[test]
    fn another_model_for_the_same_skill_keeps_what_both_need() {
        let mut play = Play::default();
        play.wish(Skill::Hearing, hearing());
        for _ in 0..2 {
            play.go_on();
            play.hears(&loaded());
        }
        let larger = vec![spec("vad", Task::Vad, 10), spec("base", Task::Transcribe, 140)];
        assert_eq!(play.wish(Skill::Hearing, larger), ["unload whisper"]);
        assert_eq!(play.skills.loaded(Task::Vad), Some("vad"));
        assert_eq!(play.go_on().as_deref(), Some("load base"));
        assert_eq!(play.wish(Skill::Hearing, Vec::new()), ["cancel 4", "unload vad"]);
        assert_eq!(play.states()[0], "off");
    }

    #[test]
    fn after_the_engine_was_lost_everything_is_loaded_again() {
        let mut play = Play::default();
        play.wish(Skill::Hearing, hearing());
        play.go_on();
        play.hears(&loaded());
        play.go_on();
        play.skills.engine_is_gone();
        assert_eq!(play.states()[0], "waiting");
        assert_eq!(play.skills.loaded(Task::Vad), None);
        assert!(!play.skills.hear(RequestId(play.next), &loaded()), "a late word was heard");
        assert_eq!(play.go_on().as_deref(), Some("load vad"));
    }
}
