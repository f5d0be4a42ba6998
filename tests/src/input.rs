//! Typing, as the browser gets it from a real keyboard. Pointing is in
//! [`crate::mouse`].

use serde_json::{Value, json};

use crate::find::Find;
use crate::hangul;
use crate::page::Page;

/// The keyboard.
impl Page {
    /// Puts text where the cursor is, at once, as pasting by an input method does.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.command("Input.insertText", json!({ "text": text }));
    }

    /// Clicks into a field and types.
    #[track_caller]
    pub fn type_into(&self, find: impl Into<Find>, text: &str) {
        self.click(find);
        self.type_text(text);
    }

    /// Presses and releases a key such as `Enter`, `a` or `Shift+Tab`.
    #[track_caller]
    pub fn press(&self, chord: &str) {
        self.key_down(chord);
        self.key_up(chord);
    }

    #[track_caller]
    pub fn key_down(&self, chord: &str) {
        let key = Key::of(chord);
        let kind = if key.text.is_empty() { "rawKeyDown" } else { "keyDown" };
        self.command("Input.dispatchKeyEvent", key.event(kind));
    }

    #[track_caller]
    pub fn key_up(&self, chord: &str) {
        self.command("Input.dispatchKeyEvent", Key::of(chord).event("keyUp"));
    }

    /// Types Korean as an input method composes it, jamo by jamo, and leaves the
    /// last syllable open.
    #[track_caller]
    pub fn compose(&self, text: &str) -> Composition<'_> {
        let mut composition = Composition { page: self, open: String::new() };
        for letter in text.chars() {
            composition.commit_open();
            for step in hangul::keystrokes(letter) {
                composition.show(step);
            }
        }
        composition
    }
}

/// A syllable under the cursor that the input method has not given up yet.
#[derive(Debug)]
#[must_use]
pub struct Composition<'page> {
    page: &'page Page,
    open: String,
}

impl Composition<'_> {
    /// Presses Enter while the syllable is still open. The input method takes
    /// the key for itself; a page that sends the message here cuts off the word.
    #[track_caller]
    pub fn press_enter(&self) {
        self.key("rawKeyDown", "Enter", "Enter");
        self.key("keyUp", "Enter", "Enter");
    }

    /// Gives the last syllable to the page.
    #[track_caller]
    pub fn commit(mut self) {
        self.commit_open();
    }

    #[track_caller]
    fn commit_open(&mut self) {
        if !self.open.is_empty() {
            self.page.type_text(&std::mem::take(&mut self.open));
        }
    }

    #[track_caller]
    fn show(&mut self, syllable: char) {
        self.open = syllable.into();
        self.key("rawKeyDown", "Process", "KeyA");
        self.page.command(
            "Input.imeSetComposition",
            json!({ "text": self.open, "selectionStart": 1, "selectionEnd": 1 }),
        );
        self.key("keyUp", "Process", "KeyA");
    }

    /// Every key that an input method takes reaches the page with the code 229.
    #[track_caller]
    fn key(&self, kind: &str, key: &str, code: &str) {
        let event = json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": 229 });
        self.page.command("Input.dispatchKeyEvent", event);
    }
}

#[derive(Debug, PartialEq)]
struct Key {
    name: String,
    code: String,
    number: u32,
    text: String,
    modifiers: u32,
}

impl Key {
    #[track_caller]
    fn of(chord: &str) -> Self {
        let mut parts: Vec<&str> = chord.split('+').collect();
        let name = parts.pop().unwrap_or_default();
        let modifiers = parts.iter().fold(0, |all, one| all | modifier(one));
        let named = |code: &str, number, text: &str| Self {
            name: name.into(),
            code: code.into(),
            number,
            text: text.into(),
            modifiers,
        };
        match name {
            "Enter" => named("Enter", 13, "\r"),
            "Tab" => named("Tab", 9, ""),
            "Escape" => named("Escape", 27, ""),
            "Backspace" => named("Backspace", 8, ""),
            "Space" => Self { name: " ".into(), ..named("Space", 32, " ") },
            "PageUp" => named(name, 33, ""),
            "PageDown" => named(name, 34, ""),
            "End" => named(name, 35, ""),
            "Home" => named(name, 36, ""),
            "ArrowLeft" => named(name, 37, ""),
            "ArrowUp" => named(name, 38, ""),
            "ArrowRight" => named(name, 39, ""),
            "ArrowDown" => named(name, 40, ""),
            "Delete" => named(name, 46, ""),
            _ => {
                let mut letters = name.chars();
                match (letters.next(), letters.next()) {
                    (Some(letter), None) if letter.is_ascii_alphanumeric() => {
                        let upper = letter.to_ascii_uppercase();
                        let row = if letter.is_ascii_digit() { "Digit" } else { "Key" };
                        // With a modifier other than Shift it is a command, not text.
                        let text = if modifiers & !SHIFT == 0 { name } else { "" };
                        named(&format!("{row}{upper}"), upper.into(), text)
                    }
                    _ => panic!("no key is called {name}"),
                }
            }
        }
    }

    fn event(&self, kind: &str) -> Value {
        json!({
            "type": kind,
            "key": self.name,
            "code": self.code,
            "windowsVirtualKeyCode": self.number,
            "modifiers": self.modifiers,
            "text": if kind == "keyDown" { self.text.as_str() } else { "" },
        })
    }
}

const SHIFT: u32 = 8;

#[track_caller]
fn modifier(name: &str) -> u32 {
    match name {
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => SHIFT,
        _ => panic!("no modifier is called {name}"),
    }
}
