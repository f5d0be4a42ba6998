//! `cargo xtask serve`: from a bare clone to a page in the browser.

use std::error::Error;
use std::io;
use std::process::Command;
use std::time::Instant;

use crate::cache::Cache;
use crate::fetch::{Fetcher, read_manifest, select};
use crate::report::{Report, duration};
use crate::server::{Server, Site};
use crate::tools::Tools;
use crate::{build, repo};

pub const DEFAULT_PORT: u16 = 8080;

/// Brings everything up to date, serves it, and returns when the server ends.
pub fn serve(port: u16, open: bool, report: &dyn Report) -> Result<(), Box<dyn Error>> {
    let began = Instant::now();
    let cache = Cache::from_environment()?;
    let tools = Tools::ready(&cache, report)?;
    report.progress("looking at the weights …");
    let manifest = read_manifest(&repo::manifest())?;
    Fetcher::new(&cache, report).models(&select(&manifest, &[])?)?;
    let page = build::page(&tools, report)?;
    let server = Server::start(Site::new(page).with_weights(cache.weights()), port)
        .map_err(|error| no_port(port, &error))?;
    let address = format!("http://localhost:{}/", server.port());
    report.say(&format!("ready after {}", duration(began.elapsed())));
    report.say(&format!("Bella is at {address}  (Ctrl-C ends it)"));
    if open {
        open_browser(&address, report);
    }
    server.wait();
    Ok(())
}

fn no_port(port: u16, error: &io::Error) -> String {
    format!("port {port} cannot be used ({error}); choose another with --port N, or 0 for any")
}

fn open_browser(address: &str, report: &dyn Report) {
    let opener = match () {
        () if cfg!(target_os = "macos") => "open",
        () if cfg!(windows) => "explorer",
        () => "xdg-open",
    };
    if let Err(error) = Command::new(opener).arg(address).spawn() {
        report.say(&format!(
            "no browser could be opened ({opener}: {error}); open the address by hand"
        ));
    }
}
