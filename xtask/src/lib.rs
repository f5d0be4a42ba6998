//! The project's commands, and the pieces tests share with them.
//!
//! - [`cache`]: where tools and weights live
//! - [`fetch`]: weights into the cache
//! - [`repo`]: where this clone is
//! - [`build`]: the release page; [`site`]: the same for any static host; [`serve`]:
//!   everything up to date, and served
//! - [`native`]: models run and trained on this machine
//! - [`bench`]: the built page measured, rivals beside it
//! - [`suite`]: the stages of `cargo xtask test`
//! - [`server`]: the static server, with faults and a journal for tests
//! - [`tools`]: the programs that build the page
//! - [`report`]: what a person sees while something long goes on

pub mod bench;
pub mod build;
pub mod cache;
pub mod fetch;
pub mod native;
mod process;
pub mod repo;
pub mod report;
pub mod serve;
pub mod server;
pub mod site;
pub mod suite;
pub mod tools;
