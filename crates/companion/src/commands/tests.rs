//! What is a request and what only looks like one, a line each.

use super::*;
use crate::Name;

#[track_caller]
fn check(rows: &str, expected: Option<&str>) {
    for text in rows.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let name = understand(text, &Persona::default()).map(Command::name);
        assert_eq!(name, expected, "{text:?}");
    }
}

#[test]
fn the_time_is_asked_for() {
    check(
        "What time is it?
         what time is it now
         what's the time
         What’s the time, Bella?
         Hey Bella, what time is it?
         hey bella what time is it please
         Um, what time is it right now?
         WHAT TIME IS IT
         tell me the time
         Tell me the time, please.
         could you tell me the time
         can you please tell me what time it is
         do you have the time
         do you know what time it is
         what is the current time
         current time
         time now
         say the time
         지금 몇 시야?
         지금 몇시야
         몇 시야
         몇 시예요?
         몇시에요
         몇 시니
         지금 몇 시지?
         지금 몇 시인가요?
         지금 몇 시입니까
         벨라야, 지금 몇 시야?
         벨라 지금 몇 시야
         밸라야 지금 몇 시야
         저기 지금 몇 시야
         지금 몇 시인지 알려 줘
         지금 시간 알려 줘
         시간 좀 알려 줄래?
         현재 시각을 알려 주세요
         지금 시간이 몇 시야
         지금 몇 시 됐어
         지금 몇 씨야
         지금 시간",
        Some("time"),
    );
}

#[test]
fn the_date_is_asked_for() {
    check(
        "what date is it
         What day is it today?
         what's today's date
         what is the date today
         what day of the week is it
         tell me today's date
         can you tell me the date
         bella what's the date please
         date today
         오늘 며칠이야?
         오늘이 며칠이지
         오늘 몇 월 며칠이야
         오늘 몇일이에요
         오늘 무슨 요일이야?
         오늘은 무슨 요일인가요
         오늘 날짜 알려 줘
         오늘 날짜가 어떻게 돼?
         오늘 요일 좀 알려 주세요
         오늘 날짜
         벨라야 오늘 며칠이야
         오늘 며칠이고 무슨 요일이야",
        Some("date"),
    );
}

#[test]
fn what_she_can_do_is_asked_for() {
    check(
        "what can you do
         What can you do for me?
         so, what can you do, Bella?
         what can I ask you
         what are you able to do
         how can you help me
         what commands do you know
         tell me what you can do
         뭐 할 수 있어?
         너 뭐 할 수 있어
         너는 뭘 할 수 있니
         벨라야 넌 뭐 할 줄 알아?
         무엇을 할 수 있나요
         뭘 도와줄 수 있어
         네가 할 수 있는 게 뭐야
         어떤 기능이 있어?
         도움말
         도움말 보여 줘
         사용법 알려 줘
         명령어 좀 알려 줘",
        Some("help"),
    );
}

#[test]
fn the_conversation_is_to_be_cleared() {
    check(
        "clear the conversation
         Clear our conversation, please.
         delete this chat
         can you delete the conversation
         erase the chat history
         bella, clear chat
         forget everything we talked about
         start a new conversation
         new chat
         대화 지워 줘
         대화 내용 지워 줘
         대화 기록 삭제해 줘
         우리 대화 다 지워 줘
         지금까지 나눈 대화를 모두 삭제해 주세요
         이 대화 지워
         대화 비워 줄래
         대화 초기화해 줘
         벨라야 대화 지워 줘
         채팅 기록 지워 주세요
         대화 삭제
         새 대화 시작하자
         새로운 대화 시작해 줘
         새 대화",
        Some("clear"),
    );
}

#[test]
fn she_is_to_say_no_more() {
    check(
        "stop
         Stop!
         stop. stop.
         stop talking
         please stop talking
         Bella, stop
         okay stop
         be quiet
         quiet please
         shut up
         that's enough
         can you be quiet
         hush
         그만
         그만해
         그만 말해
         이제 그만
         그만 그만
         벨라 그만
         벨라야 조용히 해
         조용히 해 줘
         조용
         쉿
         멈춰
         말 멈춰
         스톱
         그만 얘기해 줘",
        Some("hush"),
    );
}

#[test]
fn her_voice_is_switched() {
    check(
        "voice off
         turn off your voice
         turn your voice off please
         could you turn off the voice
         mute
         mute yourself
         don't speak aloud
         stop reading aloud
         text only
         음성 꺼 줘
         목소리 꺼
         목소리 좀 꺼 줄래
         음소거
         음소거해 줘
         글로만 대답해 줘
         소리 내지 마",
        Some("voice-off"),
    );
    check(
        "voice on
         turn on your voice
         turn your voice back on
         unmute
         speak out loud
         please speak aloud
         use your voice
         음성 켜 줘
         목소리 켜
         목소리 다시 켜 줘
         소리 내서 말해 줘
         말로 대답해 줘
         음소거 해제해 줘",
        Some("voice-on"),
    );
}

