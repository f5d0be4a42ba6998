//! What of a model is fetched, kept on the device, checked, and thrown away.
//!
//! Neither a browser nor a clock is known here. Whoever has them carries out one
//! [`Effect`] after another and tells what came of it; bytes pass by and are
//! never held.
//!
//! - [`record`]: what the device holds of a model, chunk by chunk
//! - [`fetching`]: a model on its way in, from the device and the network;
//!   [`step`]: one thing to do, and what came of it
//! - [`check`]: a model that is kept without being loaded; [`bundle`]: one that is
//!   carried from device to device in a file
//! - [`hub`]: the hash that the model hub declares of a file
//! - [`answer`]: what a server's answer to a request for a part means
//! - [`patience`]: how often something is tried again, and after how long
//! - [`pace`]: how fast bytes come
//!
//! A chunk and the record that says it is held are stored in one transaction. So
//! whoever is interrupted, at whatever moment, has lost one chunk at most, and
//! there is nothing to tidy up.

pub mod answer;
pub mod bundle;
pub mod check;
pub mod fetching;
pub mod hub;
pub mod pace;
pub mod patience;
pub mod record;
pub mod step;

pub use answer::Answer;
pub use check::Check;
pub use fetching::Fetching;
pub use pace::Pace;
pub use record::{ChunkAt, Record};
pub use step::{Ask, Effect, Event, Portion};

use sha2::{Digest, Sha256};

/// Large enough that a gigabyte is a hundred transactions, small enough that one
/// more or less does not matter on a telephone.
pub const CHUNK_BYTES: u64 = 8 << 20;

/// The hash of a chunk, as a record has it.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// In lower-case hex, as the manifest writes it.
fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
