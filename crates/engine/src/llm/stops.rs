//! Ending a reply at a given string without showing any of it.

#[derive(Debug)]
pub struct StopStrings {
    stops: Vec<String>,
    /// Text that may yet turn out to begin a stop string.
    held: String,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Passed {
    /// What may be shown.
    pub text: String,
    pub stopped: bool,
}

impl StopStrings {
    pub fn new(stops: Vec<String>) -> Self {
        Self {
            stops: stops.into_iter().filter(|stop| !stop.is_empty()).collect(),
            held: String::new(),
        }
    }

    pub fn push(&mut self, text: &str) -> Passed {
        self.held.push_str(text);
        let met = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min();
        if let Some(at) = met {
            let text = self.held[..at].to_owned();
            self.held.clear();
            return Passed { text, stopped: true };
        }
        let rest = self.held.split_off(self.held.len() - self.undecided());
        Passed { text: std::mem::replace(&mut self.held, rest), stopped: false }
    }

    /// What was held back, once no more text can come.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Length of the longest end of `held` that begins a stop string.
    fn undecided(&self) -> usize {
        let begins = |stop: &String| {
            let lengths = stop.char_indices().map(|(at, _)| at).filter(|&at| at > 0);
            lengths.filter(|&length| self.held.ends_with(&stop[..length])).max().unwrap_or(0)
        };
        self.stops.iter().map(begins).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stops: &[&str], pieces: &[&str], expected: &[(&str, bool)]) {
        let mut strings = StopStrings::new(stops.iter().map(|stop| stop.to_string()).collect());
        for (piece, (text, stopped)) in pieces.iter().zip(expected) {
            let passed = strings.push(piece);
            assert_eq!(
                passed,
                Passed { text: text.to_string(), stopped: *stopped },
                "after {piece:?}"
            );
        }
    }

    #[test]
    fn text_without_a_stop_passes_at_once() {
        check(&["END"], &["a b", " c"], &[("a b", false), (" c", false)]);
    }

    #[test]
    fn a_stop_cut_into_pieces_is_never_shown() {
        check(&["END"], &["one E", "N", "D two"], &[("one ", false), ("", false), ("", true)]);
    }

    #[test]
    fn a_false_beginning_is_shown_late_but_whole() {
        check(&["END"], &["EN", "Dure? E", "x"], &[("", false), ("", true), ("x", false)]);
        check(&["END"], &["EN", "x"], &[("", false), ("ENx", false)]);
    }

    #[test]
    fn korean_stops_are_held_by_the_syllable() {
        check(
            &["끝입니다"],
            &["이제 끝", "나지 않아"],
            &[("이제 ", false), ("끝나지 않아", false)],
        );
    }

    #[test]
    fn the_earliest_of_several_stops_wins() {
        check(&["b", "a"], &["xab"], &[("x", true)]);
    }
}
