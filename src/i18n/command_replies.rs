//! What Bella says once she has done what she was asked for without a model.

use bella_companion::commands::Reply;
use bella_companion::{Language, LocalTime, Weekday};

use super::Messages;

/// Said by her, and written where she writes.
pub fn in_words(messages: &'static Messages, reply: &Reply) -> String {
    let t = &messages.command_replies;
    let words = match reply {
        Reply::Time(now) => return time(messages, now),
        Reply::Date(now) => return date(messages, now),
        Reply::Help => t.help,
        Reply::MayIClear => t.may_i_clear,
        Reply::Cleared => t.cleared,
        Reply::NothingToClear => t.nothing_to_clear,
        Reply::NotCleared => t.not_cleared,
        Reply::VoiceOn => t.voice_on,
        Reply::VoiceOff => t.voice_off,
        Reply::NoVoice => t.no_voice,
        Reply::Slower => t.slower,
        Reply::Faster => t.faster,
        Reply::SlowestAlready => t.slowest,
        Reply::FastestAlready => t.fastest,
        Reply::Dark => t.dark,
        Reply::Light => t.light,
        Reply::Speaks(Language::Korean) => t.korean,
        Reply::Speaks(Language::English) => t.english,
        Reply::PageSpeaks(Language::Korean) => t.page_korean,
        Reply::PageSpeaks(Language::English) => t.page_english,
    };
    words.to_owned()
}

fn time(messages: &'static Messages, now: &LocalTime) -> String {
    let t = &messages.command_replies;
    let part = match now.hour {
        0 | 21.. => t.night,
        1..=5 => t.small_hours,
        6..=11 => t.morning,
        12 => t.noon,
        13..=17 => t.afternoon,
        18..=20 => t.evening,
    };
    let hour = match now.hour % 12 {
        0 => "12".to_owned(),
        hour => hour.to_string(),
    };
    match (now.hour, now.minute) {
        (0, 0) => t.midnight.to_owned(),
        (12, 0) => t.midday.to_owned(),
        (_, 0) => (t.on_the_hour)(part, &hour),
        (_, minute) => (t.time)(part, &hour, &minute.to_string()),
    }
}

fn date(messages: &'static Messages, now: &LocalTime) -> String {
    let t = &messages.calendar;
    let weekday = match now.weekday {
        Weekday::Sunday => t.sunday,
        Weekday::Monday => t.monday,
        Weekday::Tuesday => t.tuesday,
        Weekday::Wednesday => t.wednesday,
        Weekday::Thursday => t.thursday,
        Weekday::Friday => t.friday,
        Weekday::Saturday => t.saturday,
    };
    let month = match now.month {
        ..=1 => t.january,
        2 => t.february,
        3 => t.march,
        4 => t.april,
        5 => t.may,
        6 => t.june,
        7 => t.july,
        8 => t.august,
        9 => t.september,
        10 => t.october,
        11 => t.november,
        12.. => t.december,
    };
    let (day, year) = (now.day.to_string(), now.year.to_string());
    (messages.command_replies.date)(weekday, &day, month, &year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::messages;

    fn at(hour: u8, minute: u8) -> LocalTime {
        LocalTime { year: 2025, month: 6, day: 3, weekday: Weekday::Tuesday, hour, minute }
    }

    #[test]
    fn the_time_is_told_as_people_tell_it() {
        for (hour, minute, english, korean) in [
            (0, 0, "It is midnight.", "지금은 밤 12시예요."),
            (0, 5, "It is 12:05 at night.", "지금은 밤 12시 5분이에요."),
            (3, 20, "It is 3:20 in the morning.", "지금은 새벽 3시 20분이에요."),
            (9, 0, "It is 9 o’clock in the morning.", "지금은 오전 9시예요."),
            (12, 0, "It is noon.", "지금은 낮 12시예요."),
            (12, 30, "It is 12:30 in the afternoon.", "지금은 낮 12시 30분이에요."),
            (15, 7, "It is 3:07 in the afternoon.", "지금은 오후 3시 7분이에요."),
            (19, 45, "It is 7:45 in the evening.", "지금은 저녁 7시 45분이에요."),
            (23, 59, "It is 11:59 at night.", "지금은 밤 11시 59분이에요."),
        ] {
            let told = |language| in_words(messages(language), &Reply::Time(at(hour, minute)));
            assert_eq!(told(Language::English), english);
            assert_eq!(told(Language::Korean), korean);
        }
    }

    #[test]
    fn the_date_is_told_with_its_weekday() {
        let told = |language| in_words(messages(language), &Reply::Date(at(0, 0)));
        assert_eq!(told(Language::English), "Today is Tuesday, 3 June 2025.");
        assert_eq!(told(Language::Korean), "오늘은 2025년 6월 3일 화요일이에요.");
        let names = |now: LocalTime| Language::ALL.map(|it| date(messages(it), &now));
        let mut told = std::collections::BTreeSet::new();
        for month in 1..=12 {
            told.extend(names(LocalTime { month, ..at(0, 0) }));
        }
        for weekday in Weekday::ALL {
            told.extend(names(LocalTime { weekday, ..at(0, 0) }));
        }
        assert_eq!(told.len(), 2 * (12 + 7 - 1), "June and Tuesday were told already");
    }

    #[test]
    fn every_reply_says_something_of_its_own() {
        let replies = [
            Reply::Help,
            Reply::MayIClear,
            Reply::Cleared,
            Reply::NothingToClear,
            Reply::NotCleared,
            Reply::VoiceOn,
            Reply::VoiceOff,
            Reply::NoVoice,
            Reply::Slower,
            Reply::Faster,
            Reply::SlowestAlready,
            Reply::FastestAlready,
            Reply::Dark,
            Reply::Light,
            Reply::Speaks(Language::Korean),
            Reply::Speaks(Language::English),
            Reply::PageSpeaks(Language::Korean),
            Reply::PageSpeaks(Language::English),
        ];
        for language in Language::ALL {
            let said: std::collections::BTreeSet<String> =
                replies.iter().map(|reply| in_words(messages(language), reply)).collect();
            assert_eq!(said.len(), replies.len(), "{language:?}");
        }
    }
}
