//! The sentiment model that ships, on rows it never saw: as right as its card
//! says, and as sure as it is right.

mod support;

use std::path::{Path, PathBuf};

use bella_engine::{Host, Said};
use bella_protocol::{Failure, Mood, Outcome, Reply, Request, RequestId, Task};
use serde::Deserialize;

const BASE: &str = "multilingual-e5-small";
const FEELING: &str = "sentiment-ko-en";

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/sentiment-ko-en.gguf")
}

/// The model with the encoder it is an addition to.
fn host() -> Option<Host> {
    let files = ["model.gguf", "tokenizer.json"].map(|file| support::weights(BASE, file));
    let files: Vec<PathBuf> = files.into_iter().collect::<Option<_>>()?;
    let mut host = feeling_alone();
    host.add(BASE, support::load(BASE, Task::Embed, &files), 0.0);
    Some(host)
}

fn feeling_alone() -> Host {
    let mut host = Host::new(Box::new(|| 0.0));
    host.add(FEELING, support::load_on(FEELING, Task::Feel, &[shipped()], Some(BASE)), 0.0);
    host
}

fn feel(host: &mut Host, text: &str) -> Result<Mood, Failure> {
    let request = Request::Feel { model: FEELING.to_owned(), text: text.to_owned() };
    host.submit(RequestId(1), request, Vec::new(), 0);
    loop {
        host.step();
        if let Some(Said { reply, .. }) = host.take_replies().next() {
            return match reply {
                Reply::Done(Outcome::Mood(mood)) => Ok(mood),
                Reply::Failed(failure) => Err(failure),
                other => panic!("{other:?} is no feeling"),
            };
        }
    }
}

#[derive(Deserialize)]
struct Row {
    text: String,
    label: u8,
}

fn rows(name: &str) -> Option<Vec<Row>> {
    let path = support::shared()?.join("eval").join(name);
    let lines = std::fs::read_to_string(path).expect("readable");
    Some(lines.lines().map(|line| serde_json::from_str(line).expect("a row")).collect())
}

/// Accuracy, and expected calibration error over fifteen stretches of confidence.
fn score(judged: &[(Mood, bool)]) -> (f64, f64) {
    let mut stretches = [(0.0f64, 0.0f64); 15];
    let mut right = 0.0;
    for (mood, positive) in judged {
        let confidence = f64::from(mood.positive.max(mood.negative));
        let is_right = f64::from(u8::from((mood.positive > mood.negative) == *positive));
        let (sure, correct) = &mut stretches[((confidence * 15.0) as usize).min(14)];
        *sure += confidence;
        *correct += is_right;
        right += is_right;
    }
    let count = judged.len() as f64;
    let error: f64 = stretches.iter().map(|(sure, correct)| (sure - correct).abs()).sum();
    (right / count, error / count)
}

fn check(name: &str, accuracy_at_least: f64) {
    let Some(rows) = rows(name) else { return };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let shares: Vec<&[Row]> = rows.chunks(rows.len().div_ceil(threads)).collect();
    let judged: Option<Vec<(Mood, bool)>> = std::thread::scope(|scope| {
        let judge = |rows: &[Row]| {
            let mut host = host()?;
            let mut feel = |row: &Row| feel(&mut host, &row.text).expect("a feeling");
            Some(rows.iter().map(|row| (feel(row), row.label == 1)).collect::<Vec<_>>())
        };
        let workers: Vec<_> =
            shares.into_iter().map(|share| scope.spawn(move || judge(share))).collect();
        let all: Option<Vec<_>> =
            workers.into_iter().map(|worker| worker.join().expect("no panic")).collect();
        all.map(|all| all.concat())
    });
    let Some(judged) = judged else { return };
    let (accuracy, error) = score(&judged);
    eprintln!("{name}: {:.2} % right, calibration error {:.2} %", 100.0 * accuracy, 100.0 * error);
    assert!(accuracy >= accuracy_at_least, "{accuracy}");
    assert!(error <= 0.05, "{error}");
}

#[test]
fn korean_reviews_are_felt() {
    check("nsmc-dev.jsonl", 0.83);
}

#[test]
fn english_reviews_are_felt() {
    check("sst2-dev.jsonl", 0.87);
}

#[test]
fn what_people_say_to_a_companion_is_felt() {
    let Some(mut host) = host() else { return };
    for (text, is_positive) in [
        ("오늘 정말 행복했어!", true),
        ("너 덕분에 기분이 좋아졌어", true),
        ("진짜 짜증나 최악이야", false),
        ("시험에 떨어졌어", false),
        ("This is wonderful, thank you!", true),
        ("I love talking with you", true),
        ("I failed my exam", false),
        ("That was a terrible idea", false),
    ] {
        let mood = feel(&mut host, text).expect("a feeling");
        assert_eq!(mood.positive > mood.negative, is_positive, "{text}: {mood:?}");
        assert!((mood.positive + mood.negative - 1.0).abs() < 1e-6, "{text}: {mood:?}");
    }
}

#[test]
fn nothing_and_far_too_much_are_felt_without_harm() {
    let Some(mut host) = host() else { return };
    for text in ["", " ", "\u{0}", "ㅋㅋㅋㅋ", "👍🏽", &"좋아요 ".repeat(30_000)] {
        let mood = feel(&mut host, text).expect("a feeling");
        assert!((0.0..=1.0).contains(&mood.positive), "{mood:?}");
    }
}

#[test]
fn without_its_encoder_it_says_which_is_missing() {
    let alone = feel(&mut feeling_alone(), "좋아요");
    assert_eq!(alone, Err(Failure::NotLoaded { model: BASE.to_owned() }));
}
