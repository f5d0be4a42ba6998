//! A history made by a test, and how a person brings one.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::conversation::THINKING_TIME;
use crate::find::by;
use crate::stage::Visit;
use crate::testid::{HISTORY, HISTORY_IMPORT, HISTORY_MANAGE, HISTORY_OUTCOME};

/// The number of the conversation that [`Visit::history_of`] makes.
pub const BROUGHT: u64 = 5;

impl Visit {
    /// Opens the history's page anew, and waits until everything there is was read.
    #[track_caller]
    pub fn open_history(&self) {
        self.open("history");
        self.page.wait_for(by(HISTORY).with("data-access", "open").with("data-whole", "yes"));
    }

    /// A file of one conversation: the person begins, a minute lies between two entries.
    #[track_caller]
    pub fn history_of(&self, texts: &[&str]) -> PathBuf {
        let entries = texts.iter().zip(0_u64..).map(|(text, number)| {
            json!({ "id": number + 1, "at_ms": 1_780_000_000_000 + number * 60_000,
                "conversation": BROUGHT, "text": text, "ended": "done", "came": "typed",
                "speaker": if number % 2 == 0 { "person" } else { "bella" } })
        });
        let entries: Vec<Value> = entries.collect();
        let history = json!({ "format": "bella-history", "version": 1, "exported": 0,
            "entries": entries });
        self.write_history(history.to_string().as_bytes())
    }

    #[track_caller]
    pub fn write_history(&self, bytes: &[u8]) -> PathBuf {
        let file = fs::create_dir_all(&self.folder)
            .and_then(|()| Ok(fs::canonicalize(&self.folder)?.join("history.json")))
            .and_then(|file| fs::write(&file, bytes).map(|()| file));
        file.unwrap_or_else(|error| panic!("a history could not be written: {error}"))
    }

    /// Opens what can be done to all of it.
    #[track_caller]
    pub fn manage_history(&self) {
        if !self.page.read::<bool>(HISTORY_MANAGE, "e => e.parentElement.open") {
            self.page.click(HISTORY_MANAGE);
        }
    }

    /// Brings a file, which must come to this.
    #[track_caller]
    pub fn bring_history(&self, file: &Path, outcome: &str) {
        self.manage_history();
        self.page.choose_files(HISTORY_IMPORT, &[file]);
        self.page.wait_for_attribute(THINKING_TIME, HISTORY_OUTCOME, "data-outcome", outcome);
    }
}
