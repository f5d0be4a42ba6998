//! Other programs, run with an eye on the clock.

use std::io::{self, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const TICK: Duration = Duration::from_millis(50);

/// Enough for any message a person would read; the rest of a flood is dropped.
const KEPT: usize = 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs to the end, keeps what it says, and ticks with the time passed so far.
pub(crate) fn run(command: &mut Command, mut tick: impl FnMut(Duration)) -> io::Result<Finished> {
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().map(keep);
    let stderr = child.stderr.take().map(keep);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        tick(began.elapsed());
        std::thread::sleep(TICK);
    };
    let text = |reader: Option<std::thread::JoinHandle<Vec<u8>>>| {
        let bytes = reader
            .and_then(|reader| reader.join().ok())
            .unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ok(Finished {
        status,
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

fn keep(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            kept.extend_from_slice(&buffer[..count.min(KEPT.saturating_sub(kept.len()))]);
        }
        kept
    })
}

/// The name a program goes by here: npm and npx are scripts on Windows.
pub(crate) fn program(name: &'static str) -> &'static str {
    match (cfg!(windows), name) {
        (true, "npm") => "npm.cmd",
        (true, "python3") => "python",
        _ => name,
    }
}

/// The line of a program's complaint that says most: the first that calls
/// itself an error, else the last.
pub(crate) fn complaint(finished: &Finished) -> String {
    let said = || {
        finished
            .stderr
            .lines()
            .chain(finished.stdout.lines())
            .map(str::trim)
    };
    said()
        .find(|line| {
            let start = line.get(..9).unwrap_or(line).to_ascii_lowercase();
            start.starts_with("error") || start.starts_with("npm error")
        })
        .or_else(|| said().rfind(|line| !line.is_empty()))
        .map_or_else(
            || finished.status.to_string(),
            |line| line.chars().take(300).collect(),
        )
}
