//! Both catalogues are whole, and nothing a person reads stands outside them.

use std::collections::BTreeSet;
use std::path::Path;

use bella_companion::mouth::NotSaid;
use bella_companion::{Command, Language, Loading, Persona, Trouble, commands};
use bella_protocol::{Failure, NotKept};
use unicode_normalization::is_nfc;

use super::{messages, tell};

fn is_hangul(letter: char) -> bool {
    matches!(letter, '\u{AC00}'..='\u{D7A3}')
}

#[test]
fn no_message_is_empty_or_carries_stray_blanks() {
    for language in Language::ALL {
        for (name, text, _) in messages(language).list() {
            assert!(!text.trim().is_empty(), "{language:?} {name}");
            assert_eq!(text, text.trim(), "{language:?} {name}");
            assert!(!text.contains("  "), "{language:?} {name}: {text}");
        }
    }
}

#[test]
fn every_argument_of_a_message_is_used_in_both_languages() {
    for language in Language::ALL {
        for (name, text, arguments) in messages(language).list() {
            for argument in arguments {
                assert!(text.contains(&format!("{{{argument}}}")), "{language:?} {name}: {text}");
            }
        }
    }
}

#[test]
fn korean_is_composed_hangul() {
    for (name, text, arguments) in messages(Language::Korean).list() {
        assert!(is_nfc(&text), "{name}: {text}");
        assert!(text.chars().any(is_hangul), "{name}: {text} {arguments:?}");
    }
}

#[test]
fn english_holds_no_hangul() {
    for (name, text, _) in messages(Language::English).list() {
        assert!(!text.chars().any(is_hangul), "{name}: {text}");
    }
}

/// Korean sentences of the page end in the polite, friendly style throughout.
#[test]
fn korean_sentences_end_politely() {
    for (name, text, _) in messages(Language::Korean).list() {
        for sentence in text.split_inclusive(['.', '?', '!']) {
            let sentence = sentence.trim();
            let Some(body) = sentence.strip_suffix(['.', '?', '!']) else {
                continue;
            };
            // "여러분의 말." names a thing and has no verb; "MIT 또는 Apache 2.0" no end.
            let last = body.trim_end_matches(')').trim_end();
            let names_a_thing = name.starts_with("about.") && !sentence.contains('요');
            let is_polite = last.ends_with('요')
                || last.ends_with("세요")
                || last.split(" (").next().is_some_and(|before| before.ends_with('요'));
            assert!(
                is_polite || names_a_thing || last.ends_with(char::is_numeric),
                "{name}: {sentence}"
            );
        }
    }
}

#[test]
fn every_trouble_has_a_sentence_and_a_next_step() {
    let detail = || "detail".to_owned();
    let file = || "model.gguf".to_owned();
    let failures = [
        Failure::NotLoaded { model: file() },
        Failure::Unreachable { file: file(), detail: detail() },
        Failure::BadStatus { file: file(), status: 404 },
        Failure::Forbidden { file: file() },
        Failure::NotInFile { file: file() },
        Failure::ShortFile { file: file(), got: 1, expected: 2 },
        Failure::WrongHash { file: file(), expected: detail(), got: detail() },
        Failure::BadModel { file: file(), field: detail(), detail: detail() },
        Failure::TooLarge { model: file(), needed_bytes: 2, free_bytes: 1 },
        Failure::TooLong { tokens: 9, limit: 8 },
        Failure::WrongTask { model: file(), is: detail(), wanted: detail() },
        Failure::BadRequest { detail: detail() },
        Failure::Crashed { detail: detail() },
    ];
    let troubles = failures.into_iter().map(Trouble::Failed).chain([
        Trouble::EngineNotStarted { detail: detail() },
        Trouble::EngineLost { detail: detail() },
        Trouble::Failed(Failure::NotKept(NotKept::Refused { detail: detail() })),
        Trouble::EngineKeepsDying { detail: detail() },
    ]);
    let mut kinds = BTreeSet::new();
    for trouble in troubles {
        assert!(kinds.insert(trouble.kind()), "two troubles are called {}", trouble.kind());
        let [korean, english] =
            Language::ALL.map(|language| tell::trouble(messages(language), &trouble));
        assert_ne!(korean.what, english.what, "{trouble:?}");
        assert_ne!(korean.next, english.next, "{trouble:?}");
        assert!(korean.detail.is_some(), "{trouble:?}");
    }
}

#[test]
fn a_model_that_is_not_kept_is_explained() {
    for language in Language::ALL {
        for why in [
            NotKept::Refused { detail: "SecurityError".into() },
            NotKept::Full { needed_bytes: 98_362_432, fit_bytes: 40_000_000, others_bytes: 0 },
            NotKept::Full { needed_bytes: 98_362_432, fit_bytes: 0, others_bytes: 79_669_458 },
            NotKept::OverLimit { needed_bytes: 9, limit_bytes: 8, others_bytes: 7 },
            NotKept::Unreliable,
        ] {
            let told = tell::not_kept(messages(language), &why);
            assert!(told.what.len() > 20 && told.next.len() > 20, "{language:?} {told:?}");
            if let NotKept::Full { others_bytes, .. } = why {
                assert!(told.what.contains("98 MB"), "{told:?}");
                assert_eq!(told.next.contains("79 MB"), others_bytes > 0, "{told:?}");
            }
        }
    }
}

