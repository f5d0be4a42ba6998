//! A thin, blocking client of the Chrome DevTools Protocol.
//!
//! Chromium is started with `--remote-debugging-pipe`: one pipe for commands, one
//! for answers and events, each message JSON ended by a zero byte. A pipe needs no
//! port and no handshake, works from inside any namespace, and closing it ends the
//! browser, so that a test which dies takes its browser along.
//!
//! [`Connection`] is the pipe; [`Session`] is one target on it (page, worker,
//! service worker, or the browser itself); [`Events`] is a queue of what the
//! browser reports. Commands are untyped JSON on purpose: the tests reach into a
//! dozen domains for two or three commands each.

use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long a command may take unless the caller says otherwise.
pub const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest message taken from the browser. A full-page screenshot is a few
/// megabytes; anything near this is a runaway.
const MESSAGE_LIMIT: u64 = 128 << 20;

#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    #[error("{method}: {message}")]
    Refused { method: String, message: String },
    #[error("{method} was not answered within {within:?}")]
    TimedOut { method: String, within: Duration },
    #[error("{method}: the target went away")]
    TargetGone { method: String },
    #[error("{method}: the browser is gone")]
    Closed { method: String },
}

/// Something the browser reported of its own accord.
#[derive(Clone, Debug)]
pub struct Event {
    pub method: String,
    /// The target it is about; `None` for the browser as a whole.
    pub session: Option<String>,
    pub params: Value,
}

/// The pipe to one browser. Clones share it.
#[derive(Clone)]
pub struct Connection {
    shared: Arc<Shared>,
}

struct Shared {
    outgoing: Sender<Vec<u8>>,
    next_id: AtomicU64,
    /// `None` once the browser is gone.
    waiting: Mutex<Option<HashMap<u64, Waiting>>>,
    listeners: Mutex<Vec<Listener>>,
}

struct Waiting {
    session: Option<String>,
    method: String,
    answer: Sender<Result<Value, Error>>,
}

/// Called on the reading thread with every event; `false` ends it. It may post
/// commands, but must neither wait for an answer nor add a listener.
type Listener = Box<dyn FnMut(&Event) -> bool + Send>;

impl Connection {
    pub fn over(
        answers: impl Read + Send + 'static,
        commands: impl Write + Send + 'static,
    ) -> Self {
        let (outgoing, to_write) = mpsc::channel();
        let shared = Arc::new(Shared {
            outgoing,
            next_id: AtomicU64::new(1),
            waiting: Mutex::new(Some(HashMap::new())),
            listeners: Mutex::new(Vec::new()),
        });
        // Writing has its own thread so that a listener can post a command
        // without ever blocking the reading of answers.
        thread::spawn(move || write_all(commands, &to_write));
        let reader = Arc::downgrade(&shared);
        thread::spawn(move || {
            let mut answers = BufReader::new(answers);
            while let Some(message) = next_message(&mut answers) {
                let Some(shared) = reader.upgrade() else {
                    return;
                };
                shared.take(message);
            }
            if let Some(shared) = reader.upgrade() {
                shared.end();
            }
        });
        Self { shared }
    }

    /// The browser itself as a target.
    pub fn browser(&self) -> Session {
        Session { connection: self.clone(), id: None }
    }

    pub fn session(&self, id: impl Into<String>) -> Session {
        Session { connection: self.clone(), id: Some(id.into()) }
    }

    pub(crate) fn downgrade(&self) -> WeakConnection {
        WeakConnection { shared: Arc::downgrade(&self.shared) }
    }

    pub fn is_open(&self) -> bool {
        lock(&self.shared.waiting).is_some()
    }

    /// Calls `listener` with every event from now on, until it answers `false`.
    pub fn listen(&self, listener: impl FnMut(&Event) -> bool + Send + 'static) {
        lock(&self.shared.listeners).push(Box::new(listener));
    }

    /// Queues every event from now on that `wanted` picks.
    pub fn events(&self, wanted: impl Fn(&Event) -> bool + Send + 'static) -> Events {
        let (sender, queue) = mpsc::channel();
        self.listen(move |event| !wanted(event) || sender.send(event.clone()).is_ok());
        Events { queue }
    }
}

/// A connection that does not keep the pipe open.
pub(crate) struct WeakConnection {
    shared: Weak<Shared>,
}

