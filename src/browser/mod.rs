//! The only place that touches web-sys and js-sys.
//!
//! - [`exception`]: what the browser threw, in words
//! - `body`: answers, piece by piece; `database`: IndexedDB; `policy`: whether it was
//!   the policy that refused a request
//! - [`page`]: the page's side; [`worker`]: the side of the engine's worker

#[cfg(any(feature = "page", feature = "worker"))]
mod body;
#[cfg(any(feature = "page", feature = "worker"))]
mod database;
pub mod exception;
#[cfg(feature = "page")]
pub mod page;
#[cfg(any(feature = "page", feature = "worker"))]
mod policy;
#[cfg(feature = "worker")]
pub mod worker;
