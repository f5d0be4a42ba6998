//! Talking with a key: held while one speaks, wherever the focus is.
//!
//! Space talks where nothing else takes it; a key of the upper row, if one was chosen,
//! talks everywhere.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Event, EventTarget, HtmlElement, KeyboardEvent, VisibilityState};

use super::listener::Listener;

const SPACE: &str = "Space";
const ESCAPE: &str = "Escape";

/// What takes Space for itself: to write, to press, to choose, to open.
const TAKES_SPACE: &str = "input, textarea, select, button, a[href], area[href], summary, option, \
    audio[controls], video[controls], [role=button], [role=checkbox], [role=radio], \
    [role=switch], [role=tab], [role=menuitem], [role=option], [role=slider], [role=textbox]";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TalkKey {
    /// Nothing besides it.
    #[default]
    Space,
    F8,
    F9,
}

impl TalkKey {
    pub const ALL: [TalkKey; 3] = [TalkKey::Space, TalkKey::F8, TalkKey::F9];

    /// The name under which the choice is kept and found on the page.
    pub fn name(self) -> &'static str {
        match self {
            TalkKey::Space => "space",
            TalkKey::F8 => "f8",
            TalkKey::F9 => "f9",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The key that talks everywhere, by its place on the keyboard.
    fn everywhere(self) -> Option<&'static str> {
        match self {
            TalkKey::Space => None,
            TalkKey::F8 => Some("F8"),
            TalkKey::F9 => Some("F9"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TalkKeyEvent {
    Pressed,
    Released,
    /// What is being said does not count.
    Cancelled,
}

/// What an event of the browser's is to a hand, if it is anything.
type Reads = Box<dyn Fn(&Event) -> Option<Happening>>;

/// Listens for the key until it is dropped.
#[derive(Debug)]
pub struct TalkKeys {
    _listeners: Vec<Listener>,
}

impl TalkKeys {
    /// `chosen` is asked at every press, so that a choice counts at once.
    pub fn listen(
        chosen: impl Fn() -> TalkKey + 'static,
        tell: impl Fn(TalkKeyEvent) + 'static,
    ) -> Self {
        let Some(window) = web_sys::window() else { return Self { _listeners: Vec::new() } };
        let hand = Rc::new(RefCell::new(Hand::default()));
        let tell = Rc::new(tell);
        let on = |target: &EventTarget, kind, happens: Reads| {
            let (hand, tell) = (Rc::clone(&hand), Rc::clone(&tell));
            Listener::new(target, kind, move |event| {
                let Some(happening) = happens(&event) else { return };
                let answer = hand.borrow_mut().feels(&happening);
                if answer.is_taken {
                    // The page would scroll, or the browser do what the key is for.
                    event.prevent_default();
                }
                answer.says.into_iter().for_each(|says| tell(says));
            })
        };
        let mut listeners = vec![
            on(&window, "keydown", Box::new(move |event| down(event, chosen()))),
            on(&window, "keyup", Box::new(up)),
            on(&window, "blur", Box::new(|_| Some(Happening::Gone))),
        ];
        if let Some(document) = window.document() {
            let hidden = {
                let document = document.clone();
                move || document.visibility_state() == VisibilityState::Hidden
            };
            let gone = move |_: &Event| hidden().then_some(Happening::Gone);
            listeners.push(on(&document, "visibilitychange", Box::new(gone)));
        }
        Self { _listeners: listeners }
    }
}

fn down(event: &Event, chosen: TalkKey) -> Option<Happening> {
    let event: &KeyboardEvent = event.dyn_ref()?;
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key();
    Some(Happening::Down {
        key: event.code(),
        is_repeated: event.repeat(),
        // In the middle of a syllable keys mean something else.
        is_plain: !modified && !event.is_composing() && !event.default_prevented(),
        space_is_taken: space_is_taken(),
        chosen,
    })
}

fn up(event: &Event) -> Option<Happening> {
    Some(Happening::Up { key: event.dyn_ref::<KeyboardEvent>()?.code() })
}

fn space_is_taken() -> bool {
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    focused.is_some_and(|focused| {
        focused.closest(TAKES_SPACE).is_ok_and(|taker| taker.is_some())
            || focused.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable)
    })
}

#[derive(Clone, Debug)]
enum Happening {
    Down {
        key: String,
        is_repeated: bool,
        is_plain: bool,
        space_is_taken: bool,
        chosen: TalkKey,
    },
    Up {
        key: String,
    },
    /// The window, or the focus: whatever is let go now is not heard of.
    Gone,
}

/// What follows from a happening.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answer {
    says: Option<TalkKeyEvent>,
    /// Whether the key is not to do anything else.
    is_taken: bool,
}

/// The key that is held down, if any is.
#[derive(Debug, Default)]
struct Hand {
    held: Option<String>,
    /// It was held when what was being said was thrown away; it is still down.
    is_cancelled: bool,
}

impl Hand {
    fn feels(&mut self, happening: &Happening) -> Answer {
        match happening {
            Happening::Down { key, .. } if self.held.as_ref() == Some(key) => {
                Answer { says: None, is_taken: true }
            }
            Happening::Down { key, is_repeated: false, is_plain: true, .. } if key == ESCAPE => {
                self.is_cancelled = self.held.is_some();
                Answer { says: Some(TalkKeyEvent::Cancelled), is_taken: false }
            }
            Happening::Down { key, is_repeated: false, is_plain: true, space_is_taken, chosen }
                if self.held.is_none() =>
            {
                let talks = match key.as_str() {
                    SPACE => !space_is_taken,
                    key => chosen.everywhere() == Some(key),
                };
                if !talks {
                    return Answer::default();
                }
                self.held = Some(key.clone());
                Answer { says: Some(TalkKeyEvent::Pressed), is_taken: true }
            }
            Happening::Up { key } if self.held.as_ref() == Some(key) => {
                Answer { says: self.lets_go(), is_taken: true }
            }
            Happening::Gone => Answer { says: self.lets_go(), is_taken: false },
            Happening::Down { .. } | Happening::Up { .. } => Answer::default(),
        }
    }

    fn lets_go(&mut self) -> Option<TalkKeyEvent> {
        let was_cancelled = std::mem::take(&mut self.is_cancelled);
        let was_held = self.held.take().is_some();
        (was_held && !was_cancelled).then_some(TalkKeyEvent::Released)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens, a word each: `+Key` goes down, `-Key` up, `*Key` repeats, `^Key`
    /// goes down with another; `gone` loses the focus. What follows: `press`,
    /// `release`, `cancel`, a dot for nothing, each with `!` where the key is taken.
    #[track_caller]
    fn check(chosen: TalkKey, space_is_taken: bool, happens: &str, expected: &str) {
        let mut hand = Hand::default();
        let follows: Vec<String> = happens
            .split_whitespace()
            .map(|word| {
                let Answer { says, is_taken } =
                    hand.feels(&happening(word, chosen, space_is_taken));
                let says = match says {
                    None => ".",
                    Some(TalkKeyEvent::Pressed) => "press",
                    Some(TalkKeyEvent::Released) => "release",
                    Some(TalkKeyEvent::Cancelled) => "cancel",
                };
                format!("{says}{}", if is_taken { "!" } else { "" })
            })
            .collect();
        assert_eq!(follows.join(" "), expected, "{chosen:?} {space_is_taken} {happens}");
    }

    fn happening(word: &str, chosen: TalkKey, space_is_taken: bool) -> Happening {
        let (how, key) = word.split_at(1);
        let down = |is_repeated, is_plain| {
            let key = key.to_owned();
            Happening::Down { key, is_repeated, is_plain, space_is_taken, chosen }
        };
        match how {
            "+" => down(false, true),
            "*" => down(true, true),
            "^" => down(false, false),
            "-" => Happening::Up { key: key.to_owned() },
            _ => Happening::Gone,
        }
    }

    #[test]
    fn space_talks_as_long_as_it_is_held() {
        let space = TalkKey::Space;
        check(space, false, "+Space *Space *Space -Space", "press! .! .! release!");
        check(space, false, "+Space -Space +Space -Space", "press! release! press! release!");
        check(space, false, "+KeyA -KeyA +Enter -Enter", ". . . .");
        check(space, false, "^Space -Space", ". .");
        // It was held before anybody listened.
        check(space, false, "*Space -Space", ". .");
    }

    #[test]
    fn space_is_left_to_what_takes_it() {
        check(TalkKey::Space, true, "+Space *Space -Space", ". . .");
        check(TalkKey::F9, true, "+Space -Space", ". .");
    }

    #[test]
    fn the_key_that_was_chosen_talks_everywhere() {
        for space_is_taken in [true, false] {
            check(TalkKey::F8, space_is_taken, "+F8 *F8 -F8", "press! .! release!");
            check(TalkKey::F9, space_is_taken, "+F8 -F8 +F9 -F9", ". . press! release!");
            check(TalkKey::Space, space_is_taken, "+F8 -F8 +F9 -F9", ". . . .");
            check(TalkKey::F8, space_is_taken, "^F8 -F8", ". .");
        }
    }

    #[test]
    fn one_key_talks_at_a_time() {
        check(TalkKey::F8, false, "+Space +F8 -F8 -Space", "press! . . release!");
        check(TalkKey::F8, false, "+F8 +KeyA -KeyA -F8", "press! . . release!");
    }

    #[test]
    fn whoever_leaves_lets_go() {
        check(TalkKey::Space, false, "+Space gone -Space", "press! release .");
        check(TalkKey::Space, false, "gone +Space -Space", ". press! release!");
    }

    #[test]
    fn escape_throws_away_and_what_is_held_then_says_no_more() {
        check(TalkKey::Space, false, "+Escape -Escape", "cancel .");
        check(TalkKey::Space, false, "+Space +Escape *Space -Space", "press! cancel .! .!");
        check(TalkKey::Space, false, "+Space +Escape gone +Space", "press! cancel . press!");
        check(
            TalkKey::Space,
            false,
            "+Space +Escape -Space +Space -Space",
            "press! cancel .! press! release!",
        );
        // In a field that writes Korean, Escape ends a syllable.
        check(TalkKey::Space, false, "^Escape", ".");
    }

    #[test]
    fn every_choice_has_a_name_of_its_own() {
        for key in TalkKey::ALL {
            assert_eq!(TalkKey::from_name(key.name()), Some(key));
        }
    }
}
