//! Everything the companion can ask of the outside.

use bella_protocol::ToEngine;

use crate::commands::Command;
use crate::ears::EarEffect;
use crate::mouth::MouthEffect;
use crate::{Turn, TurnId};

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Send(ToEngine),
    /// Throw the worker away and start a new one.
    RestartEngine,
    /// Load this model by itself on the next visit; `None`: load none.
    RememberModel(Option<String>),
    /// Leave a mark that this model is being loaded, or take it away. Whoever finds
    /// one has come after a tab that did not survive it.
    MarkLoading(Option<String>),
    /// For whoever has the microphone.
    Ear(EarEffect),
    /// For whoever has the voice.
    Mouth(MouthEffect),
    /// Put this into the composer, after what stands there.
    Write(String),
    /// The same before what stands there: it was said, and is to be said differently.
    Rewrite(String),
    /// Do something, or ask about it, and tell in words what came of it:
    /// [`crate::Event::Acted`] follows.
    Act {
        turn: Option<TurnId>,
        act: Act,
    },
    /// A turn is what it will stay, and may be kept.
    Ended(Turn),
    /// What is said next is another conversation.
    ConversationEnded,
    /// Or it is not: it was brought back.
    ConversationTakenUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Do(Command),
    /// It wants a yes first.
    Ask(Command),
    /// The person said no.
    Leave(Command),
}
