//! Our Unigram model against the one of the `tokenizers` crate: the same tokens for
//! any text.

mod support;

use bella_engine::tokenizer::Tokenizer;
use serde_json::{Value, json};
use tokenizers::Tokenizer as Usual;

/// Whatever a person, a document or a broken program may say.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "   \t\r\n  ",
    "Hello, world!",
    "query: How do I make kimchi at home?",
    "안녕하세요, 오늘 기분이 어때요?",
    "query: 김치찌개 맛있게 끓이는 법 알려 줘",
    "passage: 회의는 3월 14일(금) 오후 2시 30분에 시작합니다.",
    "나 오늘 meeting이 3개나 있어서 좀 tired해 ㅠㅠ",
    "ㅋㅋㅋㅋㅋㅋㅋㅋ ㅎㅎ ㄱㄱ ㅇㅋ",
    "뷁쀍꿻뛟쮍 햏햏",
    // Decomposed, as some systems write file names; and letters that stand alone.
    "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}",
    "\u{1100}\u{1100}\u{1161}\u{11A8}\u{11A8}",
    "cafe\u{301} naïve A\u{30A}ngstro\u{308}m",
    "ﬁne ﬀ ½ Ⅳ ㎏ ㈜ ① ™ ﷺ",
    "Ｆｕｌｌ　ｗｉｄｔｈ　ｔｅｘｔ　１２３",
    "ﾊﾝｶｸｶﾀｶﾅ カタカナ ひらがな 漢字",
    "👋🏽 👨‍👩‍👧‍👦 🇰🇷 ❤️ 1️⃣ 🫠🫨",
    "x👋y안👋녕",
    "Zürich — „Grüße“ … «où» ‹ça›",
    "Привет, мир! שלום עולם مرحبا بالعالم नमस्ते สวัสดี ຂອບໃຈ",
    "𠀀𠀁𪚥 𝕳𝖊𝖑𝖑𝖔 𓀀𓁐 \u{10FFFF}",
    "\u{0}\u{1}\u{7F}\u{80}\u{9F}",
    "a\u{0}b\u{200B}c\u{200D}d\u{FEFF}e\u{AD}f",
    "\u{FFFD}\u{FFFE}\u{E000}\u{202E}abc\u{202C}",
    "no\u{A0}break\u{2003}em\u{3000}wide\u{2028}line\u{85}next",
    "▁already ▁▁ marked▁ ▁",
    "<s>",
    "a<s>b</s>c",
    "<pad><unk><mask> <mask>",
    "<s> <unk>뷁 < s > &lt;s&gt; <S>",
    "1234567890 3.14159 -1e-9 0xDEADBEEF 010-1234-5678",
    "https://example.com/a?b=c&d=%20#e me@example.com",
    "fn main() { println!(\"{:?}\", vec![1; 3]); }",
    "!!!???...,,,;;;:::---___***###@@@",
    "ThisIsOneVeryLongWordWithoutAnySpacesInItWhichNobodyWouldEverSayAloudOrWriteDown",
    "аa аА oо ｏ ο",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "\u{301}\u{11A8}\u{FE0F}\u{20E3} starts with nothing to stand on",
    "ଓଡ଼ିଆ ᏣᎳᎩ ᠮᠣᠩᠭᠣᠯ ꦗꦮ ⠃⠗⠁⠊ ᚠᚢᚦ",
];

struct Both {
    ours: Tokenizer,
    usual: Usual,
}

impl Both {
    fn new(json: &[u8]) -> Self {
        let ours = Tokenizer::from_json(json).expect("a tokenizer");
        let mut usual = Usual::from_bytes(json).expect("a tokenizer");
        usual.with_truncation(None).expect("none").with_padding(None);
        Self { ours, usual }
    }

    fn agree_on(&self, text: &str) {
        let start: String = text.chars().take(80).collect();
        for with_marks in [false, true] {
            let usual = self.usual.encode_fast(text, with_marks).map_err(|error| error.to_string());
            let ours = match with_marks {
                true => self.ours.encode_with_marks(text),
                false => self.ours.encode(text),
            };
            match (&ours, &usual) {
                (Ok(ours), Ok(usual)) => assert_eq!(ours, usual.get_ids(), "{start:?}"),
                (Err(_), Err(_)) => {}
                _ => panic!("{start:?}: {ours:?}, and the usual {usual:?}"),
            }
        }
    }
}

/// Numbers that look random and are the same each time.
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

/// Characters from everywhere, more of them from where people write.
fn scrambled(length: usize, next: &mut impl FnMut(usize) -> usize) -> String {
    let ranges = [0x20..0x7F, 0xAC00..0xD7A4, 0x1100..0x1200, 0xA0..0x600, 0x3000..0x3400];
    let mut text = String::new();
    while text.chars().count() < length {
        let range = ranges.get(next(8)).cloned().unwrap_or(0..0x11_0000);
        text.extend(char::from_u32((range.start + next(range.len())) as u32));
    }
    text
}

