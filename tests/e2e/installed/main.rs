//! The page on the device: it starts without a server, is isolated whoever serves
//! it, renews itself, and takes what other apps share.
//!
//! - [`offline`]: a cold start, and hosts that send no headers
//! - [`renewing`]: new versions; [`versions`] makes them
//! - [`sharing`], [`hosts`]: what the service worker takes from outside
//! - [`own_server`]: a server that a person added in the settings, and its key
//! - [`in_app`]: browsers inside of other apps

mod hosts;
mod in_app;
mod offline;
mod own_server;
mod renewing;
mod sharing;
mod versions;

use bella_tests::Page;

/// Waits until the whole page is on the device and answers from there.
#[track_caller]
fn wait_until_kept(page: &Page) {
    page.wait_until("the page to be kept", || page.eval("!!navigator.serviceWorker.controller"));
}
