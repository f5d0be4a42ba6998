//! A running browser and the isolated contexts in it.

use std::fmt;
use std::io::{PipeReader, PipeWriter};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::chromium::{Launch, LaunchError, Process};
use crate::devtools::{Connection, Error, Session, lock};
use crate::page::Page;
use crate::watch::Watch;

const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A running Chromium. It and all its processes end with the last clone.
#[derive(Clone)]
pub struct Browser {
    running: Arc<Running>,
}

struct Running {
    connection: Connection,
    watch: Arc<Watch>,
    process: Mutex<Process>,
    version: String,
    user_agent: String,
}

impl Browser {
    pub fn launch() -> Launch {
        Launch::default()
    }

    pub(crate) fn over(
        process: Process,
        answers: PipeReader,
        commands: PipeWriter,
    ) -> Result<Self, LaunchError> {
        let connection = Connection::over(answers, commands);
        let version = connection
            .browser()
            .call_within(START_TIMEOUT, "Browser.getVersion", json!({}))
            .map_err(|cause| process.mute(cause))?;
        let text = |name: &str| version[name].as_str().unwrap_or_default().to_owned();
        let running = Running {
            watch: Watch::over(&connection),
            version: text("product"),
            user_agent: text("userAgent"),
            connection,
            process: Mutex::new(process),
        };
        Ok(Self { running: Arc::new(running) })
    }

    /// Name and version, as in `Chrome/156.0.8078.79`.
    pub fn version(&self) -> &str {
        &self.running.version
    }

    pub fn is_running(&self) -> bool {
        self.running.connection.is_open()
    }

    /// The browser as a target: domains such as `Storage`, `Tracing`, `Browser`.
    pub fn session(&self) -> Session {
        self.running.connection.browser()
    }

    /// The process at the head of the browser's process group.
    pub fn process_id(&self) -> u32 {
        lock(&self.running.process).id()
    }

    /// A context with storage, permissions and service workers of its own, gone
    /// when it is dropped: as good as a new browser and a second faster.
    pub fn context(&self) -> Result<Context, Error> {
        let created = self.session().call("Target.createBrowserContext", json!({}))?;
        let id = created["browserContextId"].as_str().unwrap_or_default().to_owned();
        Ok(Context { browser: self.clone(), id: Some(id) })
    }

    /// What the person's ordinary windows share, kept in the profile folder.
    pub fn lasting_context(&self) -> Context {
        Context { browser: self.clone(), id: None }
    }

    /// Asks the browser to end and lets it write what it has to.
    pub fn close(&self) {
        self.session().post("Browser.close", json!({}));
        let mut process = lock(&self.running.process);
        if !process.ends_within(Duration::from_secs(10)) {
            process.kill();
        }
    }

    /// Ends all its processes at once, as a crash of the machine would.
    pub fn kill(&self) {
        lock(&self.running.process).kill();
        // The end of the pipe is read a moment later, on a thread of its own.
        while self.is_running() {
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.running.watch
    }

    pub(crate) fn user_agent(&self) -> &str {
        &self.running.user_agent
    }
}

impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser")
            .field("version", &self.version())
            .field("running", &self.is_running())
            .finish()
    }
}

/// A set of pages that share their storage.
#[derive(Debug)]
pub struct Context {
    browser: Browser,
    /// `None` is the browser's own, which is never disposed of.
    id: Option<String>,
}

impl Context {
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// A new tab on `about:blank`.
    pub fn page(&self) -> Result<Page, Error> {
        let created = self.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let target = created["targetId"].as_str().unwrap_or_default();
        let target = self
            .browser
            .watch()
            .target(target, Duration::from_secs(10))
            .ok_or(Error::TargetGone { method: "Target.createTarget".into() })?;
        let page = Page::of(&self.browser, target);
        // Its domains are switched on by now, or this would not be answered:
        // going anywhere before that would go unrecorded.
        page.session().call("Runtime.evaluate", json!({ "expression": "" }))?;
        Ok(page)
    }

    /// Grants a permission to every origin, by its name in the permissions API.
    pub fn grant(&self, permission: &str) -> Result<(), Error> {
        self.set_permission(permission, "granted")
    }

    pub fn deny(&self, permission: &str) -> Result<(), Error> {
        self.set_permission(permission, "denied")
    }

    /// Grants one origin what no wildcard grants.
    pub fn grant_to(&self, origin: &str, permission: &str) -> Result<(), Error> {
        let params = json!({ "origin": origin, "permissions": [permission] });
        self.call("Browser.grantPermissions", params).map(drop)
    }

    fn set_permission(&self, permission: &str, setting: &str) -> Result<(), Error> {
        let params = json!({ "permission": { "name": permission }, "setting": setting });
        self.call("Browser.setPermission", params).map(drop)
    }

    fn call(&self, method: &str, mut params: Value) -> Result<Value, Error> {
        if let Some(id) = &self.id {
            params["browserContextId"] = json!(id);
        }
        self.browser.session().call(method, params)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            // Closes its pages too. The browser may be gone already.
            let params = json!({ "browserContextId": id });
            let _ = self.browser.session().call("Target.disposeBrowserContext", params);
            self.browser.watch().forget(id);
        }
    }
}
