//! The long-lived engine: models by name, requests by urgency, one step at a
//! time.
//!
//! [`Host::step`] does a few tens of milliseconds of the most urgent work and
//! returns, so that the thread it runs on can hear what else is wanted. It does
//! no IO and knows no clock but the one it is given.

use std::collections::VecDeque;

use bella_protocol::{
    EngineStatus, Failure, LoadedModel, ModelSpec, Outcome, Reply, Request, RequestId,
};

use crate::job::{Advanced, Job};
use crate::model::Model;
use crate::models::Models;
use crate::threads;

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
    models: Models,
    jobs: VecDeque<Job>,
    outbox: VecDeque<Said>,
}

/// Something to tell about a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub id: RequestId,
    pub reply: Reply,
    /// Numbers that travel beside it; mostly none.
    pub numbers: Vec<f32>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("models", &self.models.names().collect::<Vec<_>>())
            .field("jobs", &self.jobs)
            .finish()
    }
}

impl Host {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            limit_bytes: DEFAULT_LIMIT_BYTES,
            models: Models::default(),
            jobs: VecDeque::new(),
            outbox: VecDeque::new(),
        }
    }

    /// Makes sure that a model can be taken in, before its first byte is fetched.
    /// One of the same name has to go now: there may be no room for both.
    pub fn make_room(&mut self, spec: &ModelSpec) -> Result<(), Failure> {
        let used = self.models.memory_bytes_without(&spec.id);
        let free_bytes = self.limit_bytes.saturating_sub(used);
        let weights = spec.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
        let needed_bytes = weights.saturating_add(WORKING_BYTES);
        if needed_bytes > free_bytes {
            return Err(Failure::TooLarge { model: spec.id.clone(), needed_bytes, free_bytes });
        }
        self.end_jobs_of(&spec.id);
        self.models.remove(&spec.id);
        Ok(())
    }

    /// Puts a loaded model in its place; one of the same name is replaced.
    pub fn add(&mut self, id: &str, model: Model, load_ms: f64) -> LoadedModel {
        let loaded = model.describe(id, load_ms);
        self.end_jobs_of(id);
        self.models.insert(id, model, load_ms);
        loaded
    }

    /// What all models take together.
    pub fn memory_bytes(&self) -> u64 {
        self.models.memory_bytes()
    }

    /// Takes a request. `numbers` came beside it, and `wasm_bytes` is what the
    /// module holds, for the status. Loading is not done here: bytes come from
    /// outside.
    pub fn submit(&mut self, id: RequestId, request: Request, numbers: Vec<f32>, wasm_bytes: u64) {
        match request {
            Request::Sound { target, last } => {
                self.hear(target, numbers, last);
                self.done(id, Outcome::Taken);
            }
            Request::Cancel { target } => {
                let at = self.jobs.iter().position(|job| job.id == target);
                if let Some(job) = at.and_then(|at| self.jobs.remove(at)) {
                    self.end(job);
                }
                self.done(id, Outcome::Cancelled);
            }
            Request::Limit { memory_bytes } => {
                self.limit_bytes = memory_bytes;
                self.done(id, Outcome::Limited);
            }
            Request::UseThreads { at_most } => {
                threads::use_at_most(at_most);
                self.done(id, Outcome::Limited);
            }
            Request::Status => {
                let status = EngineStatus {
                    models: self.models.describe(),
                    limit_bytes: self.limit_bytes,
                    wasm_bytes,
                    waiting: self.jobs.len(),
                };
                self.done(id, Outcome::Status(status));
            }
            Request::Unload { model } => {
                self.end_jobs_of(&model);
                match self.models.remove(&model) {
                    true => self.done(id, Outcome::Unloaded),
                    false => self.say(id, Reply::Failed(Failure::NotLoaded { model })),
                }
            }
            Request::Load { .. }
            | Request::Kept
            | Request::Keep { .. }
            | Request::KeepAtMost { .. }
            | Request::Export { .. }
            | Request::Forget { .. }
            | Request::Probe => {
                let detail = "models are fetched and kept by the worker, not by the engine".into();
                self.say(id, Reply::Failed(Failure::BadRequest { detail }));
            }
            Request::Chat { ref model, .. }
            | Request::ReadAhead { ref model, .. }
            | Request::Transcribe { ref model, .. }
            | Request::Listen { ref model, .. }
            | Request::Embed { ref model, .. }
            | Request::Feel { ref model, .. } => {
                let model = model.clone();
                match Job::new(id, request, numbers, &self.models) {
                    Ok(job) => self.jobs.push_back(job),
                    Err(error) => self.say(id, Reply::Failed(error.into_failure(&model))),
                }
            }
        }
    }

    /// Whether a step would get anywhere.
    pub fn has_work(&self) -> bool {
        self.jobs.iter().any(Job::is_ready)
    }

    /// Everything said since the last call, in order.
    pub fn take_replies(&mut self) -> impl Iterator<Item = Said> {
        std::mem::take(&mut self.outbox).into_iter()
    }

    /// Does one step of the most urgent job; among equals, of the oldest.
    pub fn step(&mut self) {
        let ready = self.jobs.iter().enumerate().filter(|(_, job)| job.is_ready());
        let most_urgent = ready.min_by_key(|(at, job)| (job.urgency, *at));
        let Some((at, _)) = most_urgent else { return };
        let Some(mut job) = self.jobs.remove(at) else { return };
        let id = job.id;
        match job.advance(&mut self.models, &self.clock) {
            Ok(Advanced::Goes(said)) => {
                if let Some(reply) = said {
                    self.say(id, reply);
                }
                self.jobs.insert(at, job);
            }
            Ok(Advanced::Ended(outcome, numbers)) => {
                self.outbox.push_back(Said { id, reply: Reply::Done(outcome), numbers });
            }
            Err(error) => self.say(id, Reply::Failed(error.into_failure(&job.model))),
        }
    }

    /// Hands sound to a request, which fails if it is none.
    fn hear(&mut self, target: RequestId, sound: Vec<f32>, last: bool) {
        let Some(at) = self.jobs.iter().position(|job| job.id == target) else { return };
        if let Err(error) = self.jobs[at].hear(sound, last)
            && let Some(job) = self.jobs.remove(at)
        {
            self.say(job.id, Reply::Failed(error.into_failure(&job.model)));
        }
    }

    fn end_jobs_of(&mut self, model: &str) {
        let leans = |job: &Job| self.models.leans_on(&job.model, model);
        let (ending, staying): (VecDeque<Job>, _) =
            std::mem::take(&mut self.jobs).into_iter().partition(leans);
        self.jobs = staying;
        for job in ending {
            self.end(job);
        }
    }

    /// Ends a job before its time, keeping what it said.
    fn end(&mut self, job: Job) {
        let id = job.id;
        for reply in job.end(&mut self.models) {
            self.say(id, reply);
        }
    }

    fn say(&mut self, id: RequestId, reply: Reply) {
        self.outbox.push_back(Said { id, reply, numbers: Vec::new() });
    }

    fn done(&mut self, id: RequestId, outcome: Outcome) {
        self.say(id, Reply::Done(outcome));
    }
}
