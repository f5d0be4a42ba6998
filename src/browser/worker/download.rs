//! A file of weights, or a part of one, over the network.

use bella_keep::{Answer, Ask, hub};
use bella_protocol::ModelFile;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStream, ReadableStreamDefaultReader, Request, RequestCache, RequestInit,
    Response, Url,
};

use super::{policy, port};
use crate::browser::exception::describe;

/// More than any folder's list.
const LONGEST_LIST: usize = 4 << 20;

/// The body of an answer.
pub(super) struct Download {
    reader: Option<ReadableStreamDefaultReader>,
}

/// Why there is none.
pub(super) enum NoAnswer {
    /// The page's policy has something against it.
    Forbidden,
    /// What the browser says.
    Broke { detail: String },
}

/// Asks for a file or the rest of one.
pub(super) async fn ask(
    file: &ModelFile,
    ask: &Ask,
    abort: &AbortSignal,
) -> Result<(Answer, Download), NoAnswer> {
    // Another host would have to be asked first whether this header may be sent.
    let if_range = ask.if_range.as_deref().filter(|_| is_ours(&file.url));
    let headers = [("range", ask.range.as_deref()), ("if-range", if_range)];
    let response = send(&file.url, &headers, abort).await?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let mut answer = Answer {
        status: response.status(),
        tag: header("etag"),
        range: header("content-range"),
        length: header("content-length").and_then(|length| length.parse().ok()),
        sha256: header("x-linked-etag").as_deref().and_then(hub::as_sha256),
    };
    if file.sha256.is_none() && answer.sha256.is_none() && response.ok() {
        answer.sha256 = declared(&file.url, abort).await;
    }
    Ok((answer, Download::of(response.body().as_ref())))
}

/// The hash that the model hub has of a file, if it is there and known.
async fn declared(url: &str, abort: &AbortSignal) -> Option<String> {
    let address = hub::Address::of(url)?;
    let response = send(&address.list, &[], abort).await.ok().filter(Response::ok)?;
    let body = Download::of(response.body().as_ref());
    let mut list = Vec::new();
    while let Some(piece) = body.next().await.ok()? {
        if list.len() + piece.length() as usize > LONGEST_LIST {
            return None;
        }
        list.extend(piece.to_vec());
    }
    address.sha256(std::str::from_utf8(&list).ok()?)
}

async fn send(
    url: &str,
    headers: &[(&str, Option<&str>)],
    abort: &AbortSignal,
) -> Result<Response, NoAnswer> {
    let thrown = |error: JsValue| NoAnswer::Broke { detail: describe(&error) };
    let options = RequestInit::new();
    options.set_signal(Some(abort));
    // What arrives is kept where it can be checked; the browser's own cache would
    // hold it a second time, and half a file as if it were whole.
    options.set_cache(RequestCache::NoStore);
    let request = Request::new_with_str_and_init(url, &options).map_err(thrown)?;
    for (name, value) in headers {
        if let Some(value) = value {
            request.headers().set(name, value).map_err(thrown)?;
        }
    }
    let watch = policy::Watch::begin();
    match JsFuture::from(port::fetch(&request)).await {
        Ok(response) => Ok(response.unchecked_into()),
        Err(_) if watch.has_seen_a_refusal().await => Err(NoAnswer::Forbidden),
        Err(error) => Err(thrown(error)),
    }
}

fn is_ours(url: &str) -> bool {
    let here = port::address();
    match (Url::new_with_base(url, &here), Url::new(&here)) {
        (Ok(url), Ok(here)) => url.origin() == here.origin(),
        _ => false,
    }
}

impl Download {
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
