//! Something that is listened for until nobody wants to hear of it any more.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Listens until it is dropped, which what it hears may do as well.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    kind: &'static str,
    heard: Closure<dyn Fn(Event)>,
}

impl Listener {
    pub fn new(target: &EventTarget, kind: &'static str, heard: impl Fn(Event) + 'static) -> Self {
        let heard = Closure::<dyn Fn(Event)>::new(heard);
        // Never refused for a function.
        let _ = target.add_event_listener_with_callback(kind, heard.as_ref().unchecked_ref());
        Self { target: target.clone(), kind, heard }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback(self.kind, heard);
    }
}
