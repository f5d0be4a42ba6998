//! How far a probability can be believed.

/// Share of right answers, and how far confidence is from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub rows: usize,
    pub accuracy: f64,
    /// Expected calibration error ("On Calibration of Modern Neural Networks",
    /// Guo et al. 2017): over fifteen equal stretches of confidence, the mean
    /// distance between confidence and accuracy.
    pub calibration_error: f64,
}

/// A logit and whether the row is positive.
pub type Judged = (f32, bool);

pub fn score(judged: &[Judged], temperature: f32) -> Score {
    const STRETCHES: usize = 15;
    let mut stretches = [(0usize, 0usize, 0.0f64); STRETCHES];
    for &(logit, positive) in judged {
        let probability = probability(logit, temperature);
        let confidence = probability.max(1.0 - probability);
        let stretch = ((confidence * STRETCHES as f64) as usize).min(STRETCHES - 1);
        let (rows, right, sum) = &mut stretches[stretch];
        *rows += 1;
        *right += usize::from((logit > 0.0) == positive);
        *sum += confidence;
    }
    let rows = judged.len().max(1) as f64;
    let right: usize = stretches.iter().map(|(_, right, _)| right).sum();
    let error: f64 = stretches.iter().map(|(_, right, sum)| (*right as f64 - sum).abs()).sum();
    Score { rows: judged.len(), accuracy: right as f64 / rows, calibration_error: error / rows }
}

/// The temperature at which held-out rows are least surprising, by golden-section
/// search: the loss has one valley. Each kind of rows counts the same, however
/// many there are of it.
pub fn best_temperature(kinds: &[Vec<Judged>]) -> f32 {
    let surprise = |temperature| -> f64 {
        kinds.iter().map(|judged| surprise(judged, temperature) / judged.len().max(1) as f64).sum()
    };
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut low, mut high) = (0.25f64, 8.0f64);
    while high - low > 1e-4 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if surprise(left) < surprise(right) {
            high = right;
        } else {
            low = left;
        }
    }
    (0.5 * (low + high)) as f32
}

fn probability(logit: f32, temperature: f32) -> f64 {
    1.0 / (1.0 + libm::exp(-f64::from(logit) / f64::from(temperature)))
}

fn surprise(judged: &[Judged], temperature: f64) -> f64 {
    let of_one = |&(logit, positive): &Judged| {
        let towards = if positive { f64::from(logit) } else { -f64::from(logit) };
        let x = -towards / temperature;
        x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
    };
    judged.iter().map(of_one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overconfidence_is_measured_and_cooled() {
        // Always says 95 %, is right three times out of four.
        let logit = (0.95f32 / 0.05).ln();
        let judged: Vec<Judged> = (0..400).map(|i| (logit, i % 4 != 0)).collect();
        let before = score(&judged, 1.0);
        assert_eq!(before.accuracy, 0.75);
        assert!((before.calibration_error - 0.2).abs() < 1e-6);
        let temperature = best_temperature(std::slice::from_ref(&judged));
        assert!(score(&judged, temperature).calibration_error < 1e-3);
    }
}
