//! What is measured of a device, how, and what is told about it.
//!
//! - [`statistics`]: the middle of samples

pub mod statistics;

pub use statistics::median;
