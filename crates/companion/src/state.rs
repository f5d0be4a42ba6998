//! Where the conversation stands.

use bella_protocol::{Build, ModelSpec, NotKept, Progress, RequestId, Stop, Usage};

use crate::{Language, Manner, Model, Trouble};

#[derive(Clone, Debug, PartialEq)]
pub struct State {
    pub phase: Phase,
    /// The engine that runs, or ran last.
    pub build: Option<Build>,
    /// The model wished for: loaded from [`Phase::Idle`] on, and still here
    /// after a failed load so that it can be tried again.
    pub model: Option<Model>,
    pub conversation: Vec<Turn>,
    /// A message that will be asked as soon as that is possible.
    pub waiting: Option<Waiting>,
    /// Something to tell that belongs to no reply.
    pub trouble: Option<Trouble>,
    /// Why the model that is loaded, or was last, is not kept on the device.
    pub not_kept: Option<NotKept>,
    /// A cleared conversation that can still be brought back.
    pub cleared: Option<Vec<Turn>>,
    pub language: Language,
    pub manner: Manner,
    pub saves_power: bool,
}

/// What Bella is doing. While a reply is under way, it is the last turn of the
/// conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The worker has not answered yet.
    Waking,
    /// It could not be brought up; the person decides when to try again.
    Broken,
    /// The engine is up and no model is loaded.
    Empty,
    Loading(Loading),
    Idle,
    /// Asked, and not a word yet.
    Thinking {
        request: RequestId,
    },
    Replying {
        request: RequestId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loading {
    pub request: RequestId,
    pub done_bytes: u64,
    pub total_bytes: u64,
    pub bytes_per_second: Option<u64>,
    /// Whether the server is being given a moment.
    pub retrying: bool,
}

impl Loading {
    pub(crate) fn of(request: RequestId, total_bytes: u64) -> Self {
        Self { request, done_bytes: 0, total_bytes, bytes_per_second: None, retrying: false }
    }

    /// `before` of the bytes came before the first of this model.
    pub(crate) fn progresses(&mut self, before: u64, spec: &ModelSpec, progress: &Progress) {
        let files = spec.files.iter().take_while(|file| file.name != progress.file);
        let before = files.map(|file| file.bytes).fold(before, u64::saturating_add);
        let done = before.saturating_add(progress.done_bytes).min(self.total_bytes);
        // Files may be told of out of order; the bar never runs backwards.
        self.done_bytes = self.done_bytes.max(done);
        self.bytes_per_second = progress.bytes_per_second;
        self.retrying = false;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TurnId(pub u32);

#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub id: TurnId,
    pub at_ms: u64,
    pub speaker: Speaker,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Speaker {
    Person,
    Bella(ReplyState),
}

#[derive(Clone, Debug, PartialEq)]
pub enum ReplyState {
    Streaming,
    Done {
        stop: Stop,
        usage: Usage,
        /// Turns of this conversation the model did not get to see.
        forgotten: usize,
    },
    /// The person stopped it.
    Stopped,
    Failed(Trouble),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub text: String,
    pub at_ms: u64,
}

impl Phase {
    /// A stable name, for tests and styles.
    pub fn name(&self) -> &'static str {
        match self {
            Phase::Waking => "waking",
            Phase::Broken => "broken",
            Phase::Empty => "empty",
            Phase::Loading(_) => "loading",
            Phase::Idle => "idle",
            Phase::Thinking { .. } => "thinking",
            Phase::Replying { .. } => "replying",
        }
    }

    pub fn is_replying(&self) -> bool {
        matches!(self, Phase::Thinking { .. } | Phase::Replying { .. })
    }

    /// Whether a model stands ready in the engine.
    pub fn has_model(&self) -> bool {
        matches!(self, Phase::Idle | Phase::Thinking { .. } | Phase::Replying { .. })
    }

    /// The one request whose answers matter now.
    pub(crate) fn request(&self) -> Option<RequestId> {
        match self {
            Phase::Waking | Phase::Broken | Phase::Empty | Phase::Idle => None,
            Phase::Loading(Loading { request, .. })
            | Phase::Thinking { request }
            | Phase::Replying { request } => Some(*request),
        }
    }
}

impl State {
    /// Whether another message would be taken. At most one waits: a person who
    /// sends three while Bella is talking has usually changed their mind twice.
    pub fn accepts_message(&self) -> bool {
        self.waiting.is_none()
    }

    /// Whether the last reply can be asked for again.
    pub fn can_ask_again(&self) -> bool {
        self.waiting.is_none()
            && matches!(
                self.conversation.last().map(|turn| &turn.speaker),
                Some(Speaker::Bella(ReplyState::Stopped | ReplyState::Failed(_)))
            )
    }
}
