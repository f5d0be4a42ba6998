use super::*;

fn texts(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[track_caller]
fn check(written: &str, said: &[&str]) {
    let lines = Reader::new(Language::English).finish(written);
    assert_eq!(texts(&lines), said, "{written:?}");
}

#[test]
fn plain_words_are_said_as_they_are() {
    check("", &[]);
    check("Hello there.", &["Hello there."]);
    check("One. Two!\nThree", &["One.", "Two!", "Three"]);
    check("안녕하세요. 저는 벨라예요.", &["안녕하세요.", "저는 벨라예요."]);
    check(
        "3 < 5 and 2 * 3 = 6, it's 50% & C# #1 at 3~5.",
        &["3 < 5 and 2 * 3 = 6, it's 50% & C# #1 at 3~5."],
    );
    check("a\u{200B}b\u{7}c", &["abc"]);
}

#[test]
fn marks_are_not_said() {
    check("This is **very** *important*, ~~not~~ `so`.", &["This is very important, not so."]);
    check("__Yes__ and _no_, in snake_case_names", &["Yes and no, in snake case names"]);
    check("## The plan ##\ntext", &["The plan", "text"]);
    check("#hashtag", &["#hashtag"]);
    check("> > Quoted.", &["Quoted."]);
    check("**Bold. Still bold.**", &["Bold.", "Still bold."]);
    check(r"Not \*emphasised\*", &["Not emphasised"]);
    check("above\n---\nbelow\n***", &["above", "below"]);
    check("line<br>break <b>bold</b>", &["line break bold"]);
}

#[test]
fn lists_are_said_without_their_signs() {
    check("- milk\n* bread\n+ tea\n• 쌀", &["milk", "bread", "tea", "쌀"]);
    check("1. Boil water.\n2) Add tea.\n(3) Wait.", &["Boil water.", "Add tea.", "Wait."]);
    check("- [ ] open\n- [x] done", &["open", "done"]);
    check("-5 degrees\n1.5 litres\n1234. big", &["-5 degrees", "1.5 litres", "1234. big"]);
}

#[test]
fn links_say_their_text_and_addresses_that_they_are_links() {
    check("See [the docs](https://a.b/c_(d)?e=f \"title\") now.", &["See the docs now."]);
    check("![a cat](cat.png)", &["a cat"]);
    check("[one][1] and [two][]", &["one and two"]);
    check("Known.[^1]", &["Known."]);
    check("Look at https://example.com/a?b=c.", &["Look at a link."]);
    check("(see http://a.b/c), or www.x.org!", &["(see a link), or a link!"]);
    check("<https://a.b> or <me@a.b>", &["a link or"]);
    check("https://example.com에서 보세요.", &["링크에서 보세요."]);
    check("[https://a.b](https://a.b)", &["a link"]);
    check("[]() nothing", &["nothing"]);
    check("wwwhat? http", &["wwwhat?", "http"]);
}

#[test]
fn pictures_and_laughter_are_not_said() {
    check("Great! 🎉🎉 Really 👩‍👩‍👧 ❤️.", &["Great!", "Really."]);
    check("Step 1️⃣ is next 🇰🇷", &["Step 1 is next"]);
    check("ㅋㅋㅋ 좋아요 ㅎㅎ ^^", &["좋아요"]);
    check("좋아요ㅋㅋㅋㅋ!", &["좋아요!"]);
    check("ㄱ, ㅋ은 자음이에요.", &["ㄱ, ㅋ은 자음이에요."]);
    check("안녕~ 반가워요~~", &["안녕", "반가워요"]);
    check("🙂", &[]);
    check("A → B", &["A, B"]);
    check("Nice (🙂) day", &["Nice day"]);
}

#[test]
fn code_is_left_to_the_eyes() {
    check(
        "Try this:\n```rust\nfn main() { say(\"hi\"); }\n```\nDone.",
        &["Try this:", "The code is on the screen.", "Done."],
    );
    check(
        "이렇게요.\n~~~\nlet a = 1. b\n```\n~~~\n끝이에요.",
        &["이렇게요.", "코드는 화면에 있어요.", "끝이에요."],
    );
    check("````\n```\nstill code\n````\nout", &["The code is on the screen.", "out"]);
    check("``` never closed\ncode", &["The code is on the screen."]);
    check("```inline``` code", &["inline code"]);
}

#[test]
fn tables_are_said_row_by_row() {
    check(
        "| City | People |\n|:-----|-------:|\n| Paris | 2.1 million |\n| 서울 | 940만 명 |\nSo.",
        &["City, People.", "Paris, 2.1 million.", "서울, 940만 명.", "So."],
    );
    check("| | |\n|a|", &["a."]);
}

#[test]
fn each_sentence_is_in_its_language() {
    for (written, expected) in [
        ("Hello.", Language::English),
        ("안녕하세요.", Language::Korean),
        ("Rust는 빠른 언어예요.", Language::Korean),
        ("The Korean word 안녕 means both hello and goodbye.", Language::English),
        ("Café déjà vu.", Language::English),
    ] {
        let lines = Reader::new(Language::English).finish(written);
        assert_eq!(lines.first().map(|line| line.language), Some(expected), "{written:?}");
    }
}

#[test]
fn numbers_alone_are_said_in_the_language_before_them() {
    let lines = Reader::new(Language::English).finish("좋아요. 42. Fine. 43.");
    let languages: Vec<_> = lines.iter().map(|line| line.language.tag()).collect();
    assert_eq!(texts(&lines), ["좋아요.", "42. Fine.", "43."]);
    assert_eq!(languages, ["ko", "en", "en"]);
    let lines = Reader::new(Language::Korean).finish("좋아요! 42!");
    assert_eq!(lines.last().map(|line| line.language), Some(Language::Korean));
}

#[test]
fn what_no_voice_of_hers_reads_is_left_out() {
    check("你好，世界。\nHello.\nПривет.", &["Hello."]);
}

#[test]
fn syllables_are_put_together_before_anything_is_cut() {
    let apart = "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}"; // 한글
    check(apart, &["한글"]);
    check("\u{AC00}\u{11AB}", &["간"]);
    check("\u{1161}\u{1100}", &["\u{1161}\u{1100}"]);
}

#[test]
fn long_sentences_become_several_lines() {
    let korean = "오늘은 날씨가 좋아서 공원에 갔다가, 강을 따라 걸으면서, ".repeat(12);
    let english = "it goes on and on, ".repeat(60);
    for written in [korean, english, "가".repeat(900), "x".repeat(900)] {
        let lines = Reader::new(Language::English).finish(&written);
        assert!(lines.len() > 3, "{written}");
        for line in lines {
            let weighs: usize = line.text.chars().map(sentences::weight).sum();
            assert!(weighs <= LONGEST, "{}", line.text);
        }
    }
}

/// As it streams: whatever [`sentences::complete`] gives, and the rest at the end.
fn streamed(written: &str) -> Vec<Line> {
    let mut reader = Reader::new(Language::English);
    let (mut told, mut lines) = (0, Vec::new());
    for (end, _) in written.char_indices() {
        if let Some(to) = sentences::complete(&written[..end], told) {
            lines.extend(reader.read(&written[told..to]));
            told = to;
        }
    }
    lines.extend(reader.finish(&written[told..]));
    lines
}

#[test]
fn what_streams_in_is_said_like_what_stands_there() {
    for written in [
        "Sure! **Here. It is.** See [a. b](https://x.y) and `c`.\n\n```js\na. b. c\n```\nDone. 42.",
        "| a. b | c |\n|---|---|\n| d! e | f |\n1. One. Two.\n2. 셋. 넷이에요!\n\n> Quoted. Twice.",
        "# 제목\n안녕~ 반가워요. Dr. Kim은 3.14를 좋아해요 ㅋㅋ. 끝",
        "| cut off",
    ] {
        let whole = Reader::new(Language::English).finish(written);
        assert_eq!(texts(&streamed(written)), texts(&whole), "{written:?}");
    }
}

#[test]
fn no_heap_of_marks_can_take_long_or_panic() {
    for mark in
        ["](", "[[", "<a", "**", "|", "```\n", "http://", "\\", "ㅋ", "\u{1112}", "1. ", "~ "]
    {
        let heap = mark.repeat(4_000);
        let lines = Reader::new(Language::Korean).finish(&heap);
        assert!(lines.len() <= heap.len());
    }
}
