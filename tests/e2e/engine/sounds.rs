//! Sound to give to the engine: recorded speech, where this machine has it, and
//! sound nobody speaks in.

use std::path::{Path, PathBuf};

use crate::models::pass_over;

#[path = "../../../crates/engine/tests/support/clips.rs"]
#[allow(dead_code, reason = "shared with the engine's own tests, which take more of it")]
pub mod clips;
#[path = "../../../crates/engine/tests/support/synthetic.rs"]
#[allow(dead_code, reason = "shared with the engine's own tests, which take more of it")]
pub mod synthetic;

pub const HALF_A_MINUTE: usize = 30 * 16_000;

/// The folder with the recordings, or `None` after saying that there is none.
pub fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("BELLA_SHARED").map_or_else(beside, PathBuf::from);
    if shared.is_dir() {
        return Some(shared);
    }
    assert!(std::env::var_os("BELLA_SHARED").is_none(), "{} is missing", shared.display());
    pass_over("there are no recordings; BELLA_SHARED may name the folder that has audio/")
}
