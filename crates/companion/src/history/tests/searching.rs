use super::*;

/// What is found is shown between brackets.
#[track_caller]
fn check(typed: &str, text: &str, expected: Option<&str>) {
    let query = Query::read(typed).expect("something is looked for");
    let places = query.places_in(text);
    let shown = places.as_ref().map(|places| {
        let mut shown = text.to_owned();
        for place in places.iter().rev() {
            shown.insert(place.end, ']');
            shown.insert(place.start, '[');
        }
        shown
    });
    assert_eq!(shown.as_deref(), expected, "{typed:?} in {text:?}");
    assert_eq!(query.is_in(text), expected.is_some(), "{typed:?} in {text:?}");
}

#[test]
fn a_letter_is_the_same_capital_or_small_wide_or_narrow() {
    check("bella", "Hey BELLA, Bella!", Some("Hey [BELLA], [Bella]!"));
    check("BELLA", "hey bella", Some("hey [bella]"));
    check("Ｂｅｌｌａ", "hey bella", Some("hey [bella]"));
    check("bella 2", "ＢＥＬＬＡ　２", Some("[ＢＥＬＬＡ]　[２]"));
    check("éa", "CAFÉA", Some("CAF[ÉA]"));
    check("ﾡ", "가방", Some("[가]방"));
    check("istanbul", "İSTANBUL", Some("[İSTANBUL]"));
    check("ella", "bela", None);
}

#[test]
fn korean_is_found_by_its_syllables() {
    check("벨라", "안녕, 벨라야.", Some("안녕, [벨라]야."));
    check("벨", "밸브", None);
    check("벨라", "베 ㄹ라", None);
    // As some keyboards hand it over.
    check("\u{1107}\u{1166}\u{11AF}\u{1105}\u{1161}", "벨라", Some("[벨라]"));
}

#[test]
fn korean_is_found_by_first_consonants_alone() {
    check("ㅂㄹ", "안녕, 벨라야. 바람이 분다", Some("안녕, [벨라]야. [바람]이 분다"));
    check("ㅂㄹ", "바다", None);
    check("ㅂㄹ", "바 람", None);
    check("ㄲ", "가까이", Some("가[까]이"));
    check("ㄱ", "까", None);
    check("\u{1107}\u{1105}", "벨라", Some("[벨라]"));
    // Typed as they are meant, too.
    check("ㅋㅋ", "ㅋㅋㅋㅋ 웃겨", Some("[ㅋㅋㅋㅋ] 웃겨"));
    // One sign from the keyboard, two consonants in mind.
    check("ㄳ", "감사해요", Some("[감사]해요"));
    check("ㄳ", "ㄳ!", Some("[ㄳ]!"));
    check("ㅎㅇㅄ", "할 일 하여보서", Some("할 일 [하여보서]"));
}

#[test]
fn a_word_still_being_typed_is_found_already() {
    check("벨ㄹ", "벨라", Some("[벨라]"));
    check("다람ㅈ", "다람쥐", Some("[다람쥐]"));
    // In the middle it is what it is.
    check("ㄹ라", "벨라", None);
}

#[test]
fn of_several_words_all_have_to_be_there() {
    check("sea light", "A lighthouse by the sea.", Some("A [light]house by the [sea]."));
    check("sea mountain", "A lighthouse by the sea.", None);
    check("  ㅂㄹ   hello ", "hello 벨라", Some("[hello] [벨라]"));
    check("aa a", "aaa b a", Some("[aaa] b [a]"));
}

#[test]
fn no_sign_is_cut() {
    // Drawn onto the letter before.
    check("e", "me\u{0323}\u{0302}t", Some("m[e\u{0323}\u{0302}]t"));
    check("x", "ax\u{0307}\u{0323}b", Some("a[x\u{0307}\u{0323}]b"));
    check("👩", "👩\u{200D}💻!", Some("[👩\u{200D}💻]!"));
    check("💻", "👩\u{200D}💻!", Some("👩\u{200D}[💻]!"));
    check("👍", "👍🏽", Some("[👍🏽]"));
    // A text that nobody composed.
    check("ㄱ", "\u{1100}\u{1161}\u{11A8}", Some("[\u{1100}\u{1161}\u{11A8}]"));
    check("\u{0301}", "x\u{0301}y", Some("[x\u{0301}]y"));
}

#[test]
fn nothing_is_looked_for_with_blanks() {
    for blank in ["", " ", "\u{3000}\t\n"] {
        assert_eq!(Query::read(blank), None);
    }
    assert!(Query::read(&"a ".repeat(10_000)).is_some(), "too much is cut, not refused");
}

#[test]
fn the_newest_is_found_first() {
    let entries = [said(1, "벨라"), said(2, "바다"), said(3, "벨라야")];
    let query = Query::read("벨라").expect("a name");
    let ids: Vec<u64> = query.search(&entries).map(|entry| entry.id).collect();
    assert_eq!(ids, [3, 1]);
}

/// Years of talk: how long it takes is told and not judged, as machines differ.
#[test]
fn a_hundred_thousand_entries_are_looked_through() {
    let text = "오늘은 날씨가 참 좋네요. What shall we do? 산책도 좋고 책도 좋아요.";
    let mut entries: Vec<Entry> = (1..=100_000).map(|id| said(id, text)).collect();
    entries[77].text.push_str(" 등대");
    for (typed, expected) in [("등대", 1), ("ㄷㄷ", 1), ("shall 날씨", 100_000), ("없는말", 0)]
    {
        let query = Query::read(typed).expect("a word");
        assert_eq!(query.search(&entries).count(), expected, "{typed}");
    }
}
