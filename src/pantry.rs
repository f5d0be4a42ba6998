//! What the device keeps of models, what is on its way there, and what the device
//! can carry.

use std::collections::BTreeMap;

use bella_companion::queue::{Item, Step};
use bella_companion::{Device, Event, Fit, ItemState, Queue, Tier, fit};
use bella_protocol::{
    Build, BuildName, Failure, Kept, NotKept, Origin, Outcome, Reply, Request, RequestId, Stop,
    ToEngine,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bella::Bella;
use crate::browser::page::hand_over::Files;
use crate::browser::page::storage::{self, Key};
use crate::browser::page::{document, larder};
use crate::library;

/// Ids neither the companion nor the queue ever comes to; the engine's client has
/// the last one.
const LOOK: RequestId = RequestId(u32::MAX - 1);
const FORGET: RequestId = RequestId(u32::MAX - 2);
const EXPORT: RequestId = RequestId(u32::MAX - 3);
const LIMIT: RequestId = RequestId(u32::MAX - 4);
const PROBE: RequestId = RequestId(u32::MAX - 5);

/// A reply of fewer tokens says little about the speed of a model.
const TELLING_TOKENS: usize = 12;

#[derive(Clone, Copy, Debug)]
pub struct Pantry {
    kept: RwSignal<Vec<Kept>>,
    pub queue: RwSignal<Queue>,
    /// Files that were chosen, until they were read.
    chosen: StoredValue<BTreeMap<String, Files>, LocalStorage>,
    /// How much models may take together; any amount if nobody said.
    pub at_most: RwSignal<Option<u64>>,
    /// What could not be made a file of.
    pub trouble: RwSignal<Option<Failure>>,
    /// Whether the browser promised to keep what is here; `None`: it cannot be asked.
    pub is_promised: RwSignal<Option<bool>>,
    /// About how much more fits, as the browser has it.
    pub free_bytes: RwSignal<Option<u64>>,
    pub device: RwSignal<Device>,
    /// Tokens a second of each model that has answered here.
    rates: RwSignal<BTreeMap<String, f64>>,
    /// Offered instead of a model whose load killed the tab.
    pub instead: RwSignal<Option<String>>,
}

impl Pantry {
    pub fn recall() -> Self {
        let read = |key| storage::recall(key);
        let number = |key| read(key).and_then(|number| number.parse().ok());
        let device = Device { memory_bytes: number(Key::Memory), ..Device::default() };
        let rates = read(Key::Rates).and_then(|json| serde_json::from_str(&json).ok());
        let pantry = Self {
            kept: RwSignal::default(),
            queue: RwSignal::default(),
            chosen: StoredValue::new_local(BTreeMap::new()),
            at_most: RwSignal::new(number(Key::KeepAtMost)),
            trouble: RwSignal::default(),
            is_promised: RwSignal::default(),
            free_bytes: RwSignal::default(),
            device: RwSignal::new(device),
            rates: RwSignal::new(rates.unwrap_or_default()),
            instead: RwSignal::default(),
        };
        pantry.recall_queue();
        pantry
    }

    fn recall_queue(self) {
        let remembered = storage::recall(Key::Queue);
        let remembered: Vec<(String, bool)> =
            remembered.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        for (model, is_paused) in remembered {
            if let Some(model) = library::find(&model) {
                let spec = library::to_companion(model, document::resolve).spec;
                // Nothing is sent before there is an engine.
                self.queue.update(|queue| drop(queue.recall(spec, is_paused)));
            }
        }
    }

    /// What is kept of this model, if anything is.
    pub fn of(self, model: &str) -> Option<Kept> {
        self.kept.with(|kept| kept.iter().find(|kept| kept.model == model).cloned())
    }

    /// Its place in the queue.
    pub fn item(self, model: &str) -> Option<Item> {
        self.queue.with(|queue| queue.of(model).cloned())
    }

    pub fn used_bytes(self) -> u64 {
        self.kept.with(|kept| kept.iter().map(|kept| kept.held_bytes).fold(0, u64::saturating_add))
    }

    /// Everything but this, what was not used for longest first: to be deleted by
    /// whoever needs the room.
    pub fn others(self, model: Option<&str>) -> Vec<Kept> {
        let mut others = self.kept.get();
        others.retain(|kept| Some(kept.model.as_str()) != model);
        others.sort_by_key(|kept| kept.used_ms);
        others
    }

    /// Models that this version knows nothing of any more.
    pub fn strays(self) -> Vec<Kept> {
        let mut strays = self.kept.get();
        strays.retain(|kept| library::find(&kept.model).is_none());
        strays
    }

    pub fn fit(self, bytes: u64) -> Fit {
        self.device.with(|device| Fit::of(bytes, device))
    }

    pub fn tier(self) -> Option<Tier> {
        self.device.with(Tier::of_device)
    }

    /// Tokens a second of this model: as it was here, or as it can be expected.
    pub fn rate(self, model: &str, bytes: u64) -> Option<(f64, bool)> {
        self.rates.with(|rates| {
            if let Some(&rate) = rates.get(model) {
                return Some((rate, true));
            }
            let (known, &rate) = rates.iter().next()?;
            let known = library::find(known)?;
            Some((fit::expected_rate(rate, known.bytes(), bytes)?, false))
        })
    }

    /// Learns from what the conversation hears.
    pub fn overhear(self, event: &Event, model: Option<&str>) {
        let (Some(model), Event::Answered { reply, .. }) = (model, event) else { return };
        if let Reply::Done(Outcome::Chat { usage, stop }) = reply
            && *stop != Stop::Cancelled
            && usage.reply_tokens >= TELLING_TOKENS
            && usage.reply_ms > 0.0
        {
            let rate = usage.reply_tokens as f64 * 1000.0 / usage.reply_ms;
            self.rates.update(|rates| {
                rates.insert(model.to_owned(), rate);
            });
            let json = self.rates.with_untracked(|rates| serde_json::to_string(rates).ok());
            storage::remember(Key::Rates, json.as_deref());
        }
    }
}

/// What a person does about it.
impl Bella {
    /// Brings a model onto the device, after those that wait already.
    pub fn keep_model(self, id: &str) {
        self.ask_for_promise();
        self.queue_up(id, Origin::Network);
    }

    /// The same from files that were chosen.
    pub fn import_model(self, id: &str, files: Files) {
        if files.is_empty() {
            return;
        }
        self.ask_for_promise();
        self.pantry.chosen.update_value(|chosen| drop(chosen.insert(id.to_owned(), files)));
        self.queue_up(id, Origin::Files);
    }

    fn queue_up(self, id: &str, origin: Origin) {
        if let Some(model) = library::find(id) {
            let spec = library::to_companion(model, document::resolve).spec;
            self.with_queue(|queue| queue.add(spec, origin));
        }
    }

    pub fn pause_model(self, id: &str) {
        self.with_queue(|queue| queue.pause(id));
    }

    pub fn resume_model(self, id: &str) {
        self.with_queue(|queue| queue.resume(id));
    }

    pub fn cancel_model(self, id: &str) {
        self.with_queue(|queue| queue.cancel(id));
    }

    /// It comes on another way.
    pub(crate) fn take_out_of_queue(self, id: &str) {
        self.with_queue(|queue| queue.take_out(id));
    }

    /// Deletes what the device keeps of a model.
    pub fn forget_model(self, id: &str) {
        let request = Request::Forget { model: id.to_owned() };
        self.send_beside(&ToEngine { id: FORGET, request });
    }

    /// Makes a file of it, which the browser then saves.
    pub fn export_model(self, id: &str) {
        self.pantry.trouble.set(None);
        let request = Request::Export { model: id.to_owned() };
        self.send_beside(&ToEngine { id: EXPORT, request });
    }

    /// What is there already stays, whatever is said here.
    pub fn keep_at_most(self, bytes: Option<u64>) {
        self.pantry.at_most.set(bytes);
        storage::remember(Key::KeepAtMost, bytes.map(|bytes| bytes.to_string()).as_deref());
        self.send_beside(&ToEngine { id: LIMIT, request: Request::KeepAtMost { bytes } });
    }

    /// Asks the browser for its promise; a person has just shown what it is for.
    pub fn ask_for_promise(self) {
        storage::remember(Key::AskedToKeep, Some("yes"));
        spawn_local(async move {
            if larder::is_promised().await == Some(false) {
                let answer = larder::ask_for_promise().await;
                self.pantry.is_promised.set(answer.or(Some(false)));
            }
        });
    }

    fn with_queue(self, change: impl FnOnce(&mut Queue) -> Vec<Step>) {
        let steps = self.pantry.queue.try_update(change).unwrap_or_default();
        let remembered = self.pantry.queue.with_untracked(Queue::remembered);
        let json = serde_json::to_string(&remembered).ok().filter(|_| !remembered.is_empty());
        storage::remember(Key::Queue, json.as_deref());
        for step in steps {
            match step {
                Step::Send(message) => self.send_with_chosen(&message),
                Step::Forget(model) => self.forget_model(&model),
                Step::Look => self.look_into_pantry(),
            }
        }
    }

    fn send_with_chosen(self, message: &ToEngine) {
        let chosen = match &message.request {
            Request::Keep { spec, from: Origin::Files } => {
                self.pantry.chosen.with_value(|chosen| chosen.get(&spec.id).cloned())
            }
            _ => None,
        };
        self.send_files_beside(message, &chosen.unwrap_or_default());
    }
}

/// What the engine has to do with it.
impl Bella {
    /// Tells the engine what it has to know before anything else is asked of it.
    pub(crate) fn stock_up(self, build: &Build) {
        self.pantry.device.update(|device| {
            let is_fast = build.name == BuildName::Turbo;
            device.engine = Some(fit::Engine { threads: build.threads, is_fast });
        });
        self.limit_memory();
        let bytes = self.pantry.at_most.get_untracked();
        self.send_beside(&ToEngine { id: LIMIT, request: Request::KeepAtMost { bytes } });
        self.send_beside(&ToEngine { id: PROBE, request: Request::Probe });
        self.with_queue(Queue::engine_is_ready);
    }

    pub(crate) fn engine_is_gone(self) {
        self.pantry.queue.update(Queue::engine_is_lost);
    }

    fn limit_memory(self) {
        if let Some(memory) = self.pantry.device.with_untracked(|device| device.memory_bytes) {
            let memory_bytes = fit::memory_for_models(memory);
            self.send_beside(&ToEngine { id: LIMIT, request: Request::Limit { memory_bytes } });
        }
    }

    pub fn look_into_pantry(self) {
        self.send_beside(&ToEngine { id: LOOK, request: Request::Kept });
        let pantry = self.pantry;
        spawn_local(async move {
            pantry.is_promised.set(larder::is_promised().await);
            pantry.free_bytes.set(larder::free_bytes().await);
        });
    }

    /// Whether something the engine said was meant for here.
    pub(crate) fn hears_in_pantry(self, event: &Event) -> bool {
        let Event::Answered { request, reply } = event else { return false };
        match (*request, reply) {
            (LOOK | FORGET, Reply::Done(Outcome::Kept(kept))) => self.take_stock(kept),
            (EXPORT, Reply::Failed(failure)) => self.pantry.trouble.set(Some(failure.clone())),
            (PROBE, Reply::Done(Outcome::Probed { memory_bytes })) => {
                let text = memory_bytes.to_string();
                storage::remember(Key::Memory, Some(&text));
                self.pantry.device.update(|device| device.memory_bytes = Some(*memory_bytes));
                self.limit_memory();
            }
            (id, reply) if Queue::owns(id) => {
                self.with_queue(|queue| queue.hear(id, reply.clone()));
            }
            (LOOK | FORGET | EXPORT | LIMIT | PROBE, _) => {}
            _ => return false,
        }
        true
    }

    fn take_stock(self, kept: &[Kept]) {
        let held = kept.iter().filter(|kept| kept.held_bytes > 0);
        self.pantry.kept.set(held.cloned().collect());
        let has_first = kept.iter().any(|kept| kept.complete);
        if has_first && storage::recall(Key::AskedToKeep).is_none() {
            self.ask_for_promise();
        }
        // One tier lower than what killed the tab, if that costs nothing.
        if let Some(instead) = self.pantry.instead.get_untracked()
            && kept.iter().any(|kept| kept.model == instead && kept.complete)
        {
            self.pantry.instead.set(None);
            self.choose_model(&instead);
        }
    }
}

/// Why something that was queued is not on the device, if that is for want of room.
pub fn wants_room(item: &Item) -> Option<&NotKept> {
    match &item.state {
        ItemState::Failed(Failure::NotKept(
            why @ (NotKept::Full { .. } | NotKept::OverLimit { .. }),
        )) => Some(why),
        _ => None,
    }
}
