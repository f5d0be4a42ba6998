//! What the browser tells about the device, and its finest clock.

use bella_measure::Machine;
use js_sys::{Date, Reflect};

/// Milliseconds since the page was opened.
pub fn clock_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or_else(Date::now, |performance| performance.now())
}

/// What the browser calls itself.
pub fn user_agent() -> String {
    web_sys::window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default()
}

pub fn machine() -> Machine {
    let navigator = web_sys::window().map(|window| window.navigator());
    let browser = user_agent();
    let cores = navigator.as_ref().map_or(1.0, |it| it.hardware_concurrency());
    // Not every browser tells, and none tells much.
    let memory_gib = navigator
        .and_then(|it| Reflect::get(&it, &"deviceMemory".into()).ok())
        .and_then(|gib| gib.as_f64());
    Machine {
        date: String::from(Date::new_0().to_iso_string()),
        browser,
        cores: cores as usize,
        memory_gib,
        ..Machine::default()
    }
}
