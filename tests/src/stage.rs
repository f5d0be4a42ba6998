//! The frame around every test: what has to be there before it, and what must be
//! true after it.
//!
//! Tests of one program share one browser and run one after another, because half
//! of them measure time on a machine of few cores. Each has a context of its own,
//! a server of its own, and ends with the same questions: did anything throw, was
//! anything blocked, did anything leave for another host?

use std::any::type_name;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use std::{env, fs, io, thread};

use tempfile::TempDir;

use crate::browser::{Browser, Context};
use crate::chromium::{self, Launch, LaunchError};
use crate::devtools::lock;
use crate::evidence;
use crate::host::{Host, Serving};
use crate::page::Page;
use crate::record::{Request, Trouble};
use crate::voices;

/// What a test plays on: the product as built, or a few files of its own.
#[derive(Debug)]
pub struct Stage {
    serving: Serving,
    launch: Option<Launch>,
    /// Keeps a test's own files until its end.
    _files: Option<TempDir>,
    is_without_service_worker: bool,
}

impl Stage {
    /// The built page with real weights. `None`, after saying why, when they are
    /// not there and need not be.
    pub fn bella() -> Option<Self> {
        match Serving::bella() {
            Ok(serving) => Some(Self::new(serving, None)),
            Err(why) => skip(&why),
        }
    }

    fn new(serving: Serving, files: Option<TempDir>) -> Self {
        Self { serving, launch: None, _files: files, is_without_service_worker: false }
    }

    /// A page of the test's own.
    #[track_caller]
    pub fn of_files(files: &[(&str, &str)]) -> Self {
        let folder = match tempfile::tempdir() {
            Ok(folder) => folder,
            Err(error) => panic!("a folder for the test's page: {error}"),
        };
        // Browsers ask for it unasked.
        for (name, content) in [("favicon.ico", "")].iter().chain(files) {
            if let Err(error) = fs::write(folder.path().join(name), content) {
                panic!("{name}: {error}");
            }
        }
        Self::new(Serving::folder(folder.path()), Some(folder))
    }

    #[must_use]
    pub fn serving(mut self, change: impl FnOnce(&mut Serving)) -> Self {
        change(&mut self.serving);
        self
    }

    /// A browser of the test's own instead of the shared one.
    #[must_use]
    pub fn launch(mut self, launch: Launch) -> Self {
        self.launch = Some(launch);
        self
    }

    /// A host as bare as it is: there is nothing that sends headers in its place, or
    /// that opens the page again to make them count.
    #[must_use]
    pub fn without_service_worker(mut self) -> Self {
        self.is_without_service_worker = true;
        self
    }

    /// Runs the test.
    #[track_caller]
    pub fn play<F: FnOnce(&Visit)>(self, test: F) {
        let _turn = lock(&ONE_AT_A_TIME);
        let Some(browser) = (match self.launch {
            Some(launch) => start(launch),
            None => shared(),
        }) else {
            return;
        };
        let visit = match Visit::begin(test_name::<F>(), &browser, self.serving) {
            Ok(visit) => visit,
            Err(why) => panic!("{why}"),
        };
        if self._files.is_some() {
            // Which texts become code is the product's to say, not that of its harness.
            visit.page.before_every_document(TRUSTING);
            visit.page.before_every_worker(TRUSTING);
        }
        if self.is_without_service_worker {
            visit.without_service_worker();
        }
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            test(&visit);
            visit.must_be_clean();
        }));
        // Shown with `--nocapture`, and for a test that failed.
        eprintln!("{} took {:.1} s", visit.name, begun.elapsed().as_secs_f64());
        if let Err(failure) = outcome {
            visit.tell_evidence();
            resume_unwind(failure);
        }
    }
}

/// One stranger's visit: a page that has not gone anywhere yet, and the server
/// it can go to.
#[derive(Debug)]
pub struct Visit {
    name: String,
    pub page: Page,
    pub host: Host,
    pub context: Context,
    /// `target/e2e/<test>`.
    pub folder: PathBuf,
    forgiven: Mutex<Vec<Forgiveness>>,
    /// Origins other than the host's that a test lets the page ask.
    welcome: Mutex<Vec<String>>,
    is_without_service_worker: AtomicBool,
}

const NO_SERVICE_WORKER: &str = "delete Navigator.prototype.serviceWorker";

impl Visit {
    fn begin(name: String, browser: &Browser, serving: Serving) -> Result<Self, String> {
        let host =
            Host::start(serving).map_err(|error| format!("the server did not start: {error}"))?;
        let context = browser.context().map_err(|error| error.to_string())?;
        let page = context.page().map_err(|error| error.to_string())?;
        let folder = evidence::folder(&name);
        // What was kept of an earlier run proves nothing about this one.
        let _ = fs::remove_dir_all(&folder);
        Ok(Self {
            name,
            page,
            host,
            context,
            folder,
            forgiven: Mutex::default(),
            welcome: Mutex::default(),
            is_without_service_worker: AtomicBool::new(false),
        })
    }

    /// Goes to an address of the site.
    #[track_caller]
    pub fn open(&self, path: &str) {
        self.page.goto(&self.host.url_of(path));
    }

