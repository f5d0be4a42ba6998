//! Asks a server of the person's own for its models.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, Request, RequestCache, RequestCredentials, RequestInit, RequestMode,
    RequestRedirect, Response, ResponseType, Url,
};

use crate::browser::body::Body;
use crate::browser::policy::{Watch, a_moment};
use crate::own_server::address::{Address, Parts};
use crate::own_server::verdict::Reached;
use crate::secret::Secret;

/// Some browsers ask the person meanwhile whether the page may.
const PATIENCE_MS: u32 = 30_000;
/// The list of a large provider is some hundred kilobytes long.
const LONGEST_LIST: usize = 4 << 20;

/// An address as this browser understands it.
pub fn take_apart(text: &str) -> Option<Parts> {
    let url = Url::new(text).ok()?;
    Some(Parts {
        origin: url.origin(),
        protocol: url.protocol(),
        hostname: url.hostname(),
        has_credentials: !url.username().is_empty() || !url.password().is_empty(),
        path: url.pathname(),
        // An empty one is left out of what `search` and `hash` say.
        has_more: url.href().contains(['?', '#']),
    })
}

/// Whether this page itself came over an encrypted line.
pub fn page_is_encrypted() -> bool {
    let protocol = web_sys::window().and_then(|window| window.location().protocol().ok());
    protocol.as_deref() == Some("https:")
}

/// Asks for the list of models, with the key as OpenAI's clients send it.
pub async fn ask_for_models(address: &Address, key: Option<&Secret>) -> Reached {
    let watch = Watch::begin();
    match send(&address.models(), key).await {
        Ok(response) if response.type_() == ResponseType::Opaqueredirect => Reached::SentOn,
        Ok(response) => {
            let body = Body::of(response.body().as_ref()).whole(LONGEST_LIST).await;
            Reached::Answered { status: response.status(), body }
        }
        Err(_) if watch.has_seen_a_refusal().await => Reached::Forbidden,
        Err(thrown) if is_called(&thrown, "TimeoutError") => Reached::Silent,
        Err(_) if address.is_near() && network_is_denied(address).await => Reached::NetworkDenied,
        Err(_) if answers_others(&address.models()).await => Reached::NotForPages,
        Err(_) => Reached::Broke,
    }
}

/// Whether anybody answers there at all, though this page is not to read it.
///
/// Asked without permission to read, a browser hands over nothing, and an isolated
/// page does not even get that. But it reports that something came which the
/// page's isolation forbids, and nothing comes where nobody is.
async fn answers_others(url: &str) -> bool {
    let seen = Rc::new(Cell::new(false));
    let heard = Closure::<dyn FnMut()>::new({
        let seen = Rc::clone(&seen);
        move || seen.set(true)
    });
    let observer = observe_isolation(heard.as_ref().unchecked_ref());
    let came = send_blindly(url).await.is_ok();
    if !came && observer.is_some() {
        a_moment().await;
    }
    if let Some(observer) = observer {
        let _ = call(&observer, "disconnect");
    }
    came || seen.get()
}

/// Not every browser has one: then there is nothing to hear.
fn observe_isolation(heard: &Function) -> Option<JsValue> {
    let class = Reflect::get(&js_sys::global(), &"ReportingObserver".into()).ok()?;
    let class: Function = class.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"types".into(), &Array::of1(&"coep".into())).ok()?;
    let observer = Reflect::construct(&class, &Array::of2(heard, &options)).ok()?;
    call(&observer, "observe")?;
    Some(observer)
}

fn call(object: &JsValue, method: &str) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    method.call0(object).ok()
}

async fn send_blindly(url: &str) -> Result<JsValue, JsValue> {
    let options = RequestInit::new();
    options.set_mode(RequestMode::NoCors);
    options.set_cache(RequestCache::NoStore);
    options.set_credentials(RequestCredentials::Omit);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(url, &options)).await
}

async fn send(url: &str, key: Option<&Secret>) -> Result<Response, JsValue> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoStore);
    options.set_credentials(RequestCredentials::Omit);
    // The key is meant for this address and for none that it points to.
    options.set_redirect(RequestRedirect::Manual);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    if let Some(key) = key {
        let headers = Headers::new()?;
        let bearer = Secret::new(format!("Bearer {}", key.reveal()));
        headers.set("authorization", bearer.reveal())?;
        options.set_headers_headers(&headers);
    }
    let request = Request::new_with_str_and_init(url, &options)?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()
}

fn is_called(thrown: &JsValue, name: &str) -> bool {
    Reflect::get(thrown, &"name".into()).is_ok_and(|it| it == name)
}

/// Whether this browser asks before a page may go there, and was told no.
async fn network_is_denied(address: &Address) -> bool {
    // The newer names first; a browser that knows none of them does not ask.
    let of_place = if address.is_here() { "loopback-network" } else { "local-network" };
    for name in [of_place, "local-network-access"] {
        if let Some(state) = permission(name).await {
            return state == "denied";
        }
    }
    false
}

async fn permission(name: &str) -> Option<String> {
    let navigator = web_sys::window()?.navigator();
    let permissions = Reflect::get(&navigator, &"permissions".into()).ok()?;
    let query: Function = Reflect::get(&permissions, &"query".into()).ok()?.dyn_into().ok()?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"name".into(), &name.into()).ok()?;
    let asked: Promise = query.call1(&permissions, &wanted).ok()?.dyn_into().ok()?;
    let status = JsFuture::from(asked).await.ok()?;
    Reflect::get(&status, &"state".into()).ok()?.as_string()
}