#[test]
fn a_multilingual_vocabulary_gives_the_same_tokens() {
    let Some(path) = support::weights("multilingual-e5-small", "tokenizer.json") else { return };
    let both = Both::new(&std::fs::read(path).expect("readable"));
    TEXTS.iter().for_each(|text| both.agree_on(text));
    both.agree_on(&TEXTS.join(" "));
    both.agree_on(&TEXTS.concat().repeat(20));
    both.agree_on(&"가나다라마바사아자차카타파하".repeat(300));
    both.agree_on(&"a".repeat(5000));
    let mut next = numbers(1);
    for _ in 0..2000 {
        let length = 1 + next(60);
        both.agree_on(&scrambled(length, &mut next));
    }
    // Every piece is found by its own letters, whatever it is then cut into.
    let usual = both.usual.get_vocab(true);
    assert_eq!(both.ours.vocabulary(), usual.len());
    for (piece, &id) in &usual {
        assert_eq!(both.ours.id_of(piece), Some(id), "{piece:?}");
    }
    for piece in usual.keys().step_by(7) {
        both.agree_on(&piece.replace('▁', " "));
    }
}

#[test]
fn a_multilingual_vocabulary_takes_little() {
    let Some(path) = support::weights("multilingual-e5-small", "tokenizer.json") else { return };
    let ours = Tokenizer::from_json(&std::fs::read(path).expect("readable")).expect("a tokenizer");
    let bytes = ours.memory_bytes();
    eprintln!("{bytes} bytes for {} tokens", ours.vocabulary());
    assert!((1 << 20..12 << 20).contains(&bytes), "{bytes}");
}

fn unigram(model: Value) -> Vec<u8> {
    let file = json!({
        "version": "1.0",
        "added_tokens": [{
            "id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true,
        }],
        "pre_tokenizer": {
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true,
        },
        "model": model,
    });
    serde_json::to_vec(&file).expect("JSON")
}

/// Vocabularies of every odd kind, over texts of few letters so that all ways to cut
/// them come up: pieces within pieces, equal scores, pieces that stand twice,
/// rising scores, nothing for the unknown, bytes for it, and unknown characters that
/// are a piece together.
#[test]
fn small_vocabularies_give_the_same_tokens() {
    let plain = json!([
        ["<s>", 0],
        ["<unk>", 0],
        ["▁", -2.0],
        ["a", -3.0],
        ["b", -3.5],
        ["ab", -6.5],
        ["ba", -6.0],
        ["▁a", -4.0],
        ["aba", -9.5],
        ["안", -3.5],
        ["녕", -3.6],
        ["안녕", -7.1],
        ["cc", -90.0],
    ]);
    let ties = json!([
        ["<unk>", 0],
        ["a", -1],
        ["aa", -2],
        ["aaa", -3],
        ["b", -1],
        ["ab", -2],
        ["ba", -2],
        ["▁", -1],
        ["▁a", -2],
        ["aa", -2.5],
        ["", -1],
    ]);
    let rising = json!([["a", 1e308], ["aa", 1e308], ["b", -1e308], ["bb", -1e308], ["<unk>", 0]]);
    let bytes = json!([
        ["<unk>", 0],
        ["▁", -1],
        ["a", -1],
        ["<0x62>", -9],
        ["<0x63>", -9],
        ["<0xEC>", -9],
        ["<0x95>", -9],
        ["<0x88>", -9],
    ]);
    let models = [
        json!({"type": "Unigram", "unk_id": 1, "vocab": plain}),
        json!({"type": "Unigram", "unk_id": null, "vocab": plain}),
        json!({"type": "Unigram", "unk_id": 3, "vocab": plain, "byte_fallback": true}),
        json!({"type": "Unigram", "unk_id": 0, "vocab": ties}),
        json!({"type": "Unigram", "unk_id": 4, "vocab": rising, "byte_fallback": false}),
        json!({"type": "Unigram", "unk_id": 0, "vocab": bytes, "byte_fallback": true}),
        json!({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0]]}),
        json!({"type": "Unigram", "vocab": []}),
    ];
    let mut next = numbers(2);
    let letters = ['a', 'a', 'b', 'b', 'c', ' ', '안', '녕', '👋'];
    for model in models {
        let both = Both::new(&unigram(model));
        TEXTS.iter().for_each(|text| both.agree_on(text));
        for _ in 0..3000 {
            let text: String = (0..next(12)).map(|_| letters[next(letters.len())]).collect();
            both.agree_on(&text);
        }
    }
}

#[test]
fn a_vocabulary_that_is_not_sound_is_refused() {
    let pieces = json!([["<unk>", 0], ["a", -1]]);
    for (what, model) in [
        ("no pieces", json!({"type": "Unigram", "unk_id": 0})),
        ("no such piece", json!({"type": "Unigram", "unk_id": 2, "vocab": pieces})),
        ("no number", json!({"type": "Unigram", "unk_id": -1, "vocab": pieces})),
        ("beyond numbers", json!({"type": "Unigram", "unk_id": u64::MAX, "vocab": pieces})),
        ("no score", json!({"type": "Unigram", "vocab": [["a"]]})),
        ("no letters", json!({"type": "Unigram", "vocab": [[]]})),
        ("too much", json!({"type": "Unigram", "vocab": [["a", 0, 0]]})),
        ("the wrong way round", json!({"type": "Unigram", "vocab": [[0, "a"]]})),
        ("a map", json!({"type": "Unigram", "vocab": {"a": 0}})),
        ("a long piece", json!({"type": "Unigram", "vocab": [["a".repeat(4096), 0]]})),
    ] {
        let refused = Tokenizer::from_json(&unigram(model)).expect_err(what);
        assert!(refused.to_string().starts_with("tokenizer.json: "), "{what}: {refused}");
    }
}
