//! What the browser threw, in words.

use js_sys::{Error, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// `NetworkError: Failed to fetch`. A DOMException keeps its name, which tells
/// more than its message (a quota error's message is empty).
pub fn describe(thrown: &JsValue) -> String {
    if let Some(error) = thrown.dyn_ref::<Error>() {
        let (name, message) = (String::from(error.name()), String::from(error.message()));
        return if message.is_empty() { name } else { format!("{name}: {message}") };
    }
    let text =
        |field: &str| Reflect::get(thrown, &field.into()).ok().and_then(|value| value.as_string());
    match (text("name"), text("message"), thrown.as_string()) {
        (Some(name), Some(message), _) if !message.is_empty() => format!("{name}: {message}"),
        (Some(name), _, _) => name,
        (None, _, Some(text)) => text,
        (None, _, None) => format!("{thrown:?}"),
    }
}
