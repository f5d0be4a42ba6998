//! What is kept for whoever has to find out why: pictures and logs in
//! `target/e2e/`, one folder per test.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::devtools::Error;
use crate::page::{Page, evaluate};
use crate::record::Record;

/// `target/e2e/<name>`.
pub fn folder(name: &str) -> PathBuf {
    // A test program lies in <target>/<profile>/deps.
    let program = env::current_exe().ok();
    let target = program.as_deref().and_then(|program| program.ancestors().nth(3));
    target.unwrap_or(Path::new("target")).join("e2e").join(name)
}

impl Page {
    /// A picture of what is in view, as PNG.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        if let Err(why) = self.try_screenshot(file) {
            panic!("no picture {}: {why}", file.display());
        }
    }

    fn try_screenshot(&self, file: &Path) -> Result<(), String> {
        let answer = self
            .session()
            .call("Page.captureScreenshot", json!({ "format": "png" }))
            .map_err(|error: Error| error.to_string())?;
        let data = answer["data"].as_str().unwrap_or_default();
        let png = STANDARD.decode(data).map_err(|error| error.to_string())?;
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        fs::write(file, png).map_err(|error| error.to_string())
    }

    /// Keeps a picture of the page, its document and everything on record, and
    /// answers a summary to read at once. Never fails: it runs when things have.
    pub(crate) fn keep_evidence(&self, folder: &Path) -> String {
        let record = self.record();
        let _ = fs::create_dir_all(folder);
        let address: Value = evaluate(self.session(), "location.href").unwrap_or_default();
        let document: Value =
            evaluate(self.session(), "document.documentElement.outerHTML").unwrap_or_default();
        let _ = fs::write(folder.join("page.html"), document.as_str().unwrap_or("(no answer)"));
        let _ = fs::write(folder.join("requests.txt"), requests(&record));
        let _ = fs::write(folder.join("console.txt"), record.console.join("\n"));
        let picture = match self.try_screenshot(&folder.join("page.png")) {
            Ok(()) => String::new(),
            Err(why) => format!(" (without a picture: {why})"),
        };
        let mut summary =
            format!("the page was at {address}; more in {}{picture}\n", folder.display());
        for trouble in &record.troubles {
            let _ = writeln!(summary, "  trouble: {trouble}");
        }
        for line in record.console.iter().rev().take(20).rev() {
            let _ = writeln!(summary, "  console: {line}");
        }
        summary
    }
}

fn requests(record: &Record) -> String {
    let mut lines = String::new();
    for request in &record.requests {
        let status = request.status.map_or("-".into(), |status| status.to_string());
        let _ =
            write!(lines, "{status} {} {} ({})", request.method, request.url, request.from.kind);
        if let Some(failure) = &request.failure {
            let _ = write!(lines, " failed: {failure}");
        }
        lines.push('\n');
    }
    lines
}
