//! Which build of the engine runs, and why it is not the fastest.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    pub name: BuildName,
    /// Threads that compute, the engine's own included.
    pub threads: usize,
    /// Why turbo does not run; `None` where it does.
    pub fallback: Option<Fallback>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuildName {
    /// 128-bit vectors, one thread: runs in every browser that is supported.
    Baseline,
    /// Relaxed vectors, and threads over shared memory.
    Turbo,
}

/// Why turbo was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fallback {
    /// The host sends no headers that would let the page share memory.
    NotIsolated,
    /// The browser grants none, or none that is large enough.
    NoSharedMemory,
    /// The browser, or the processor below it, lacks the instructions.
    NoRelaxedSimd,
    /// It computed something else than it should have.
    WrongResult,
    /// Somebody wished for baseline.
    Asked,
    Failed {
        detail: String,
    },
}

impl Fallback {
    /// A stable name, for tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotIsolated => "not-isolated",
            Self::NoSharedMemory => "no-shared-memory",
            Self::NoRelaxedSimd => "no-relaxed-simd",
            Self::WrongResult => "wrong-result",
            Self::Asked => "asked",
            Self::Failed { .. } => "failed",
        }
    }
}

impl BuildName {
    pub const ALL: [Self; 2] = [Self::Baseline, Self::Turbo];

    /// The folder it is served from.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Turbo => "turbo",
        }
    }
}
