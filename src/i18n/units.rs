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
    fn shares_stay_between_nothing_and_all() {
        for (done, total, expected) in
            [(0, 0, "0%"), (1, 3, "33%"), (5, 3, "100%"), (u64::MAX, u64::MAX, "100%")]
        {
            assert_eq!(percent(done, total), expected);
        }
    }
}
