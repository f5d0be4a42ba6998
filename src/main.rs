//! The page: puts the app where the first paint stood.

fn main() {
    bella::app::mount();
}
