//! Which build of the engine the tests run on.
//!
//! Turbo is chosen by itself. For baseline the browser is made one that has no
//! choice: the host sends none of the headers without which there is no shared
//! memory, and relaxed SIMD, which no switch of Chromium takes away, is denied
//! where the worker looks for it.

use std::env;

use bella_protocol::{BuildName, FromEngine};
use xtask::server::Headers;
use xtask::suite::BUILD_VARIABLE;

use crate::{Stage, Visit};

/// Without a wish, whichever the browser gets by itself.
fn wished() -> Option<BuildName> {
    let wish = env::var(BUILD_VARIABLE).ok()?;
    let build = BuildName::ALL.into_iter().find(|build| build.name() == wish);
    Some(build.unwrap_or_else(|| panic!("{BUILD_VARIABLE} is {wish}, which is no build")))
}

pub fn stage() -> Option<Stage> {
    let stage = Stage::bella()?;
    Some(match wished() {
        Some(BuildName::Baseline) => {
            stage.serving(|serving| serving.headers = Headers::Bare).without_service_worker()
        }
        Some(BuildName::Turbo) | None => stage,
    })
}

/// Before anything is opened.
pub fn deny(visit: &Visit) {
    if wished() == Some(BuildName::Baseline) {
        visit.page.before_every_worker("WebAssembly.validate = () => false");
    }
}

#[track_caller]
pub fn must_be_wished(first_words: Option<FromEngine>) {
    let Some(FromEngine::Ready { build, .. }) = first_words else {
        panic!("an engine that did not say what it is: {first_words:?}");
    };
    eprintln!("on {}, threads: {}", build.name.name(), build.threads);
    if let Some(wished) = wished() {
        assert_eq!(build.name, wished, "{build:?}");
    }
}
