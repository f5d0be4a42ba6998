//! Small, whole files of every format, written byte by byte where this crate
//! has no writer.

use std::io::Cursor;

use bella_weights::convert::{Converter, convert_stream};
use bella_weights::gguf::{TensorSpec, Writer};
use bella_weights::{Array, BlockType, Metadata, Value};

use super::chance::Chance;

pub struct Sample {
    pub metadata: Metadata,
    pub tensors: Vec<(TensorSpec, Vec<u8>)>,
}

/// Every kind of setting and every type of tensor.
pub fn sample() -> Sample {
    let mut metadata = Metadata::default();
    metadata.insert("general.architecture", "llama");
    metadata.insert("general.name", "한국어 이름");
    metadata.insert("llama.block_count", 30u32);
    metadata.insert("llama.rope.freq_base", 10_000.0f32);
    metadata.insert("odd.bool", true);
    for (name, value) in [
        ("u8", Value::U8(200)),
        ("i8", Value::I8(-100)),
        ("u16", Value::U16(60_000)),
        ("i16", Value::I16(-30_000)),
        ("i32", Value::I32(-2_000_000_000)),
        ("u64", Value::U64(1 << 40)),
        ("i64", Value::I64(-(1 << 40))),
        ("f64", Value::F64(1e-12)),
    ] {
        metadata.insert(format!("odd.{name}"), value);
    }
    let pieces = ["<s>", "", "안", "녕", "the", " capital"];
    metadata.insert("tokenizer.ggml.tokens", Array::String(pieces.iter().collect()));
    for (name, array) in [
        ("u8", Array::U8(vec![1, 2, 255])),
        ("i8", Array::I8(vec![-1, 2])),
        ("u16", Array::U16(vec![1])),
        ("i16", Array::I16(vec![-1])),
        ("u32", Array::U32(vec![])),
        ("i32", Array::I32(vec![-5, 6])),
        ("u64", Array::U64(vec![7])),
        ("i64", Array::I64(vec![-7])),
        ("f32", Array::F32(vec![0.5, -0.5])),
        ("f64", Array::F64(vec![0.25])),
        ("bool", Array::Bool(vec![true, false, true])),
    ] {
        metadata.insert(format!("list.{name}"), array);
    }
    let mut chance = Chance::new(1);
    let tensors = BlockType::ALL
        .into_iter()
        .map(|dtype| {
            let shape = vec![3, dtype.block_len()];
            let name = format!("tensor.{dtype:?}");
            (TensorSpec { name, shape, dtype }, chance.bytes(3 * dtype.block_bytes()))
        })
        .collect();
    Sample { metadata, tensors }
}

pub fn gguf(sample: &Sample) -> Vec<u8> {
    let specs: Vec<TensorSpec> = sample.tensors.iter().map(|(spec, _)| spec.clone()).collect();
    let mut writer = Writer::begin(Vec::new(), &sample.metadata, &specs).expect("a valid sample");
    for (_, bytes) in &sample.tensors {
        writer.append(bytes).expect("as long as declared");
    }
    writer.finish().expect("every tensor was written")
}

/// A safetensors file from its directory, as text, and its data.
pub fn safetensors(directory: &str, data: &[u8]) -> Vec<u8> {
    let mut file = (directory.len() as u64).to_le_bytes().to_vec();
    file.extend(directory.as_bytes());
    file.extend(data);
    file
}

pub fn small_safetensors() -> Vec<u8> {
    let directory = r#"{"__metadata__":{"format":"pt"},
        "b.weight":{"dtype":"F16","shape":[2,3],"data_offsets":[24,36]},
        "position_ids":{"dtype":"I64","shape":[1,1],"data_offsets":[16,24]},
        "a.weight":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    safetensors(directory, &Chance::new(2).bytes(36))
}

/// The sizes of the small models below.
pub const STATE: usize = 8;
pub const HEADS: usize = 2;
pub const LAYERS: usize = 1;
pub const MELS: usize = 4;
pub const AUDIO_CTX: usize = 6;
pub const TEXT_CTX: usize = 5;
pub const VOCAB: usize = 7;

