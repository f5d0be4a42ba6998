//! The page's end of the line to `public/sw.js`, which keeps the page on the
//! device.
//!
//! A browser may have none: in some private windows, without a secure connection,
//! or because the person does not want it. Everything works without.

use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    MessageChannel, MessageEvent, RegistrationOptions, ServiceWorker, ServiceWorkerContainer,
    ServiceWorkerRegistration, ServiceWorkerUpdateViaCache,
};

use super::document;
use crate::browser::exception::describe;

const SCRIPT: &str = "./sw.js";
/// Browsers look for a new version whenever a page is opened; this is for one that
/// stays open.
const LOOK_EVERY_MS: i32 = 60 * 60 * 1000;
/// It may have to be started first.
const ANSWERS_WITHIN_MS: i32 = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A new version is kept whole and waits.
    Waits,
    /// Another service worker than before answers this page from now on; there may
    /// have been none.
    TakenOver { was_controlled: bool },
}

type Tell = Rc<dyn Fn(News)>;

/// Has the page kept on the device, and tells what comes of it.
pub fn register(tell: impl Fn(News) + 'static) {
    let Some(container) = container() else { return };
    let tell: Tell = Rc::new(tell);
    hear_of_takeovers(&container, Rc::clone(&tell));
    spawn_local(async move {
        let options = RegistrationOptions::new();
        // A host may have told browsers to keep scripts for long.
        options.set_update_via_cache(ServiceWorkerUpdateViaCache::None);
        let script = document::resolve(SCRIPT);
        match JsFuture::from(container.register_with_options(&script, &options)).await {
            Ok(registration) => watch(registration.unchecked_into(), tell),
            // Nothing is lost but the offline start.
            Err(error) => web_sys::console::info_1(&describe(&error).into()),
        }
    });
}

/// Asks the version that waits to take over, which [`News::TakenOver`] tells.
/// Answers whether there is one.
pub async fn take_over() -> bool {
    let waiting = registration().await.and_then(|registration| registration.waiting());
    waiting.is_some_and(|waiting| waiting.post_message(&message("take over")).is_ok())
}

/// Why the policy stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoHosts {
    /// There is no service worker in this window.
    NoServiceWorker,
    /// It does not answer yet, or not any more.
    NoAnswer,
}

/// Has the policy name these hosts besides its own, from the next opening of the
/// page on. Answers which of them it took.
pub async fn allow_hosts(hosts: &[&str]) -> Result<Vec<String>, NoHosts> {
    let registration = registration().await.ok_or(NoHosts::NoServiceWorker)?;
    let active = registration.active().ok_or(NoHosts::NoAnswer)?;
    let message = message("hosts");
    let hosts: Array = hosts.iter().map(|&host| JsValue::from_str(host)).collect();
    let _ = Reflect::set(&message, &"hosts".into(), &hosts);
    let answer = ask(&active, &message).await.ok_or(NoHosts::NoAnswer)?;
    let taken = Reflect::get(&answer, &"hosts".into()).and_then(JsCast::dyn_into::<Array>);
    let taken = taken.map_err(|_| NoHosts::NoAnswer)?;
    Ok(taken.iter().filter_map(|host| host.as_string()).collect())
}

/// Asks for an answer, and waits for as long as an answer may take.
async fn ask(worker: &ServiceWorker, message: &Object) -> Option<JsValue> {
    let channel = MessageChannel::new().ok()?;
    worker.post_message_with_transferable(message, &Array::of1(&channel.port2())).ok()?;
    let answered = Promise::new(&mut |resolve, _reject| {
        let on_time = resolve.clone();
        let heard = Closure::once_into_js(move |event: MessageEvent| {
            let _ = on_time.call1(&JsValue::NULL, &event.data());
        });
        channel.port1().set_onmessage(Some(heard.unchecked_ref()));
        if let Some(window) = web_sys::window() {
            let _ = window
                .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ANSWERS_WITHIN_MS);
        }
    });
    let answer = JsFuture::from(answered).await.ok()?;
    channel.port1().close();
    answer.is_object().then_some(answer)
}

fn message(kind: &str) -> Object {
    let message = Object::new();
    // Never refused for a plain object.
    let _ = Reflect::set(&message, &"kind".into(), &kind.into());
    message
}

/// Whether this browser has any of them in this window.
pub fn can_be() -> bool {
    container().is_some()
}

async fn registration() -> Option<ServiceWorkerRegistration> {
    JsFuture::from(container()?.get_registration()).await.ok()?.dyn_into().ok()
}

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"serviceWorker".into()).ok()?.dyn_into().ok()
}

fn hear_of_takeovers(container: &ServiceWorkerContainer, tell: Tell) {
    let mut was_controlled = container.controller().is_some();
    let heard = Closure::<dyn FnMut()>::new(move || {
        tell(News::TakenOver { was_controlled });
        was_controlled = true;
    });
    container.set_oncontrollerchange(Some(heard.as_ref().unchecked_ref()));
    // As long as the tab.
    heard.forget();
}

fn watch(registration: ServiceWorkerRegistration, tell: Tell) {
    tell_if_one_waits(&registration, &tell);
    let found = Closure::<dyn FnMut()>::new({
        let registration = registration.clone();
        move || {
            if let Some(installing) = registration.installing() {
                watch_installing(&installing, registration.clone(), Rc::clone(&tell));
            }
        }
    });
    registration.set_onupdatefound(Some(found.as_ref().unchecked_ref()));
    found.forget();
    let look = Closure::<dyn FnMut()>::new(move || {
        let looked = registration.update();
        spawn_local(async move {
            // Refused where there is no network: then not now.
            if let Ok(looked) = looked {
                let _ = JsFuture::from(looked).await;
            }
        });
    });
    if let Some(window) = web_sys::window() {
        let callback = look.as_ref().unchecked_ref();
        let _ =
            window.set_interval_with_callback_and_timeout_and_arguments_0(callback, LOOK_EVERY_MS);
    }
    look.forget();
}

fn watch_installing(installing: &ServiceWorker, of: ServiceWorkerRegistration, tell: Tell) {
    let changed = Closure::<dyn FnMut()>::new(move || tell_if_one_waits(&of, &tell));
    installing.set_onstatechange(Some(changed.as_ref().unchecked_ref()));
    changed.forget();
}

/// The very first one waits for nobody, and only for a moment.
fn tell_if_one_waits(registration: &ServiceWorkerRegistration, tell: &Tell) {
    if registration.waiting().is_some() && registration.active().is_some() {
        tell(News::Waits);
    }
}

/// Whether threads can share memory here.
pub fn is_isolated() -> bool {
    Reflect::get(&js_sys::global(), &"crossOriginIsolated".into()).is_ok_and(|it| it.is_truthy())
}

/// Whether the page was opened by loading it again.
pub fn was_reloaded() -> bool {
    let kind = || -> Result<JsValue, JsValue> {
        let performance = Reflect::get(&js_sys::global(), &"performance".into())?;
        let performance: web_sys::Performance = performance.dyn_into()?;
        let entry = performance.get_entries_by_type("navigation").get(0);
        Reflect::get(&entry, &"type".into())
    };
    kind().is_ok_and(|kind| kind == "reload")
}

pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
