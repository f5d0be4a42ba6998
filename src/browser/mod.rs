//! The only place that touches web-sys and js-sys.
//!
//! - [`exception`]: what the browser threw, in words
//! - [`page`]: the page's side; [`worker`]: the side of the engine's worker

pub mod exception;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "worker")]
pub mod worker;