/// The tensors of a small whisper model by OpenAI's names.
pub fn whisper_tensors() -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let mut chance = Chance::new(3);
    let mut tensors = Vec::new();
    let mut add = |name: String, shape: &[usize]| {
        let numbers = chance.weights(shape.iter().product());
        tensors.push((name, shape.to_vec(), numbers));
    };
    add("encoder.conv1.weight".into(), &[STATE, MELS, 3]);
    add("encoder.conv1.bias".into(), &[STATE, 1]);
    add("encoder.conv2.weight".into(), &[STATE, STATE, 3]);
    add("encoder.conv2.bias".into(), &[STATE, 1]);
    add("decoder.token_embedding.weight".into(), &[VOCAB, STATE]);
    for (tower, ctx, ln) in [("encoder", AUDIO_CTX, "ln_post"), ("decoder", TEXT_CTX, "ln")] {
        add(format!("{tower}.positional_embedding"), &[ctx, STATE]);
        add(format!("{tower}.{ln}.weight"), &[STATE]);
        add(format!("{tower}.{ln}.bias"), &[STATE]);
        for layer in 0..LAYERS {
            let attentions: &[&str] =
                if tower == "decoder" { &["attn", "cross_attn"] } else { &["attn"] };
            for attention in attentions {
                for module in ["query", "key", "value", "out"] {
                    let name = format!("{tower}.blocks.{layer}.{attention}.{module}");
                    add(format!("{name}.weight"), &[STATE, STATE]);
                    if module != "key" {
                        add(format!("{name}.bias"), &[STATE]);
                    }
                }
                add(format!("{tower}.blocks.{layer}.{attention}_ln.weight"), &[STATE]);
                add(format!("{tower}.blocks.{layer}.{attention}_ln.bias"), &[STATE]);
            }
            let mlp = format!("{tower}.blocks.{layer}.mlp");
            add(format!("{mlp}_ln.weight"), &[STATE]);
            add(format!("{mlp}_ln.bias"), &[STATE]);
            add(format!("{mlp}.0.weight"), &[4 * STATE, STATE]);
            add(format!("{mlp}.0.bias"), &[4 * STATE]);
            add(format!("{mlp}.2.weight"), &[STATE, 4 * STATE]);
            add(format!("{mlp}.2.bias"), &[STATE]);
        }
    }
    tensors
}

fn put_i32(out: &mut Vec<u8>, number: usize) {
    out.extend((number as i32).to_le_bytes());
}

fn put_f32s(out: &mut Vec<u8>, numbers: &[f32]) {
    out.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
}

/// A whisper.cpp file of F32 tensors.
pub fn ggml_whisper() -> Vec<u8> {
    let mut file = b"lmgg".to_vec();
    let towers = [AUDIO_CTX, STATE, HEADS, LAYERS, TEXT_CTX, STATE, HEADS, LAYERS];
    put_i32(&mut file, VOCAB);
    towers.iter().for_each(|&size| put_i32(&mut file, size));
    put_i32(&mut file, MELS);
    put_i32(&mut file, 0);
    put_i32(&mut file, MELS);
    put_i32(&mut file, 9);
    put_f32s(&mut file, &Chance::new(4).weights(MELS * 9));
    put_i32(&mut file, 2);
    for token in ["a", "가나"] {
        put_i32(&mut file, token.len());
        file.extend(token.as_bytes());
    }
    for (name, shape, numbers) in whisper_tensors() {
        put_i32(&mut file, shape.len());
        put_i32(&mut file, name.len());
        put_i32(&mut file, 0);
        shape.iter().rev().for_each(|&length| put_i32(&mut file, length));
        file.extend(name.as_bytes());
        put_f32s(&mut file, &numbers);
    }
    file
}

