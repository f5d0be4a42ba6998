//! What the device keeps of models, as the worker last told.

use bella_companion::Event;
use bella_protocol::{Kept, Outcome, Reply, Request, RequestId, ToEngine};
use leptos::prelude::*;

/// Ids the companion never comes to; the engine's client has the last one.
const LOOK: RequestId = RequestId(u32::MAX - 1);
const FORGET: RequestId = RequestId(u32::MAX - 2);

#[derive(Clone, Copy, Debug, Default)]
pub struct Pantry {
    kept: RwSignal<Vec<Kept>>,
}

impl Pantry {
    pub fn look() -> ToEngine {
        ToEngine { id: LOOK, request: Request::Kept }
    }

    pub fn forget(model: &str) -> ToEngine {
        ToEngine { id: FORGET, request: Request::Forget { model: model.to_owned() } }
    }

    /// What is kept of this model, if anything is.
    pub fn of(self, model: &str) -> Option<Kept> {
        self.kept.with(|kept| kept.iter().find(|kept| kept.model == model).cloned())
    }

    /// Whether something the engine said was meant for here.
    pub fn hears(self, event: &Event) -> bool {
        let Event::Answered { request: LOOK | FORGET, reply } = event else { return false };
        if let Reply::Done(Outcome::Kept(kept)) = reply {
            self.kept.set(kept.iter().filter(|kept| kept.held_bytes > 0).cloned().collect());
        }
        true
    }
}