#[test]
fn she_speaks_too_fast_or_too_slowly() {
    check(
        "slower
         slower please
         speak slower
         speak a bit slower
         can you speak more slowly
         talk a little slower please
         slow down
         slow down a bit
         you're talking too fast
         you speak too fast
         천천히 말해 줘
         좀 더 천천히 말해 줘
         조금만 천천히 말해 줄래
         더 천천히
         느리게 말해 줘
         말이 너무 빨라
         말하는 게 너무 빨라요
         말 속도 좀 늦춰 줘
         벨라야 천천히 말해",
        Some("slower"),
    );
    check(
        "faster
         a little faster please
         speak faster
         can you talk faster
         speed up
         you're speaking too slowly
         더 빨리 말해 줘
         좀 더 빠르게 말해 줘
         빠르게 말해 줘
         더 빨리
         말이 너무 느려
         말 속도 올려 줘",
        Some("faster"),
    );
}

#[test]
fn the_page_is_to_be_dark_or_light() {
    check(
        "dark mode
         dark mode please
         Dark mode on
         turn on dark mode
         turn dark mode on
         switch to dark mode
         bella, switch to dark mode please
         can you enable dark mode
         turn off light mode
         change the theme to dark
         다크 모드
         다크모드 켜 줘
         다크 모드로 바꿔 줘
         어두운 모드로 해 줘
         화면 어둡게 해 줘
         화면을 다크 모드로 변경해 주세요",
        Some("dark"),
    );
    check(
        "light mode
         switch to light mode
         turn off dark mode
         dark mode off
         turn on light mode please
         라이트 모드로 바꿔 줘
         밝은 모드로 해 줘
         다크 모드 꺼 줘
         화면 밝게 해 줘",
        Some("light"),
    );
}

#[test]
fn another_language_is_asked_for() {
    check(
        "speak Korean
         speak Korean please
         in Korean please
         Korean
         switch to Korean
         can you switch to Korean
         answer in Korean
         let's speak Korean
         change the language to Korean
         talk to me in Korean
         한국어로
         한국어로 말해 줘
         한국어로 대답해 줘
         한국말로 하자
         이제부터 한국어로만 말해 줘
         한국어로 바꿔 줘
         벨라야 한국어로 얘기하자
         언어를 한국어로 바꿔 줘",
        Some("korean"),
    );
    check(
        "English
         English please
         speak English
         switch to English
         let's talk in English
         영어로
         영어로 말해 줘
         영어로 대답해 줘
         영어로 바꿔 줘
         이제 영어로 하자
         언어를 영어로 변경해 줘",
        Some("english"),
    );
}

#[test]
fn what_only_looks_like_a_request_is_none() {
    check(
        "what time is it in Tokyo
         what is the time in New York now
         what's the time difference between London and Seoul
         what time is my next appointment
         what time does the shop open
         what time is it there
         do you have time
         I don't have the time
         time flies
         tell me the time of the meeting
         current time in Japan
         is it time
         it's time
         what day is Halloween this year
         what is the date for next Tuesday
         what day is it tomorrow
         what is today's news
         what's the date of the battle of Hastings
         do I have a date on Friday
         what can you do about climate change
         what can you do with a bell
         what can I do
         help
         help me
         help me write a letter
         can you help me
         clear
         clear the table
         clear my calendar
         delete it
         delete all events from my calendar
         erase all
         forget it
         forget him
         start over
         clear the conversation with John
         how do I clear the conversation
         don't clear the conversation
         the conversation was clear
         stop smoking
         how do I stop worrying
         I can't stop crying
         please be quiet for another hour
         the neighbours should be quiet
         why is it so quiet here
         tell him to stop
         don't stop
         stop the music
         mute the music
         turn off the lights
         turn off
         her voice is nice
         your voice is lovely
         I lost my voice
         slow cooker recipes
         please slow down volume of speaker
         fast
         how can I run faster
         my computer is slow
         speak up
         dark mode is nice
         is dark mode better for the eyes
         do you like dark mode
         I love dark mode
         what is dark mode
         turn on the light
         lights off
         it is dark
         can you speak Korean
         do you speak English
         how do you say hello in Korean
         I am learning Korean
         I speak English
         Korean food
         translate this to Korean
         say it in English
         what is English
         yes
         no
         okay
         thank you
         hello
         hello Bella
         Bella
         bella ciao
         hey
         please",
        None,
    );
    check(
        "도쿄는 지금 몇 시야
         뉴욕은 몇 시야?
         회의가 몇 시야
         몇 시에 일어났어?
         몇 시까지 해?
         지금 몇 시간째야
         이번 동문회 모임 몇 시야
         시간이 없어
         시간 있어?
         지금 시간 있어?
         시간이 약이야
         설날이 며칠이니
         내일 무슨 요일이야
         오늘 뭐 해
         오늘이 무슨 날인지 알아?
         어머니 생신은 무슨 요일이야
         공휴일까지 며칠 남았어
         오늘 날씨 알려 줘
         며칠 동안 못 잤어
         뭐 해
         내가 뭘 할 수 있을까
         할 수 있어
         우리가 할 수 있는 게 뭐야
         친구를 위해 뭘 할 수 있을까
         도와줘
         나 좀 도와줘
         도움이 됐어
         메일 다 지워 줘
         다 지워 줘
         지워 줘
         카톡 대화를 왜 삭제하지
         대화가 필요해
         대화 지우지 마
         대화를 어떻게 지워
         친구랑 대화했어
         그만두고 싶어
         그만 울어야지
         회사 그만뒀어
         그만하고 싶어
         이제 그만 돌아와
         조용한 음악 추천해 줘
         조용한 여자가 좋아
         옆집이 너무 시끄러워
         음악 꺼 줘
         불 꺼 줘
         소리 꺼 줘
         목소리가 예쁘다
         목소리가 듣고 싶어
         천천히 가세요
         천천히
         빨리 나와
         빨리 말해
         시간이 너무 빨라
         컴퓨터가 너무 느려
         다크 모드 좋다
         다크 모드가 눈에 좋아?
         다크 초콜릿
         방이 어두워
         불 좀 밝게 해 줘
         조명 밝게 해 줄 수 있니
         한국어로 번역해 줘
         이거 영어로 뭐야
         영어로 사과가 뭐야
         영어 공부하고 싶어
         한국어 잘하네
         한국어 할 줄 알아?
         영어 할 수 있어?
         영어학원 좀 다닐까
         네
         아니
         안녕
         벨라야
         고마워
         좀",
        None,
    );
}

