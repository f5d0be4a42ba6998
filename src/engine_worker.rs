//! The worker's program: it owns the engine and answers the page.

// `public/worker.js` calls what this exports. There is nothing to do before, and
// with threads `main` would be called once for each.
use bella as _;

fn main() {}
