//! What `public/worker.js` and `public/thread.js` call.

use bella_engine::probe::probe;
use bella_engine::threads;
use bella_protocol::{Build, BuildName, Fallback};
use wasm_bindgen::prelude::*;

use super::helpers::Helpers;
use super::{Worker, port};

const NAME: BuildName =
    if cfg!(target_feature = "atomics") { BuildName::Turbo } else { BuildName::Baseline };

/// Takes over this worker, once it has as many threads as are wished for and
/// computes right with them. Otherwise it tells why not, as the JSON of a
/// [`Fallback`]; `fallback` is what the build before said so.
#[wasm_bindgen]
pub async fn begin(wished: f64, fallback: Option<String>) -> Option<String> {
    // From a person's address bar; not a number becomes zero.
    let threads =
        if NAME == BuildName::Turbo { (wished as usize).clamp(1, MOST_THREADS) } else { 1 };
    let fallback = fallback.and_then(|json| serde_json::from_str(&json).ok()).flatten();
    match ready(threads).await {
        Ok(()) => {
            Worker::start(Build { name: NAME, threads, fallback });
            None
        }
        Err(why) => {
            Helpers::dismiss();
            serde_json::to_string(&why).ok()
        }
    }
}

/// More would wait for one another more than they help.
const MOST_THREADS: usize = 16;

async fn ready(threads: usize) -> Result<(), Fallback> {
    let failed = |detail| Fallback::Failed { detail };
    Helpers::hire(threads - 1).await.map_err(failed)?;
    probe().map_err(|wrong| {
        web_sys::console::warn_1(&format!("{}: {wrong}", NAME.name()).into());
        Fallback::WrongResult
    })?;
    // A trap in a helper is told to this thread while it waits, or after.
    port::pause(0).await;
    Helpers::are_well().map_err(failed)
}

/// What a helper does, for ever.
#[wasm_bindgen]
pub fn help() {
    threads::help()
}

/// A helper has stopped in the middle of something.
#[wasm_bindgen]
pub fn give_up() {
    threads::give_up();
}

/// After a trap, which leaves nobody else to do it.
#[wasm_bindgen]
pub fn dismiss_helpers() {
    Helpers::dismiss();
}
