//! Bella's conversation as pure logic: events go in, state and effects come out.
//!
//! Nothing here reads a clock, draws a random number or touches the outside.
//! The page hands every happening to [`Companion::step`] and carries out the
//! effects it gets back; what a person sees is drawn from [`Companion::state`].
//!
//! - [`event`]: everything that can happen, one closed enum
//! - [`effect`]: everything the companion can ask for
//! - [`state`]: where the conversation stands
//! - [`companion`]: the state machine between them
//! - [`prompt`]: what the model is told, and how much of the past fits
//! - [`manner`]: how long and how freely she answers
//! - [`skills`]: what she can do beside answering, and the models it takes
//! - [`persona`]: what she is called, and her manner of speaking
//! - [`mood`]: how the person's turns move her, and what that changes
//! - [`feeling_words`]: feelings that are told in so many words
//! - [`commands`]: the few requests that she fulfils without a model
//! - [`history`]: what was said, kept: as data, as a file, and found again
//! - [`queue`]: models that are to come onto the device, one after the other
//! - [`fit`]: what a device can carry, and whether a model is too much for it
//! - [`ears`]: when she listens, and what she heard
//! - [`energy`], [`wake`], [`echo`], [`invented`]: whether somebody speaks, to her, or
//!   only she herself, or nobody at all; [`hangul`] compares what sounds alike
//! - [`microphone`]: what can be wrong with the microphone
//! - [`trouble`]: what went wrong, for the catalogue to put into words
//! - [`pulse`]: whether the engine still answers
//! - [`sentences`]: whole sentences out of a text that still grows
//! - [`spoken`]: what of a reply is said aloud; [`mouth`]: when, and in which voice
//! - [`loudness`]: whether a microphone hears well
//!
//! ```
//! use bella_companion::{Companion, Event, Language, Manner, Now, Phase};
//! use bella_protocol::{Build, BuildName};
//!
//! let mut bella = Companion::new(Language::English, Manner::default());
//! let build = Build { name: BuildName::Turbo, threads: 2, fallback: None };
//! let effects = bella.step(Event::EngineReady(build), Now { at_ms: 0, random: 7 });
//! assert!(effects.is_empty(), "nothing is loaded before somebody chooses a model");
//! assert_eq!(bella.state().phase, Phase::Empty);
//! ```

pub mod commands;
pub mod companion;
pub mod ears;
pub mod echo;
pub mod effect;
pub mod energy;
pub mod event;
pub mod feeling_words;
pub mod fit;
pub mod hangul;
pub mod history;
pub mod invented;
pub mod language;
pub mod loudness;
pub mod manner;
pub mod microphone;
pub mod mood;
pub mod mouth;
pub mod persona;
pub mod prompt;
pub mod pulse;
pub mod queue;
pub mod sentences;
pub mod skills;
pub mod spoken;
pub mod state;
pub mod trouble;
pub mod wake;

pub use commands::{Command, LocalTime, Weekday};
pub use companion::Companion;
pub use ears::{EarEffect, EarEvent, EarPhase, EarState, Ears, HearingManner, Hold, Sensitivity};
pub use effect::{Act, Effect};
pub use event::{Event, HeardGoes, Model, Now};
pub use fit::{Device, Fit, Tier};
pub use language::Language;
pub use loudness::{Loudness, Verdict};
pub use manner::{Manner, ReplyLength, Variety};
pub use microphone::MicrophoneTrouble;
pub use mood::{Face, Feeling, Mood, Reading, Tone};
pub use mouth::{Mouth, MouthEffect, MouthEvent, MouthState};
pub use persona::{Formality, Name, Persona, Temperament, UnfitName};
pub use pulse::{Beat, Pulse};
pub use queue::{ItemState, Queue};
pub use skills::{Skill, SkillState, Skills};
pub use state::{
    Doing, Loading, Phase, Remembered, ReplyState, Speaker, State, Turn, TurnId, Unheard, Waiting,
};
pub use trouble::Trouble;
