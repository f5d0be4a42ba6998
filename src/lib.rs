//! Bella.
