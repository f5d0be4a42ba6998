//! The time of day where the person is.

/// As a clock and a calendar on the wall show it; whoever makes one asks the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i32,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
    pub weekday: Weekday,
    /// From 0 to 23.
    pub hour: u8,
    pub minute: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weekday {
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
}

impl Weekday {
    pub const ALL: [Weekday; 7] = [
        Weekday::Sunday,
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
    ];

    /// As browsers count them, from Sunday, which is 0.
    pub fn from_sunday(count: u32) -> Option<Self> {
        Self::ALL.get(usize::try_from(count).ok()?).copied()
    }
}
