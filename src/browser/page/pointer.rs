//! Fingers, pens and mice on something that is held.

use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent, PointerEvent};

/// Whether this is the press of a first finger or a main button. Everything that
/// pointer does from now on is told to what it pressed, wherever it goes.
pub fn catch(event: &PointerEvent) -> bool {
    if !event.is_primary() || event.button() != 0 {
        return false;
    }
    let pressed = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(pressed) = pressed {
        // Refused where the pointer has left already; then it is only not followed.
        let _ = pressed.set_pointer_capture(event.pointer_id());
    }
    true
}

/// Whether a click came without anything that pressed: from a screen reader, a switch
/// or a voice that commands. Fingers and mice count their clicks.
pub fn is_by_proxy(event: &MouseEvent) -> bool {
    event.detail() == 0
}
