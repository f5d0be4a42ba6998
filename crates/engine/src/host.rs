//! The long-lived engine: models by name, requests by urgency, one step at a
//! time.
//!
//! [`Host::step`] does a few tens of milliseconds of the most urgent work and
//! returns, so that the thread it runs on can hear what else is wanted. It does
//! no IO and knows no clock but the one it is given.

use std::collections::{BTreeMap, VecDeque};

use bella_protocol::{
    EngineStatus, Failure, LoadedModel, ModelSpec, Outcome, Reply, Request, RequestId, Stop,
    Urgency,
};

use crate::error::EngineError;
use crate::llm::{Dialogue, Generation, Step};
use crate::model::Model;

/// Tells milliseconds since some fixed moment.
pub type Clock = Box<dyn Fn() -> f64>;

/// A 32-bit module can address four times this; a phone may kill a tab at half
/// of it, so whoever knows the device says less.
const DEFAULT_LIMIT_BYTES: u64 = 1 << 30;
/// Beside its weights a model needs room for its tokenizer and to think.
const WORKING_BYTES: u64 = 48 << 20;

pub struct Host {
    clock: Clock,
    limit_bytes: u64,
    models: BTreeMap<String, Entry>,
    jobs: VecDeque<Job>,
    outbox: VecDeque<(RequestId, Reply)>,
}

#[derive(Debug)]
struct Entry {
    model: Model,
    load_ms: f64,
}

/// One request under way or waiting.
#[derive(Debug)]
struct Job {
    id: RequestId,
    urgency: Urgency,
    model: String,
    work: Work,
}

#[derive(Debug)]
enum Work {
    Waiting(Request),
    Chat(Box<Generation>),
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("models", &self.models.keys())
            .field("jobs", &self.jobs)
            .finish()
    }
}

