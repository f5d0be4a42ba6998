//! (first lines)
