//! transformers.js, driven on the bench page.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bella_tests::Page;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub struct Transformers<'a> {
    page: &'a Page,
}

#[derive(Debug, Deserialize)]
pub struct Heard {
    pub text: String,
    pub ms: f64,
}

impl<'a> Transformers<'a> {
    /// With a model from the site's folder of models.
    pub fn start(page: &'a Page, model: &str, threads: usize) -> Result<Self, String> {
        call::<f64>(page, &format!("load({}, {threads})", json!(model)))?;
        Ok(Self { page })
    }

    /// Hands a sound over, to be asked about by its name.
    pub fn keep(&self, name: &str, samples: &[f32]) -> Result<(), String> {
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        call(self.page, &format!("keep({}, {})", json!(name), json!(BASE64.encode(bytes))))
    }

    pub fn transcribe(&self, name: &str, language: &str) -> Result<Heard, String> {
        call(self.page, &format!("transcribe({}, {})", json!(name), json!(language)))
    }

    pub fn end(self) -> Result<(), String> {
        call(self.page, "unload()")
    }
}

fn call<T: DeserializeOwned>(page: &Page, what: &str) -> Result<T, String> {
    let script = format!("import('./bench/transformers.js').then(them => them.{what})");
    page.eval_within(PATIENCE, &script).map_err(|error| format!("transformers.js: {error}"))
}