impl Host {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            limit_bytes: DEFAULT_LIMIT_BYTES,
            models: BTreeMap::new(),
            jobs: VecDeque::new(),
            outbox: VecDeque::new(),
        }
    }

    /// Whether a model can be taken in; asked before the first byte is fetched.
    /// One of the same name makes room for it.
    pub fn room_for(&self, spec: &ModelSpec) -> Result<(), Failure> {
        let others = self.models.iter().filter(|(id, _)| **id != spec.id);
        let used: u64 = others.map(|(_, entry)| entry.model.memory_bytes()).sum();
        let free_bytes = self.limit_bytes.saturating_sub(used);
        let weights = spec.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        let needed_bytes = weights.saturating_add(WORKING_BYTES);
        if needed_bytes > free_bytes {
            return Err(Failure::TooLarge { model: spec.id.clone(), needed_bytes, free_bytes });
        }
        Ok(())
    }

    /// Puts a loaded model in its place; one of the same name is replaced.
    pub fn add(&mut self, id: &str, model: Model, load_ms: f64) -> LoadedModel {
        let loaded = model.describe(id, load_ms);
        self.end_jobs_of(id);
        self.models.insert(id.to_owned(), Entry { model, load_ms });
        loaded
    }

    /// What all models take together.
    pub fn memory_bytes(&self) -> u64 {
        self.models.values().map(|entry| entry.model.memory_bytes()).sum()
    }

    /// Takes a request. `wasm_bytes` is what the module holds, for the status.
    /// Loading is not done here: bytes come from outside.
    pub fn submit(&mut self, id: RequestId, request: Request, wasm_bytes: u64) {
        match request {
            Request::Cancel { target } => {
                self.cancel(target);
                self.reply(id, Reply::Done(Outcome::Cancelled));
            }
            Request::Limit { memory_bytes } => {
                self.limit_bytes = memory_bytes;
                self.reply(id, Reply::Done(Outcome::Limited));
            }
            Request::Status => {
                let models = self
                    .models
                    .iter()
                    .map(|(name, entry)| entry.model.describe(name, entry.load_ms));
                let status = EngineStatus {
                    models: models.collect(),
                    limit_bytes: self.limit_bytes,
                    wasm_bytes,
                    waiting: self.jobs.len(),
                };
                self.reply(id, Reply::Done(Outcome::Status(status)));
            }
            Request::Unload { model } => {
                self.end_jobs_of(&model);
                let outcome = match self.models.remove(&model) {
                    Some(_) => Reply::Done(Outcome::Unloaded),
                    None => Reply::Failed(Failure::NotLoaded { model }),
                };
                self.reply(id, outcome);
            }
            Request::Load { spec } => {
                let detail = format!("\"{}\" is loaded by the worker, not by the engine", spec.id);
                self.reply(id, Reply::Failed(Failure::BadRequest { detail }));
            }
            Request::Chat { ref model, .. } => {
                let (urgency, model) = (request.urgency(), model.clone());
                self.jobs.push_back(Job { id, urgency, model, work: Work::Waiting(request) });
            }
        }
    }

    pub fn has_work(&self) -> bool {
        !self.jobs.is_empty()
    }

    /// Everything said since the last call, in order.
    pub fn take_replies(&mut self) -> impl Iterator<Item = (RequestId, Reply)> {
        std::mem::take(&mut self.outbox).into_iter()
    }

    fn reply(&mut self, id: RequestId, reply: Reply) {
        self.outbox.push_back((id, reply));
    }

    /// Does one step of the most urgent job; among equals, of the oldest.
    pub fn step(&mut self) {
        let most_urgent = self.jobs.iter().enumerate().min_by_key(|(at, job)| (job.urgency, *at));
        let Some((at, _)) = most_urgent else { return };
        let Some(mut job) = self.jobs.remove(at) else { return };
        let id = job.id;
        match self.advance(&mut job) {
            Ok(Advanced::Goes { text }) => {
                if !text.is_empty() {
                    self.reply(id, Reply::Text(text));
                }
                self.jobs.insert(at, job);
            }
            Ok(Advanced::Ended(outcome)) => self.reply(id, Reply::Done(outcome)),
            Err(error) => self.reply(id, Reply::Failed(error.into_failure(&job.model))),
        }
    }

    fn advance(&mut self, job: &mut Job) -> Result<Advanced, EngineError> {
        let entry = self.models.get_mut(&job.model);
        let entry = entry.ok_or_else(|| EngineError::NotLoaded { model: job.model.clone() })?;
        let Model::Chat { model, memory } = &mut entry.model;
        match &mut job.work {
            Work::Waiting(Request::Chat { messages, options, .. }) => {
                let dialogue = Dialogue { messages, tools: None };
                let generation = Generation::new(model, memory, dialogue, std::mem::take(options))?;
                job.work = Work::Chat(Box::new(generation));
                Ok(Advanced::Goes { text: String::new() })
            }
            Work::Waiting(other) => {
                Err(EngineError::BadRequest { detail: format!("{other:?} cannot wait") })
            }
            Work::Chat(generation) => Ok(match generation.step(model, memory, &self.clock) {
                Step::Read => Advanced::Goes { text: String::new() },
                Step::Text(text) => Advanced::Goes { text },
                Step::Done(stop) => {
                    Advanced::Ended(Outcome::Chat { stop, usage: generation.usage() })
                }
            }),
        }
    }

    fn cancel(&mut self, target: RequestId) {
        let Some(at) = self.jobs.iter().position(|job| job.id == target) else { return };
        if let Some(job) = self.jobs.remove(at) {
            self.end(job);
        }
    }

    fn end_jobs_of(&mut self, model: &str) {
        let (ending, staying) =
            std::mem::take(&mut self.jobs).into_iter().partition(|job| job.model == model);
        self.jobs = staying;
        let ending: VecDeque<Job> = ending;
        for job in ending {
            self.end(job);
        }
    }

    /// Ends a job before its time, keeping what it said.
    fn end(&mut self, mut job: Job) {
        let mut usage = Default::default();
        if let (Work::Chat(generation), Some(entry)) =
            (&mut job.work, self.models.get_mut(&job.model))
        {
            let Model::Chat { memory, .. } = &mut entry.model;
            let held = generation.cancel(memory);
            usage = generation.usage();
            if !held.is_empty() {
                self.reply(job.id, Reply::Text(held));
            }
        }
        self.reply(job.id, Reply::Done(Outcome::Chat { stop: Stop::Cancelled, usage }));
    }
}

enum Advanced {
    Goes { text: String },
    Ended(Outcome),
}
