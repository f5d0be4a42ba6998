//! Pointing, as the browser gets it from a real mouse.

use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use crate::find::Find;
use crate::page::{Page, evaluate};

/// Where an element can be hit, or why it cannot.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Aim {
    x: f64,
    y: f64,
    hindrance: Option<String>,
}

/// Brings an element into view and looks at what lies on top of its middle.
const AIM: &str = r"e => {
    e.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    const box = e.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    const label = top?.closest('label');
    const hindrance =
        !box.width || !box.height ? 'it has no size' :
        e.matches(':disabled, [aria-disabled=true]') ? 'it is disabled' :
        !top ? 'it is out of view' :
        e.contains(top) || label?.control === e ? null :
        'it is covered by ' + top.cloneNode().outerHTML;
    return { x, y, hindrance };
}";

/// Looks after one gesture. What misses its element because the page has moved since it
/// was aimed at reaches nothing else.
const GUARD: &str = r"e => {
    const guard = new AbortController();
    const met = new Set(), missed = new Set();
    const belongs = event => {
        const [top] = event.composedPath();
        return e.contains(top) || e.control === top || top.closest?.('label')?.control === e;
    };
    for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
        addEventListener(kind, event => {
            (belongs(event) ? met : missed).add(kind);
            if (missed.has('pointerdown') || missed.has('click')) {
                event.preventDefault();
                event.stopImmediatePropagation();
            }
        }, { capture: true, signal: guard.signal });
    }
    globalThis.gestureUnderTest = { hasMet: kind => met.has(kind), end: () => guard.abort() };
}";

impl Page {
    /// Puts files into a field as if a person had chosen them: the window in which
    /// that is done belongs to the system.
    #[track_caller]
    pub fn choose_files(&self, field: impl Into<Find>, files: &[&Path]) {
        let field = field.into();
        self.wait_until(format!("{field}"), || self.count(&field) > 0);
        let expression = field.script();
        let found = self.command("Runtime.evaluate", json!({ "expression": expression }));
        let params = json!({ "files": files, "objectId": found["result"]["objectId"] });
        self.command("DOM.setFileInputFiles", params);
    }

    /// Clicks the middle of an element, once it is there, stands still and lies on
    /// top: what a person could not click fails here too.
    #[track_caller]
    pub fn click(&self, find: impl Into<Find>) {
        let find = find.into();
        let clicked = self.poll(self.patience(), || {
            self.press_on(&find).release();
            let met = self.has_met("click");
            self.end_gesture();
            met.then_some(())
        });
        assert!(clicked.is_some(), "{find} moved away from under every click");
    }

    /// Presses the mouse button on an element and keeps it down.
    #[track_caller]
    pub fn hold(&self, find: impl Into<Find>) -> Held<'_> {
        let find = find.into();
        let held = self.poll(self.patience(), || {
            let held = self.press_on(&find);
            let held = match self.has_met("pointerdown") {
                true => Some(held),
                false => {
                    held.release();
                    None
                }
            };
            self.end_gesture();
            held
        });
        held.unwrap_or_else(|| panic!("{find} moved away from under every press"))
    }

    /// Presses once. The page may move at that very moment: a person would see that,
    /// and point again.
    #[track_caller]
    fn press_on(&self, find: &Find) -> Held<'_> {
        // Whoever points at something looks at it, and a tab that nobody looks at takes
        // seconds to notice a mouse.
        self.command("Page.bringToFront", json!({}));
        let held = Held { page: self, at: self.aim(find) };
        let () = self.read(find, GUARD);
        held.mouse("mouseMoved", "none");
        held.mouse("mousePressed", "left");
        held
    }

    /// Whether this part of the gesture met its element. A page that has gone meanwhile
    /// was met.
    fn has_met(&self, kind: &str) -> bool {
        let read = format!("globalThis.gestureUnderTest?.hasMet({}) ?? true", json!(kind));
        evaluate(self.session(), &read).unwrap_or(true)
    }

    /// From now on everything reaches the page again.
    fn end_gesture(&self) {
        let _: Result<(), _> = evaluate(self.session(), "globalThis.gestureUnderTest?.end()");
    }

    #[track_caller]
    fn aim(&self, find: &Find) -> (f64, f64) {
        let mut before: Option<Aim> = None;
        let hit = self.poll(self.patience(), || {
            let now: Aim = self.read(find, AIM);
            let still = before.as_ref() == Some(&now) && now.hindrance.is_none();
            let at = (now.x, now.y);
            before = Some(now);
            still.then_some(at)
        });
        match (hit, before.and_then(|aim| aim.hindrance)) {
            (Some(at), _) => at,
            (None, Some(hindrance)) => panic!("{find} cannot be clicked: {hindrance}"),
            (None, None) => panic!("{find} cannot be clicked: it does not stand still"),
        }
    }
}

/// A mouse button that is down.
#[derive(Debug)]
#[must_use]
pub struct Held<'page> {
    page: &'page Page,
    at: (f64, f64),
}

impl Held<'_> {
    /// Lets go where it was pressed.
    #[track_caller]
    pub fn release(self) {
        self.mouse("mouseReleased", "left");
    }

    #[track_caller]
    fn mouse(&self, kind: &str, button: &str) {
        let (x, y) = self.at;
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
        self.page.command("Input.dispatchMouseEvent", event);
    }
}
