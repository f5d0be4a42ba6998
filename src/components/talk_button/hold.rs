//! Fingers, mice and keys as one press at a time.

/// Whatever holds the control is sometimes taken away: by a gesture of the system, a
/// call, another window. Before this long it was no speaking yet, and what was heard
/// goes; after it, what was said is not thrown away.
const SPOKEN_AFTER_MS: u64 = 700;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    PointerDown(i32),
    PointerUp(i32),
    /// The browser took the pointer away.
    Taken(i32),
    /// The first of a key that is held.
    KeyDown,
    KeyUp,
    Escape,
    /// The focus went elsewhere.
    Left,
    /// By something that can neither hold nor let go, such as a screen reader.
    ByProxy,
}

/// What a touch amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Pressed,
    Released,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Pointer(i32),
    Key,
}

/// What holds the control, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hold {
    by: Option<(By, u64)>,
}

impl Hold {
    pub(super) fn step(&mut self, touch: Touch, at_ms: u64) -> Vec<Turn> {
        match touch {
            Touch::PointerDown(id) => self.press(By::Pointer(id), at_ms),
            Touch::KeyDown => self.press(By::Key, at_ms),
            Touch::PointerUp(id) => self.let_go(By::Pointer(id)),
            Touch::KeyUp => self.let_go(By::Key),
            Touch::Taken(id) => self.lose(By::Pointer(id), at_ms),
            Touch::Left => self.lose(By::Key, at_ms),
            Touch::Escape => {
                self.by = None;
                vec![Turn::Cancelled]
            }
            Touch::ByProxy if self.by.is_none() => vec![Turn::Pressed, Turn::Released],
            Touch::ByProxy => Vec::new(),
        }
    }

    /// A second finger changes nothing.
    fn press(&mut self, by: By, at_ms: u64) -> Vec<Turn> {
        if self.by.is_some() {
            return Vec::new();
        }
        self.by = Some((by, at_ms));
        vec![Turn::Pressed]
    }

    fn let_go(&mut self, by: By) -> Vec<Turn> {
        match self.by.take_if(|(held_by, _)| *held_by == by) {
            Some(_) => vec![Turn::Released],
            None => Vec::new(),
        }
    }

    fn lose(&mut self, by: By, at_ms: u64) -> Vec<Turn> {
        match self.by.take_if(|(held_by, _)| *held_by == by) {
            Some((_, since)) if at_ms.saturating_sub(since) < SPOKEN_AFTER_MS => {
                vec![Turn::Cancelled]
            }
            Some(_) => vec![Turn::Released],
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Touch::*;
    use super::Turn::*;
    use super::*;

    #[track_caller]
    fn check(touches: &[(Touch, u64)], expected: &[Turn]) {
        let mut hold = Hold::default();
        let told: Vec<Turn> =
            touches.iter().flat_map(|(touch, at_ms)| hold.step(*touch, *at_ms)).collect();
        assert_eq!(told, expected, "{touches:?}");
    }

    #[test]
    fn a_press_ends_when_what_began_it_lets_go() {
        check(&[(PointerDown(1), 0), (PointerUp(1), 90)], &[Pressed, Released]);
        check(&[(KeyDown, 0), (KeyUp, 2000)], &[Pressed, Released]);
        // The browser tells of the lost capture after every release.
        check(&[(PointerDown(1), 0), (PointerUp(1), 90), (Taken(1), 91)], &[Pressed, Released]);
        check(&[(PointerUp(1), 0), (KeyUp, 1), (Left, 2), (Taken(1), 3)], &[]);
    }

    #[test]
    fn a_second_finger_and_a_key_beside_it_change_nothing() {
        check(
            &[(PointerDown(1), 0), (PointerDown(2), 50), (KeyDown, 60), (PointerUp(2), 70)],
            &[Pressed],
        );
        check(
            &[(PointerDown(1), 0), (KeyDown, 60), (KeyUp, 70), (Left, 75), (PointerUp(1), 80)],
            &[Pressed, Released],
        );
    }

    #[test]
    fn what_is_taken_away_at_once_was_an_accident_and_later_was_speech() {
        check(&[(PointerDown(1), 0), (Taken(1), 200)], &[Pressed, Cancelled]);
        check(&[(PointerDown(1), 0), (Taken(1), 4000)], &[Pressed, Released]);
        check(&[(KeyDown, 0), (Left, 200)], &[Pressed, Cancelled]);
        check(&[(KeyDown, 0), (Left, 4000), (KeyUp, 4100)], &[Pressed, Released]);
        // A clock that was set back.
        check(&[(PointerDown(1), 5000), (Taken(1), 0)], &[Pressed, Cancelled]);
    }

    #[test]
    fn escape_throws_away_whatever_holds() {
        check(&[(PointerDown(1), 0), (Escape, 900), (PointerUp(1), 950)], &[Pressed, Cancelled]);
        // What was tapped to keep on is held by nothing.
        check(
            &[(PointerDown(1), 0), (PointerUp(1), 90), (Escape, 900)],
            &[Pressed, Released, Cancelled],
        );
    }

    #[test]
    fn who_can_only_click_taps() {
        check(&[(ByProxy, 0), (ByProxy, 3000)], &[Pressed, Released, Pressed, Released]);
        check(&[(PointerDown(1), 0), (ByProxy, 10), (PointerUp(1), 20)], &[Pressed, Released]);
    }
}
