//! Everything that can happen to Bella.

use bella_protocol::{Build, ModelSpec, Reply, RequestId};

use crate::ears::EarEvent;
use crate::mouth::MouthEvent;
use crate::{Language, Manner, Persona, Remembered, Skill, TurnId};

/// What the outside knows and pure code must be told: the time, and one random
/// number per event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the Unix epoch.
    pub at_ms: u64,
    pub random: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The worker is up and waits for requests.
    EngineReady(Build),
    /// The worker died, could not start, or stopped answering.
    EngineLost {
        detail: String,
    },
    /// The engine said something about one request.
    Answered {
        request: RequestId,
        reply: Reply,
    },

    /// The person sent a message.
    Said(String),
    /// Stop whatever runs: a reply or a load.
    Stopped,
    /// Ask the last question once more, after its reply failed or was stopped.
    AskedAgain,
    Cleared,
    ClearUndone,

    ModelChosen(Model),
    /// Give the loaded model's memory back.
    ModelPutAway,
    /// The tab before this one ended while it loaded this model.
    LoadKilledTab {
        model: String,
    },
    /// Try again what failed: start the engine, or load the model.
    Retried,
    TroubleDismissed,

    /// Write the last question differently.
    EditAsked(TurnId),
    /// What was said at an earlier visit.
    Restored(Vec<Remembered>),

    /// Something came through the microphone, or about it.
    Ear(EarEvent),
    /// Where what was heard goes.
    HeardGoes(HeardGoes),
    /// Something happened to what is being said.
    Mouth(MouthEvent<'static>),
    /// These models are to give her a skill; none: she is to be without it.
    SkillWished {
        skill: Skill,
        models: Vec<ModelSpec>,
    },
    /// Something was done, and this is what is said of it. Without a turn it is only
    /// said.
    Acted {
        turn: Option<TurnId>,
        text: String,
    },
    /// The person said yes or no to what is being confirmed.
    Answer {
        is_yes: bool,
    },
    /// Comes about twice a second, later in a tab nobody looks at.
    Beat,

    LanguageChosen(Language),
    MannerChosen(Manner),
    PersonaChosen(Persona),
    /// Whether Bella is to go easy on the battery.
    PowerSavingChosen(bool),
}

/// Where what was heard goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeardGoes {
    /// To her, at once.
    #[default]
    ToBella,
    /// Into the composer, to be looked over first.
    IntoComposer,
}

/// A chat model as the companion needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub spec: ModelSpec,
    /// What it can hold a conversation in, best first.
    pub languages: Vec<Language>,
}

impl Model {
    pub fn id(&self) -> &str {
        &self.spec.id
    }

    pub fn total_bytes(&self) -> u64 {
        self.spec.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add)
    }

    /// The language to be spoken with this model by somebody who reads
    /// `preferred`.
    pub fn speaks(&self, preferred: Language) -> Language {
        if self.languages.contains(&preferred) {
            preferred
        } else {
            self.languages.first().copied().unwrap_or(preferred)
        }
    }
}
