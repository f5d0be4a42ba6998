//! Bella: the page a person sees, and the worker that owns her engine.

pub mod testid;
