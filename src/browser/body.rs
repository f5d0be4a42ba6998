//! The body of an answer, piece by piece.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

use super::exception::describe;

pub(super) struct Body {
    reader: Option<ReadableStreamDefaultReader>,
}

impl Body {
    pub(super) fn of(body: Option<&ReadableStream>) -> Self {
        Self { reader: body.map(|body| body.get_reader().unchecked_into()) }
    }

    /// What comes next, or `None` when the body is over.
    pub(super) async fn next(&self) -> Result<Option<Uint8Array>, String> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let read = JsFuture::from(reader.read()).await.map_err(|error| describe(&error))?;
        let field = |name: &str| {
            Reflect::get(&read, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
        };
        if field("done").is_truthy() {
            return Ok(None);
        }
        Ok(Some(field("value").unchecked_into()))
    }

    /// All of it, unless it breaks off or is longer than this.
    pub(super) async fn whole(&self, at_most: usize) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        while let Some(piece) = self.next().await.ok()? {
            if whole.len() + piece.length() as usize > at_most {
                return None;
            }
            whole.extend(piece.to_vec());
        }
        Some(whole)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if let Some(reader) = &self.reader {
            // What is still on its way is not wanted. That it broke is no news.
            let ignored = reader.cancel();
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(ignored).await;
            });
        }
    }
}
