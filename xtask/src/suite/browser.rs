//! A Chromium, its driver, a Korean font and voices: found, or installed where that is
//! ours to do, or asked for in one sentence.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Event, complaint, run};
use crate::report::{Report, duration};

#[derive(Debug, thiserror::Error)]
pub(crate) enum BrowserError {
    #[error("{what} is not installed; install it ({packages} on Debian) and run this again")]
    Missing { what: &'static str, packages: &'static str },
    #[error("{packages} could not be installed with apt-get: {message}")]
    Apt { packages: &'static str, message: String },
}

/// The browser's program.
pub(crate) fn chromium(report: &dyn Report) -> Result<PathBuf, BrowserError> {
    const PROGRAMS: [&str; 4] =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let named = env::var_os(super::BROWSER_VARIABLE).filter(|named| !named.is_empty());
    if let Some(named) = named {
        return Ok(named.into());
    }
    found_or_installed(|| on_path(&PROGRAMS), "Chromium", "chromium", report)
}

/// The program through which wasm-bindgen's test runner drives the browser.
pub(super) fn driver(report: &dyn Report) -> Result<PathBuf, BrowserError> {
    chromium(report)?;
    found_or_installed(|| on_path(&["chromedriver"]), "chromedriver", "chromium-driver", report)
}

/// Without one, Korean is drawn as boxes and the pictures show nothing.
pub(super) fn korean_font(report: &dyn Report) -> Result<(), BrowserError> {
    let font = || {
        let fonts = Command::new("fc-list").arg(":lang=ko").output();
        match fonts {
            Ok(fonts) if fonts.stdout.is_empty() => None,
            // Where fonts cannot be listed they are taken for granted.
            _ => Some(PathBuf::new()),
        }
    };
    found_or_installed(font, "a Korean font", "fonts-noto-cjk", report).map(drop)
}

/// What the browser speaks with, and into: the tests give it a sound device that
/// nobody hears.
pub(super) fn voices(report: &dyn Report) -> Result<(), BrowserError> {
    const PACKAGES: &str = "speech-dispatcher speech-dispatcher-espeak-ng pulseaudio";
    let voices = || {
        let settings = Path::new("/etc/speech-dispatcher/modules/espeak-ng.conf");
        let programs = ["speech-dispatcher", "pulseaudio"];
        let are_there = programs.iter().all(|name| on_path(&[name]).is_some());
        (are_there && settings.is_file()).then(|| settings.to_owned())
    };
    found_or_installed(voices, "What the browser speaks with", PACKAGES, report).map(drop)
}

/// What reads sentences aloud that nobody recorded. Without it one test says that it
/// skips, and no more.
pub(super) fn reader(report: &dyn Report) {
    let found = found_or_installed(|| on_path(&["flite"]), "Flite", "flite", report);
    if let Err(why) = found {
        report.say(&why.to_string());
    }
}

fn found_or_installed(
    find: impl Fn() -> Option<PathBuf>,
    what: &'static str,
    packages: &'static str,
    report: &dyn Report,
) -> Result<PathBuf, BrowserError> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let missing = || BrowserError::Missing { what, packages };
    if !is_root() || on_path(&["apt-get"]).is_none() {
        return Err(missing());
    }
    report.say(&format!("{what} is not installed: installing {packages} with apt-get …"));
    apt_get(&["update"], packages, report)?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages.split(' '));
    apt_get(&install, packages, report)?;
    find().ok_or_else(missing)
}

fn apt_get(
    arguments: &[&str],
    packages: &'static str,
    report: &dyn Report,
) -> Result<(), BrowserError> {
    let mut apt = Command::new("apt-get");
    apt.arg("--quiet").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    let failed = |message| BrowserError::Apt { packages, message };
    let finished = run(&mut apt, |event| {
        if let Event::Tick(time) = event {
            report.progress(&format!("  apt-get {}: {}", arguments[0], duration(time)));
        }
    })
    .map_err(|error| failed(error.to_string()))?;
    if finished.status.success() { Ok(()) } else { Err(failed(complaint(&finished))) }
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| Path::is_file(program))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
