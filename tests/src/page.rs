//! A tab, driven and read from outside.
//!
//! Everything here panics when the page does not do what the test expects of it,
//! at the line of the test: what went wrong is then told with the evidence that
//! [`crate::stage`] gathers. Pointing is in [`crate::mouse`], typing in
//! [`crate::input`], posing as another device or person in [`crate::emulation`].

use std::fmt::Display;
use std::thread;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::devtools::{COMMAND_TIMEOUT, Error, Session, lock};
use crate::find::Find;
use crate::record::{Record, Request, exception};
use crate::watch::Target;

/// How long a page may take for what it normally does at once.
pub const PATIENCE: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(20);

#[derive(Clone, Debug)]
pub struct Page {
    browser: Browser,
    target: Target,
    session: Session,
    patience: Duration,
}

impl Page {
    pub(crate) fn of(browser: &Browser, target: Target) -> Self {
        let session = browser.session().connection().session(&target.session);
        Self { browser: browser.clone(), target, session, patience: PATIENCE }
    }

    /// The same page for somebody who waits longer or less long.
    #[must_use]
    pub fn with_patience(&self, patience: Duration) -> Self {
        Self { patience, ..self.clone() }
    }

    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// For the domains that have no method here.
    pub fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    pub(crate) fn target_id(&self) -> &str {
        &self.target.id
    }

    #[track_caller]
    pub fn command(&self, method: &str, params: Value) -> Value {
        self.session.call(method, params).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What happened so far in this page and all that shares its storage.
    pub fn record(&self) -> Record {
        lock(&self.browser.watch().record(&self.target.context)).clone()
    }

    /// Every request of the page, its workers and its service workers.
    pub fn requests(&self) -> Vec<Request> {
        self.record().requests
    }

    /// Workers and service workers of this page's context that are alive.
    pub fn workers(&self) -> Vec<Worker> {
        let connection = self.browser.session().connection().clone();
        self.browser
            .watch()
            .targets(&self.target.context)
            .into_iter()
            .filter(|target| target.source.kind.contains("worker"))
            .map(|target| Worker { session: connection.session(&target.session), target })
            .collect()
    }
}

/// Going somewhere.
impl Page {
    /// Opens an address and waits until its load event is over.
    #[track_caller]
    pub fn goto(&self, url: &str) {
        let loaded = self.session.events("Page.loadEventFired");
        let answer = self.command("Page.navigate", json!({ "url": url }));
        if let Some(error) = answer["errorText"].as_str() {
            panic!("{url} could not be opened: {error}");
        }
        let patience = self.patience;
        assert!(loaded.next_within(patience).is_some(), "{url} was not loaded within {patience:?}");
    }

    #[track_caller]
    pub fn reload(&self) {
        let loaded = self.session.events("Page.loadEventFired");
        self.command("Page.reload", json!({}));
        let patience = self.patience;
        assert!(loaded.next_within(patience).is_some(), "no load event within {patience:?}");
    }

    /// Runs a script before any other in every document from now on.
    #[track_caller]
    pub fn before_every_document(&self, script: &str) {
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
    }

    /// The same in every worker, and in theirs.
    pub fn before_every_worker(&self, script: &str) {
        self.browser.watch().before_every_worker(&self.target.context, script);
    }

    #[track_caller]
    pub fn url(&self) -> String {
        self.eval("location.href")
    }

    /// Closes the tab, as its person would.
    pub fn close(self) {
        let _ = self.session.call("Page.close", json!({}));
    }

    /// Kills the tab's process. The page answers nothing until it is reloaded.
    #[track_caller]
    pub fn crash(&self) {
        let crashed = self.session.events("Inspector.targetCrashed");
        self.session.post("Page.crash", json!({}));
        assert!(crashed.next_within(self.patience).is_some(), "the tab did not crash");
    }
}

/// Looking.
impl Page {
    /// The value of an expression; a promise is awaited.
    #[track_caller]
    pub fn eval<T: DeserializeOwned>(&self, expression: &str) -> T {
        match evaluate(&self.session, expression) {
            Ok(value) => value,
            Err(why) => panic!("{why}\nwhile evaluating {expression}"),
        }
    }

    /// The same for what takes long; why it went wrong is the caller's to tell.
    pub fn eval_within<T: DeserializeOwned>(
        &self,
        patience: Duration,
        expression: &str,
    ) -> Result<T, EvalError> {
        evaluate_within(patience, &self.session, expression)
    }

    /// Calls a JavaScript function with plain values.
    #[track_caller]
    pub fn call<T: DeserializeOwned>(&self, function: &str, arguments: &[Value]) -> T {
        let arguments: Vec<String> = arguments.iter().map(Value::to_string).collect();
        self.eval(&format!("({function})({})", arguments.join(", ")))
    }

    /// What a JavaScript function says of an element, which must appear.
    #[track_caller]
    pub fn read<T: DeserializeOwned>(&self, find: impl Into<Find>, function: &str) -> T {
        let find = find.into();
        let expression =
            format!("(() => {{ const e = {}; return e && [({function})(e)]; }})()", find.script());
        match self.poll(self.patience, || self.eval::<Option<[T; 1]>>(&expression)) {
            Some([value]) => value,
            None => panic!("{find} did not appear within {:?}", self.patience),
        }
    }

    #[track_caller]
    pub fn text(&self, find: impl Into<Find>) -> String {
        self.read(find, "e => e.textContent.trim()")
    }

    #[track_caller]
    pub fn attribute(&self, find: impl Into<Find>, name: &str) -> Option<String> {
        self.read(find, &format!("e => e.getAttribute({})", json!(name)))
    }

