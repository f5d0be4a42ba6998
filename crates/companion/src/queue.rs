//! Models that a person wants on the device: one comes after the other.
//!
//! What is under way or waits goes on by itself after a reload; what was paused
//! stays so until the person says otherwise.

use bella_protocol::{Failure, ModelSpec, Origin, Outcome, Reply, Request, RequestId, ToEngine};

use crate::state::Loading;

/// Ids the conversation never comes to.
const FIRST_REQUEST: u32 = 1 << 30;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    pub items: Vec<Item>,
    has_engine: bool,
    requests: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub spec: ModelSpec,
    pub origin: Origin,
    pub state: ItemState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemState {
    Waiting,
    Coming(Loading),
    Paused,
    Failed(Failure),
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// With the files that were chosen for this model, if it comes from files.
    Send(ToEngine),
    /// What is kept of this model is not wanted any more.
    Forget(String),
    /// Something was kept, or not.
    Look,
}

impl ItemState {
    /// A stable name, for tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Coming(_) => "coming",
            Self::Paused => "paused",
            Self::Failed(_) => "failed",
        }
    }
}

impl Queue {
    pub fn of(&self, model: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.spec.id == model)
    }

    /// Whether an answer is for here.
    pub fn owns(request: RequestId) -> bool {
        (FIRST_REQUEST..2 * FIRST_REQUEST).contains(&request.0)
    }

    /// What is to be remembered until the next visit: models, and whether each is
    /// paused. Files that were chosen cannot be.
    pub fn remembered(&self) -> Vec<(String, bool)> {
        let lasting = self.items.iter().filter(|item| item.origin == Origin::Network);
        lasting
            .map(|item| (item.spec.id.clone(), matches!(item.state, ItemState::Paused)))
            .collect()
    }

    /// Once more what was remembered.
    pub fn recall(&mut self, spec: ModelSpec, is_paused: bool) -> Vec<Step> {
        let state = if is_paused { ItemState::Paused } else { ItemState::Waiting };
        if self.of(&spec.id).is_none() {
            self.items.push(Item { spec, origin: Origin::Network, state });
        }
        self.go_on()
    }

    pub fn add(&mut self, spec: ModelSpec, origin: Origin) -> Vec<Step> {
        let mut steps = self.take_out(&spec.id);
        self.items.push(Item { spec, origin, state: ItemState::Waiting });
        steps.extend(self.go_on());
        steps
    }

    /// What has come stays, to go on from there.
    pub fn pause(&mut self, model: &str) -> Vec<Step> {
        self.stop(model, Some(ItemState::Paused))
    }

    pub fn resume(&mut self, model: &str) -> Vec<Step> {
        for item in &mut self.items {
            if item.spec.id == model && !matches!(item.state, ItemState::Coming(_)) {
                item.state = ItemState::Waiting;
            }
        }
        self.go_on()
    }

    /// What has come goes.
    pub fn cancel(&mut self, model: &str) -> Vec<Step> {
        let mut steps = self.take_out(model);
        steps.push(Step::Forget(model.to_owned()));
        steps
    }

    /// It comes on another way, or is gone.
    pub fn take_out(&mut self, model: &str) -> Vec<Step> {
        self.stop(model, None)
    }

    pub fn engine_is_ready(&mut self) -> Vec<Step> {
        self.has_engine = true;
        self.go_on()
    }

    pub fn engine_is_lost(&mut self) {
        self.has_engine = false;
        for item in &mut self.items {
            if matches!(item.state, ItemState::Coming(_)) {
                item.state = ItemState::Waiting;
            }
        }
    }

    pub fn hear(&mut self, request: RequestId, reply: Reply) -> Vec<Step> {
        let is_it =
            |item: &Item| matches!(&item.state, ItemState::Coming(it) if it.request == request);
        // Of one that was stopped nobody wants to hear any more.
        let Some(at) = self.items.iter().position(is_it) else { return Vec::new() };
        let Item { spec, state, .. } = &mut self.items[at];
        let ItemState::Coming(loading) = state else { return Vec::new() };
        match reply {
            Reply::Progress(progress) => loading.progresses(0, spec, &progress),
            Reply::Notice(_) => loading.retrying = true,
            Reply::Failed(failure) => {
                *state = ItemState::Failed(failure);
                return self.look_and_go_on();
            }
            Reply::Done(Outcome::Kept(_)) => {
                self.items.remove(at);
                return self.look_and_go_on();
            }
            _ => {}
        }
        Vec::new()
    }

    fn look_and_go_on(&mut self) -> Vec<Step> {
        let mut steps = vec![Step::Look];
        steps.extend(self.go_on());
        steps
    }

    fn stop(&mut self, model: &str, then: Option<ItemState>) -> Vec<Step> {
        let Some(at) = self.items.iter().position(|item| item.spec.id == model) else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        if let ItemState::Coming(loading) = &self.items[at].state {
            let target = loading.request;
            steps.push(self.send(Request::Cancel { target }).1);
        }
        match then {
            Some(state) => self.items[at].state = state,
            None => drop(self.items.remove(at)),
        }
        steps.extend(self.look_and_go_on());
        steps
    }

    /// Lets the next one come, if none does.
    fn go_on(&mut self) -> Vec<Step> {
        let comes = |item: &Item| matches!(item.state, ItemState::Coming(_));
        let waits = |item: &Item| item.state == ItemState::Waiting;
        if !self.has_engine || self.items.iter().any(comes) {
            return Vec::new();
        }
        let Some(at) = self.items.iter().position(waits) else { return Vec::new() };
        let (spec, from) = (self.items[at].spec.clone(), self.items[at].origin);
        let total_bytes = spec.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        let (request, step) = self.send(Request::Keep { spec, from });
        self.items[at].state = ItemState::Coming(Loading::of(request, total_bytes));
        vec![step]
    }

    fn send(&mut self, request: Request) -> (RequestId, Step) {
        let id = RequestId(FIRST_REQUEST + self.requests % FIRST_REQUEST);
        self.requests = self.requests.wrapping_add(1);
        (id, Step::Send(ToEngine { id, request }))
    }
}
