//! Everything the companion can ask of the outside.

use bella_protocol::ToEngine;

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
}
