//! When the page itself panics.

use super::document;

/// A panic leaves the page on the screen but dead. Says so, instead of letting
/// people press buttons that do nothing.
pub fn tell_people() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
        document::show_boot_message("stopped");
    }));
}
