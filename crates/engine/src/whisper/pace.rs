//! How much fits into a step.

/// A step may take about this long: a person who presses stop, or starts to
/// speak, is heard within two of them.
const STEP_MS: f64 = 40.0;

/// Multiplications a millisecond, as measured while working: the same code runs
/// on a telephone and on a workstation, in one thread and in many.
#[derive(Debug)]
pub(super) struct Pace {
    per_ms: f64,
}

impl Pace {
    /// Slower than any machine, so that the first step is short.
    const AT_FIRST: f64 = 5e4;

    pub(super) fn new() -> Self {
        Self { per_ms: Self::AT_FIRST }
    }

    /// Multiplications for the next step.
    pub(super) fn budget(&self) -> f64 {
        self.per_ms * STEP_MS
    }

    /// Learns from a step. Clocks of browsers are coarse, so a single one counts
    /// for no more than a doubling.
    pub(super) fn learn(&mut self, multiplications: f64, took_ms: f64) {
        let seen = multiplications / took_ms.max(0.1);
        self.per_ms = seen.clamp(0.25 * self.per_ms, 2.0 * self.per_ms).max(1e3);
    }
}
