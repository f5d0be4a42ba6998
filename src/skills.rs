//! What a person wishes her to be able to do, and the models it takes.

use bella_companion::{Event, Skill, SkillState};
use bella_protocol::ModelSpec;
use bella_weights::manifest;
use leptos::prelude::*;

use crate::bella::Bella;
use crate::browser::page::document;
use crate::browser::page::storage::{self, Key};
use crate::library;

impl Bella {
    pub fn skill(self, skill: Skill) -> SkillState {
        self.view.skills.with(|skills| skills.state(skill))
    }

    /// From now on, and at every visit.
    pub fn wish_for(self, skill: Skill) {
        if skill == Skill::Hearing {
            storage::remember(Key::Hearing, Some(hears_with()).as_deref());
        } else {
            storage::remember(Key::Feeling, Some("on"));
        }
        self.tell(Event::SkillWished { skill, models: models(skill) });
    }

    pub fn give_up(self, skill: Skill) {
        storage::remember(key(skill), None);
        self.tell(Event::SkillWished { skill, models: Vec::new() });
    }

    /// She hears with another model from now on.
    pub fn hear_with(self, model: &str) {
        storage::remember(Key::Hearing, Some(model));
        self.tell(Event::SkillWished { skill: Skill::Hearing, models: models(Skill::Hearing) });
    }

    /// What was wished for at an earlier visit, but for what a tab died over.
    pub(crate) fn recall_skills(self, killers: &[String]) {
        for skill in Skill::ALL {
            if storage::recall(key(skill)).is_none() {
                continue;
            }
            let models = models(skill);
            if models.iter().any(|model| killers.contains(&model.id)) {
                storage::remember(key(skill), None);
            } else {
                self.tell(Event::SkillWished { skill, models });
            }
        }
    }
}

fn key(skill: Skill) -> Key {
    match skill {
        Skill::Hearing => Key::Hearing,
        Skill::Feeling => Key::Feeling,
    }
}

/// The skill that a model of this task belongs to, if it does to any.
pub fn skill_of(task: manifest::Task) -> Option<Skill> {
    match task {
        manifest::Task::Transcribe | manifest::Task::Vad => Some(Skill::Hearing),
        manifest::Task::Embed | manifest::Task::Feel => Some(Skill::Feeling),
        manifest::Task::Chat => None,
    }
}

/// How much there is to fetch for it.
pub fn bytes(skill: Skill) -> u64 {
    let files = models(skill).into_iter().flat_map(|model| model.files);
    files.map(|file| file.bytes).fold(0, u64::saturating_add)
}

/// The id of what she hears with.
fn hears_with() -> String {
    let is_one = |id: &String| {
        library::find(id).is_some_and(|model| model.task == manifest::Task::Transcribe)
    };
    let remembered = storage::recall(Key::Hearing).filter(is_one);
    remembered
        .or_else(|| Some(library::default_of(manifest::Task::Transcribe)?.id.clone()))
        .unwrap_or_default()
}

/// In the order in which they are loaded: the small one that notices voices comes
/// first, and what an addition is added to before the addition.
fn models(skill: Skill) -> Vec<ModelSpec> {
    let models = match skill {
        Skill::Hearing => [library::default_of(manifest::Task::Vad), library::find(&hears_with())],
        Skill::Feeling => {
            let feels = library::default_of(manifest::Task::Feel);
            let base = feels.and_then(|model| library::find(model.base.as_deref()?));
            [base, feels]
        }
    };
    let models = models.into_iter().flatten();
    models.map(|model| library::to_companion(model, document::resolve).spec).collect()
}
