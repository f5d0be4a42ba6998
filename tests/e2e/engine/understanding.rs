//! Vectors, beside those of the original implementation.

use bella_protocol::{Outcome, Purpose, Request, TextRead};
use serde::Deserialize;

use crate::models::stage_with;
use bella_tests::engine::Engine;

#[derive(Deserialize)]
struct Goldens {
    e5: Vec<Vector>,
    minilm: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    text: String,
    vector: Vec<f32>,
}

fn goldens() -> Goldens {
    let file = include_str!("../../../crates/engine/tests/goldens/bert.json");
    serde_json::from_str(file).expect("our own file")
}

pub fn embed(model: &str, purpose: Purpose, texts: &[&str]) -> Request {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    Request::Embed { model: model.to_owned(), purpose, texts }
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    assert_eq!(a.len(), b.len());
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// A vector for each text, in one request.
#[track_caller]
fn vectors(engine: &Engine, model: &str, purpose: Purpose, texts: &[&str]) -> Vec<Vec<f32>> {
    let answer = engine.ask(embed(model, purpose, texts));
    let numbers = answer.numbers.clone();
    let Outcome::Embedded { width, texts: read } = answer.outcome() else { panic!("no vectors") };
    assert_eq!((read.len(), numbers.len()), (texts.len(), texts.len() * width));
    numbers.chunks(width.max(1)).map(<[f32]>::to_vec).collect()
}

/// Each text by itself, and all of a purpose together.
fn check(model: &str, goldens: &[Vector], purpose_of: fn(&str) -> (Purpose, &str)) {
    let Some((stage, [spec])) = stage_with([model]) else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        for purpose in [Purpose::Query, Purpose::Passage] {
            let of_purpose = goldens.iter().filter_map(|golden| {
                let (is, text) = purpose_of(&golden.text);
                (is == purpose).then_some((text, &golden.vector))
            });
            let (texts, expected): (Vec<&str>, Vec<_>) = of_purpose.unzip();
            let together = vectors(&engine, model, purpose, &texts);
            for ((text, expected), together) in texts.iter().zip(expected).zip(&together) {
                let near = cosine(together, expected);
                assert!(near >= 0.999, "{text:?}: cosine {near}");
                let alone = vectors(&engine, model, purpose, &[text]);
                assert!(cosine(&alone[0], together) > 0.999_99, "{text:?} is changed by company");
            }
        }
    });
}

#[test]
fn e5_finds_the_meaning_the_original_finds() {
    // In the goldens the prefix is part of the text; here the purpose writes it.
    check("multilingual-e5-small", &goldens().e5, |text| match text.split_once(": ") {
        Some(("passage", rest)) => (Purpose::Passage, rest),
        Some((_, rest)) => (Purpose::Query, rest),
        None => (Purpose::Query, text),
    });
}

#[test]
fn minilm_finds_the_meaning_the_original_finds() {
    check("all-minilm-l6-v2", &goldens().minilm, |text| (Purpose::Query, text));
}

#[test]
fn what_is_too_long_or_empty_has_a_meaning_too() {
    let Some((stage, [spec])) = stage_with(["multilingual-e5-small"]) else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let long = "가나다 ".repeat(25_000);
        let answer = engine.ask(embed(&spec.id, Purpose::Passage, &[&long, "", " \n"]));
        let numbers = answer.numbers.clone();
        let Outcome::Embedded { width, texts } = answer.outcome() else { panic!("no vectors") };
        assert_eq!(numbers.len(), 3 * width);
        assert!(numbers.iter().all(|number| number.is_finite()));
        assert!(texts[0].tokens > 25_000 && texts[0].read == 512, "{:?}", texts[0]);
        assert!(texts[1..].iter().all(|TextRead { tokens, read }| tokens == read), "{texts:?}");

        let none = engine.ask(embed(&spec.id, Purpose::Query, &[])).outcome();
        assert!(
            matches!(none, Outcome::Embedded { ref texts, .. } if texts.is_empty()),
            "{none:?}"
        );
    });
}
