//! What the device keeps of models, and why it sometimes does not.

use serde::{Deserialize, Serialize};

/// What is kept of one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub model: String,
    pub held_bytes: u64,
    pub total_bytes: u64,
    /// Whether all of it is there and was checked.
    pub complete: bool,
    /// When it was loaded last, or kept, in milliseconds since 1970.
    #[serde(default)]
    pub used_ms: u64,
}

/// Where a model that is to be kept comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    Network,
    /// Files that somebody chose, which travel beside the message.
    Files,
}

/// Something to be told while a model loads; the load goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// The server did not answer, or broke off; it is asked again in a moment.
    Retrying { file: String, attempt: u32, wait_ms: u32 },
    /// The model will be fetched again by the next visit.
    NotKept(NotKept),
}

/// Why a model is used from memory alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotKept {
    /// As in some private windows, or where the person forbade it.
    Refused { detail: String },
    /// So much of it fit beside what is kept of other models. What the browser
    /// says is free may be anything; this is what happened.
    Full { needed_bytes: u64, fit_bytes: u64, others_bytes: u64 },
    /// It would be more than the person wants to give to models.
    OverLimit { needed_bytes: u64, limit_bytes: u64, others_bytes: u64 },
    /// What was read was not what had been written.
    Unreliable,
}