#[test]
fn every_silence_has_a_sentence_and_a_next_step() {
    let mut kinds = BTreeSet::new();
    for why in [
        NotSaid::NoVoices,
        NotSaid::NoVoiceFor(Language::Korean),
        NotSaid::OnlyRemote(Language::English),
        NotSaid::NotAllowed,
        NotSaid::NeverStarted,
        NotSaid::NeverEnded,
        NotSaid::Failed { error: "network".into() },
    ] {
        assert!(kinds.insert(why.kind()), "two silences are called {}", why.kind());
        let [korean, english] = Language::ALL.map(|it| tell::not_said(messages(it), &why));
        assert_ne!(korean.what, english.what, "{why:?}");
        assert_ne!(korean.next, english.next, "{why:?}");
        assert_eq!(korean.detail, english.detail, "{why:?}");
    }
}

#[test]
fn a_load_tells_how_long_it_will_take() {
    let request = bella_protocol::RequestId(0);
    for (done_bytes, bytes_per_second, retrying, expected) in [
        (0, None, false, None),
        (0, Some(1_000_000), false, Some("1 MB a second · about 98 s left")),
        (0, Some(500_000), false, Some("500 kB a second · about 4 min left")),
        (98_000_000, Some(500_000), false, Some("500 kB a second")),
        (0, Some(0), false, Some("0 B a second")),
        (5, Some(500_000), true, Some("The connection broke off. It is tried again.")),
    ] {
        let total_bytes = 98_000_000;
        let loading = Loading { request, done_bytes, total_bytes, bytes_per_second, retrying };
        let told = tell::pace(messages(Language::English), &loading);
        assert_eq!(told.as_deref(), expected);
    }
}

/// Until the page's own code runs only `index.html` can speak.
#[test]
fn the_first_paint_speaks_the_catalogues_words() {
    let html = squeeze(include_str!("../../index.html"));
    for language in Language::ALL {
        let boot = &messages(language).boot;
        for text in [boot.no_script, boot.unsupported, boot.broken, boot.stopped] {
            assert!(html.contains(&squeeze(text)), "index.html lacks: {text}");
        }
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn views_say_nothing_that_is_not_in_the_catalogue() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    let mut folders = vec![source.join("pages"), source.join("components")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("the file can be read");
            let said = spoken_literals(&text);
            assert!(said.is_empty(), "{}: {said:?}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 5, "only {seen} files looked at");
}

#[test]
fn a_spoken_literal_is_told_from_a_technical_one() {
    for (view, expected) in [
        (r#"<p class="lead wide">{text}</p>"#, vec![]),
        (r#"<p>"Hello"</p>"#, vec!["Hello"]),
        (r#"<p>{count}"left"</p>"#, vec!["left"]),
        (r#"<p>"·"</p>"#, vec![]),
        (r#"<input placeholder="Name"/>"#, vec!["Name"]),
        (r#"<input aria-label="Name"/>"#, vec!["Name"]),
        (r#"<input data-testid="name"/>"#, vec![]),
        (r#"let said = format!("{count} left over");"#, vec!["{count} left over"]),
        (r#"match x { A => "streaming" }"#, vec![]),
        (r#"Icon::Stop => "M7 7h10v10Zm-7H7z","#, vec![]),
        (r#"// "Hello there", a comment"#, vec![]),
        (r#""안녕""#, vec!["안녕"]),
    ] {
        assert_eq!(spoken_literals(view), expected, "{view}");
    }
}

/// Three letters in a row: what a drawing's path never has.
fn has_a_word(text: &str) -> bool {
    text.split(|letter: char| !letter.is_alphabetic()).any(|run| run.chars().count() >= 3)
}

/// String literals of a view that a person would read: text between tags, text
/// of speaking attributes, anything in Hangul, and anything of several words
/// that is not an attribute's value.
fn spoken_literals(source: &str) -> Vec<&str> {
    let mut said = Vec::new();
    for line in source.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        let parts: Vec<&str> = line.split('"').collect();
        for pair in parts.windows(2).step_by(2) {
            let [before, text] = pair else { continue };
            let before = before.trim_end();
            let has_words = text.chars().any(char::is_alphabetic);
            let is_speaking_attribute = ["placeholder=", "title=", "alt=", "aria-label="]
                .iter()
                .any(|attribute| before.ends_with(attribute));
            let is_attribute = before.ends_with('=');
            let is_text_node =
                (before.ends_with('>') && !before.ends_with("=>")) || before.ends_with('}');
            let is_sentence = !is_attribute && text.trim().contains(' ') && has_a_word(text);
            if text.chars().any(is_hangul)
                || has_words && (is_speaking_attribute || is_text_node || is_sentence)
            {
                said.push(*text);
            }
        }
    }
    said
}

/// What is offered to be tried while the model is on its way needs none.
#[test]
fn what_can_be_tried_already_is_understood_without_a_model() {
    for language in Language::ALL {
        let t = &messages(language).first_steps;
        for (words, expected) in [
            (t.try_time, Command::TellTime),
            (t.try_date, Command::TellDate),
            (t.try_help, Command::Help),
        ] {
            let understood = commands::understand(words, &Persona::default());
            assert_eq!(understood, Some(expected), "{words}");
        }
    }
}
