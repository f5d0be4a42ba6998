//! Attends to every target the browser opens: pages, frames, workers of workers,
//! service workers. Each is held at its first instruction until its domains are
//! switched on, so that nothing it does goes unrecorded; all but service workers,
//! which a browser that starts one anew after a crash would hold for ever.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::devtools::{Connection, Event, Session, lock};
use crate::record::{Record, Source};

const SERVICE_WORKER: &str = "service_worker";

/// What is known of one target.
#[derive(Clone, Debug)]
pub struct Target {
    pub id: String,
    pub session: String,
    /// The browser context (an isolated profile) it lives in.
    pub context: String,
    pub source: Source,
}

#[derive(Debug, Default)]
pub(crate) struct Watch {
    state: Mutex<State>,
    attached: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// By session.
    targets: HashMap<String, Target>,
    /// By browser context.
    records: HashMap<String, Arc<Mutex<Record>>>,
    /// Scripts that run before a worker's own, by browser context.
    preludes: HashMap<String, String>,
}

impl Watch {
    /// Attends to every target of this browser from now on.
    pub(crate) fn over(connection: &Connection) -> Arc<Self> {
        let watch = Arc::new(Self::default());
        let watching = Arc::downgrade(&watch);
        // Weak: the connection must not be kept alive by its own listener.
        let connection_of_listener = connection.downgrade();
        connection.listen(move |event| {
            let (Some(watch), Some(connection)) =
                (watching.upgrade(), connection_of_listener.upgrade())
            else {
                return false;
            };
            watch.take(event, &connection);
            true
        });
        attach_to_what_opens(&connection.browser());
        connection.browser().post(
            "Target.setDiscoverTargets",
            json!({
                "discover": true,
                "filter": [{ "type": SERVICE_WORKER }, { "exclude": true }],
            }),
        );
        watch
    }

    fn take(&self, event: &Event, connection: &Connection) {
        match event.method.as_str() {
            "Target.targetCreated" if event.params["targetInfo"]["type"] == SERVICE_WORKER => {
                let id = &event.params["targetInfo"]["targetId"];
                let which = json!({ "targetId": id, "flatten": true });
                connection.browser().post("Target.attachToTarget", which);
            }
            "Target.attachedToTarget" => {
                let target = target(&event.params);
                let prelude = lock(&self.state).preludes.get(&target.context).cloned();
                let session = connection.session(&target.session);
                switch_on(&session, &target.source.kind, prelude.as_deref());
                lock(&self.state).targets.insert(target.session.clone(), target);
                self.attached.notify_all();
            }
            "Target.detachedFromTarget" => {
                let session = event.params["sessionId"].as_str().unwrap_or_default();
                lock(&self.state).targets.remove(session);
            }
            _ => self.note(event),
        }
    }

    fn note(&self, event: &Event) {
        let Some(session) = &event.session else {
            return;
        };
        let mut state = lock(&self.state);
        let Some(target) = state.targets.get(session).cloned() else {
            return;
        };
        let record = state.records.entry(target.context).or_default();
        lock(record).take(event, &target.source);
    }

    /// What happened in a context; empty when nothing did yet.
    pub(crate) fn record(&self, context: &str) -> Arc<Mutex<Record>> {
        lock(&self.state).records.entry(context.to_owned()).or_default().clone()
    }

    pub(crate) fn before_every_worker(&self, context: &str, script: &str) {
        let mut state = lock(&self.state);
        let prelude = state.preludes.entry(context.to_owned()).or_default();
        prelude.push_str(script);
        prelude.push_str(";\n");
    }

    pub(crate) fn forget(&self, context: &str) {
        let mut state = lock(&self.state);
        state.records.remove(context);
        state.preludes.remove(context);
    }

    /// All targets of a context that are there now.
    pub(crate) fn targets(&self, context: &str) -> Vec<Target> {
        lock(&self.state)
            .targets
            .values()
            .filter(|target| target.context == context)
            .cloned()
            .collect()
    }

    /// Waits until a target was attached to.
    pub(crate) fn target(&self, id: &str, within: Duration) -> Option<Target> {
        let until = Instant::now() + within;
        let mut state = lock(&self.state);
        loop {
            if let Some(target) = state.targets.values().find(|target| target.id == id) {
                return Some(target.clone());
            }
            let left = until.checked_duration_since(Instant::now())?;
            state = match self.attached.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }
}

fn target(params: &Value) -> Target {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let info = &params["targetInfo"];
    Target {
        id: text(&info["targetId"]),
        session: text(&params["sessionId"]),
        context: text(&info["browserContextId"]),
        source: Source { kind: text(&info["type"]), url: text(&info["url"]) },
    }
}

/// Not every target knows every domain; what it does not know it refuses, and
/// that is no loss.
fn switch_on(session: &Session, kind: &str, prelude: Option<&str>) {
    // Bodies are not kept: weights would fill the browser's memory.
    session.post("Network.enable", json!({ "maxTotalBufferSize": 0, "maxResourceBufferSize": 0 }));
    session.post("Runtime.enable", json!({}));
    session.post("Log.enable", json!({}));
    session.post("Audits.enable", json!({}));
    if matches!(kind, "page" | "iframe") {
        session.post("Page.enable", json!({}));
        session.post("Inspector.enable", json!({}));
    }
    if kind == "worker"
        && let Some(prelude) = prelude
    {
        session.post("Runtime.evaluate", json!({ "expression": prelude }));
    }
    attach_to_what_opens(session);
    session.post("Runtime.runIfWaitingForDebugger", json!({}));
}

fn attach_to_what_opens(session: &Session) {
    // The browser's own menus are pages too, and a tab is only a wrapper around its
    // page.
    let never = ["browser", "browser_ui", "tab", SERVICE_WORKER];
    let mut filter: Vec<Value> =
        never.iter().map(|kind| json!({ "type": kind, "exclude": true })).collect();
    filter.push(json!({}));
    session.post(
        "Target.setAutoAttach",
        json!({
            "autoAttach": true,
            "waitForDebuggerOnStart": true,
            "flatten": true,
            "filter": filter,
        }),
    );
}
