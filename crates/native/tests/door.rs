//! The program from the outside: real weights, real files, lines of JSON.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Where weights are, or `None` after saying that a model is not there.
fn weights(model: &str) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = || {
        let xdg = || set("XDG_CACHE_HOME").map(|cache| cache.join("bella"));
        let home = || set("HOME").map(|home| home.join(".cache/bella"));
        set("BELLA_CACHE").or_else(xdg).or_else(home).unwrap_or_default().join("weights")
    };
    let folder = set("BELLA_WEIGHTS").unwrap_or_else(cache);
    if folder.join(model).is_dir() {
        return Some(folder);
    }
    assert!(set("BELLA_WEIGHTS").is_none(), "{model} is missing in {}", folder.display());
    eprintln!("SKIPPED: {model} is not in the cache; `cargo xtask fetch {model}` brings it");
    None
}

/// What came out, line by line, and whether all was good.
fn run(weights: &Path, arguments: &[&str], input: &str) -> (Vec<Value>, bool) {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/manifest.toml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_bella-native"))
        .arg("--manifest")
        .arg(manifest)
        .arg("--weights")
        .arg(weights)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut to = child.stdin.take().expect("a pipe");
    to.write_all(input.as_bytes()).expect("it reads");
    drop(to);
    let done = child.wait_with_output().expect("it ends");
    let text = String::from_utf8(done.stdout).expect("text");
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON"));
    (lines.collect(), done.status.success())
}

/// A second of 8 kHz stereo in which nobody speaks.
fn write_wav(path: &Path) {
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, spec).expect("writable");
    for _ in 0..2 * 8_000 {
        file.write_sample(0i16).expect("writable");
    }
    file.finalize().expect("writable");
}

#[test]
fn bad_lines_are_told_in_their_place_and_end_nothing() {
    let Some(weights) = weights("multilingual-e5-small") else { return };
    let input = "{\"text\": \"안녕\", \"id\": 7}\n\nnonsense\n{\"id\": 8}\n{\"text\": \"hello\"}\n";
    let (lines, all_good) = run(&weights, &["embed"], input);
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert!(!all_good);
    assert_eq!(lines[0]["id"], 7);
    assert_eq!(lines[0]["vector"].as_array().map(Vec::len), Some(384));
    assert!(lines[1]["error"].as_str().is_some_and(|error| error.contains("line 3")), "{lines:?}");
    assert_eq!(lines[2]["id"], 8);
    assert!(lines[2]["error"].as_str().is_some_and(|error| error.contains("text")), "{lines:?}");
    assert_eq!(lines[3]["vector"].as_array().map(Vec::len), Some(384));
}

#[test]
fn feelings_are_a_distribution() {
    let Some(weights) = weights("multilingual-e5-small") else { return };
    if self::weights("sentiment-ko-en").is_none() {
        return;
    }
    let input = "{\"text\": \"정말 좋아요\"}\n{\"text\": \"This is terrible\"}\n";
    let (lines, all_good) = run(&weights, &["feel"], input);
    assert!(all_good, "{lines:?}");
    let of = |line: &Value, side: &str| line[side].as_f64().expect("a number");
    for line in &lines {
        assert!((of(line, "negative") + of(line, "positive") - 1.0).abs() < 1e-6, "{line}");
    }
    assert!(of(&lines[0], "positive") > 0.5 && of(&lines[1], "negative") > 0.5, "{lines:?}");
}

#[test]
fn folders_of_any_recordings_are_listened_to_in_order() {
    let Some(weights) = weights("silero-vad") else { return };
    let folder = std::env::temp_dir().join(format!("bella-door-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("b")).expect("writable");
    write_wav(&folder.join("b/second.wav"));
    write_wav(&folder.join("a.wav"));
    std::fs::write(folder.join("broken.wav"), b"RIFF").expect("writable");
    std::fs::write(folder.join("notes.txt"), b"no recording").expect("writable");
    let (lines, all_good) = run(&weights, &["vad", &folder.to_string_lossy()], "");
    std::fs::remove_dir_all(&folder).expect("writable");
    let names = lines.iter().map(|line| line["file"].as_str().expect("a name"));
    let names: Vec<_> = names.map(|name| &name[folder.as_os_str().len() + 1..]).collect();
    assert_eq!(names, ["a.wav", "b/second.wav", "broken.wav"]);
    assert!(!all_good);
    assert_eq!(lines[0]["segments"], Value::Array(Vec::new()));
    assert!(lines[2]["error"].as_str().is_some_and(|error| error.contains("WAV")), "{lines:?}");
}

#[test]
fn a_chat_is_greedy_and_says_why_it_ended() {
    let Some(weights) = weights("smollm2-135m-instruct") else { return };
    let input = "{\"text\": \"Say hello.\"}\n\
        {\"messages\": [{\"role\": \"user\", \"content\": \"Say hello.\"}]}\n";
    let (lines, all_good) = run(&weights, &["chat", "--max-tokens", "5"], input);
    assert!(all_good, "{lines:?}");
    assert_eq!(lines[0]["text"], lines[1]["text"]);
    assert_eq!(lines[0]["tokens"], 5);
    assert_eq!(lines[0]["stop"], "length");
}