    /// Lets troubles pass that the test itself brings about.
    pub fn forgive(&self, why: &'static str, which: impl Fn(&Trouble) -> bool + Send + 'static) {
        lock(&self.forgiven).push(Forgiveness { _why: why, which: Box::new(which) });
    }

    /// From the next document on there is none, as in some private windows.
    #[track_caller]
    pub fn without_service_worker(&self) {
        self.is_without_service_worker.store(true, Ordering::Relaxed);
        self.page.before_every_document(NO_SERVICE_WORKER);
    }

    /// Beside the first, of the same visitor.
    #[track_caller]
    pub fn another_tab(&self) -> Page {
        let tab = self.context.page().unwrap_or_else(|error| panic!("another tab: {error}"));
        if self.is_without_service_worker.load(Ordering::Relaxed) {
            tab.before_every_document(NO_SERVICE_WORKER);
        }
        tab
    }

    /// Lets the page ask another host of the test's.
    pub fn welcome(&self, host: &Host) {
        self.welcome_to(&host.origin());
    }

    /// Lets the page ask a host by its origin.
    pub fn welcome_to(&self, origin: &str) {
        lock(&self.welcome).push(origin.to_owned());
    }

    /// Requests that left for anywhere but this test's server.
    pub fn foreign_requests(&self) -> Vec<Request> {
        let home = self.host.origin();
        let welcome = lock(&self.welcome);
        let is_foreign =
            |origin: &str| origin != home && welcome.iter().all(|other| other != origin);
        let foreign = |request: &Request| request.origin().is_some_and(is_foreign);
        self.page.requests().into_iter().filter(foreign).collect()
    }

    /// Troubles so far that nobody forgave.
    pub fn troubles(&self) -> Vec<Trouble> {
        let forgiven = lock(&self.forgiven);
        let counts = |trouble: &Trouble| {
            !is_install_broken_off(trouble) && !forgiven.iter().any(|one| (one.which)(trouble))
        };
        self.page.record().troubles.into_iter().filter(counts).collect()
    }

    #[track_caller]
    fn must_be_clean(&self) {
        let mut complaints: Vec<String> = self.troubles().iter().map(ToString::to_string).collect();
        let foreign = self.foreign_requests();
        complaints
            .extend(foreign.iter().map(|one| format!("the {} asked {}", one.from.kind, one.url)));
        assert!(
            complaints.is_empty(),
            "the test went through, but:\n  {}",
            complaints.join("\n  ")
        );
    }

    fn tell_evidence(&self) {
        eprint!("{}", self.page.keep_evidence(&self.folder));
    }
}

/// The test runner names its threads after the tests, unless it has only one;
/// then the closure tells which function it stands in.
fn test_name<F>() -> String {
    let thread = thread::current();
    let path = match thread.name() {
        Some(name) if name != "main" => name,
        _ => type_name::<F>().trim_end_matches("::{{closure}}"),
    };
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

/// A test may stop its server at any moment. What was to keep the page on the device
/// then breaks off and is tried again at the next visit; a service worker can tell
/// the browser so in no other way.
fn is_install_broken_off(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Uncaught { from, text }
        if from.kind == "service_worker" && text.contains("TypeError: Failed to fetch"))
}

struct Forgiveness {
    /// For the reader of the test.
    _why: &'static str,
    which: Box<dyn Fn(&Trouble) -> bool + Send>,
}

impl std::fmt::Debug for Forgiveness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self._why)
    }
}

const TRUSTING: &str =
    "trustedTypes.createPolicy('default', { createHTML: it => it, createScriptURL: it => it })";

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Ends with the test program: its pipe closes, and it goes.
static SHARED: Mutex<Option<Browser>> = Mutex::new(None);

fn shared() -> Option<Browser> {
    let mut shared = lock(&SHARED);
    if let Some(browser) = shared.as_ref().filter(|browser| browser.is_running()) {
        return Some(browser.clone());
    }
    *shared = start(Browser::launch());
    shared.clone()
}

#[track_caller]
fn start(launch: Launch) -> Option<Browser> {
    match launch.start() {
        Ok(browser) => Some(browser),
        Err(missing @ (LaunchError::NotInstalled | LaunchError::NoVoices(_))) => {
            skip(&missing.to_string())
        }
        Err(error) => panic!("{error}"),
    }
}

/// Whether this test can run at all; for tests that start browsers themselves.
#[track_caller]
pub fn chromium_is_there() -> bool {
    match chromium::find() {
        Ok(_) => true,
        Err(missing) => skip::<()>(&missing.to_string()).is_some(),
    }
}

/// The same of voices.
#[track_caller]
pub fn voices_are_there() -> bool {
    voices::missing().is_none_or(|what| skip::<()>(what).is_some())
}

/// Says that a test did not run. Where all have to run, that is a failure.
#[track_caller]
pub fn skip<T>(why: &str) -> Option<T> {
    assert!(env::var_os("BELLA_E2E").is_none_or(|value| value != "required"), "{why}");
    // Written past the test runner, which keeps what passing tests print.
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
    None
}