/// The same model with Hugging Face's names, and its configuration.
pub fn whisper_safetensors() -> (Vec<u8>, Vec<u8>) {
    let gguf =
        convert_stream(Converter::GgmlWhisper, Cursor::new(ggml_whisper()), None, Vec::new())
            .expect("a valid sample");
    let header = match bella_weights::Header::parse(&gguf).expect("what was just written") {
        bella_weights::Parsed::Whole(header) => header,
        other => panic!("{other:?}"),
    };
    let mut entries = Vec::new();
    let mut data = Vec::new();
    for tensor in header.tensors.iter().filter(|tensor| tensor.name != "mel_filters") {
        let begin = data.len();
        data.extend(&gguf[tensor.offset as usize..tensor.end() as usize]);
        entries.push(format!(
            r#""{}":{{"dtype":"{:?}","shape":{:?},"data_offsets":[{begin},{}]}}"#,
            tensor.name,
            tensor.dtype,
            tensor.shape,
            data.len()
        ));
    }
    let config = format!(
        r#"{{"vocab_size":{VOCAB},"num_mel_bins":{MELS},"d_model":{STATE},"model_type":"whisper",
            "max_source_positions":{AUDIO_CTX},"max_target_positions":{TEXT_CTX},
            "encoder_layers":{LAYERS},"encoder_attention_heads":{HEADS},
            "decoder_layers":{LAYERS},"decoder_attention_heads":{HEADS}}}"#
    );
    (safetensors(&format!("{{{}}}", entries.join(",")), &data), config.into_bytes())
}

/// Variables of a CTranslate2 file.
pub struct Ctranslate2 {
    pub variables: Vec<(String, Vec<usize>, u8, Vec<u8>)>,
}

impl Ctranslate2 {
    pub fn file(&self) -> Vec<u8> {
        let string = |out: &mut Vec<u8>, text: &str| {
            out.extend((text.len() as u16 + 1).to_le_bytes());
            out.extend(text.as_bytes());
            out.push(0);
        };
        let mut file = 6u32.to_le_bytes().to_vec();
        string(&mut file, "WhisperSpec");
        put_i32(&mut file, 3);
        put_i32(&mut file, self.variables.len());
        for (name, shape, kind, bytes) in &self.variables {
            string(&mut file, name);
            file.push(shape.len() as u8);
            shape.iter().for_each(|&length| put_i32(&mut file, length));
            file.push(*kind);
            put_i32(&mut file, bytes.len());
            file.extend(bytes);
        }
        put_i32(&mut file, 1);
        string(&mut file, "decoder/projection/weight");
        string(&mut file, "decoder/embeddings/weight");
        file
    }

    fn add(&mut self, name: String, shape: &[usize], numbers: &[f32]) {
        let bytes = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.variables.push((name, shape.to_vec(), 0, bytes));
    }
}

/// The same model again, with its projections stacked.
pub fn ctranslate2() -> Ctranslate2 {
    let tensors = whisper_tensors();
    let find = |name: &str| {
        let (_, shape, numbers) =
            tensors.iter().find(|(known, ..)| known == name).expect("a tensor of the sample");
        (shape.clone(), numbers.clone())
    };
    let mut file = Ctranslate2 { variables: Vec::new() };
    let copy = |file: &mut Ctranslate2, to: String, from: &str| {
        let (mut shape, numbers) = find(from);
        if shape.last() == Some(&1) {
            shape.pop();
        }
        file.add(to, &shape, &numbers);
    };
    let stack = |file: &mut Ctranslate2, to: &str, from: &str, modules: &[&str]| {
        let mut weights = Vec::new();
        let mut biases = Vec::new();
        for module in modules {
            weights.extend(find(&format!("{from}.{module}.weight")).1);
            biases.extend(match *module {
                "key" => vec![0.0; STATE],
                _ => find(&format!("{from}.{module}.bias")).1,
            });
        }
        file.add(format!("{to}/weight"), &[biases.len(), weights.len() / biases.len()], &weights);
        file.add(format!("{to}/bias"), &[biases.len()], &biases);
    };
    let norm = |file: &mut Ctranslate2, to: &str, from: &str| {
        copy(file, format!("{to}/gamma"), &format!("{from}.weight"));
        copy(file, format!("{to}/beta"), &format!("{from}.bias"));
    };
    for conv in ["conv1", "conv2"] {
        for ending in ["weight", "bias"] {
            copy(
                &mut file,
                format!("encoder/{conv}/{ending}"),
                &format!("encoder.{conv}.{ending}"),
            );
        }
    }
    copy(&mut file, "decoder/embeddings/weight".into(), "decoder.token_embedding.weight");
    for (tower, ln) in [("encoder", "ln_post"), ("decoder", "ln")] {
        let heads = (HEADS as i16).to_le_bytes().to_vec();
        file.variables.push((format!("{tower}/num_heads"), vec![], 2, heads));
        copy(
            &mut file,
            format!("{tower}/position_encodings/encodings"),
            &format!("{tower}.positional_embedding"),
        );
        norm(&mut file, &format!("{tower}/layer_norm"), &format!("{tower}.{ln}"));
        for layer in 0..LAYERS {
            let (to, from) = (format!("{tower}/layer_{layer}"), format!("{tower}.blocks.{layer}"));
            let own = format!("{to}/self_attention");
            norm(&mut file, &format!("{own}/layer_norm"), &format!("{from}.attn_ln"));
            let attn = format!("{from}.attn");
            stack(&mut file, &format!("{own}/linear_0"), &attn, &["query", "key", "value"]);
            stack(&mut file, &format!("{own}/linear_1"), &attn, &["out"]);
            if tower == "decoder" {
                let cross = format!("{from}.cross_attn");
                norm(&mut file, &format!("{to}/attention/layer_norm"), &format!("{cross}_ln"));
                stack(&mut file, &format!("{to}/attention/linear_0"), &cross, &["query"]);
                stack(&mut file, &format!("{to}/attention/linear_1"), &cross, &["key", "value"]);
                stack(&mut file, &format!("{to}/attention/linear_2"), &cross, &["out"]);
            }
            norm(&mut file, &format!("{to}/ffn/layer_norm"), &format!("{from}.mlp_ln"));
            stack(&mut file, &format!("{to}/ffn/linear_0"), &from, &["mlp.0"]);
            stack(&mut file, &format!("{to}/ffn/linear_1"), &from, &["mlp.2"]);
        }
    }
    file
}