impl WeakConnection {
    pub(crate) fn upgrade(&self) -> Option<Connection> {
        self.shared.upgrade().map(|shared| Connection { shared })
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("open", &self.is_open()).finish()
    }
}

/// One target of the browser, addressed over the shared connection.
#[derive(Clone, Debug)]
pub struct Session {
    connection: Connection,
    id: Option<String>,
}

impl Session {
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    pub fn call(&self, method: &str, params: Value) -> Result<Value, Error> {
        self.call_within(COMMAND_TIMEOUT, method, params)
    }

    pub fn call_within(
        &self,
        within: Duration,
        method: &str,
        params: Value,
    ) -> Result<Value, Error> {
        let method = method.to_owned();
        let (answer, answered) = mpsc::channel();
        let id = self.connection.shared.next_id.fetch_add(1, Ordering::Relaxed);
        match lock(&self.connection.shared.waiting).as_mut() {
            None => return Err(Error::Closed { method }),
            Some(waiting) => {
                waiting.insert(
                    id,
                    Waiting { session: self.id.clone(), method: method.clone(), answer },
                );
            }
        }
        self.send(id, &method, params);
        match answered.recv_timeout(within) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Disconnected) => Err(Error::Closed { method }),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(waiting) = lock(&self.connection.shared.waiting).as_mut() {
                    waiting.remove(&id);
                }
                Err(Error::TimedOut { method, within })
            }
        }
    }

    /// Sends a command and does not care for the answer.
    pub fn post(&self, method: &str, params: Value) {
        let id = self.connection.shared.next_id.fetch_add(1, Ordering::Relaxed);
        self.send(id, method, params);
    }

    /// Queues this target's events of one name from now on.
    pub fn events(&self, method: &'static str) -> Events {
        let id = self.id.clone();
        self.connection.events(move |event| event.method == method && event.session == id)
    }

    fn send(&self, id: u64, method: &str, params: Value) {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.id {
            message["sessionId"] = json!(session);
        }
        // Fails only when the writing thread has ended, and then the reading one
        // ends too and answers everybody who waits.
        let _ = self.connection.shared.outgoing.send(message.to_string().into_bytes());
    }
}

/// Events in the order they happened, kept until somebody asks.
#[derive(Debug)]
pub struct Events {
    queue: Receiver<Event>,
}

impl Events {
    /// The next event, or `None` when none comes in time.
    pub fn next_within(&self, within: Duration) -> Option<Event> {
        self.queue.recv_timeout(within).ok()
    }

    /// The next event that `wanted` picks; others are dropped.
    pub fn find_within(&self, within: Duration, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        let until = Instant::now() + within;
        loop {
            let event = self.next_within(until.saturating_duration_since(Instant::now()))?;
            if wanted(&event) {
                return Some(event);
            }
        }
    }
}

impl Shared {
    fn take(&self, mut message: Value) {
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            self.answer(id, &mut message);
        } else if let Some(method) = message.get("method").and_then(Value::as_str) {
            let event = Event {
                method: method.to_owned(),
                session: message.get("sessionId").and_then(Value::as_str).map(str::to_owned),
                params: message["params"].take(),
            };
            self.give_up_on_lost_target(&event);
            lock(&self.listeners).retain_mut(|listener| listener(&event));
        }
    }

    fn answer(&self, id: u64, message: &mut Value) {
        let Some(waiting) = lock(&self.waiting).as_mut().and_then(|all| all.remove(&id)) else {
            return;
        };
        let answer = match message.get("error") {
            None => Ok(message["result"].take()),
            Some(error) => Err(Error::Refused {
                method: waiting.method,
                message: error["message"].as_str().unwrap_or("no reason given").to_owned(),
            }),
        };
        // The caller may have stopped waiting a moment ago.
        let _ = waiting.answer.send(answer);
    }

    /// A closed or crashed target never answers what it was asked.
    fn give_up_on_lost_target(&self, event: &Event) {
        let lost = match event.method.as_str() {
            "Target.detachedFromTarget" => event.params["sessionId"].as_str(),
            "Inspector.targetCrashed" => event.session.as_deref(),
            _ => return,
        };
        if let (Some(lost), Some(waiting)) = (lost, lock(&self.waiting).as_mut()) {
            for (_, left) in waiting.extract_if(|_, one| one.session.as_deref() == Some(lost)) {
                let _ = left.answer.send(Err(Error::TargetGone { method: left.method }));
            }
        }
    }

    fn end(&self) {
        // Dropping the senders wakes everybody who waits, for answers and events.
        lock(&self.waiting).take();
        lock(&self.listeners).clear();
    }
}

