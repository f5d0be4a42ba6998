//! Tokenizer files with something wrong in them: refused or used, never a panic.
//! Longer rounds of the same are in `fuzz/`.

use bella_engine::tokenizer::Tokenizer;

const SEEDS: [(&str, &str); 4] = [
    ("bpe", include_str!("../fuzz/seeds/bpe.json")),
    ("multilingual", include_str!("../fuzz/seeds/multilingual.json")),
    ("unigram", include_str!("../fuzz/seeds/unigram.json")),
    ("wordpiece", include_str!("../fuzz/seeds/wordpiece.json")),
];

fn use_it(json: &[u8]) -> bool {
    let Ok(tokenizer) = Tokenizer::from_json(json) else { return false };
    for text in ["", "Hello, world! 123", "안녕하세요 \u{1F44B}\u{1F3FD}", "<s>\u{0}\u{FFFD}"]
    {
        for ids in [tokenizer.encode(text), tokenizer.encode_with_marks(text)] {
            let Ok(ids) = ids else { continue };
            assert!(ids.iter().all(|&id| (id as usize) < tokenizer.vocabulary()));
            tokenizer.decode(&ids);
        }
    }
    true
}

#[test]
fn whole_files_are_used() {
    for (name, json) in SEEDS {
        assert!(use_it(json.as_bytes()), "{name}");
    }
}

#[test]
fn cut_files_are_refused() {
    for (name, json) in SEEDS {
        for end in 0..json.trim_end().len() {
            assert!(!use_it(&json.as_bytes()[..end]), "{name}, cut at {end}");
        }
    }
}

#[test]
fn a_wrong_byte_makes_no_panic() {
    for (_, json) in SEEDS {
        for at in 0..json.len() {
            for wrong in [b'"', b'0', b'-', b'9', b'}', b'[', 0, 0xFF] {
                let mut bytes = json.as_bytes().to_vec();
                bytes[at] = wrong;
                use_it(&bytes);
            }
        }
    }
}

/// Every value in turn becomes another one.
#[test]
fn a_wrong_value_makes_no_panic() {
    use serde_json::{Value, json};
    fn places(value: &Value) -> usize {
        1 + match value {
            Value::Array(items) => items.iter().map(places).sum(),
            Value::Object(fields) => fields.values().map(places).sum(),
            _ => 0,
        }
    }
    fn replace(value: &mut Value, place: &mut usize, wrong: &Value) {
        if *place == 0 {
            *value = wrong.clone();
        }
        *place = place.wrapping_sub(1);
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| replace(item, place, wrong)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| replace(field, place, wrong));
            }
            _ => {}
        }
    }
    let wrongs = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(u32::MAX),
        json!(u64::MAX),
        json!(1e308),
        json!(""),
        json!("\u{AC00}("),
        json!([]),
        json!({}),
        json!([[]]),
        json!({"type": "Sequence"}),
    ];
    for (name, seed) in SEEDS {
        let good: Value = serde_json::from_str(seed).expect("a seed");
        for place in 1..places(&good) {
            for wrong in &wrongs {
                let mut bad = good.clone();
                replace(&mut bad, &mut place.clone(), wrong);
                let bytes = serde_json::to_vec(&bad).expect("JSON");
                let survived = std::panic::catch_unwind(|| use_it(&bytes));
                assert!(survived.is_ok(), "{name}, place {place}, {wrong}: {bad}");
            }
        }
    }
}
