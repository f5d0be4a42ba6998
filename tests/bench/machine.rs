//! Where and when something was measured.

use std::fs;
use std::process::Command;

use bella_tests::Page;
use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    pub system: String,
    pub processor: Option<String>,
    pub cores: usize,
    pub browser: String,
    pub date: String,
    /// Of the sources the bench was built from.
    pub commit: Option<String>,
    /// How busy the machine was when the run began, in processes; a run beside a
    /// build is worth little.
    pub load: Option<String>,
}

impl Machine {
    pub fn of(page: &Page) -> Self {
        Self {
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            processor: processor(),
            cores: page.eval("navigator.hardwareConcurrency"),
            browser: page.browser().version().to_owned(),
            date: page.eval("new Date().toISOString()"),
            commit: commit(),
            load: fs::read_to_string("/proc/loadavg").ok().map(|text| text.trim().to_owned()),
        }
    }
}

/// Linux tells; elsewhere nobody does who can be asked without a library.
fn processor() -> Option<String> {
    let told = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = told.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(xtask::repo::root()).output();
        let output = output.ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let mark = if changed.is_empty() { "" } else { ", with changes" };
    Some(format!("{}{mark}", git(&["rev-parse", "HEAD"])?))
}
