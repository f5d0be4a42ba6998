//! What the page may ask of the engine.

use serde::{Deserialize, Serialize};

use crate::{Origin, Patience, Purpose, SoundFormat, TranscribeOptions};

/// Chosen by the page, unique for the life of one worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequestId(pub u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToEngine {
    pub id: RequestId,
    pub request: Request,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Stream a model's files in and make it ready. The engine fetches them
    /// itself, so that no byte of a weight file is ever held by the page.
    Load {
        spec: ModelSpec,
    },
    Unload {
        model: String,
    },
    /// What the device keeps of models.
    Kept,
    /// Bring a model onto the device without loading it, or go on where that was
    /// interrupted. Ends with [`super::Outcome::Kept`].
    Keep {
        spec: ModelSpec,
        from: Origin,
    },
    /// Make one file of what is kept of a model. It travels beside the answer.
    Export {
        model: String,
    },
    /// How much of the device models may take together, from now on. What is kept
    /// already stays.
    KeepAtMost {
        bytes: Option<u64>,
    },
    /// How much memory can be had here.
    Probe,
    /// Throw away what the device keeps of a model, and tell what is kept then. One
    /// that is loaded stays so.
    Forget {
        model: String,
    },
    /// Continue a conversation: [`super::Reply::Text`] pieces, then `Done`.
    Chat {
        model: String,
        messages: Vec<ChatMessage>,
        options: ChatOptions,
    },
    /// Read what a question will come after, so that only the question is left to
    /// read when it comes: messages and options as they will be then, but for it. Ends
    /// as a chat does that says nothing.
    ReadAhead {
        model: String,
        messages: Vec<ChatMessage>,
        options: ChatOptions,
    },
    /// Turn speech into text: [`super::Reply::Partial`] and [`super::Reply::Segment`]
    /// as they are found, then `Done`. The sound, or its beginning, travels beside
    /// the message.
    Transcribe {
        model: String,
        options: TranscribeOptions,
        format: SoundFormat,
        /// Whether more follows, in [`Request::Sound`].
        live: bool,
    },
    /// Tell when somebody speaks: [`super::Reply::Voice`] as it is heard, then
    /// `Done`. Sound travels as for a transcription.
    Listen {
        model: String,
        patience: Patience,
        format: SoundFormat,
        live: bool,
    },
    /// More sound for a live request, beside the message. Ends with `Done` either
    /// way, because the other may have failed a moment before.
    Sound {
        target: RequestId,
        /// Whether nothing follows.
        last: bool,
    },
    /// What texts mean. Their vectors travel beside the answer, one after the
    /// other.
    Embed {
        model: String,
        purpose: Purpose,
        texts: Vec<String>,
    },
    /// How a text feels.
    Feel {
        model: String,
        text: String,
    },
    /// Stop another request. That request ends with `Done` and
    /// [`super::Outcome::Cancelled`], a chat with [`super::Stop::Cancelled`]; this
    /// one with `Done` either way, because the other may have ended a moment
    /// before.
    Cancel {
        target: RequestId,
    },
    /// How many threads may compute from now on, the engine's own included; there
    /// are never more than it began with.
    UseThreads {
        at_most: usize,
    },
    /// How much memory all models together may take, from now on.
    Limit {
        memory_bytes: u64,
    },
    /// What is loaded and how much memory it takes.
    Status,
}

impl Request {
    /// Who goes first when several wait.
    pub fn urgency(&self) -> Urgency {
        match self {
            Request::Cancel { .. }
            | Request::Export { .. }
            | Request::Forget { .. }
            | Request::Keep { .. }
            | Request::KeepAtMost { .. }
            | Request::Kept
            | Request::Limit { .. }
            | Request::Probe
            | Request::Sound { .. }
            | Request::Status
            | Request::UseThreads { .. }
            | Request::Unload { .. } => Urgency::Now,
            Request::Transcribe { .. } | Request::Listen { .. } => Urgency::Listening,
            Request::Embed { purpose: Purpose::Passage, .. } => Urgency::Indexing,
            Request::Chat { .. }
            | Request::Embed { .. }
            | Request::Feel { .. }
            | Request::Load { .. }
            | Request::ReadAhead { .. } => Urgency::Talking,
        }
    }
}

/// Lower is sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Urgency {
    /// Costs nothing: answered between two steps of whatever runs.
    Now,
    Listening,
    Talking,
    Indexing,
}

/// A model as the engine needs to know it: where its bytes are and what they
/// must be. Made from the manifest by the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSpec {
    pub id: String,
    pub task: Task,
    pub files: Vec<ModelFile>,
    /// The model this one is an addition to, which has to be loaded as well.
    #[serde(default)]
    pub base: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    pub name: String,
    /// Relative to the page, or absolute for a host the person allowed.
    pub url: String,
    /// Where the same bytes are if nothing is there: a page may be hosted without
    /// weights.
    #[serde(default)]
    pub mirror: Option<String>,
    pub bytes: u64,
    /// Lower-case hex. `None` only for a file whose hash nobody could pin yet;
    /// the engine then reports what it saw instead of checking.
    pub sha256: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    Chat,
    Transcribe,
    Embed,
    Feel,
    Vad,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
    Tool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    pub role: Role,
    pub content: String,
}

impl ChatMessage {
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into() }
    }
}

/// How to sample. The defaults are for talk; `temperature: 0.0` is greedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatOptions {
    /// How much of the conversation may be kept in view; bounds memory.
    pub context_tokens: usize,
    pub max_tokens: usize,
    pub temperature: f32,
    pub top_k: usize,
    pub top_p: f32,
    pub min_p: f32,
    pub repetition_penalty: f32,
    /// How many of the latest tokens the repetition penalty looks at.
    pub repetition_window: usize,
    pub seed: u64,
    /// Generation ends before any of these would be shown.
    pub stop: Vec<String>,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self {
            context_tokens: 2048,
            max_tokens: 512,
            temperature: 0.7,
            top_k: 40,
            top_p: 0.95,
            min_p: 0.05,
            repetition_penalty: 1.1,
            repetition_window: 64,
            seed: 0,
            stop: Vec::new(),
        }
    }
}
