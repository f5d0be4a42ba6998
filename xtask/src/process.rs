//! Other programs, run with an eye on the clock.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often a silent program is looked at.
const TICK: Duration = Duration::from_millis(100);

/// A line longer than this is cut: it is data gone astray and no message.
const LONGEST_LINE: u64 = 64 * 1024;

/// Lines kept of what a program says; of a flood, the last.
const KEPT_LINES: usize = 2000;

/// What goes on while a program runs.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// It said this line, on either of its outputs.
    Line(&'a str),
    /// It has been running for so long.
    Tick(Duration),
}

#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// Both outputs, line by line as they came.
    pub(crate) lines: Vec<String>,
    pub(crate) time: Duration,
}

/// Runs to the end and tells what happens meanwhile.
pub(crate) fn run(command: &mut Command, mut on: impl FnMut(Event<'_>)) -> io::Result<Finished> {
    let began = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let said = listen(&mut child);
    let mut lines = Vec::new();
    loop {
        match said.recv_timeout(TICK) {
            Ok(line) => {
                on(Event::Line(&line));
                if lines.len() == KEPT_LINES {
                    lines.drain(..KEPT_LINES / 2);
                }
                lines.push(line);
            }
            Err(RecvTimeoutError::Timeout) => {
                // A grandchild may hold the pipes open long after the end.
                if let Some(status) = child.try_wait()? {
                    return Ok(Finished { status, lines, time: began.elapsed() });
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
        on(Event::Tick(began.elapsed()));
    }
    // It has closed its outputs and is about to end.
    let status = child.wait()?;
    Ok(Finished { status, lines, time: began.elapsed() })
}

fn listen(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        forward(stdout, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward(stderr, sender);
    }
    receiver
}

fn forward(pipe: impl Read + Send + 'static, lines: Sender<String>) {
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while let Ok(1..) = pipe.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if lines.send(text).is_err() {
                break;
            }
        }
    });
}

/// The name a program goes by here: npm is a script on Windows.
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
    let said = || finished.lines.iter().map(|line| line.trim());
    said()
        .find(|line| {
            let start = line.get(..9).unwrap_or(line).to_ascii_lowercase();
            start.starts_with("error") || start.starts_with("npm error")
        })
        .or_else(|| said().rfind(|line| !line.is_empty()))
        .map_or_else(|| finished.status.to_string(), |line| line.chars().take(300).collect())
}
