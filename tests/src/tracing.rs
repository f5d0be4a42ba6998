//! What the browser's own profiler says about a page's main thread.
//!
//! The page's long-task observer knows only wall-clock time, and on a busy machine
//! that counts what other programs took. The profiler also knows how long the
//! thread itself worked.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::page::Page;

/// One task of a main thread, from the event loop's point of view.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub wall_ms: f64,
    /// Of that, how long the thread had a processor.
    pub cpu_ms: f64,
}

#[derive(Debug, Deserialize)]
struct TraceEvent {
    name: String,
    pid: u64,
    tid: u64,
    /// Microseconds.
    #[serde(default)]
    dur: f64,
    #[serde(default)]
    tdur: f64,
    #[serde(default)]
    args: Value,
}

impl Page {
    /// Every task of this page's main thread while `action` ran.
    #[track_caller]
    pub fn trace(&self, action: impl FnOnce()) -> Vec<Task> {
        let browser = self.session();
        let call =
            |method, params| browser.call(method, params).unwrap_or_else(|error| panic!("{error}"));
        let reports = browser.connection().events(|event| event.method.starts_with("Tracing."));
        call(
            "Tracing.start",
            json!({
                "transferMode": "ReportEvents",
                "traceConfig": { "includedCategories": [
                    "toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata",
                ] },
            }),
        );
        action();
        // A task is written down when it is over, which the one that has just answered
        // need not be before another has begun.
        self.eval::<()>("new Promise(done => setTimeout(done))");
        call("Tracing.end", json!({}));
        let mut events = Vec::new();
        loop {
            let Some(report) = reports.next_within(Duration::from_secs(30)) else {
                panic!("the profiler did not come to its end");
            };
            match report.method.as_str() {
                "Tracing.tracingComplete" => break,
                "Tracing.dataCollected" => {
                    let pieces = report.params["value"].as_array().into_iter().flatten();
                    events.extend(pieces.filter_map(|one| TraceEvent::deserialize(one).ok()));
                }
                _ => {}
            }
        }
        let thread = main_thread(&events, self.target_id());
        let Some((pid, tid)) = thread else { panic!("the profiler does not know this page") };
        events
            .iter()
            .filter(|event| event.name == "RunTask" && event.pid == pid && event.tid == tid)
            .map(|event| Task { wall_ms: event.dur / 1000.0, cpu_ms: event.tdur / 1000.0 })
            .collect()
    }
}

/// Process and thread of a page: the profiler begins with a list of frames and
/// their processes, and names the threads.
fn main_thread(events: &[TraceEvent], page: &str) -> Option<(u64, u64)> {
    let frames = events.iter().find(|event| event.name == "TracingStartedInBrowser")?;
    let frames = frames.args["data"]["frames"].as_array()?;
    let process = frames.iter().find(|frame| frame["frame"] == page)?["processId"].as_u64()?;
    let is_main = |event: &&TraceEvent| {
        event.name == "thread_name"
            && event.pid == process
            && event.args["name"] == "CrRendererMain"
    };
    events.iter().find(is_main).map(|event| (process, event.tid))
}
