//! The time and a random number, for code that has neither.

use bella_companion::Now;
use js_sys::{Date, Math};

pub fn at_ms() -> u64 {
    Date::now() as u64
}

pub fn now() -> Now {
    // As many random bits as a JavaScript number carries.
    let random = (Math::random() * (1u64 << 53) as f64) as u64;
    Now { at_ms: at_ms(), random }
}