#[test]
fn a_given_name_is_hers_too() {
    let named = |name: &str| Persona { name: Name::new(name).ok(), ..Persona::default() };
    for (name, text, expected) in [
        ("Mochi", "Mochi, what time is it?", Some("time")),
        ("Mochi", "hey mochi stop", Some("hush")),
        ("모찌", "모찌야 지금 몇 시야", Some("time")),
        ("지민", "지민아, 지금 몇 시야", Some("time")),
        ("Anna Lena", "Anna Lena, be quiet", Some("hush")),
        ("Mochi", "Bella, what time is it?", Some("time")),
        ("Mochi", "Peter, what time is it?", None),
        ("", "Mochi, what time is it?", None),
    ] {
        let understood = understand(text, &named(name)).map(Command::name);
        assert_eq!(understood, expected, "{text:?} to {name:?}");
    }
}

#[test]
fn a_question_is_answered_with_yes_or_no() {
    for (text, expected) in [
        ("yes", Some(true)),
        ("Yes, please.", Some(true)),
        ("yeah, sure", Some(true)),
        ("OK", Some(true)),
        ("okay Bella", Some(true)),
        ("do it", Some(true)),
        ("응", Some(true)),
        ("응, 지워 줘", Some(true)),
        ("네", Some(true)),
        ("네, 지워 주세요.", Some(true)),
        ("그래 벨라야", Some(true)),
        ("응응", Some(true)),
        ("no", Some(false)),
        ("No, thanks.", Some(false)),
        ("no no no", Some(false)),
        ("please don't", Some(false)),
        ("never mind", Some(false)),
        ("cancel", Some(false)),
        ("아니", Some(false)),
        ("아니요, 지우지 마세요", Some(false)),
        ("아니 괜찮아", Some(false)),
        ("하지 마", Some(false)),
        ("됐어", Some(false)),
        ("잠깐만", Some(false)),
        ("", None),
        ("please", None),
        ("Bella", None),
        ("yes and no", None),
        ("응 아니", None),
        ("yes, what time is it", None),
        ("no idea what you mean", None),
        ("네 이름이 뭐야", None),
        ("어", None),
        ("maybe", None),
        ("글쎄", None),
        ("지금 몇 시야", None),
    ] {
        assert_eq!(answer(text, &Persona::default()), expected, "{text:?}");
    }
}

#[test]
fn only_what_cannot_be_undone_is_asked_about() {
    for command in Command::ALL {
        assert_eq!(command.needs_confirmation(), command.name() == "clear");
    }
}

#[test]
fn names_are_told_apart() {
    let names: std::collections::BTreeSet<_> = Command::ALL.map(Command::name).into();
    assert_eq!(names.len(), Command::ALL.len());
}

#[test]
fn letters_may_come_taken_apart_and_texts_may_be_long() {
    let apart: String = "지금 몇 시야".nfd().collect();
    check(&apart, Some("time"));
    for text in ["", " ", "?!", "\0", "🙂", "'", "’’’"] {
        assert_eq!(understand(text, &Persona::default()), None, "{text:?}");
        assert_eq!(answer(text, &Persona::default()), None, "{text:?}");
    }
    for piece in ["stop ", "please ", "그만 ", "응", "ok", "bella "] {
        let long = piece.repeat(10_000);
        assert_eq!(understand(&long, &Persona::default()), None, "{piece:?}");
        assert_eq!(answer(&long, &Persona::default()), None, "{piece:?}");
    }
}

#[test]
fn weekdays_are_counted_from_sunday() {
    for (count, expected) in [
        (0, Some(Weekday::Sunday)),
        (1, Some(Weekday::Monday)),
        (6, Some(Weekday::Saturday)),
        (7, None),
        (u32::MAX, None),
    ] {
        assert_eq!(Weekday::from_sunday(count), expected, "{count}");
    }
}
