//! One thing to do, and what came of it.

use bella_protocol::Failure;

use crate::answer::Answer;
use crate::record::ChunkAt;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Feed from the first file on, to an engine that was fed nothing.
    Start,
    /// Find a chunk on the device; its bytes are received like those of a body.
    Read(ChunkAt),
    /// Ask the server; a body that is still coming is not wanted any more.
    Ask(Ask),
    /// Hand the next bytes to [`crate::Fetching::receive`].
    Receive,
    /// Keep the chunk that has just become whole and [`crate::Fetching::record`] with it.
    Store(ChunkAt),
    Wait {
        ms: u32,
        attempt: u32,
    },
    /// Nothing follows of this file: it can be checked.
    EndFile,
    /// Everything was checked: keep [`crate::Fetching::record`].
    Commit,
    /// Throw away all that is kept of this model.
    Forget,
    /// The engine has all of it, or never will.
    End(Result<(), Failure>),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// What was to be done without an answer is done.
    Done,
    Found {
        bytes: u64,
    },
    Missing,
    Answered(Answer),
    /// The body is over.
    Ended,
    /// There was no answer, or its body broke off.
    Broke {
        detail: String,
    },
    /// The page may not talk to where the file is.
    Forbidden,
    /// The device took nothing of it.
    NotStored,
    /// What came is not what the engine can use.
    Refused(Failure),
}

/// A request for a file or the rest of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Index of the file.
    pub file: usize,
    /// The header `Range`.
    pub range: Option<String>,
    /// The header `If-Range`. Only for the page's own host: another one would have to
    /// be asked first whether it may be sent. Without it another version is known by
    /// the tag of the answer, or by its hash in the end.
    pub if_range: Option<String>,
}

/// What is to become of some bytes. Those that are in no part of it are to be
/// handed over once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// So many are not wanted,
    pub skip: usize,
    /// and so many after them are for the engine, and for the chunk at hand.
    pub take: usize,
    pub then: Effect,
}
