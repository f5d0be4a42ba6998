//! How a test makes the server misbehave.

use std::time::Duration;

/// What was asked, for a test to decide by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// As sent, with the query.
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
    pub authorization: Option<String>,
    /// How many requests for this path came before.
    pub nth: usize,
}

/// What goes wrong with one response. The default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Before the first byte.
    pub delay: Option<Duration>,
    /// The connection closes without an answer.
    pub hang_up: bool,
    /// This status and no content.
    pub status: Option<u16>,
    /// Answers 200 and the whole file, as if `Range` were unknown here.
    pub ignore_range: bool,
    /// Another entity tag than the file's own, as if it had been replaced.
    pub etag: Option<String>,
    /// The content ends here, and the headers agree: a file published half.
    pub shorten_to: Option<u64>,
    /// The connection breaks after this many bytes of content.
    pub cut_after: Option<u64>,
    /// One bit of the byte at this place in the file comes out wrong.
    pub flip_at: Option<u64>,
    pub bytes_per_second: Option<u64>,
    /// Sends the visitor on to this address.
    pub redirect: Option<String>,
    /// Goes with the answer whatever it is, as other hosts have headers of their own.
    pub headers: Vec<(&'static str, String)>,
}

impl Fault {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    pub fn slow(bytes_per_second: u64) -> Self {
        Self { bytes_per_second: Some(bytes_per_second), ..Self::default() }
    }
}
