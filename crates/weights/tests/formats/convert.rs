//! Converters on small models: the same numbers, whatever they came in.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use bella_weights::convert::{ConvertError, Converter, convert, convert_stream};
use bella_weights::{BlockType, FileError, FormatError, TensorEvent, TensorStream, dequantise};

use crate::support::samples::{self, STATE};

type Tensors = BTreeMap<String, (Vec<usize>, BlockType, Vec<f32>)>;

fn tensors_of(gguf: &[u8]) -> Tensors {
    let mut tensors = Tensors::new();
    let mut stream = TensorStream::new(gguf.len() as u64);
    let sink = |event: TensorEvent<'_>| {
        if let TensorEvent::Tensor { info, bytes } = event {
            let mut numbers = vec![0.0; info.elements()];
            dequantise(info.dtype, &bytes, &mut numbers).expect("as long as declared");
            tensors.insert(info.name.clone(), (info.shape.clone(), info.dtype, numbers));
        }
        Ok::<_, FormatError>(())
    };
    stream.push(gguf, sink).expect("a valid file");
    stream.finish().expect("a whole file");
    tensors
}

fn run(converter: Converter, file: Vec<u8>, config: &[u8]) -> Result<Vec<u8>, FileError> {
    convert_stream(converter, Cursor::new(file), Some(config), Vec::new())
}

