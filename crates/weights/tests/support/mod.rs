//! What the tests share: small files of every format, chance that repeats, and
//! the way to real weights.

#![allow(dead_code, reason = "each test program uses its own part of this")]

pub mod chance;
pub mod real;
pub mod samples;
