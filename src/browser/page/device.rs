//! What the browser tells about the device, and its finest clock.

use bella_measure::Machine;
use js_sys::{Date, Reflect};

/// Milliseconds since the page was opened.
pub fn clock_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or_else(Date::now, |performance| performance.now())
}

pub fn machine() -> Machine {
    let navigator = web_sys::window().map(|window| window.navigator());
    let browser = navigator.as_ref().and_then(|it| it.user_agent().ok()).unwrap_or_default();
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
