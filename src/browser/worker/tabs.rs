//! The other tabs of this origin, which keep the same models on the same device.
//!
//! Of those that want a model at once, one fetches it and the others watch. Without
//! locks, as on a page that did not come over a secure connection, each does as if
//! it were alone.

use bella_protocol::Progress;
use js_sys::{Function, Promise, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, BroadcastChannel, LockManager, LockMode, LockOptions, MessageEvent};

use super::port;

const CHANNEL: &str = "bella-loading";

/// Whether others may read at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    Shared,
    Alone,
}

/// A model is ours to read or change until this is dropped, or the tab is gone.
pub(super) struct Lock {
    pub(super) hold: Hold,
    release: Option<Function>,
    /// Called by the browser when it is our turn.
    _granted: Option<Closure<dyn FnMut(JsValue) -> JsValue>>,
}

impl Lock {
    /// As if there were nobody else.
    pub(super) fn none() -> Self {
        Self { hold: Hold::Alone, release: None, _granted: None }
    }

    /// Waits for our turn; ends early, as if it had come, when the signal says so.
    pub(super) async fn take(model: &str, hold: Hold, signal: &AbortSignal) -> Self {
        let Some(locks) = locks() else {
            return Self::none();
        };
        let mut release = None;
        let held = Promise::new(&mut |resolve, _reject| release = Some(resolve));
        let mut grant = None;
        let granted = Promise::new(&mut |resolve, _reject| grant = Some(resolve));
        let on_grant = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_lock: JsValue| {
            if let Some(grant) = &grant {
                // A resolver never throws.
                let _ = grant.call0(&JsValue::UNDEFINED);
            }
            held.clone().into()
        });
        let options = LockOptions::new();
        options.set_mode(match hold {
            Hold::Shared => LockMode::Shared,
            Hold::Alone => LockMode::Exclusive,
        });
        options.set_signal(signal);
        let name = format!("bella-model-{model}");
        let callback = on_grant.as_ref().unchecked_ref();
        let over = locks.request_with_options(&name, &options, callback);
        // Refused only when the signal says so, which whoever waits looks at too.
        let _ = JsFuture::from(Promise::race(&js_sys::Array::of2(&granted, &over))).await;
        Self { hold, release, _granted: Some(on_grant) }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

fn locks() -> Option<LockManager> {
    let locks = Reflect::get(&port::navigator(), &"locks".into()).ok()?;
    locks.dyn_into().ok()
}

/// How far a model has come in the tab that fetches it.
#[derive(Debug, Serialize, Deserialize)]
struct Word {
    model: String,
    progress: Progress,
}

/// Tells the other tabs.
pub(super) struct Speaker(Option<BroadcastChannel>);

impl Speaker {
    pub(super) fn new() -> Self {
        Self(BroadcastChannel::new(CHANNEL).ok())
    }

    pub(super) fn tell(&self, model: &str, progress: &Progress) {
        let word = Word { model: model.to_owned(), progress: progress.clone() };
        if let (Some(channel), Ok(json)) = (&self.0, serde_json::to_string(&word)) {
            // Nobody need hear it.
            let _ = channel.post_message(&json.into());
        }
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        if let Some(channel) = &self.0 {
            channel.close();
        }
    }
}

/// Hears the tab that fetches a model, until this is dropped.
pub(super) struct Listener {
    channel: Option<BroadcastChannel>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
}

impl Listener {
    pub(super) fn new(model: &str, hear: impl Fn(Progress) + 'static) -> Self {
        let model = model.to_owned();
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let word = event.data().as_string();
            let word = word.and_then(|json| serde_json::from_str::<Word>(&json).ok());
            if let Some(word) = word.filter(|word| word.model == model) {
                hear(word.progress);
            }
        });
        let channel = BroadcastChannel::new(CHANNEL).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        }
        Self { channel, _heard: heard }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}
