//! What a device can carry, and whether a model is too much for it.
//!
//! Judged by what was tried on it: how far a memory grew, which engine computed
//! right, how fast it answered. What a browser says of a device is not asked.

/// What was found out about a device so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// How far a memory grew.
    pub memory_bytes: Option<u64>,
    /// The engine that computed right.
    pub engine: Option<Engine>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    pub threads: usize,
    /// Whether it has the fast instructions.
    pub is_fast: bool,
}

/// What Bella can be on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// No language model: commands are understood, and no more.
    Commands,
    Tiny,
    Standard,
    Large,
}

/// Whether a model can be used, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Nothing was tried yet.
    Unknown,
    Fits {
        needed_bytes: u64,
        had_bytes: u64,
    },
    /// It does, and every word will take its time.
    Slow {
        needed_bytes: u64,
        had_bytes: u64,
    },
    TooLarge {
        needed_bytes: u64,
        had_bytes: u64,
    },
}

/// What an engine needs beside a model's weights: what it is reading and writing.
const BESIDE_BYTES: u64 = 64 << 20;
/// Above these the next tier begins.
const LARGEST_TINY: u64 = 300_000_000;
const LARGEST_STANDARD: u64 = 700_000_000;
/// No 32-bit memory is larger, and some of it is not for models.
const MOST_FOR_MODELS: u64 = 3 << 30;

impl Tier {
    /// Of a model of so many bytes.
    pub fn of_model(bytes: u64) -> Self {
        match bytes {
            _ if bytes <= LARGEST_TINY => Self::Tiny,
            _ if bytes <= LARGEST_STANDARD => Self::Standard,
            _ => Self::Large,
        }
    }

    /// The highest that is a pleasure on a device; `None` as long as nobody knows.
    pub fn of_device(device: &Device) -> Option<Self> {
        let Engine { threads, is_fast } = device.engine?;
        let memory = memory_for_models(device.memory_bytes?);
        let is_quick = is_fast && threads > 1;
        Some(match memory {
            _ if memory < LARGEST_TINY + BESIDE_BYTES => Self::Commands,
            _ if memory < LARGEST_STANDARD + BESIDE_BYTES || !is_fast => Self::Tiny,
            // Large models are half as large again as where their tier begins.
            _ if memory < 2 * LARGEST_STANDARD + BESIDE_BYTES || !is_quick => Self::Standard,
            _ => Self::Large,
        })
    }

    /// Where to begin after a load that killed the tab.
    pub fn below(self) -> Self {
        match self {
            Self::Large => Self::Standard,
            Self::Standard => Self::Tiny,
            Self::Tiny | Self::Commands => Self::Commands,
        }
    }

    /// A stable name, for tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commands => "commands",
            Self::Tiny => "tiny",
            Self::Standard => "standard",
            Self::Large => "large",
        }
    }
}

impl Fit {
    pub fn of(bytes: u64, device: &Device) -> Self {
        let (Some(memory), Some(engine)) = (device.memory_bytes, device.engine) else {
            return Self::Unknown;
        };
        let (needed_bytes, had_bytes) = (bytes + BESIDE_BYTES, memory_for_models(memory));
        if needed_bytes > had_bytes {
            return Self::TooLarge { needed_bytes, had_bytes };
        }
        let slow = match Tier::of_model(bytes) {
            Tier::Commands | Tier::Tiny => false,
            Tier::Standard => !engine.is_fast,
            Tier::Large => !engine.is_fast || engine.threads < 2,
        };
        match slow {
            true => Self::Slow { needed_bytes, had_bytes },
            false => Self::Fits { needed_bytes, had_bytes },
        }
    }

    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Fits { .. } => "fits",
            Self::Slow { .. } => "slow",
            Self::TooLarge { .. } => "too-large",
        }
    }
}

/// Of all that could be had: the page, the system and what is said need some too.
pub fn memory_for_models(memory_bytes: u64) -> u64 {
    (memory_bytes / 4 * 3).min(MOST_FOR_MODELS)
}

