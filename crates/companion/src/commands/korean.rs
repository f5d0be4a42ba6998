//! Requests in Korean, without blanks: where they go is a matter of taste to people,
//! and of chance to whisper.

use super::Command;
use crate::Language;

/// One of each, one after the other; "" may be left out.
type Parts = &'static [&'static [&'static str]];

const GIVE: &[&str] = &[
    "줘",
    "줘요",
    "주세요",
    "주라",
    "줄래",
    "줄래요",
    "줄수있어",
    "줄수있어요",
    "줄수있니",
    "줄수있나요",
    "줄수있을까",
    "줄수있을까요",
    "주시겠어요",
    "주실래요",
    "주실수있나요",
    "주실수있어요",
    "줄레",
    "죠",
];
/// The same, or a plain imperative.
const MAYBE_GIVE: &[&str] = &[
    "",
    "요",
    "줘",
    "줘요",
    "주세요",
    "주라",
    "줄래",
    "줄래요",
    "줄수있어",
    "줄수있어요",
    "줄수있니",
    "줄수있나요",
    "줄수있을까",
    "줄수있을까요",
    "주시겠어요",
    "주실래요",
    "주실수있나요",
    "주실수있어요",
    "줄레",
];
const IS_IT: &[&str] = &[
    "",
    "야",
    "예요",
    "에요",
    "이에요",
    "이예요",
    "이야",
    "지",
    "지요",
    "죠",
    "이지",
    "이죠",
    "니",
    "이니",
    "냐",
    "이냐",
    "인가",
    "인가요",
    "일까",
    "일까요",
    "입니까",
    "임",
    "인지알려줘",
    "인지알려줘요",
    "인지알려주세요",
    "인지알려줄래",
    "인지말해줘",
    "인지말해주세요",
    "인지알아",
];
const OF: &[&str] = &["", "을", "를", "은", "는", "이", "가", "좀", "을좀", "를좀", "도"];
const TELL: &[&str] = &["알려", "말해", "가르쳐", "얘기해", "읽어", "보여"];

const CONVERSATION: &[&str] =
    &["대화", "대화내용", "대화기록", "대화창", "채팅", "채팅내용", "채팅기록", "채팅창", "채팅방"];
const OURS: &[&str] = &[
    "",
    "우리",
    "우리의",
    "이",
    "지금",
    "지금까지",
    "지금까지의",
    "지금까지한",
    "지금까지나눈",
    "나눈",
    "우리가나눈",
    "전체",
    "모든",
];
const ALL: &[&str] = &["", "다", "모두", "전부", "싹", "싹다", "전체"];
const VOICE: &[&str] = &["음성", "목소리", "네목소리", "니목소리", "음성출력", "말소리"];
const SPEED: &[&str] = &["말이", "너말이", "말하는게", "말하는것이", "말하는속도가", "말속도가"];
const MORE: &[&str] = &["조금더", "좀더", "더", "조금만더", "좀만더"];
const MAYBE_MORE: &[&str] =
    &["", "좀", "조금", "조금만", "조금더", "좀더", "더", "조금만더", "좀만더"];
const SAY: &[&str] = &["말해", "얘기해", "이야기해", "읽어", "대답해"];
const SCREEN: &[&str] =
    &["", "화면", "화면을", "화면은", "화면모드를", "화면모드", "모드를", "테마를", "테마"];
const DARK: &[&str] = &["다크모드", "닥크모드", "다크테마", "어두운모드", "야간모드", "어두운테마"];
const LIGHT: &[&str] = &["라이트모드", "라이트테마", "밝은모드", "밝은테마", "주간모드"];
const TO_MODE: &[&str] = &["", "로", "으로", "를", "을", "좀", "로좀"];
const SET: &[&str] = &["켜", "바꿔", "해", "변경해", "전환해", "설정해", "틀어"];
const FROM_NOW: &[&str] = &["", "이제", "이제부터", "지금부터", "앞으로", "앞으로는", "우리"];
const IN_KOREAN: &[&str] = &["한국어로", "한국말로", "우리말로", "한글로"];
const IN_ENGLISH: &[&str] = &["영어로", "잉글리시로"];
const LANGUAGE: &[&str] = &["언어를", "언어", "말을"];
const SWITCH: &[&str] = &["바꿔", "변경해", "전환해", "설정해"];
const ONLY: &[&str] = &["", "만", "좀"];
const TALK: &[&str] = &[
    "",
    "말해",
    "얘기해",
    "이야기해",
    "대답해",
    "답해",
    "대화해",
    "해",
    "바꿔",
    "변경해",
    "전환해",
    "설정해",
];
const LETS: &[&str] =
    &["말하자", "얘기하자", "이야기하자", "대화하자", "하자", "부탁해", "부탁해요"];

const PHRASES: &[(Command, Parts)] = &[
    (
        Command::TellTime,
        &[
            &[
                "",
                "지금",
                "지금이",
                "지금은",
                "현재",
                "지금시간이",
                "지금시각이",
                "지금시간",
                "시간이",
            ],
            // As whisper may write it, too.
            &["몇시", "몇씨", "멫시", "며시"],
            &["", "쯤"],
            IS_IT,
        ],
    ),
    (
        Command::TellTime,
        &[
            &["", "지금", "지금이", "벌써"],
            &["몇시"],
            &["됐어", "됐어요", "됐지", "됐나", "됐나요", "됐니", "나됐어", "나됐어요", "나됐니"],
        ],
    ),
    (
        Command::TellTime,
        &[&["", "지금", "현재"], &["시간", "시각"], OF, &["알려", "말해", "가르쳐", "읽어"], GIVE],
    ),
    (
        Command::TellTime,
        &[&["지금", "현재"], &["시간", "시각"], &["", "은", "이", "어떻게돼", "어떻게돼요"]],
    ),
    (
        Command::TellDate,
        &[
            &["오늘", "오늘이", "오늘은", "오늘날짜가", "오늘날짜", "오늘며칠이고"],
            &["며칠", "몇일", "몇월며칠", "몇월몇일", "무슨요일", "무슨욜일"],
            IS_IT,
        ],
    ),
    (
        Command::TellDate,
        &[&["오늘", "오늘의"], &["날짜", "요일"], OF, &["알려", "말해", "가르쳐", "읽어"], GIVE],
    ),
    (Command::TellDate, &[&["날짜"], OF, &["알려", "말해"], GIVE]),
    (
        Command::TellDate,
        &[
            &["오늘", "오늘의"],
            &["날짜", "요일"],
            &["", "가", "이", "는", "은"],
            &["", "뭐야", "뭐예요", "뭐지", "어떻게돼", "어떻게돼요", "어떻게되니", "어떻게되나요"],
        ],
    ),
    (
        Command::Help,
        &[
            &["", "너", "너는", "넌", "네가", "니가", "당신은", "벨라는", "벨라너는"],
            &["", "또"],
            &["뭐", "뭘", "무엇을", "뭐를", "무슨일을", "어떤걸", "어떤것을", "어떤일을"],
            &["할수있", "할줄알", "할줄아", "해줄수있", "도와줄수있"],
            &[
                "어",
                "어요",
                "니",
                "나",
                "나요",
                "아",
                "아요",
                "지",
                "는데",
                "습니까",
                "는지알려줘",
                "는지말해줘",
                "는지알려주세요",
                "는지말해주세요",
            ],
        ],
    ),
    (
        Command::Help,
        &[
            &["", "네가", "니가", "너가", "벨라가"],
            &["할수있는", "할줄아는"],
            &["게", "것이", "거", "건", "것은", "일이", "일은", "기능이", "기능은"],
            &[
                "뭐야",
                "뭐예요",
                "뭐니",
                "뭐지",
                "뭐가있어",
                "뭐가있어요",
                "뭐가있니",
                "뭐가있나요",
                "무엇인가요",
                "뭔가요",
            ],
        ],
    ),
    (
        Command::Help,
        &[
            &["어떤", "무슨"],
            &["기능이", "명령이", "명령어가", "기능", "명령어"],
            &["있어", "있어요", "있니", "있나요", "있지"],
        ],
    ),
    (Command::Help, &[&["도움말", "사용법", "사용방법", "명령어", "명령어목록"], OF, TELL, GIVE]),
    (Command::Help, &[&["도움말", "사용법"]]),
    (
        Command::ClearConversation,
        &[
            OURS,
            CONVERSATION,
            OF,
            ALL,
            &["지워", "지워버려", "삭제해", "비워", "없애", "초기화해", "리셋해"],
            MAYBE_GIVE,
        ],
    ),
    (
        Command::ClearConversation,
        &[
            OURS,
            CONVERSATION,
            &["", "를", "을"],
            ALL,
            &["삭제", "초기화", "지우기", "비우기", "지우자"],
        ],
    ),
    (
        Command::ClearConversation,
        &[
            &["새", "새로운"],
            &["대화", "채팅"],
            &["", "를", "을"],
            &["", "시작", "시작하자", "시작할래", "시작할게", "하자", "열자"],
        ],
    ),
    (
        Command::ClearConversation,
        &[&["새", "새로운"], &["대화", "채팅"], &["", "를", "을"], &["시작해", "열어"], MAYBE_GIVE],
    ),
    (
        Command::Hush,
        &[
            &["", "이제", "그만"],
            &[
                "그만",
                "그만해",
                "그만좀해",
                "그만말해",
                "말그만해",
                "말그만",
                "그만얘기해",
                "그만읽어",
                "그만떠들어",
                "조용",
                "조용히",
                "조용히해",
                "조용히좀해",
                "조용히있어",
                "쉿",
                "멈춰",
                "말멈춰",
                "스톱",
                "스탑",
                "닥쳐",
                "입다물어",
            ],
            MAYBE_GIVE,
        ],
    ),
    (Command::Hush, &[&["그만하세요", "조용히하세요", "멈추세요", "그만말하세요", "그만말해도돼"]]),
    (Command::VoiceOn, &[VOICE, OF, &["켜", "다시켜", "틀어"], MAYBE_GIVE]),
    (
        Command::VoiceOn,
        &[&["소리내서", "소리내어", "말로", "음성으로", "목소리로"], ONLY, SAY, MAYBE_GIVE],
    ),
    (Command::VoiceOn, &[&["음소거", "뮤트"], OF, &["해제", "해제해", "풀어", "꺼"], MAYBE_GIVE]),
    (Command::VoiceOff, &[VOICE, OF, &["꺼", "중지해"], MAYBE_GIVE]),
    (Command::VoiceOff, &[&["음소거", "뮤트"], &["", "해", "켜", "를켜"], MAYBE_GIVE]),
    (
        Command::VoiceOff,
        &[
            &["글로", "텍스트로", "글자로"],
            &["만"],
            &["말해", "대답해", "답해", "보여"],
            MAYBE_GIVE,
        ],
    ),
    (
        Command::VoiceOff,
        &[&[
            "소리내지마",
            "소리내지마요",
            "소리내지마세요",
            "소리내지말아줘",
            "소리내지말아주세요",
        ]],
    ),
    (Command::Slower, &[MAYBE_MORE, &["천천히", "느리게"], &["", "좀"], SAY, MAYBE_GIVE]),
    (Command::Slower, &[MORE, &["천천히", "느리게"], &["", "해줘", "해주세요", "해", "요"]]),
    (
        Command::Slower,
        &[
            SPEED,
            &["", "너무", "좀", "조금", "좀너무"],
            &[
                "빨라",
                "빨라요",
                "빠르다",
                "빠르네",
                "빠르네요",
                "빠른데",
                "빠른것같아",
                "빠른거같아",
            ],
        ],
    ),
    (
        Command::Slower,
        &[
            &["말속도", "말하는속도", "말하기속도"],
            OF,
            &["", "좀", "조금"],
            &["늦춰", "줄여", "느리게해", "낮춰"],
            MAYBE_GIVE,
        ],
    ),
    // "빨리 말해" hurries her along and is about no rate.
    (Command::Faster, &[MORE, &["빨리", "빠르게"], &["", "좀"], SAY, MAYBE_GIVE]),
    (Command::Faster, &[&["", "좀", "조금"], &["빠르게"], SAY, MAYBE_GIVE]),
    (Command::Faster, &[MORE, &["빨리", "빠르게"], &["", "해줘", "해주세요", "해", "요"]]),
    (
        Command::Faster,
        &[
            SPEED,
            &["", "너무", "좀", "조금", "좀너무"],
            &[
                "느려",
                "느려요",
                "느리다",
                "느리네",
                "느리네요",
                "느린데",
                "느린것같아",
                "느린거같아",
            ],
        ],
    ),
    (
        Command::Faster,
        &[
            &["말속도", "말하는속도", "말하기속도"],
            OF,
            &["", "좀", "조금"],
            &["올려", "높여", "빠르게해"],
            MAYBE_GIVE,
        ],
    ),
    (Command::Darken, &[SCREEN, DARK, TO_MODE, SET, MAYBE_GIVE]),
    (Command::Darken, &[DARK, &["", "로", "요"]]),
    (
        Command::Darken,
        &[
            &["화면", "화면을", "화면좀"],
            &["", "더", "좀"],
            &["어둡게"],
            &["", "해", "바꿔"],
            MAYBE_GIVE,
        ],
    ),
    (Command::Darken, &[LIGHT, TO_MODE, &["꺼", "해제해"], MAYBE_GIVE]),
    (Command::Lighten, &[SCREEN, LIGHT, TO_MODE, SET, MAYBE_GIVE]),
    (Command::Lighten, &[LIGHT, &["", "로", "요"]]),
    (
        Command::Lighten,
        &[
            &["화면", "화면을", "화면좀"],
            &["", "더", "좀"],
            &["밝게"],
            &["", "해", "바꿔"],
            MAYBE_GIVE,
        ],
    ),
    (Command::Lighten, &[DARK, TO_MODE, &["꺼", "해제해"], MAYBE_GIVE]),
    (Command::Speak(Language::Korean), &[FROM_NOW, IN_KOREAN, ONLY, TALK, MAYBE_GIVE]),
    (Command::Speak(Language::English), &[FROM_NOW, IN_ENGLISH, ONLY, TALK, MAYBE_GIVE]),
    (Command::Speak(Language::Korean), &[FROM_NOW, IN_KOREAN, ONLY, LETS]),
    (Command::Speak(Language::English), &[FROM_NOW, IN_ENGLISH, ONLY, LETS]),
    (Command::Speak(Language::Korean), &[LANGUAGE, IN_KOREAN, SWITCH, MAYBE_GIVE]),
    (Command::Speak(Language::English), &[LANGUAGE, IN_ENGLISH, SWITCH, MAYBE_GIVE]),
];

pub(super) fn understand(text: &str) -> Option<Command> {
    PHRASES.iter().find(|(_, parts)| fits(text, parts)).map(|(command, _)| *command)
}

fn fits(text: &str, parts: &[&[&str]]) -> bool {
    let Some((any, rest)) = parts.split_first() else {
        return text.is_empty();
    };
    any.iter().any(|it| text.strip_prefix(it).is_some_and(|left| fits(left, rest)))
}
