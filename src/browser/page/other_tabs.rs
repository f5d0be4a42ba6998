//! What tabs of this page tell each other about the history.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

const CHANNEL: &str = "bella-history";

/// Never what was said: only where it is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// More entries under these ids.
    Added {
        generation: u64,
        from: u64,
        before: u64,
    },
    Changed,
}

/// Without such a channel each tab sees what the others did when it looks again.
#[derive(Debug)]
pub struct OtherTabs(Option<BroadcastChannel>);

impl OtherTabs {
    /// Hears them for as long as the page lives.
    pub fn new(heard: impl Fn(Word) + 'static) -> Self {
        let Ok(channel) = BroadcastChannel::new(CHANNEL) else { return Self(None) };
        let hearing = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let word = event.data().as_string();
            if let Some(word) = word.and_then(|json| serde_json::from_str(&json).ok()) {
                heard(word);
            }
        });
        channel.set_onmessage(Some(hearing.as_ref().unchecked_ref()));
        hearing.forget();
        Self(Some(channel))
    }

    pub fn tell(&self, word: Word) {
        if let (Some(channel), Ok(json)) = (&self.0, serde_json::to_string(&word)) {
            // Nobody need hear it.
            let _ = channel.post_message(&json.into());
        }
    }
}