/// A small E5S1 file of one layer.
pub fn e5s1() -> Vec<u8> {
    let (hidden, wide, vocabulary, positions, types) = (32, 64, VOCAB, TEXT_CTX, 2);
    let mut file = b"E5S1".to_vec();
    put_i32(&mut file, 1);
    for size in [hidden, LAYERS, HEADS, wide, vocabulary, positions, types] {
        put_i32(&mut file, size);
    }
    put_f32s(&mut file, &[1e-12]);
    put_i32(&mut file, 32);
    put_i32(&mut file, 2);
    (0..4).for_each(|id| put_i32(&mut file, id));
    let text = "a가";
    file.extend((text.len() as u64).to_le_bytes());
    [0, 1, 4].into_iter().for_each(|end| put_i32(&mut file, end));
    put_f32s(&mut file, &[-1.0, -2.0]);
    file.extend(text.as_bytes());
    put_i32(&mut file, 1);
    put_i32(&mut file, 5);
    file.extend([0; 5]);

    let mut entries: Vec<(String, u8, usize)> = vec![
        ("emb.word".into(), 1, vocabulary * hidden),
        ("emb.pos".into(), 0, positions * hidden),
        ("emb.type".into(), 0, types * hidden),
        ("emb.ln.w".into(), 0, hidden),
        ("emb.ln.b".into(), 0, hidden),
    ];
    for layer in 0..LAYERS {
        let square = hidden * hidden;
        for (module, rows, numbers) in [
            ("q", hidden, square),
            ("k", hidden, square),
            ("v", hidden, square),
            ("ao", hidden, square),
            ("fi", wide, wide * hidden),
            ("fo", hidden, wide * hidden),
        ] {
            entries.push((format!("l{layer}.{module}.w"), 1, numbers));
            entries.push((format!("l{layer}.{module}.b"), 0, rows));
        }
        for module in ["aln", "oln"] {
            entries.push((format!("l{layer}.{module}.w"), 0, hidden));
            entries.push((format!("l{layer}.{module}.b"), 0, hidden));
        }
    }
    put_i32(&mut file, entries.len());
    let directory: usize = entries.iter().map(|(name, ..)| 2 + name.len() + 1 + 4 + 8 + 8).sum();
    let mut data = Vec::new();
    let begin = file.len() + directory;
    let mut chance = Chance::new(5);
    for (name, kind, numbers) in entries {
        let bytes = if kind == 0 { numbers * 4 } else { numbers / 32 * 18 };
        file.extend((name.len() as u16).to_le_bytes());
        file.extend(name.as_bytes());
        file.push(kind);
        put_i32(&mut file, numbers);
        file.extend(((begin + data.len()) as u64).to_le_bytes());
        file.extend((bytes as u64).to_le_bytes());
        data.extend(chance.bytes(bytes));
    }
    file.extend(data);
    file
}
