//! What the engine answers.

use serde::{Deserialize, Serialize};

use crate::{
    Build, Failure, Kept, Mood, Notice, RequestId, Segment, Stretch, TextRead, Transcript, Turn,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromEngine {
    /// The worker is up and its engine answers; said once, before anything else.
    Ready { version: String, build: Build },
    /// The engine's last words: nothing more comes from this worker.
    Crashed { detail: String },
    /// About one request.
    About { id: RequestId, reply: Reply },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    Progress(Progress),
    Notice(Notice),
    /// Whole characters only: a Hangul syllable is never cut.
    Text(String),
    /// What follows the last segment seems to be this; it may still change.
    Partial(String),
    /// A stretch of speech that will not change any more.
    Segment(Segment),
    Voice(Turn),
    Done(Outcome),
    Failed(Failure),
}

impl Reply {
    /// Whether anything more can follow.
    pub fn is_last(&self) -> bool {
        matches!(self, Reply::Done(_) | Reply::Failed(_))
    }
}

/// How far a load has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub file: String,
    pub done_bytes: u64,
    pub total_bytes: u64,
    /// Of the network, as soon as there is one to tell.
    #[serde(default)]
    pub bytes_per_second: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    Loaded(LoadedModel),
    Unloaded,
    Chat {
        stop: Stop,
        usage: Usage,
    },
    Transcript(Transcript),
    /// Every stretch in which somebody spoke.
    Voices(Vec<Stretch>),
    /// Beside this travel as many vectors of this width.
    Embedded {
        width: usize,
        texts: Vec<TextRead>,
    },
    Mood(Mood),
    /// Sound was taken.
    Taken,
    Cancelled,
    Limited,
    Kept(Vec<Kept>),
    /// The file is to be called so.
    Exported {
        name: String,
    },
    /// So much memory was given, and given back.
    Probed {
        memory_bytes: u64,
    },
    Status(EngineStatus),
}

/// Why a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// The model said it was done, or a stop string was met.
    Finished,
    /// `max_tokens` were used up.
    Length,
    Cancelled,
}

/// What one chat request cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the whole prompt.
    pub prompt_tokens: usize,
    /// Of those, how many the cache still held from the turn before.
    pub cached_tokens: usize,
    pub reply_tokens: usize,
    /// Oldest messages left out because the context was full.
    pub dropped_messages: usize,
    pub prompt_ms: f64,
    pub reply_ms: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadedModel {
    pub id: String,
    pub architecture: String,
    pub context_length: usize,
    pub memory_bytes: u64,
    pub load_ms: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineStatus {
    pub models: Vec<LoadedModel>,
    /// What models may take together.
    pub limit_bytes: u64,
    /// All the memory the engine's module has taken from the browser.
    pub wasm_bytes: u64,
    pub waiting: usize,
}
