//! How loud it is, in the few steps that styles know.

/// The highest step; `base.css` has a line for each.
const LOUDEST: u8 = 8;
/// Quieter than this is silence, in decibels below the loudest there can be.
const SILENT_DB: f32 = -54.0;
/// As loud as a voice close by becomes.
const LOUD_DB: f32 = -14.0;

/// The step of a root mean square between 0 and 1. Ears hear ratios, so the steps
/// are even in decibels.
pub fn step(level: f32) -> u8 {
    let decibels = 20.0 * level.max(0.0).log10();
    let share = (decibels - SILENT_DB) / (LOUD_DB - SILENT_DB);
    // What is no number is silence too.
    (share.clamp(0.0, 1.0) * f32::from(LOUDEST)).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_moves_through_every_step_and_nothing_leaves_the_scale() {
        for (level, expected) in [
            (0.0, 0),
            (-1.0, 0),
            (f32::NAN, 0),
            (0.002, 0),
            (0.01, 3),
            (0.03, 5),
            (0.1, 7),
            (0.2, 8),
            (1.0, 8),
            (f32::INFINITY, 8),
        ] {
            assert_eq!(step(level), expected, "{level}");
        }
        let reached: Vec<u8> =
            (0..=1000).map(|thousandths| step(thousandths as f32 / 2e3)).collect();
        assert!(reached.is_sorted());
        assert!((0..=LOUDEST).all(|one| reached.contains(&one)), "{reached:?}");
    }
}
