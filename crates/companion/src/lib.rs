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
//! - [`history`]: what was said, kept: as data, as a file, and found again
//! - [`queue`]: models that are to come onto the device, one after the other
//! - [`fit`]: what a device can carry, and whether a model is too much for it
//! - [`trouble`]: what went wrong, for the catalogue to put into words
//! - [`pulse`]: whether the engine still answers
//! - [`sentences`]: whole sentences out of a text that still grows
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

pub mod companion;
pub mod effect;
pub mod event;
pub mod fit;
pub mod history;
pub mod language;
pub mod manner;
pub mod prompt;
pub mod pulse;
pub mod queue;
pub mod sentences;
pub mod state;
pub mod trouble;

pub use companion::Companion;
pub use effect::Effect;
pub use event::{Event, Model, Now};
pub use fit::{Device, Fit, Tier};
pub use language::Language;
pub use manner::{Manner, ReplyLength, Variety};
pub use pulse::{Beat, Pulse};
pub use queue::{ItemState, Queue};
pub use state::{Loading, Phase, ReplyState, Speaker, State, Turn, TurnId, Waiting};
pub use trouble::Trouble;
