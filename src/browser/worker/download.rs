//! A file of weights, or a part of one, over the network.

use bella_keep::{Answer, Ask, hub};
use bella_protocol::ModelFile;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestCache, RequestInit, Response, Url};

use super::port;
pub(super) use crate::browser::body::Body as Download;
use crate::browser::exception::describe;
use crate::browser::policy;

/// More than any folder's list.
const LONGEST_LIST: usize = 4 << 20;

/// Why there is none.
pub(super) enum NoAnswer {
    /// The page's policy has something against it.
    Forbidden,
    /// What the browser says.
    Broke { detail: String },
}

/// Asks for a file or the rest of one, where it is.
pub(super) async fn ask(
    file: &ModelFile,
    ask: &Ask,
    abort: &AbortSignal,
) -> Result<(Answer, Download), NoAnswer> {
    let answered = ask_at(&file.url, file, ask, abort).await?;
    match &file.mirror {
        Some(mirror) if answered.0.is_absence() => ask_at(mirror, file, ask, abort).await,
        _ => Ok(answered),
    }
}

async fn ask_at(
    url: &str,
    file: &ModelFile,
    ask: &Ask,
    abort: &AbortSignal,
) -> Result<(Answer, Download), NoAnswer> {
    // Another host would have to be asked first whether this header may be sent.
    let if_range = ask.if_range.as_deref().filter(|_| is_ours(url));
    let headers = [("range", ask.range.as_deref()), ("if-range", if_range)];
    let response = send(url, &headers, abort).await?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let mut answer = Answer {
        status: response.status(),
        tag: header("etag"),
        range: header("content-range"),
        length: header("content-length").and_then(|length| length.parse().ok()),
        sha256: header("x-linked-etag").as_deref().and_then(hub::as_sha256),
        media_type: header("content-type"),
    };
    if file.sha256.is_none() && answer.sha256.is_none() && response.ok() {
        answer.sha256 = declared(url, abort).await;
    }
    Ok((answer, Download::of(response.body().as_ref())))
}

/// The hash that the model hub has of a file, if it is there and known.
async fn declared(url: &str, abort: &AbortSignal) -> Option<String> {
    let address = hub::Address::of(url)?;
    let response = send(&address.list, &[], abort).await.ok().filter(Response::ok)?;
    let list = Download::of(response.body().as_ref()).whole(LONGEST_LIST).await?;
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
