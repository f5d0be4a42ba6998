//! Messages in and out of the worker: an object with the JSON under `m` and, where
//! there are any, a transferred buffer under `b` and files under `f`.

use bella_protocol::{FromEngine, ToEngine};
use js_sys::{Array, ArrayBuffer, Date, Float32Array, Object, Promise, Reflect, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent, WorkerNavigator};

fn scope() -> DedicatedWorkerGlobalScope {
    // The only global there is: this program is never anything but a worker.
    js_sys::global().unchecked_into()
}

pub(super) fn post(message: &FromEngine) {
    post_with(message, &[]);
}

/// Posts a message and the file that belongs to it.
pub(super) fn post_file(message: &FromEngine, file: &Blob) {
    let Ok(json) = serde_json::to_string(message) else {
        return;
    };
    let envelope = Object::new();
    let _ = Reflect::set(&envelope, &"m".into(), &json.into());
    let _ = Reflect::set(&envelope, &"f".into(), file);
    let _ = scope().post_message(&envelope);
}

/// Posts a message and the numbers that belong to it.
pub(super) fn post_with(message: &FromEngine, numbers: &[f32]) {
    let Ok(json) = serde_json::to_string(message) else {
        return;
    };
    let envelope = Object::new();
    // None of these fails: the object is plain, and strings and fresh buffers can
    // always be posted.
    let _ = Reflect::set(&envelope, &"m".into(), &json.into());
    if numbers.is_empty() {
        let _ = scope().post_message(&envelope);
        return;
    }
    let buffer = Float32Array::from(numbers).buffer();
    let _ = Reflect::set(&envelope, &"b".into(), &buffer);
    let _ = scope().post_message_with_transfer(&envelope, &Array::of1(&buffer));
}

/// A message and what travels beside it.
pub(super) struct Parcel {
    pub(super) message: ToEngine,
    pub(super) numbers: Vec<f32>,
    pub(super) files: Vec<Blob>,
}

/// Calls `receive` for every message; what is not one of ours comes as an error.
pub(super) fn listen(receive: impl Fn(Result<Parcel, String>) + 'static) {
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let envelope = event.data();
        let field = |name: &str| Reflect::get(&envelope, &name.into()).ok();
        let message = match field("m").and_then(|json| json.as_string()) {
            Some(json) => serde_json::from_str(&json).map_err(|error| error.to_string()),
            None => Err("a message without text".to_owned()),
        };
        receive(message.map(|message| Parcel {
            message,
            numbers: numbers(field("b")),
            files: files(field("f")),
        }));
    });
    scope().set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // Lives as long as the worker.
    heard.forget();
}

/// A buffer's 32-bit floats. Bytes that make up no whole number are left out.
fn numbers(buffer: Option<JsValue>) -> Vec<f32> {
    let Some(Ok(buffer)) = buffer.map(JsCast::dyn_into::<ArrayBuffer>) else {
        return Vec::new();
    };
    let whole = buffer.byte_length() / 4;
    Float32Array::new_with_byte_offset_and_length(&buffer, 0, whole).to_vec()
}

fn files(files: Option<JsValue>) -> Vec<Blob> {
    let files = files.filter(Array::is_array).map(|files| Array::from(&files));
    files.iter().flat_map(Array::iter).filter_map(|file| file.dyn_into().ok()).collect()
}

/// Posts what a helper would have said to the page.
pub(super) fn pass_on(envelope: &JsValue) {
    let _ = scope().post_message(envelope);
}

/// What a thread needs to run this module beside this one.
pub(super) fn start_of_thread() -> JsValue {
    let start = Object::new();
    let _ = Reflect::set(&start, &"module".into(), &wasm_bindgen::module());
    let _ = Reflect::set(&start, &"memory".into(), &wasm_bindgen::memory());
    start.into()
}

/// Where this worker's script came from.
pub(super) fn address() -> String {
    scope().location().href()
}

pub(super) fn navigator() -> WorkerNavigator {
    scope().navigator()
}

/// Lets everything else go on for a while.
pub(super) async fn pause(ms: i32) {
    let over = Promise::new(&mut |resolve, _reject| {
        // Fails only when the worker is going.
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    // The promise is never rejected.
    let _ = JsFuture::from(over).await;
}

pub(super) fn now() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}

/// Milliseconds since 1970.
pub(super) fn date_ms() -> u64 {
    Date::now() as u64
}

/// All the memory this module has taken from the browser.
pub(super) fn memory_bytes() -> u64 {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    u64::from(buffer.byte_length())
}

pub(super) fn fetch(request: &web_sys::Request) -> js_sys::Promise {
    scope().fetch_with_request(request)
}
