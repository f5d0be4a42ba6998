//! A file of weights, or a part of one, over the network.

use bella_keep::{Answer, Ask};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response,
};

use super::port;
use crate::browser::exception::describe;

/// The body of an answer.
pub(super) struct Download {
    reader: Option<ReadableStreamDefaultReader>,
}

/// Asks. An error is what the browser says when there is no answer.
pub(super) async fn ask(
    url: &str,
    ask: &Ask,
    abort: &AbortSignal,
) -> Result<(Answer, Download), String> {
    let thrown = |error: JsValue| describe(&error);
    let options = RequestInit::new();
    options.set_signal(Some(abort));
    // What arrives is kept where it can be checked; the browser's own cache would
    // hold it a second time, and half a file as if it were whole.
    options.set_cache(RequestCache::NoStore);
    let request = Request::new_with_str_and_init(url, &options).map_err(thrown)?;
    for (name, value) in [("range", &ask.range), ("if-range", &ask.if_range)] {
        if let Some(value) = value {
            request.headers().set(name, value).map_err(thrown)?;
        }
    }
    let response = JsFuture::from(port::fetch(&request)).await.map_err(thrown)?;
    let response: Response = response.unchecked_into();
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let answer =
        Answer { status: response.status(), tag: header("etag"), range: header("content-range") };
    let reader = response.body().map(|body| body.get_reader().unchecked_into());
    Ok((answer, Download { reader }))
}

impl Download {
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
}

impl Drop for Download {
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
