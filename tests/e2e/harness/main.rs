//! The harness put to the proof on small pages of its own: each test here is a
//! promise that the tests of the product lean on.
//!
//! - [`record`]: nothing a page does goes unseen, and what must not happen fails
//! - [`driving`]: keys, languages, devices, servers and disks as a test wants them
//! - [`launching`]: microphones, namespaces, profiles, and nothing left behind
//! - [`speaking`]: voices that take their time and can be interrupted

mod driving;
mod launching;
mod record;
mod speaking;

use bella_tests::Stage;

const EMPTY: (&str, &str) = (
    "index.html",
    "<!doctype html><meta name=viewport content='width=device-width'><title>empty</title>",
);

/// A page that is nothing but a script of its own file, as the policy wants it.
fn scripted(script: &str) -> Stage {
    Stage::of_files(&[
        (
            "index.html",
            "<!doctype html><title>scripted</title><body><script src=\"page.js\"></script>",
        ),
        ("page.js", script),
    ])
}
