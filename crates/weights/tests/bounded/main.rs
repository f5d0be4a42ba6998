//! Damaged files never panic, and never take more memory than a small multiple
//! of their size.
//!
//! A program of its own, because its allocator counts everything that happens
//! in it; for the same reason it has one test.

#[path = "../support/mod.rs"]
mod support;

use std::io::Cursor;
use std::time::{Duration, Instant};

use bella_weights::convert::{Converter, convert_stream};
use bella_weights::{FormatError, Header, TensorEvent, TensorStream};
use peak_alloc::PeakAlloc;

use support::chance::Chance;
use support::samples;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Long enough for some ten thousand files, short enough for every day. The
/// fuzz targets go on where this stops.
const TIME: Duration = Duration::from_secs(4);

type Reader = Box<dyn Fn(&[u8])>;

struct Case {
    name: &'static str,
    file: Vec<u8>,
    read: Reader,
    /// What the reader holds whatever the file: buffers, and lists of what a
    /// model of the stated sizes consists of.
    fixed: usize,
    /// What it may hold per byte of the file.
    multiple: usize,
}

#[test]
fn damaged_files_neither_panic_nor_take_memory() {
    let cases = cases();
    let mut chance = Chance::new(0xbe11a);
    let begin = Instant::now();
    let mut rounds = 0;
    while begin.elapsed() < TIME || rounds < 200 {
        for case in &cases {
            let file = damage(&case.file, &mut chance);
            let before = MEMORY.current_usage();
            MEMORY.reset_peak_usage();
            (case.read)(&file);
            let taken = MEMORY.peak_usage().saturating_sub(before);
            let allowed = case.fixed + case.multiple * file.len();
            assert!(
                taken <= allowed,
                "{} in round {rounds}: {taken} bytes for a file of {}",
                case.name,
                file.len()
            );
        }
        rounds += 1;
    }
    eprintln!("{rounds} damaged files of each of {} kinds", cases.len());
}

fn cases() -> Vec<Case> {
    let (weights, config) = samples::whisper_safetensors();
    let mut cases = vec![
        header_case("gguf header", samples::gguf(&samples::sample())),
        header_case("safetensors header", samples::small_safetensors()),
        stream_case("gguf stream", samples::gguf(&samples::sample())),
        stream_case("safetensors stream", samples::small_safetensors()),
    ];
    for (name, converter, file, config) in [
        ("ggml", Converter::GgmlWhisper, samples::ggml_whisper(), Vec::new()),
        ("ctranslate2", Converter::Ctranslate2Whisper, samples::ctranslate2().file(), Vec::new()),
        ("safetensors", Converter::SafetensorsWhisper, weights, config),
        ("e5s1", Converter::E5s1, samples::e5s1(), Vec::new()),
    ] {
        cases.push(Case {
            name,
            file,
            read: Box::new(move |file| {
                // Whatever comes of it; what counts is how.
                let _ =
                    convert_stream(converter, Cursor::new(file), Some(&config), std::io::sink());
            }),
            fixed: 8 << 20,
            multiple: 4,
        });
    }
    cases
}

fn header_case(name: &'static str, file: Vec<u8>) -> Case {
    let read = |file: &[u8]| {
        let _ = Header::parse(file);
    };
    Case { name, file, read: Box::new(read), fixed: 16 << 10, multiple: 12 }
}

fn stream_case(name: &'static str, file: Vec<u8>) -> Case {
    let read = |file: &[u8]| {
        let mut stream = TensorStream::new(file.len() as u64);
        for chunk in file.chunks(100) {
            let nothing = |_: TensorEvent<'_>| Ok::<_, FormatError>(());
            if stream.push(chunk, nothing).is_err() {
                return;
            }
        }
        let _ = stream.finish();
    };
    Case { name, file, read: Box::new(read), fixed: 16 << 10, multiple: 12 }
}

/// A few changes of the kinds that break readers.
fn damage(file: &[u8], chance: &mut Chance) -> Vec<u8> {
    const EDGES: [u64; 8] =
        [0, 1, 0x7f, 0xff, i32::MAX as u64, u32::MAX as u64, i64::MAX as u64, u64::MAX];
    let mut file = file.to_vec();
    // Heads are at the front, and that is where the reading is.
    let head = file.len().min(2000);
    for _ in 0..1 + chance.below(4) {
        let span = if chance.below(4) == 0 { file.len() } else { head.min(file.len()) };
        let at = chance.below(span);
        match chance.below(6) {
            0 => file.truncate(at),
            1 => file.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << chance.below(8)),
            2 => {
                let width = [1, 2, 4, 8][chance.below(4)];
                let edge = EDGES[chance.below(EDGES.len())].to_le_bytes();
                file.iter_mut().skip(at).zip(&edge[..width]).for_each(|(byte, edge)| *byte = *edge);
            }
            3 => {
                let length = chance.below(64);
                let noise = chance.bytes(length);
                file.splice(at..at, noise);
            }
            4 => {
                let end = (at + chance.below(64)).min(file.len());
                file.drain(at.min(end)..end);
            }
            _ => {
                let from = chance.below(file.len());
                let piece =
                    file.iter().skip(from).take(chance.below(64)).copied().collect::<Vec<_>>();
                file.splice(at..at, piece);
            }
        }
    }
    file
}
