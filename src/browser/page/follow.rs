//! A list that stays at its end while it grows, until the person scrolls away.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, ResizeObserver};

/// Within this many pixels of the end counts as being there.
const NEAR_PX: f64 = 48.0;

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Follower {
    scroller: Element,
    following: Rc<Cell<bool>>,
    observer: Option<ResizeObserver>,
    on_scroll: Closure<dyn FnMut()>,
    /// Called by the observer, so it lives as long.
    _on_resize: Closure<dyn FnMut(JsValue)>,
}

impl Follower {
    /// `content` is what grows inside `scroller`.
    pub fn new(scroller: Element, content: &Element) -> Self {
        let following = Rc::new(Cell::new(true));

        let on_scroll = Closure::<dyn FnMut()>::new({
            let (scroller, following) = (scroller.clone(), following.clone());
            move || following.set(left_below(&scroller) <= NEAR_PX)
        });
        let _ =
            scroller.add_event_listener_with_callback("scroll", on_scroll.as_ref().unchecked_ref());

        // Runs after layout and before the picture, so nothing jumps.
        let on_resize = Closure::<dyn FnMut(JsValue)>::new({
            let (scroller, following) = (scroller.clone(), following.clone());
            move |_| {
                if following.get() {
                    go_to_end(&scroller);
                }
            }
        });
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(content);
            // The scroller shrinks when a keyboard slides in.
            observer.observe(&scroller);
        }

        Self { scroller, following, observer, on_scroll, _on_resize: on_resize }
    }

    /// The person said something: whatever they were reading, this is next.
    pub fn go_to_end(&self) {
        self.following.set(true);
        go_to_end(&self.scroller);
    }
}

fn go_to_end(scroller: &Element) {
    scroller.scroll_to_with_x_and_y(0.0, f64::from(scroller.scroll_height()));
}

/// How much of the list lies below what is shown.
#[allow(
    clippy::useless_conversion,
    reason = "scroll_top is f64 under web_sys_unstable_apis, which native tests are built without"
)]
fn left_below(scroller: &Element) -> f64 {
    let shown = f64::from(scroller.client_height()) + f64::from(scroller.scroll_top());
    f64::from(scroller.scroll_height()) - shown
}

impl Drop for Follower {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
        let callback = self.on_scroll.as_ref().unchecked_ref();
        let _ = self.scroller.remove_event_listener_with_callback("scroll", callback);
    }
}
