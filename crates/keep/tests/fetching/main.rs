//! Models on their way in, with everything that happens to them there.
//!
//! - [`world`]: a server, a device and an engine as small as can be, and somebody
//!   who carries out what is to be done
//! - [`meeting`]: servers as they are
//! - [`mending`]: devices as they are
//! - [`interrupted`]: visits that end at any moment

mod interrupted;
mod meeting;
mod mending;
mod world;
