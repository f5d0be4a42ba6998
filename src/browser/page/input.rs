//! Keys and focus.

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Safari ends a composition before it tells of the Enter that ended it; only
/// this old key code still says so.
const KEY_CODE_OF_COMPOSITION: u32 = 229;

/// Whether this key press sends the message: Enter alone, and not the Enter with
/// which a Korean writer confirms a syllable.
pub fn sends(event: &KeyboardEvent) -> bool {
    let modified = event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key();
    let composing = event.is_composing() || event.key_code() == KEY_CODE_OF_COMPOSITION;
    event.key() == "Enter" && !modified && !composing
}

/// Whether this key holds down a control that has the focus.
pub fn holds(event: &KeyboardEvent) -> bool {
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    matches!(event.key().as_str(), " " | "Enter") && !modified
}

/// A keyboard that slides over the page must not pop up uninvited: true where
/// the person points with something finer than a finger.
pub fn may_focus_text() -> bool {
    web_sys::window()
        .and_then(|window| window.match_media("(pointer: fine)").ok().flatten())
        .is_some_and(|query| query.matches())
}

pub fn focus(element: &HtmlElement) {
    let _ = element.focus();
}

/// Puts the cursor into the field of this id.
pub fn focus_by_id(id: &str) {
    let field = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    field.and_then(|field| field.dyn_into().ok()).iter().for_each(focus);
}

/// For when what had the focus may just have gone, and left whoever uses a keyboard
/// at the top of the page.
pub fn focus_if_nothing_is(element: &HtmlElement) {
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    if focused.is_none_or(|focused| focused.tag_name() == "BODY") {
        focus(element);
    }
}

/// Shows an element that came up out of sight, and moves nothing that is in sight.
pub fn bring_into_view(element: &HtmlElement) {
    let window = web_sys::window();
    let height = window.and_then(|window| window.inner_height().ok()?.as_f64());
    let place = element.get_bounding_client_rect();
    if height.is_some_and(|height| place.bottom() > height || place.top() < 0.0) {
        element.scroll_into_view();
    }
}
