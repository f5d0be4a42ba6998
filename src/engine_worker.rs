//! The worker's program: it owns the engine and answers the page.

fn main() {
    bella::browser::worker::start();
}
