//! Where the conversation stands.

use bella_protocol::{
    Build, Failure, ModelSpec, Mood as Felt, NotKept, Progress, RequestId, Stop, Usage,
};

use crate::commands::Command;
use crate::ears::{EarPhase, EarState};
use crate::mouth::MouthState;
use crate::{Feeling, Language, Manner, Model, Now, Persona, Skills, Trouble};

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
    pub persona: Persona,
    pub saves_power: bool,
    /// What she can do beside answering.
    pub skills: Skills,
    pub ears: EarState,
    /// What came of the last thing that was said to her, where that was no message.
    pub unheard: Option<Unheard>,
    pub mouth: MouthState,
    pub feeling: Feeling,
    /// Something that is done only once the person has said yes.
    pub confirming: Option<Command>,
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

/// Why something that was said is no message.
#[derive(Clone, Debug, PartialEq)]
pub struct Unheard {
    pub at_ms: u64,
    /// What went wrong; nothing, where there were no words in it.
    pub failure: Option<Failure>,
}

impl Unheard {
    pub(crate) fn at(now: Now, failure: Option<Failure>) -> Self {
        Self { at_ms: now.at_ms, failure }
    }
}

/// What a person sees her do. The engine, her ears and her mouth each have a state of
/// their own, because she hears while she speaks; this is what they come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Waking,
    Asleep,
    Loading,
    Idle,
    Listening,
    Transcribing,
    Thinking,
    Speaking,
    Acting,
    Confirming,
    Error,
}

impl Doing {
    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Doing::Waking => "waking",
            Doing::Asleep => "asleep",
            Doing::Loading => "loading",
            Doing::Idle => "idle",
            Doing::Listening => "listening",
            Doing::Transcribing => "transcribing",
            Doing::Thinking => "thinking",
            Doing::Speaking => "speaking",
            Doing::Acting => "acting",
            Doing::Confirming => "confirming",
            Doing::Error => "error",
        }
    }
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
    /// Whether it came through the microphone.
    pub is_spoken: bool,
    /// How it was felt, where it was read for that.
    pub felt: Option<Felt>,
}

/// A turn of an earlier visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Remembered {
    pub at_ms: u64,
    pub speaker: Speaker,
    pub text: String,
    pub is_spoken: bool,
    pub felt: Option<Felt>,
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
    /// Something is being done, and what is said of it comes after.
    Acting,
    /// It was done, or asked about, without any model.
    Acted,
    /// Said at an earlier visit, however it ended then.
    Remembered,
}

impl ReplyState {
    /// Whether something may still come.
    pub fn is_under_way(&self) -> bool {
        matches!(self, ReplyState::Streaming | ReplyState::Acting)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub text: String,
    pub at_ms: u64,
    pub is_spoken: bool,
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

    /// Where the last question stands, which can be written differently.
    pub(crate) fn last_question(&self) -> Option<usize> {
        self.conversation.iter().rposition(|turn| turn.speaker == Speaker::Person)
    }

    /// What she is doing, in one word. What a person has to know most comes first.
    pub fn doing(&self) -> Doing {
        let is_acting = |turn: &Turn| turn.speaker == Speaker::Bella(ReplyState::Acting);
        match &self.phase {
            Phase::Broken => Doing::Error,
            _ if self.ears.phase == EarPhase::Recording => Doing::Listening,
            _ if self.ears.phase == EarPhase::Transcribing => Doing::Transcribing,
            _ if self.confirming.is_some() => Doing::Confirming,
            _ if self.conversation.last().is_some_and(is_acting) => Doing::Acting,
            Phase::Thinking { .. } => Doing::Thinking,
            Phase::Replying { .. } => Doing::Speaking,
            _ if self.mouth.is_speaking => Doing::Speaking,
            Phase::Waking => Doing::Waking,
            Phase::Empty => Doing::Asleep,
            Phase::Loading(_) => Doing::Loading,
            Phase::Idle => Doing::Idle,
        }
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
