//! Versions of the page: the one that was built, and others made of it.

use std::fs;
use std::path::Path;

use bella_tests::Page;
use bella_tests::host::Serving;
use tempfile::TempDir;
use xtask::build::{offline, service_worker};

/// A copy of the built page that can become another version while it is served.
#[derive(Debug)]
pub struct Versions {
    folder: TempDir,
}

impl Versions {
    /// Serves the copy instead.
    pub fn served_by(serving: &mut Serving) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(&serving.page, folder.path());
        serving.page = folder.path().to_owned();
        Self { folder }
    }

    /// Publishes a version that differs in one file and tells its name.
    pub fn publish(&self, name: &str) {
        let home = self.folder.path().join("index.html");
        let html = fs::read_to_string(&home).expect("the start page");
        let from = html.find("<html ").expect("a root") + "<html ".len();
        let to = html.find("lang=").expect("a language");
        let html = format!("{}data-version=\"{name}\" {}", &html[..from], &html[to..]);
        fs::write(&home, html).expect("a new start page");
        let source = service_worker().expect("the service worker");
        offline::write(self.folder.path(), &source).expect("a new service worker");
    }
}

/// The name of the version that is shown; the one that was built has none.
#[track_caller]
pub fn shown(page: &Page) -> Option<String> {
    page.eval("document.documentElement?.getAttribute('data-version') ?? null")
}

/// Looks for a new version, as browsers do whenever a page is opened.
#[track_caller]
pub fn look_for_a_new_one(page: &Page) {
    page.eval::<()>(
        "navigator.serviceWorker.getRegistration().then(it => it.update()).then(() => {})",
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the built page") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
