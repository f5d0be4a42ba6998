//! How much memory can be had here: not what the browser says, but what it gives.

use js_sys::{Function, Object, Reflect, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

const PAGE: u64 = 64 << 10;
/// A quarter of a gigabyte.
const STEP_PAGES: u32 = 4096;
/// What 32 bits can address, less the page that no browser gives.
const MOST_PAGES: u32 = 65_535;

/// Lets a memory that holds nothing grow until it is refused, and gives it back.
pub(super) fn memory_bytes() -> u64 {
    let Some(memory) = empty_memory() else { return 0 };
    let grow = Reflect::get(&memory, &"grow".into()).ok();
    let Some(grow) = grow.and_then(|grow| grow.dyn_into::<Function>().ok()) else { return 0 };
    let mut pages = 0;
    while pages < MOST_PAGES {
        let more = STEP_PAGES.min(MOST_PAGES - pages);
        if grow.call1(&memory, &more.into()).is_err() {
            break;
        }
        pages += more;
    }
    u64::from(pages) * PAGE
}

fn empty_memory() -> Option<JsValue> {
    let descriptor = Object::new();
    Reflect::set(&descriptor, &"initial".into(), &0.into()).ok()?;
    WebAssembly::Memory::new(&descriptor).ok().map(Into::into)
}
