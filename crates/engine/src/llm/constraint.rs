//! Replies that must have a form.

use std::fmt::Debug;

/// Says at every step which tokens may come next: the door for a grammar. It
/// sees tokens, not text, so that it can work out once which of a vocabulary fit.
pub trait Constraint: Debug {
    /// Whether `token` may come now. Tokens that end a reply are asked for too.
    fn allows(&self, token: u32) -> bool;
    /// `token` was said.
    fn advance(&mut self, token: u32);
}
