//! Where and when something was measured, as far as it can be known from outside.

use std::fs;
use std::process::Command;

use bella_measure::Machine;
use bella_tests::Page;

pub fn machine(page: &Page) -> Machine {
    Machine {
        date: page.eval("new Date().toISOString()"),
        browser: page.browser().version().to_owned(),
        cores: page.eval("navigator.hardwareConcurrency"),
        memory_gib: page.eval("navigator.deviceMemory ?? null"),
        system: Some(format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        processor: processor(),
        commit: commit(),
        load: fs::read_to_string("/proc/loadavg").ok().map(|text| text.trim().to_owned()),
    }
}

/// Linux tells; elsewhere nobody does who can be asked without a library.
fn processor() -> Option<String> {
    let told = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = told.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Of the sources this program was built from.
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