    #[track_caller]
    pub fn value(&self, find: impl Into<Find>) -> String {
        self.read(find, "e => e.value")
    }

    /// How many there are at this moment.
    #[track_caller]
    pub fn count(&self, find: impl Into<Find>) -> usize {
        self.call("css => document.querySelectorAll(css).length", &[json!(find.into().selector())])
    }

    /// Whether it is there and can be seen at this moment.
    #[track_caller]
    pub fn shows(&self, find: impl Into<Find>) -> bool {
        self.eval(&format!("!!{}?.checkVisibility({VISIBLE})", find.into().script()))
    }
}

const VISIBLE: &str = "{ opacityProperty: true, visibilityProperty: true }";

/// Waiting.
impl Page {
    /// Waits until an element can be seen.
    #[track_caller]
    pub fn wait_for(&self, find: impl Into<Find>) {
        self.wait_for_within(self.patience, find);
    }

    #[track_caller]
    pub fn wait_for_within(&self, patience: Duration, find: impl Into<Find>) {
        let find = find.into();
        self.wait_within(patience, format!("{find} to be seen"), || self.shows(&find));
    }

    /// Waits until an element has gone or is hidden.
    #[track_caller]
    pub fn wait_gone(&self, find: impl Into<Find>) {
        let find = find.into();
        self.wait_within(self.patience, format!("{find} to go"), || !self.shows(&find));
    }

    /// Waits until an element's attribute has a value.
    #[track_caller]
    pub fn wait_for_attribute(
        &self,
        patience: Duration,
        find: impl Into<Find>,
        name: &str,
        value: &str,
    ) {
        let find = find.into();
        let (mut seen, script) = (Value::Null, find.script());
        let read = format!("{script}?.getAttribute({}) ?? null", json!(name));
        let came = self.poll(patience, || {
            seen = evaluate(&self.session, &read).ok()?;
            (seen == value).then_some(())
        });
        assert!(
            came.is_some(),
            "waited {patience:?} for {find} to have {name}=\"{value}\", and it has {seen}"
        );
    }

    #[track_caller]
    pub fn wait_until(&self, what: impl Display, done: impl FnMut() -> bool) {
        self.wait_within(self.patience, what, done);
    }

    #[track_caller]
    pub fn wait_within(
        &self,
        patience: Duration,
        what: impl Display,
        mut done: impl FnMut() -> bool,
    ) {
        let came = self.poll(patience, || done().then_some(()));
        assert!(came.is_some(), "waited {patience:?} for {what}");
    }

    pub(crate) fn poll<T>(
        &self,
        patience: Duration,
        mut ask: impl FnMut() -> Option<T>,
    ) -> Option<T> {
        let until = Instant::now() + patience;
        loop {
            if let Some(answer) = ask() {
                return Some(answer);
            }
            if Instant::now() >= until {
                return None;
            }
            thread::sleep(POLL);
        }
    }
}

/// A worker or service worker that belongs to a page.
#[derive(Clone, Debug)]
pub struct Worker {
    target: Target,
    session: Session,
}

impl Worker {
    /// `worker`, `shared_worker` or `service_worker`.
    pub fn kind(&self) -> &str {
        &self.target.source.kind
    }

    pub fn url(&self) -> &str {
        &self.target.source.url
    }

    pub fn session(&self) -> &Session {
        &self.session
    }

    #[track_caller]
    pub fn eval<T: DeserializeOwned>(&self, expression: &str) -> T {
        evaluate(&self.session, expression)
            .unwrap_or_else(|why| panic!("{why}\nwhile evaluating {expression}"))
    }
}

/// An engine's module.
impl Worker {
    /// Grows its memory to the most a module may have, without using any of it:
    /// what the module asks for next is refused. Tells how many bytes that is.
    #[track_caller]
    pub fn take_all_memory(&self) -> u64 {
        // The build that was tried last is the one that runs. Imported and begun a
        // second time, the module is the same.
        self.eval(
            "(async () => {
                const fetched = performance.getEntriesByType('resource').map(one => one.name);
                const module = fetched.findLast(name => name.endsWith('/engine_bg.wasm'));
                const engine = await import(module.replace('_bg.wasm', '.js'));
                const { memory } = await engine.default();
                for (const pages of [4096, 256, 16, 1]) {
                    try { for (;;) memory.grow(pages); } catch {}
                }
                return memory.buffer.byteLength;
            })()",
        )
    }
}

#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error(transparent)]
    Devtools(#[from] Error),
    #[error("the script threw: {0}")]
    Threw(String),
    #[error("the script gave {value}, which is not what was asked for: {source}")]
    OtherType { value: Value, source: serde_json::Error },
}

pub(crate) fn evaluate<T: DeserializeOwned>(
    session: &Session,
    expression: &str,
) -> Result<T, EvalError> {
    evaluate_within(COMMAND_TIMEOUT, session, expression)
}

fn evaluate_within<T: DeserializeOwned>(
    patience: Duration,
    session: &Session,
    expression: &str,
) -> Result<T, EvalError> {
    let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
    let mut answer = session.call_within(patience, "Runtime.evaluate", params)?;
    if answer["exceptionDetails"].is_object() {
        return Err(EvalError::Threw(exception(&answer["exceptionDetails"])));
    }
    // `undefined` has no value at all and reads as null.
    let value = answer["result"]["value"].take();
    serde_json::from_value(value.clone()).map_err(|source| EvalError::OtherType { value, source })
}