/// How fast a model will answer, judging by another one: every word reads all the
/// weights once.
pub fn expected_rate(known_rate: f64, known_bytes: u64, bytes: u64) -> Option<f64> {
    (bytes > 0 && known_bytes > 0).then(|| known_rate * known_bytes as f64 / bytes as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;
    const GIB: u64 = 1 << 30;

    fn device(memory_bytes: u64, threads: usize, is_fast: bool) -> Device {
        let engine = Some(Engine { threads, is_fast });
        Device { memory_bytes: Some(memory_bytes), engine }
    }

    #[test]
    fn a_device_is_as_much_as_it_was_seen_to_carry() {
        for (memory, threads, is_fast, expected) in [
            (4 * GIB, 4, true, Tier::Large),
            (4 * GIB, 2, true, Tier::Large),
            (4 * GIB, 1, true, Tier::Standard),
            (4 * GIB, 1, false, Tier::Tiny),
            (2 * GIB, 4, true, Tier::Large),
            (GIB + GIB / 2, 4, true, Tier::Standard),
            (GIB, 4, true, Tier::Standard),
            (GIB * 3 / 4, 4, true, Tier::Tiny),
            (GIB / 2, 4, true, Tier::Tiny),
            (GIB / 4, 4, true, Tier::Commands),
            (0, 4, true, Tier::Commands),
        ] {
            let tier = Tier::of_device(&device(memory, threads, is_fast));
            assert_eq!(tier, Some(expected), "{memory} bytes, {threads} threads, {is_fast}");
        }
    }

    #[test]
    fn nothing_is_said_of_a_device_before_both_were_tried() {
        let all = device(4 * GIB, 4, true);
        for known in [
            Device::default(),
            Device { memory_bytes: None, ..all },
            Device { engine: None, ..all },
        ] {
            assert_eq!(Tier::of_device(&known), None, "{known:?}");
            assert_eq!(Fit::of(498 * MB, &known), Fit::Unknown, "{known:?}");
        }
    }

    #[test]
    fn every_model_of_a_tier_fits_the_smallest_device_of_that_tier() {
        for (memory, bytes) in [(GIB / 2, 98 * MB), (GIB, 498 * MB), (2 * GIB, 1_124 * MB)] {
            let device = device(memory, 2, true);
            assert_eq!(Tier::of_device(&device), Some(Tier::of_model(bytes)));
            assert!(matches!(Fit::of(bytes, &device), Fit::Fits { .. }), "{bytes} in {memory}");
        }
    }

    #[test]
    fn whether_a_model_fits_is_told_with_both_sizes() {
        let check = |bytes, device, expected: &str| {
            assert_eq!(Fit::of(bytes, &device).name(), expected, "{bytes} on {device:?}");
        };
        check(98 * MB, device(4 * GIB, 1, false), "fits");
        check(498 * MB, device(4 * GIB, 1, false), "slow");
        check(1_124 * MB, device(4 * GIB, 1, true), "slow");
        check(1_124 * MB, device(4 * GIB, 4, true), "fits");
        check(1_124 * MB, device(GIB, 4, true), "too-large");
        let told = Fit::of(900 * MB, &device(GIB, 4, true));
        let needed_bytes = 900 * MB + BESIDE_BYTES;
        assert_eq!(told, Fit::TooLarge { needed_bytes, had_bytes: GIB / 4 * 3 });
    }

    #[test]
    fn after_a_crash_it_is_one_step_down_and_no_further() {
        let steps = [Tier::Large, Tier::Standard, Tier::Tiny, Tier::Commands].map(Tier::below);
        assert_eq!(steps, [Tier::Standard, Tier::Tiny, Tier::Commands, Tier::Commands]);
    }

    #[test]
    fn a_model_ten_times_as_large_is_ten_times_as_slow() {
        assert_eq!(expected_rate(100.0, 100 * MB, 1000 * MB), Some(10.0));
        assert_eq!(expected_rate(100.0, 0, 1000 * MB), None);
    }
}
