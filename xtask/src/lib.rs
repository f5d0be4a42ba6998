//! The project's commands, and the pieces tests share with them.
//!
//! - [`server`]: the static server, with faults and a journal for tests

pub mod server;
