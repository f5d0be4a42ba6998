//! Why a browser gives no microphone, as it names it.

use bella_companion::MicrophoneTrouble;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::browser::exception::describe;

/// What was thrown when a microphone was asked for.
pub fn trouble(thrown: &JsValue) -> MicrophoneTrouble {
    MicrophoneTrouble::from_exception(&name_of(thrown), &describe(thrown))
}

/// What was thrown while its sound was led here, where the same names mean something
/// else.
pub fn misfortune(thrown: &JsValue) -> MicrophoneTrouble {
    MicrophoneTrouble::Other { name: name_of(thrown), detail: describe(thrown) }
}

/// What was asked for neither came nor was refused.
pub fn unanswered(what: &str) -> MicrophoneTrouble {
    let detail = format!("{what} did not answer");
    MicrophoneTrouble::Other { name: "TimeoutError".into(), detail }
}

/// Not every browser makes an error of what it throws.
fn name_of(thrown: &JsValue) -> String {
    let name = Reflect::get(thrown, &"name".into()).ok().and_then(|name| name.as_string());
    name.unwrap_or_default()
}