fn refusal(converter: Converter, file: Vec<u8>, config: &[u8]) -> FormatError {
    match run(converter, file, config) {
        Err(FileError::Format(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn whisper() -> Tensors {
    tensors_of(&run(Converter::GgmlWhisper, samples::ggml_whisper(), b"").expect("a valid file"))
}

#[test]
fn whisper_keeps_its_numbers_and_gets_hugging_faces_names() {
    let converted = whisper();
    let sources = samples::whisper_tensors();
    assert_eq!(converted.len(), sources.len() + 1, "all of them and the mel filters");
    let find = |name: &str| {
        let source =
            sources.iter().find(|(known, ..)| known == name).expect("a tensor of the sample");
        source.2.clone()
    };
    for (ours, theirs, dtype) in [
        ("model.encoder.conv1.weight", "encoder.conv1.weight", BlockType::F16),
        ("model.encoder.conv1.bias", "encoder.conv1.bias", BlockType::F32),
        ("model.encoder.embed_positions.weight", "encoder.positional_embedding", BlockType::F32),
        (
            "model.encoder.layers.0.self_attn.k_proj.weight",
            "encoder.blocks.0.attn.key.weight",
            BlockType::F16,
        ),
        ("model.encoder.layer_norm.bias", "encoder.ln_post.bias", BlockType::F32),
        ("model.decoder.embed_tokens.weight", "decoder.token_embedding.weight", BlockType::F16),
        (
            "model.decoder.layers.0.encoder_attn.v_proj.bias",
            "decoder.blocks.0.cross_attn.value.bias",
            BlockType::F32,
        ),
        (
            "model.decoder.layers.0.encoder_attn_layer_norm.weight",
            "decoder.blocks.0.cross_attn_ln.weight",
            BlockType::F32,
        ),
        (
            "model.decoder.layers.0.final_layer_norm.weight",
            "decoder.blocks.0.mlp_ln.weight",
            BlockType::F32,
        ),
        ("model.decoder.layers.0.fc2.weight", "decoder.blocks.0.mlp.2.weight", BlockType::F16),
        ("model.decoder.layer_norm.weight", "decoder.ln.weight", BlockType::F32),
    ] {
        let (_, got, numbers) = &converted[ours];
        assert_eq!(*got, dtype, "{ours}");
        for (ours, theirs) in numbers.iter().zip(find(theirs)) {
            let allowed = if dtype == BlockType::F16 { theirs.abs() / 1024.0 } else { 0.0 };
            assert!((ours - theirs).abs() <= allowed, "{ours} from {theirs}");
        }
    }
    assert_eq!(converted["mel_filters"].0, [samples::MELS, 9]);
}

#[test]
fn whisper_is_the_same_from_all_three_sources() {
    let from_ggml = whisper();
    let (weights, config) = samples::whisper_safetensors();
    let others = [
        run(Converter::SafetensorsWhisper, weights, &config),
        run(Converter::Ctranslate2Whisper, samples::ctranslate2().file(), b""),
    ];
    for other in others {
        let other = tensors_of(&other.expect("a valid file"));
        assert_eq!(other.len() + 1, from_ggml.len(), "the mel filters come only from ggml");
        for (name, tensor) in &other {
            assert!(from_ggml.get(name) == Some(tensor), "{name}");
        }
    }
}

#[test]
fn whisper_states_its_sizes() {
    for (converter, file, config) in [
        (Converter::GgmlWhisper, samples::ggml_whisper(), Vec::new()),
        (Converter::Ctranslate2Whisper, samples::ctranslate2().file(), Vec::new()),
    ]
    .into_iter()
    .chain([samples::whisper_safetensors()].map(|(w, c)| (Converter::SafetensorsWhisper, w, c)))
    {
        let gguf = run(converter, file, &config).expect("a valid file");
        let header = super::gguf::whole(bella_weights::Header::parse(&gguf).expect("a valid file"));
        let sizes: Vec<u32> = [
            "n_vocab",
            "n_mels",
            "n_audio_ctx",
            "n_audio_state",
            "n_audio_head",
            "n_audio_layer",
            "n_text_ctx",
            "n_text_state",
            "n_text_head",
            "n_text_layer",
        ]
        .map(|name| header.metadata.u32(&format!("whisper.{name}")).expect("a size"))
        .into();
        assert_eq!(sizes, [7, 4, 6, 8, 2, 1, 5, 8, 2, 1], "{converter:?}");
        assert_eq!(header.metadata.str("general.architecture"), Ok("whisper"));
    }
}

#[test]
fn bytes_of_ctranslate2_become_the_numbers_they_stand_for() {
    let mut file = samples::ctranslate2();
    let name = "decoder/layer_0/attention/linear_1/weight";
    let at = file.variables.iter().position(|(known, ..)| known == name).expect("it is there");
    let numbers: Vec<i8> = (0..2 * STATE * STATE).map(|i| (i % 251) as i8).collect();
    let scales: Vec<f32> = (0..2 * STATE).map(|row| 100.0 + row as f32).collect();
    let (_, shape, kind, bytes) = &mut file.variables[at];
    *kind = 1;
    *bytes = numbers.iter().map(|&q| q as u8).collect();
    assert_eq!(shape[..], [2 * STATE, STATE]);
    let scale_bytes = scales.iter().flat_map(|scale| scale.to_le_bytes()).collect();
    file.variables.push((format!("{name}_scale"), vec![2 * STATE], 0, scale_bytes));

    let gguf = run(Converter::Ctranslate2Whisper, file.file(), b"").expect("a valid file");
    let converted = tensors_of(&gguf);
    for (part, name) in ["k_proj", "v_proj"].into_iter().enumerate() {
        let (_, dtype, got) =
            &converted[&format!("model.decoder.layers.0.encoder_attn.{name}.weight")];
        assert_eq!(*dtype, BlockType::F16);
        for (i, got) in got.iter().enumerate() {
            let row = part * STATE + i / STATE;
            let expected = f32::from(numbers[part * STATE * STATE + i]) / scales[row];
            assert!((got - expected).abs() <= expected.abs() / 1024.0, "{name} {i}");
        }
    }
}

#[test]
fn e5s1_blocks_are_copied_as_they_are() {
    let source = samples::e5s1();
    let directory = bella_weights::e5s1::read(Cursor::new(&source)).expect("a valid file");
    let gguf = run(Converter::E5s1, source.clone(), b"").expect("a valid file");
    let header = super::gguf::whole(bella_weights::Header::parse(&gguf).expect("a valid file"));
    assert_eq!(header.tensors.len(), directory.entries.len());
    for (ours, theirs) in [
        ("embeddings.word_embeddings.weight", "emb.word"),
        ("embeddings.LayerNorm.bias", "emb.ln.b"),
        ("encoder.layer.0.attention.output.dense.weight", "l0.ao.w"),
        ("encoder.layer.0.output.dense.weight", "l0.fo.w"),
        ("encoder.layer.0.output.LayerNorm.weight", "l0.oln.w"),
    ] {
        let tensor = header.tensor(ours).expect("it was converted");
        let entry = directory.entries[theirs];
        let (to, from) = (tensor.offset as usize, entry.offset as usize);
        let bytes = entry.bytes as usize;
        assert_eq!(gguf[to..to + bytes], source[from..from + bytes], "{ours}");
    }
    assert_eq!(header.metadata.u32("bert.attention.head_count"), Ok(2));
    assert_eq!(header.metadata.f32("bert.attention.layer_norm_epsilon"), Ok(1e-12));
}

#[test]
fn a_source_that_lacks_something_is_refused_by_name() {
    let mut file = samples::ctranslate2();
    file.variables.retain(|(name, ..)| name != "encoder/layer_0/ffn/linear_1/bias");
    let error = refusal(Converter::Ctranslate2Whisper, file.file(), b"");
    assert_eq!(error.to_string(), "encoder/layer_0/ffn/linear_1/bias: is missing");

    let (weights, config) = samples::whisper_safetensors();
    let config = String::from_utf8(config).expect("it is text");
    let deeper = config.replace("\"decoder_layers\":1", "\"decoder_layers\":2");
    let error = refusal(Converter::SafetensorsWhisper, weights.clone(), deeper.as_bytes());
    assert_eq!(error.to_string(), "model.decoder.layers.1.self_attn_layer_norm.weight: is missing");
    let wider = config.replace("\"num_mel_bins\":4", "\"num_mel_bins\":80");
    let error = refusal(Converter::SafetensorsWhisper, weights.clone(), wider.as_bytes());
    assert_eq!(
        error.to_string(),
        "model.encoder.conv1.weight: has the shape [8, 4, 3] where [8, 80, 3] was expected"
    );
    let error = refusal(Converter::SafetensorsWhisper, weights, b"{}");
    assert_eq!(error.field, "config");
}

#[test]
fn a_number_too_large_for_half_precision_is_refused() {
    let mut file = samples::ctranslate2();
    let name = "decoder/embeddings/weight";
    let variable =
        file.variables.iter_mut().find(|(known, ..)| known == name).expect("it is there");
    variable.3[..4].copy_from_slice(&1e6f32.to_le_bytes());
    let error = refusal(Converter::Ctranslate2Whisper, file.file(), b"");
    assert_eq!(
        error.to_string(),
        "model.decoder.embed_tokens.weight: holds 1000000, which half precision cannot"
    );
}

/// A folder with the files of one conversion.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder for the test") }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("the folder can be written");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder can be read");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

#[test]
fn a_file_in_parts_converts_like_the_whole() {
    let folder = Folder::new();
    let file = samples::ctranslate2().file();
    let whole = folder.put("model.bin", &file);
    let (a, b) = file.split_at(file.len() / 3);
    let parts = [folder.put("part1", a), folder.put("empty", b""), folder.put("part2", b)];
    let to = folder.folder.path().join("whole.gguf");
    let once = convert("ctranslate2-whisper", &[whole], &to).expect("a valid file");
    let to_parts = folder.folder.path().join("parts.gguf");
    let again = convert("ctranslate2-whisper", &parts, &to_parts).expect("a valid file");
    assert_eq!(once, again);
    let written = fs::read(&to).expect("it was written");
    assert_eq!(once.bytes, written.len() as u64);
    let hash: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&written).into();
    assert_eq!(once.sha256.0, hash);
    assert_eq!(written, fs::read(&to_parts).expect("it was written"));
}

#[test]
fn a_config_is_found_among_the_inputs() {
    let folder = Folder::new();
    let (weights, config) = samples::whisper_safetensors();
    let inputs = [folder.put("model.safetensors", &weights), folder.put("config.json", &config)];
    let to = folder.folder.path().join("model.gguf");
    convert("safetensors-whisper", &inputs, &to).expect("valid files");
    let error = convert("safetensors-whisper", &inputs[..1], &to).expect_err("no config");
    assert_eq!(
        error.to_string(),
        "safetensors-whisper reads a file of weights and its config.json"
    );
    let error = convert("e5s1", &inputs, &to).expect_err("no config is wanted");
    assert_eq!(error.to_string(), "e5s1 reads one file of weights");
}

#[test]
fn a_failed_conversion_leaves_nothing_behind() {
    let folder = Folder::new();
    let mut file = samples::ctranslate2();
    // Found out only while the numbers are being written.
    file.variables[0].3[..4].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let input = folder.put("model.bin", &file.file());
    let to = folder.put("model.gguf", b"what was there before");
    let error = convert("ctranslate2-whisper", std::slice::from_ref(&input), &to);
    match error.expect_err("half precision has no room") {
        ConvertError::Format { path, .. } => assert_eq!(path, input),
        other => panic!("{other}"),
    }
    assert_eq!(folder.names(), ["model.bin", "model.gguf"]);
    assert_eq!(fs::read(&to).expect("it is still there"), b"what was there before");
}

#[test]
fn an_unknown_converter_and_a_missing_file_are_named() {
    let folder = Folder::new();
    let missing = folder.folder.path().join("none.bin");
    let to = folder.folder.path().join("model.gguf");
    let error = convert("pickle", std::slice::from_ref(&missing), &to).expect_err("unknown");
    assert!(error.to_string().contains("\"pickle\""), "{error}");
    let error = convert("e5s1", std::slice::from_ref(&missing), &to).expect_err("missing");
    assert!(error.to_string().contains("none.bin"), "{error}");
    assert!(folder.names().is_empty());
}
