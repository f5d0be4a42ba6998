//! What a person sees while something long goes on.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Where a long step tells what it is doing.
pub trait Report: Send + Sync {
    /// A line that stays.
    fn say(&self, line: &str);

    /// How far the present step is. Each replaces the one before, and may be
    /// left out where that cannot be shown.
    fn progress(&self, line: &str);
}

/// On a terminal the progress line is rewritten in place; in a log it appears
/// now and then.
#[derive(Debug)]
pub struct Terminal {
    in_place: bool,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
struct Shown {
    /// Characters of the progress line now on the screen.
    width: usize,
    last: Instant,
}

const IN_PLACE_EVERY: Duration = Duration::from_millis(100);
const LONGEST_IN_PLACE: usize = 79;
const IN_A_LOG_EVERY: Duration = Duration::from_secs(15);

impl Terminal {
    pub fn new() -> Self {
        Self {
            in_place: io::stderr().is_terminal(),
            shown: Mutex::new(Shown { width: 0, last: Instant::now() }),
        }
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

// A terminal that has gone away is no reason to stop working: the results of
// writing to it are ignored.
impl Report for Terminal {
    fn say(&self, line: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = io::stderr().lock();
        let _ = writeln!(
            out,
            "\r{line}{:pad$}",
            "",
            pad = shown.width.saturating_sub(line.chars().count())
        );
        shown.width = 0;
        shown.last = Instant::now();
    }

    fn progress(&self, line: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let every = if self.in_place { IN_PLACE_EVERY } else { IN_A_LOG_EVERY };
        if shown.last.elapsed() < every {
            return;
        }
        shown.last = Instant::now();
        let mut out = io::stderr().lock();
        if self.in_place {
            // A line that wraps could not be taken back.
            let line: String = line.chars().take(LONGEST_IN_PLACE).collect();
            let width = line.chars().count();
            let _ = write!(out, "\r{line}{:pad$}", "", pad = shown.width.saturating_sub(width));
            let _ = out.flush();
            shown.width = width;
        } else {
            let _ = writeln!(out, "{line}");
        }
    }
}

/// For tests and for steps whose output goes elsewhere.
#[derive(Debug, Default)]
pub struct Notes {
    lines: Mutex<Vec<String>>,
}

impl Notes {
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Report for Notes {
    fn say(&self, line: &str) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
    }

    fn progress(&self, _: &str) {}
}

/// Bytes, percent and speed of one transfer.
pub struct Meter<'a> {
    report: &'a dyn Report,
    label: String,
    total: Option<u64>,
    /// Where this run began: what an earlier one fetched says nothing of speed.
    began: Option<(Instant, u64)>,
}

impl<'a> Meter<'a> {
    pub fn new(report: &'a dyn Report, label: impl Into<String>, total: Option<u64>) -> Self {
        Self { report, label: label.into(), total, began: None }
    }

    pub fn reached(&mut self, bytes: u64) {
        let (start, from) = *self.began.get_or_insert((Instant::now(), bytes));
        let seconds = start.elapsed().as_secs_f64();
        let mut line = format!("  {}: {}", self.label, size(bytes));
        if let Some(total) = self.total.filter(|&total| total > 0) {
            let percent = bytes.saturating_mul(100) / total;
            let _ = write!(line, " of {}, {percent} %", size(total));
        }
        if seconds > 0.5 {
            let speed = bytes.saturating_sub(from) as f64 / seconds;
            let _ = write!(line, ", {}/s", size(speed as u64));
        }
        self.report.progress(&line);
    }
}

impl std::fmt::Debug for Meter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter").field("label", &self.label).field("total", &self.total).finish()
    }
}

/// As people say it: `98.4 MB`.
pub fn size(bytes: u64) -> String {
    let steps = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let amount = bytes as f64;
    match steps.iter().find(|(step, _)| amount >= *step) {
        Some((step, unit)) => format!("{:.1} {unit}", amount / step),
        None => format!("{bytes} bytes"),
    }
}

/// As people say it: `3 min 54 s`.
pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
