//! Damaged files never panic, and never take more memory than a small multiple
//! of their size; whole files take no more than they must.
//!
//! A program of its own, because its allocator counts everything that happens
//! in it; for the same reason its tests take turns.

#[path = "../support/mod.rs"]
mod support;

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bella_weights::convert::{Converter, convert, convert_stream};
use bella_weights::gguf::TensorSpec;
use bella_weights::{BlockType, FormatError, Header, Metadata, TensorEvent, TensorStream};
use peak_alloc::PeakAlloc;

use support::chance::Chance;
use support::real;
use support::samples::{self, Sample};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static TURN: Mutex<()> = Mutex::new(());

/// The most memory that `work` held at once, beyond what was held before.
fn memory_for(work: impl FnOnce()) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    work();
    MEMORY.peak_usage().saturating_sub(before)
}

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
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let cases = cases();
    let mut chance = Chance::new(0xbe11a);
    let begin = Instant::now();
    let mut rounds = 0;
    while begin.elapsed() < TIME || rounds < 200 {
        for case in &cases {
            let file = damage(&case.file, &mut chance);
            let taken = memory_for(|| (case.read)(&file));
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

#[test]
fn a_stream_holds_one_tensor_at_a_time() {
    const TENSORS: usize = 8;
    const LENGTH: usize = 1 << 20;
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let tensor = |index| {
        let name = format!("tensor {index}");
        let spec = TensorSpec { name, shape: vec![LENGTH], dtype: BlockType::F32 };
        (spec, vec![0; 4 * LENGTH])
    };
    let tensors = (0..TENSORS).map(tensor).collect();
    let file = samples::gguf(&Sample { metadata: Metadata::default(), tensors });
    let mut seen = 0;
    let taken = memory_for(|| {
        let mut stream = TensorStream::new(file.len() as u64);
        for chunk in file.chunks(100_000) {
            let count = |event: TensorEvent<'_>| {
                seen += usize::from(matches!(event, TensorEvent::Tensor { .. }));
                Ok::<_, FormatError>(())
            };
            stream.push(chunk, count).expect("a valid file");
        }
        stream.finish().expect("a whole file");
    });
    assert_eq!(seen, TENSORS);
    let allowed = 4 * LENGTH + (256 << 10);
    assert!(taken <= allowed, "{taken} bytes for tensors of {}", 4 * LENGTH);
}

#[test]
fn a_conversion_holds_pieces_and_not_the_file() {
    let Some(raw) = real::find("whisper-tiny", "ggml-tiny.bin") else { return };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let taken = memory_for(|| {
        let output = folder.path().join("model.gguf");
        convert("ggml-whisper", &[raw], &output).expect("a valid file");
    });
    assert!(taken <= 4 << 20, "{taken} bytes");
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
    Case { name, file, read: Box::new(read), fixed: 64 << 10, multiple: 12 }
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
    Case { name, file, read: Box::new(read), fixed: 64 << 10, multiple: 12 }
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
