//! Sizes and counts as people read them. Korean and English write these alike.

/// `98 MB`, `1.1 GB`: decimal units, as shops and systems give them.
pub fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| count >= *unit) else {
        return format!("{count} B");
    };
    let whole = count / unit;
    let tenths = count % unit * 10 / unit;
    if whole < 10 && tenths > 0 {
        format!("{whole}.{tenths} {name}")
    } else {
        format!("{whole} {name}")
    }
}

/// `47%` of a whole; an unknown whole counts as nothing done.
pub fn percent(done: u64, total: u64) -> String {
    let share = if total == 0 { 0 } else { u128::from(done) * 100 / u128::from(total) };
    format!("{}%", share.min(100))
}

/// `37 ms`, `2.1 s`, `14 s`.
pub fn duration(ms: f64) -> String {
    match ms {
        ..1000.0 => format!("{ms:.0} ms"),
        ..10_000.0 => format!("{:.1} s", ms / 1e3),
        _ => format!("{:.0} s", ms / 1e3),
    }
}

/// `7.4`, `310`: as many digits as mean something.
pub fn rate(number: f64) -> String {
    if number < 10.0 { format!("{number:.1}") } else { format!("{number:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_naturally() {
        for (count, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_239_748, "1.2 MB"),
            (98_362_432, "98 MB"),
            (1_117_320_768, "1.1 GB"),
            (2_000_000_000, "2 GB"),
            (u64::MAX, "18446744073 GB"),
        ] {
            assert_eq!(bytes(count), expected);
        }
    }

    #[test]
    fn times_and_rates_are_as_exact_as_they_are_true() {
        for (ms, expected) in
            [(0.4, "0 ms"), (36.6, "37 ms"), (2149.0, "2.1 s"), (14_200.0, "14 s")]
        {
            assert_eq!(duration(ms), expected);
        }
        for (number, expected) in [(7.44, "7.4"), (24.6, "25"), (310.2, "310")] {
            assert_eq!(rate(number), expected);
        }
    }

    #[test]
    fn shares_stay_between_nothing_and_all() {
        for (done, total, expected) in
            [(0, 0, "0%"), (1, 3, "33%"), (5, 3, "100%"), (u64::MAX, u64::MAX, "100%")]
        {
            assert_eq!(percent(done, total), expected);
        }
    }
}
