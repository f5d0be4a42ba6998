//! How fast bytes come.

use std::collections::VecDeque;

/// What happened longer ago says nothing about now.
const WINDOW_MS: f64 = 5_000.0;
/// Less than this much of a transfer says nothing at all.
const SETTLED_MS: f64 = 1_000.0;
/// Moments closer together than this count as one, so that few are remembered.
const GRAIN_MS: f64 = 100.0;

/// The speed of the last few seconds. Times are handed in, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// All bytes that had come by then.
    moments: VecDeque<(f64, u64)>,
    total: u64,
}

impl Pace {
    pub fn note(&mut self, now: f64, bytes: u64) {
        self.total += bytes;
        while self.moments.front().is_some_and(|(at, _)| now - at > WINDOW_MS) {
            self.moments.pop_front();
        }
        if self.moments.back().is_none_or(|(at, _)| now - at >= GRAIN_MS) {
            self.moments.push_back((now, self.total));
        }
    }

    /// `None` as long as there is little to judge by.
    pub fn bytes_per_second(&self, now: f64) -> Option<u64> {
        let (since, before) = self.moments.front()?;
        let took = now - since;
        (took >= SETTLED_MS).then(|| ((self.total - before) as f64 * 1000.0 / took) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_speed_of_the_last_seconds() {
        let mut pace = Pace::default();
        assert_eq!(pace.bytes_per_second(0.0), None);
        for tick in 0..400 {
            pace.note(f64::from(tick) * 20.0, 20_000);
            if tick == 20 {
                assert_eq!(pace.bytes_per_second(400.0), None, "too early to tell");
            }
        }
        let fast = pace.bytes_per_second(7_980.0).expect("a speed");
        assert!((950_000..1_050_000).contains(&fast), "{fast}");
        assert!(pace.moments.len() <= 51, "{} moments", pace.moments.len());
        for tick in 400..800 {
            pace.note(f64::from(tick) * 20.0, 2_000);
        }
        let slow = pace.bytes_per_second(15_980.0).expect("a speed");
        assert!((95_000..105_000).contains(&slow), "{slow}");
    }

    #[test]
    fn it_falls_while_nothing_comes() {
        let mut pace = Pace::default();
        pace.note(0.0, 0);
        pace.note(1_000.0, 1_000_000);
        assert_eq!(pace.bytes_per_second(1_000.0), Some(1_000_000));
        assert_eq!(pace.bytes_per_second(4_000.0), Some(250_000));
    }
}
