//! Requests in English, word by word.

use super::Command;
use crate::Language;

/// One of each, one after the other; "" may be left out.
type Parts = &'static [&'static [&'static str]];

const WILL: &[&str] = &[
    "",
    "can you",
    "could you",
    "would you",
    "will you",
    "you can",
    "i want you to",
    "can you please",
    "could you please",
    "would you please",
    "will you please",
];
const TELL: &[&str] = &["tell me", "tell", "give me", "show me", "let me know", "say"];
const IS: &[&str] = &["whats", "what is", "what s"];

const CONVERSATION: &[&str] = &[
    "the conversation",
    "this conversation",
    "our conversation",
    "my conversation",
    "the whole conversation",
    "the entire conversation",
    "conversation",
    "the chat",
    "this chat",
    "our chat",
    "my chat",
    "chat",
    "the chat history",
    "our chat history",
    "my chat history",
    "chat history",
    "the conversation history",
    "our conversation history",
    "conversation history",
    "everything we said",
    "everything we talked about",
];
const VOICE: &[&str] = &["your voice", "the voice", "voice", "voice output", "your speech"];
const ON: &[&str] = &["turn on", "switch on", "enable", "activate"];
const OFF: &[&str] = &["turn off", "switch off", "disable", "deactivate"];
const TO: &[&str] = &[
    "switch to",
    "change to",
    "go to",
    "use",
    "go into",
    "turn on",
    "switch on",
    "enable",
    "activate",
];
const DARK: &[&str] =
    &["dark mode", "darkmode", "the dark mode", "dark theme", "the dark theme", "night mode"];
const LIGHT: &[&str] =
    &["light mode", "lightmode", "the light mode", "light theme", "the light theme", "day mode"];
const THEME: &[&str] = &["the theme", "theme", "the appearance", "appearance", "the page"];
const SPEAK: &[&str] = &["speak", "talk", "go", "read"];
const YOU_SPEAK: &[&str] = &[
    "you speak",
    "you talk",
    "you are speaking",
    "you are talking",
    "youre speaking",
    "youre talking",
    "you re speaking",
    "you re talking",
];
const IN_LANGUAGE: &[&str] = &[
    "speak",
    "speak in",
    "talk",
    "talk in",
    "answer in",
    "reply in",
    "respond in",
    "continue in",
    "write in",
    "speak to me in",
    "talk to me in",
    "answer me in",
    "lets speak",
    "lets speak in",
    "lets talk in",
    "lets talk",
    "lets switch to",
    "in",
    "",
];
const WITH_ME: &[&str] = &["", "to me", "with me", "from now on"];
const SET_LANGUAGE: &[&str] = &["the language", "language", "your language"];
const CHANGE: &[&str] = &["change", "switch", "set"];
const KOREAN: &[&str] = &["korean"];
const ENGLISH: &[&str] = &["english"];

const PHRASES: &[(Command, Parts)] = &[
    (
        Command::TellTime,
        &[
            &[
                "what time is it",
                "what time it is",
                "what time do you have",
                "do you have the time",
                "have you got the time",
                "do you know what time it is",
                "do you know the time",
                "the time",
                "current time",
                "the current time",
                "time",
            ],
            &["now", "currently", "at the moment", "right now", "exactly"],
        ],
    ),
    (
        Command::TellTime,
        &[&[
            "what time is it",
            "what time do you have",
            "do you have the time",
            "have you got the time",
            "do you know what time it is",
            "do you know the time",
            "current time",
            "the current time",
        ]],
    ),
    (Command::TellTime, &[IS, &["the time", "the current time", "the time now"]]),
    (
        Command::TellTime,
        &[
            WILL,
            TELL,
            &["the time", "the current time", "what time it is", "what the time is"],
            &["", "now", "right now"],
        ],
    ),
    (
        Command::TellDate,
        &[
            IS,
            &[
                "the date",
                "todays date",
                "the date today",
                "the current date",
                "today",
                "the day today",
                "the day of the week",
            ],
        ],
    ),
    (
        Command::TellDate,
        &[
            &[
                "what day is it",
                "what day is today",
                "what date is it",
                "what date is today",
                "which day is it",
                "what day of the week is it",
                "what day of the week is today",
                "do you know what day it is",
                "do you know the date",
            ],
            &["", "today", "now"],
        ],
    ),
    (
        Command::TellDate,
        &[
            WILL,
            TELL,
            &["the date", "todays date", "the current date", "what day it is", "what date it is"],
            &["", "today"],
        ],
    ),
    (Command::TellDate, &[&["todays date", "date today", "the date today"]]),
    (
        Command::Help,
        &[&[
            "what can you do",
            "what else can you do",
            "what can i ask you",
            "what can i ask",
            "what can i say",
            "what can i say to you",
            "what are you able to do",
            "what are you capable of",
            "what can you help me with",
            "how can you help me",
            "what commands do you know",
            "what commands do you understand",
            "what are your commands",
            "help menu",
            "show help",
        ]],
    ),
    (Command::Help, &[WILL, TELL, &["what you can do", "what i can say", "your commands"]]),
    (
        Command::ClearConversation,
        &[WILL, &["clear", "delete", "erase", "remove", "wipe", "reset"], CONVERSATION],
    ),
    (
        Command::ClearConversation,
        &[
            WILL,
            &["forget"],
            &[
                "this conversation",
                "our conversation",
                "everything we said",
                "everything we talked about",
            ],
        ],
    ),
    (
        Command::ClearConversation,
        &[
            WILL,
            &["start", "begin", "open", ""],
            &["a new conversation", "new conversation", "a new chat", "new chat"],
        ],
    ),
    (
        Command::Hush,
        &[
            WILL,
            &[
                "stop",
                "stop it",
                "stop that",
                "stop talking",
                "stop speaking",
                "stop reading",
                "be quiet",
                "keep quiet",
                "be silent",
                "shut up",
            ],
        ],
    ),
    (Command::Hush, &[&["quiet", "silence", "hush", "shush", "shh", "thats enough", "enough"]]),
    (Command::VoiceOn, &[WILL, ON, VOICE]),
    (Command::VoiceOn, &[WILL, &["turn", "switch"], VOICE, &["on", "back on"]]),
    (
        Command::VoiceOn,
        &[
            WILL,
            &[
                "unmute",
                "unmute yourself",
                "speak aloud",
                "speak out loud",
                "talk out loud",
                "read aloud",
                "read your answers aloud",
                "use your voice",
                "speak again",
            ],
        ],
    ),
    (Command::VoiceOn, &[&["voice on"]]),
    (Command::VoiceOff, &[WILL, OFF, VOICE]),
    (Command::VoiceOff, &[WILL, &["turn", "switch"], VOICE, &["off"]]),
    (
        Command::VoiceOff,
        &[
            WILL,
            &[
                "mute",
                "mute yourself",
                "mute your voice",
                "stop reading aloud",
                "stop speaking aloud",
                "stop reading out loud",
                "answer in text only",
            ],
        ],
    ),
    (
        Command::VoiceOff,
        &[&["voice off", "text only", "no voice", "dont speak aloud", "dont read aloud"]],
    ),
    (
        Command::Slower,
        &[
            WILL,
            SPEAK,
            &["", "a bit", "a little", "a little bit", "much"],
            &["slower", "more slowly", "slowly"],
        ],
    ),
    (Command::Slower, &[WILL, &["slow down"], &["", "a bit", "a little", "a little bit"]]),
    (
        Command::Slower,
        &[&["slower", "a bit slower", "a little slower", "more slowly", "not so fast"]],
    ),
    (Command::Slower, &[YOU_SPEAK, &["too fast", "too quickly", "way too fast"]]),
    (
        Command::Faster,
        &[
            WILL,
            SPEAK,
            &["", "a bit", "a little", "a little bit", "much"],
            &["faster", "more quickly", "quicker"],
        ],
    ),
    (Command::Faster, &[WILL, &["speed up"], &["", "a bit", "a little", "a little bit"]]),
    (Command::Faster, &[&["faster", "a bit faster", "a little faster", "not so slow"]]),
    (Command::Faster, &[YOU_SPEAK, &["too slow", "too slowly", "way too slow"]]),
    (Command::Darken, &[WILL, TO, DARK]),
    (Command::Darken, &[DARK, &["", "on"]]),
    (Command::Darken, &[WILL, &["turn", "switch"], DARK, &["on"]]),
    (Command::Darken, &[WILL, &["turn", "switch"], LIGHT, &["off"]]),
    (Command::Darken, &[WILL, OFF, LIGHT]),
    (Command::Darken, &[WILL, CHANGE, THEME, &["to"], &["dark", "dark mode"]]),
    (Command::Lighten, &[WILL, TO, LIGHT]),
    (Command::Lighten, &[LIGHT, &["", "on"]]),
    (Command::Lighten, &[WILL, &["turn", "switch"], LIGHT, &["on"]]),
    (Command::Lighten, &[WILL, &["turn", "switch"], DARK, &["off"]]),
    (Command::Lighten, &[WILL, OFF, DARK]),
    (Command::Lighten, &[DARK, &["off"]]),
    (Command::Lighten, &[WILL, CHANGE, THEME, &["to"], &["light", "light mode"]]),
    // "Can you speak Korean?" is a question, so nothing stands before these.
    (Command::Speak(Language::Korean), &[IN_LANGUAGE, KOREAN, WITH_ME]),
    (Command::Speak(Language::English), &[IN_LANGUAGE, ENGLISH, WITH_ME]),
    (
        Command::Speak(Language::Korean),
        &[WILL, &["switch to", "change to", "switch over to"], KOREAN],
    ),
    (
        Command::Speak(Language::English),
        &[WILL, &["switch to", "change to", "switch over to"], ENGLISH],
    ),
    (Command::Speak(Language::Korean), &[WILL, CHANGE, SET_LANGUAGE, &["to"], KOREAN]),
    (Command::Speak(Language::English), &[WILL, CHANGE, SET_LANGUAGE, &["to"], ENGLISH]),
];

pub(super) fn understand(words: &[&str]) -> Option<Command> {
    PHRASES.iter().find(|(_, parts)| fits(words, parts)).map(|(command, _)| *command)
}

fn fits(words: &[&str], parts: &[&[&str]]) -> bool {
    let Some((any, rest)) = parts.split_first() else {
        return words.is_empty();
    };
    any.iter().any(|it| without(words, it).is_some_and(|left| fits(left, rest)))
}

fn without<'a, 'b>(words: &'a [&'b str], phrase: &str) -> Option<&'a [&'b str]> {
    phrase.split_whitespace().try_fold(words, |words, wanted| {
        words.split_first().filter(|(word, _)| **word == wanted).map(|(_, rest)| rest)
    })
}
