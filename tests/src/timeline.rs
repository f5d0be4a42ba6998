//! What only the page can time: when a reply grew, when a button was pressed, when
//! the engine said something.
//!
//! Asking from outside would be too slow, and would disturb what it measures. So
//! a script goes into the page before any of its own and writes everything down.

use bella_protocol::{FromEngine, Reply};
use serde::Deserialize;

use crate::page::Page;
use crate::testid;

/// Milliseconds on the page's own clock.
pub type At = f64;

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Timeline {
    pub growths: Vec<Growth>,
    pub clicks: Vec<Click>,
    /// When the talk button was let go.
    #[serde(default)]
    pub releases: Vec<At>,
    /// When another of the person's messages was there.
    #[serde(default)]
    pub said: Vec<At>,
    heard: Vec<Heard>,
}

/// The words of the latest reply changed.
#[derive(Clone, Debug, Deserialize)]
pub struct Growth {
    pub at: At,
    /// How many replies came before this one.
    pub reply: usize,
    pub text: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Click {
    /// When the button went up, not when the page got round to it.
    pub at: At,
    pub testid: String,
}

#[derive(Clone, Debug, Deserialize)]
struct Heard {
    at: At,
    message: String,
}

impl Timeline {
    /// Everything the engine said, and when it reached the page.
    pub fn engine(&self) -> impl Iterator<Item = (At, FromEngine)> {
        let read = |heard: &Heard| Some((heard.at, serde_json::from_str(&heard.message).ok()?));
        self.heard.iter().filter_map(read)
    }

    /// When the engine's words reached the page.
    pub fn words(&self) -> impl Iterator<Item = At> {
        self.engine().filter_map(|(at, message)| {
            matches!(message, FromEngine::About { reply: Reply::Text(_), .. }).then_some(at)
        })
    }

    pub fn growths_of(&self, reply: usize) -> impl Iterator<Item = &Growth> {
        self.growths.iter().filter(move |growth| growth.reply == reply)
    }

    /// When something was clicked last.
    #[track_caller]
    pub fn clicked(&self, testid: &str) -> At {
        match self.clicks.iter().rfind(|click| click.testid == testid) {
            Some(click) => click.at,
            None => panic!("{testid} was not clicked"),
        }
    }
}

impl Page {
    /// Keeps time in every document from the next one on.
    #[track_caller]
    pub fn keep_time(&self) {
        let replies = format!(
            "[data-testid=\"{}\"][data-role=\"assistant\"] [data-testid=\"{}\"]",
            testid::MESSAGE,
            testid::MESSAGE_TEXT
        );
        let said = format!("[data-testid=\"{}\"][data-role=\"user\"]", testid::MESSAGE);
        let talk = format!("[data-testid=\"{}\"]", testid::TALK);
        let mut script = WRITE_DOWN.to_owned();
        for (name, css) in [("REPLIES", replies), ("SAID", said), ("TALK", talk)] {
            script = script.replace(name, &serde_json::json!(css).to_string());
        }
        self.before_every_document(&script);
    }

    /// What was written down since the document began.
    #[track_caller]
    pub fn timeline(&self) -> Timeline {
        self.eval("__timeline")
    }
}

const WRITE_DOWN: &str = r"(() => {
    const timeline = { growths: [], clicks: [], releases: [], said: [], heard: [] };
    Object.defineProperty(globalThis, '__timeline', { value: timeline });

    addEventListener('click', event => {
        const testid = event.target.closest('[data-testid]')?.dataset.testid ?? '';
        timeline.clicks.push({ at: event.timeStamp, testid });
    }, { capture: true });

    addEventListener('pointerup', event => {
        if (event.target.closest(TALK)) timeline.releases.push(event.timeStamp);
    }, { capture: true });

    let [count, text, said] = [0, '', 0];
    new MutationObserver(() => {
        const messages = document.querySelectorAll(SAID).length;
        if (messages > said) timeline.said.push(performance.now());
        said = messages;
        const replies = document.querySelectorAll(REPLIES);
        const now = replies.item(replies.length - 1)?.textContent ?? '';
        if (replies.length === count && now === text) return;
        [count, text] = [replies.length, now];
        if (count) timeline.growths.push({ at: performance.now(), reply: count - 1, text });
    }).observe(document, { subtree: true, childList: true, characterData: true });

    globalThis.Worker = class extends Worker {
        constructor(...how) {
            super(...how);
            this.addEventListener('message', event => {
                timeline.heard.push({ at: performance.now(), message: String(event.data?.m) });
            });
        }
    };
})()";
