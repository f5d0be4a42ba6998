//! What the clock and the calendar of this device show.

use bella_companion::{LocalTime, Weekday};
use js_sys::Date;

pub fn local_time() -> LocalTime {
    let now = Date::new_0();
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    LocalTime {
        year: i32::try_from(now.get_full_year()).unwrap_or_default(),
        month: small(now.get_month() + 1),
        day: small(now.get_date()),
        weekday: Weekday::from_sunday(now.get_day()).unwrap_or(Weekday::Sunday),
        hour: small(now.get_hours()),
        minute: small(now.get_minutes()),
    }
}
