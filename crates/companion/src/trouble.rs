//! What went wrong, as data: the page's catalogue has the words.

use bella_protocol::Failure;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The worker never answered. `detail` is for developers.
    EngineNotStarted {
        detail: String,
    },
    /// It answered before and died; a new one is on its way.
    EngineLost {
        detail: String,
    },
    /// It died several times without finishing a reply in between, so nobody
    /// starts it again until the person asks.
    EngineKeepsDying {
        detail: String,
    },
    /// The tab before this one ended while it loaded a model; nothing is loaded by
    /// itself that is as large.
    LoadKilledTab {
        model: String,
    },
    Failed(Failure),
}

impl Trouble {
    /// A stable name of the kind, for tests and styles.
    pub fn kind(&self) -> &'static str {
        match self {
            Trouble::EngineNotStarted { .. } => "engine-not-started",
            Trouble::EngineLost { .. } => "engine-lost",
            Trouble::EngineKeepsDying { .. } => "engine-keeps-dying",
            Trouble::LoadKilledTab { .. } => "load-killed-tab",
            Trouble::Failed(failure) => match failure {
                Failure::NotLoaded { .. } => "not-loaded",
                Failure::Unreachable { .. } => "unreachable",
                Failure::Forbidden { .. } => "forbidden",
                Failure::NotInFile { .. } => "not-in-file",
                Failure::NotKept(_) => "not-kept",
                Failure::BadStatus { .. } => "bad-status",
                Failure::ShortFile { .. } => "short-file",
                Failure::WrongHash { .. } => "wrong-hash",
                Failure::BadModel { .. } => "bad-model",
                Failure::TooLarge { .. } => "too-large",
                Failure::TooLong { .. } => "too-long",
                Failure::WrongTask { .. } => "wrong-task",
                Failure::BadRequest { .. } => "bad-request",
                Failure::Crashed { .. } => "crashed",
            },
        }
    }
}