fn next_message(answers: &mut impl BufRead) -> Option<Value> {
    let mut bytes = Vec::new();
    answers.take(MESSAGE_LIMIT).read_until(0, &mut bytes).ok()?;
    if bytes.pop()? != 0 {
        return None;
    }
    serde_json::from_slice(&bytes).ok()
}

fn write_all(mut commands: impl Write, to_write: &Receiver<Vec<u8>>) {
    while let Ok(mut message) = to_write.recv() {
        message.push(0);
        if commands.write_all(&message).and_then(|()| commands.flush()).is_err() {
            return;
        }
    }
}

/// A test that failed while holding a lock must not take the others down.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::pipe;

    use super::*;

    /// A browser of a few lines: answers what the test writes for it.
    fn connection_to(
        script: impl FnOnce(Box<dyn BufRead>, Box<dyn Write>) + Send + 'static,
    ) -> Connection {
        let (commands_out, commands_in) = pipe().expect("a pipe");
        let (answers_out, answers_in) = pipe().expect("a pipe");
        thread::spawn(move || script(Box::new(BufReader::new(commands_out)), Box::new(answers_in)));
        Connection::over(answers_out, commands_in)
    }

    fn say(answers: &mut dyn Write, message: &Value) {
        answers.write_all(format!("{message}\0").as_bytes()).expect("the client reads");
    }

    #[test]
    fn answers_find_their_question_in_any_order() {
        let connection = connection_to(|mut commands, mut answers| {
            let first = next_message(&mut commands).expect("a command");
            let second = next_message(&mut commands).expect("a command");
            for asked in [second, first] {
                say(
                    &mut *answers,
                    &json!({ "id": asked["id"], "result": { "of": asked["method"] } }),
                );
            }
        });
        let other = connection.clone();
        let slow = thread::spawn(move || other.browser().call("A.first", json!({})));
        let fast = connection.browser().call("B.second", json!({}));
        assert_eq!(fast.expect("an answer")["of"], "B.second");
        assert_eq!(slow.join().expect("no panic").expect("an answer")["of"], "A.first");
    }

    #[test]
    fn a_refusal_names_the_command_and_the_reason() {
        let connection = connection_to(|mut commands, mut answers| {
            let asked = next_message(&mut commands).expect("a command");
            say(
                &mut *answers,
                &json!({ "id": asked["id"], "error": { "message": "no such thing" } }),
            );
        });
        let refused = connection.browser().call("Page.fly", json!({})).expect_err("a refusal");
        assert_eq!(refused.to_string(), "Page.fly: no such thing");
    }

    #[test]
    fn nobody_waits_for_a_target_that_crashed() {
        let connection = connection_to(|mut commands, mut answers| {
            next_message(&mut commands);
            say(
                &mut *answers,
                &json!({ "method": "Inspector.targetCrashed", "sessionId": "s1", "params": {} }),
            );
            next_message(&mut commands);
        });
        let lost = connection.session("s1").call("Runtime.evaluate", json!({}));
        assert!(matches!(lost, Err(Error::TargetGone { .. })), "{lost:?}");
    }

    #[test]
    fn nobody_waits_for_a_browser_that_died() {
        let connection = connection_to(|mut commands, _answers| {
            next_message(&mut commands);
        });
        let lost = connection.browser().call("Browser.getVersion", json!({}));
        assert!(matches!(lost, Err(Error::Closed { .. })), "{lost:?}");
        assert!(!connection.is_open());
    }

    #[test]
    fn silence_ends_in_a_timeout() {
        let connection =
            connection_to(|mut commands, _answers| while next_message(&mut commands).is_some() {});
        let late =
            connection.browser().call_within(Duration::from_millis(20), "Page.wait", json!({}));
        assert!(matches!(late, Err(Error::TimedOut { .. })), "{late:?}");
    }
}
