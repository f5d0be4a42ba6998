//! Days and hours where the person is.

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

/// Year, month and day of a moment, to tell days apart.
pub fn day_of(at_ms: u64) -> (u32, u32, u32) {
    let date = date(at_ms);
    (date.get_full_year(), date.get_month(), date.get_date())
}

/// `Friday 27 November 2026`, as this language has it.
pub fn day_name(at_ms: u64, tag: &str) -> String {
    let options =
        options(&[("weekday", "long"), ("year", "numeric"), ("month", "long"), ("day", "numeric")]);
    date(at_ms).to_locale_date_string(tag, &options).into()
}

/// `3:04 PM`, as this language has it.
pub fn hour(at_ms: u64, tag: &str) -> String {
    let options = options(&[("hour", "numeric"), ("minute", "2-digit")]);
    date(at_ms).to_locale_time_string_with_options(tag, &options).into()
}

/// For machines: `2026-11-27T06:04:00.000Z`.
pub fn exact(at_ms: u64) -> String {
    date(at_ms).to_iso_string().into()
}

fn date(at_ms: u64) -> Date {
    Date::new(&JsValue::from_f64(at_ms as f64))
}

fn options(pairs: &[(&str, &str)]) -> JsValue {
    let options = Object::new();
    for (name, value) in pairs {
        // Never refused by an object of our own.
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    options.into()
}
