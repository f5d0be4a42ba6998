//! The project's commands, and the pieces tests share with them.
//!
//! - [`cache`]: where tools and weights live
//! - [`fetch`]: weights into the cache
//! - [`repo`]: where this clone is
//! - [`server`]: the static server, with faults and a journal for tests
//! - [`report`]: what a person sees while something long goes on

pub mod cache;
pub mod fetch;
mod process;
pub mod repo;
pub mod report;
pub mod server;
