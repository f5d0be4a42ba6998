//! Models on their way in: how far they have come, what they take, and what is
//! done when that is too much.

use bella_protocol::{Failure, ModelSpec, Outcome, Progress, Reply, Request};

use crate::models::stage_with;
use crate::talking::{chat, from_user, greedy, must_talk};
use bella_tests::engine::{Answer, Engine};

const SMOLLM2: &str = "smollm2-135m-instruct";

/// How far the whole model had come each time that was told, in bytes.
fn told(spec: &ModelSpec, answer: &Answer) -> Vec<u64> {
    let mut told = Vec::new();
    for (_, reply) in &answer.replies {
        let Reply::Progress(Progress { file: name, done_bytes, total_bytes, .. }) = reply else {
            continue;
        };
        let at = spec.files.iter().position(|file| file.name == *name).expect("a file of its own");
        assert_eq!(*total_bytes, spec.files[at].bytes, "{name}");
        let before: u64 = spec.files[..at].iter().map(|file| file.bytes).sum();
        told.push(before + done_bytes);
    }
    told
}

#[test]
fn loading_tells_of_every_twentieth() {
    let Some((stage, specs)) = stage_with(["whisper-tiny", "multilingual-e5-small", SMOLLM2])
    else {
        return;
    };
    stage.play(|visit| {
        let engine = Engine::start(visit);
        for spec in specs {
            let answer = engine.ask(Request::Load { spec: spec.clone() });
            let told = told(&spec, &answer);
            let all: u64 = spec.files.iter().map(|file| file.bytes).sum();
            let mut before = 0;
            for done in &told {
                let step = done.checked_sub(before).expect("never backwards");
                assert!(20 * step <= all, "{}: {step} of {all} bytes at once", spec.id);
                before = *done;
            }
            assert_eq!(before, all, "{}: the end is told", spec.id);
            eprintln!("{}: {} times in {:.1?}", spec.id, told.len(), answer.took());
            assert!(matches!(answer.outcome(), Outcome::Loaded(_)));
        }
    });
}

/// Weights are never held twice, and the embedding stays quantised.
#[test]
fn smollm2_takes_little_more_than_its_file() {
    let Some((stage, [spec])) = stage_with([SMOLLM2]) else { return };
    let file = spec.files[0].bytes;
    stage.play(|visit| {
        let engine = Engine::with(visit, &spec);
        let loaded = engine.status();
        let long = "The sea is salty because rivers carry minerals into it. ".repeat(16);
        let question = format!("{long}\nWhy is the sea salty?");
        engine.ask(chat(&spec.id, from_user(&question), greedy(64))).outcome();
        let talked = engine.status();
        let cache = talked.models[0].memory_bytes - loaded.models[0].memory_bytes;
        eprintln!(
            "{file} bytes of file: {} bytes of Wasm memory after loading ({:.2} times), {} after a chat ({:.2} times, without {cache} of cache)",
            loaded.wasm_bytes,
            loaded.wasm_bytes as f64 / file as f64,
            talked.wasm_bytes,
            (talked.wasm_bytes - cache) as f64 / file as f64,
        );
        assert!(cache > 0);
        for (when, bytes) in [("loading", loaded.wasm_bytes), ("a chat", talked.wasm_bytes - cache)] {
            assert!(10 * bytes <= 16 * file, "{bytes} bytes after {when}, for a file of {file}");
        }

        // Loading it again makes room first, and unloading gives all of it back.
        engine.load(&spec);
        assert_eq!(engine.ask(Request::Unload { model: spec.id.clone() }).outcome(), Outcome::Unloaded);
        assert_eq!(engine.status().models, []);
        engine.load(&spec);
        let again = engine.status().wasm_bytes;
        eprintln!("{again} bytes after loading twice more");
        assert!(again <= talked.wasm_bytes + file / 2, "{again} bytes, and {} before", talked.wasm_bytes);
    });
}

/// A module's memory never shrinks: what it holds after loading is the most it took.
#[track_caller]
fn takes_little_more_than_its_files(model: &str) {
    let Some((stage, [spec])) = stage_with([model]) else { return };
    let files: u64 = spec.files.iter().map(|file| file.bytes).sum();
    stage.play(|visit| {
        let status = Engine::with(visit, &spec).status();
        let (bytes, told) = (status.wasm_bytes, status.models[0].memory_bytes);
        eprintln!(
            "{model}: {bytes} bytes of Wasm memory for {files} bytes of files ({:.2} times), {told} of them told",
            bytes as f64 / files as f64,
        );
        assert!(10 * bytes <= 14 * files, "{bytes} bytes for files of {files}");
        assert!(told <= bytes, "{told} bytes told, and {bytes} there");
    });
}

/// Its large table is packed while it arrives, before the rest is there.
#[test]
fn whisper_tiny_takes_little_more_than_its_files() {
    takes_little_more_than_its_files("whisper-tiny");
}

/// Neither its table of words nor its tokenizer is held twice.
#[test]
fn e5_takes_little_more_than_its_files() {
    takes_little_more_than_its_files("multilingual-e5-small");
}

#[test]
fn a_model_beyond_the_limit_is_refused_and_the_others_go_on() {
    let Some((stage, [small, large])) = stage_with(["silero-vad", SMOLLM2]) else { return };
    stage.play(|visit| {
        let engine = Engine::with(visit, &small);
        let limit = |memory_bytes| engine.ask(Request::Limit { memory_bytes }).outcome();
        assert_eq!(limit(100 << 20), Outcome::Limited);
        let before = engine.status();
        let asked = visit.host.exchanges().len();
        match engine.ask(Request::Load { spec: large.clone() }).failure() {
            Failure::TooLarge { model, needed_bytes, free_bytes } => {
                assert_eq!(model, large.id);
                assert!(needed_bytes > large.files[0].bytes, "{needed_bytes}");
                let used: u64 = before.models.iter().map(|model| model.memory_bytes).sum();
                assert_eq!(free_bytes, (100 << 20) - used);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(visit.host.exchanges().len(), asked, "a byte of it was fetched");
        assert_eq!(engine.status().models, before.models);

        assert_eq!(limit(1 << 30), Outcome::Limited);
        engine.load(&large);
        must_talk(&engine, &large.id);
    });
}
