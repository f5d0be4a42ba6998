//! wllama, driven on the bench page.

use std::time::Duration;

use bella_protocol::ChatMessage;
use bella_tests::Page;
use serde::Deserialize;
use serde_json::json;

use crate::ours::Talk;

/// On the slowest of machines, whatever it does.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub struct Wllama<'a> {
    page: &'a Page,
}

#[derive(Deserialize)]
struct Told {
    prompt_tokens: usize,
    cached_tokens: usize,
    reply_tokens: usize,
    first_ms: f64,
    last_ms: f64,
}

impl<'a> Wllama<'a> {
    /// With a model from this address, and so many tokens in view.
    pub fn start(
        page: &'a Page,
        url: &str,
        threads: usize,
        context: usize,
    ) -> Result<Self, String> {
        let load = format!("load({}, {threads}, {context})", json!(url));
        call::<f64>(page, &load)?;
        Ok(Self { page })
    }

    pub fn chat(&self, messages: &[ChatMessage], tokens: usize) -> Result<Talk, String> {
        let told: Told = call(self.page, &format!("chat({}, {tokens})", json!(messages)))?;
        if told.reply_tokens != tokens {
            return Err(format!("wllama said {} tokens of {tokens}", told.reply_tokens));
        }
        Ok(Talk {
            prompt_tokens: told.prompt_tokens,
            cached_tokens: told.cached_tokens,
            reply_tokens: told.reply_tokens,
            first_ms: told.first_ms,
            last_ms: told.last_ms,
            prompt_ms: None,
        })
    }

    pub fn end(self) -> Result<(), String> {
        call(self.page, "unload()")
    }
}

fn call<T: serde::de::DeserializeOwned>(page: &Page, what: &str) -> Result<T, String> {
    let script = format!("import('./bench/wllama.js').then(wllama => wllama.{what})");
    page.eval_within(PATIENCE, &script).map_err(|error| format!("wllama: {error}"))
}
