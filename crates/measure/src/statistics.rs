//! The middle of samples.

/// Half of the samples are below it: one slow round among many does not move it.
/// `None` without any.
pub fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(middle.checked_sub(1)?)?;
    Some((lower + upper) / 2.0)
}

/// So many of a hundred samples are not above it. `None` without any.
pub fn percentile(samples: &[f64], share: f64) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share.clamp(0.0, 100.0) / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(samples: &[f64], expected: Option<f64>) {
        assert_eq!(median(samples), expected, "{samples:?}");
    }

    #[test]
    fn the_median_is_the_middle_of_what_is_there() {
        check(&[], None);
        check(&[3.0], Some(3.0));
        check(&[9.0, 1.0], Some(5.0));
        check(&[9.0, 1.0, 2.0], Some(2.0));
        check(&[5.0, 1.0, 100.0, 3.0], Some(4.0));
    }

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let samples: Vec<f64> = (1..=20).map(f64::from).collect();
        for (share, expected) in [(0.0, 1.0), (50.0, 10.0), (95.0, 19.0), (100.0, 20.0)] {
            assert_eq!(percentile(&samples, share), Some(expected), "{share}");
        }
        assert_eq!(percentile(&[], 95.0), None);
    }
}
