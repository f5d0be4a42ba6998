//! (first lines)

pub mod manifest;
