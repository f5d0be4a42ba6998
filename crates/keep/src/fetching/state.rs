//! Where it stands between one thing and the next.

use bella_protocol::Failure;

use crate::record::ChunkAt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    Starting,
    Finding(ChunkAt),
    Asking { until: u64 },
    Receiving(Receiving),
    Storing(Receiving),
    Waiting,
    EndingFile,
    Committing,
    Forgetting(Box<AfterThat>),
    Over,
}

/// A body, of an answer or of a stored chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Receiving {
    pub(super) from: Source,
    /// So much of it lies before what is wanted.
    pub(super) skip: u64,
    /// Where in the file what is wanted ends.
    pub(super) until: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Device,
    Network,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AfterThat {
    GoOn(Receiving),
    Start,
    End(Result<(), Failure>),
}

/// Looking at every chunk of a file that was refused.
#[derive(Debug)]
pub(super) struct Audit {
    pub(super) found_bad: bool,
    pub(super) why: Failure,
}
