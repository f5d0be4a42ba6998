//! How often something is tried again, and after how long.

/// In a row, without a byte in between.
const TRIES: u32 = 4;
const FIRST_WAIT_MS: u32 = 400;

/// Counts failures in a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    failed: u32,
}

impl Patience {
    /// How long to wait before the next attempt; `None` when there should be none.
    pub fn after_failure(&mut self) -> Option<u32> {
        self.failed += 1;
        (self.failed < TRIES).then(|| FIRST_WAIT_MS << (self.failed - 1))
    }

    pub fn after_success(&mut self) {
        self.failed = 0;
    }

    pub fn attempt(&self) -> u32 {
        self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_and_begin_anew() {
        let mut patience = Patience::default();
        let waits = |patience: &mut Patience| -> Vec<u32> {
            std::iter::from_fn(|| patience.after_failure()).collect()
        };
        assert_eq!(waits(&mut patience), [400, 800, 1600]);
        patience.after_success();
        assert_eq!(waits(&mut patience), [400, 800, 1600]);
    }
}
