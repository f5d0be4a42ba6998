//! The small random models in `goldens/`, whole or taken apart and put together
//! wrongly.

use bella_engine::{Model, ModelLoader};
use bella_protocol::{Failure, ModelFile, ModelSpec, Task};
use bella_weights::{BlockType, Metadata, TensorEvent, Value, gguf, read_tensors};

pub(crate) const FAMILIES: [&str; 5] = ["llama", "qwen2", "qwen3", "gemma3", "lfm2"];

/// A model's file, open to changes.
#[derive(Clone)]
pub(crate) struct Tiny {
    pub(crate) settings: Metadata,
    pub(crate) tensors: Vec<(gguf::TensorSpec, Vec<u8>)>,
}

impl Tiny {
    pub(crate) fn of(family: &str) -> Self {
        let file = file_of(family);
        let mut tiny = Self { settings: Metadata::default(), tensors: Vec::new() };
        read_tensors(file, file.len() as u64, |event| {
            match event {
                TensorEvent::Header(header) => tiny.settings = header.metadata.clone(),
                TensorEvent::Tensor { info, bytes } => {
                    let spec = gguf::TensorSpec {
                        name: info.name.clone(),
                        shape: info.shape.clone(),
                        dtype: info.dtype,
                    };
                    tiny.tensors.push((spec, bytes.into_owned()));
                }
            }
            Ok::<_, bella_weights::FileError>(())
        })
        .expect("the golden files are whole");
        tiny
    }

    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.settings.insert(key, value);
    }

    pub(crate) fn unset(&mut self, key: &str) {
        let kept = self.settings.iter().filter(|(name, _)| *name != key);
        self.settings = kept.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    }

    pub(crate) fn remove(&mut self, tensor: &str) {
        self.tensors.retain(|(spec, _)| spec.name != tensor);
    }

    /// Gives a tensor another shape and type, filled with `byte`.
    pub(crate) fn reshape(&mut self, tensor: &str, shape: &[usize], dtype: BlockType, byte: u8) {
        let (spec, bytes) =
            self.tensors.iter_mut().find(|(spec, _)| spec.name == tensor).expect("is there");
        spec.shape = shape.to_vec();
        spec.dtype = dtype;
        let elements = shape.iter().product();
        *bytes = vec![byte; dtype.bytes_of(elements).expect("whole blocks")];
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let specs: Vec<gguf::TensorSpec> =
            self.tensors.iter().map(|(spec, _)| spec.clone()).collect();
        let mut writer =
            gguf::Writer::begin(Vec::new(), &self.settings, &specs).expect("a file can say this");
        for (_, bytes) in &self.tensors {
            writer.append(bytes).expect("as long as declared");
        }
        writer.finish().expect("all tensors were written")
    }

    pub(crate) fn load(&self) -> Result<Model, Failure> {
        load_bytes(&self.file())
    }
}

pub(crate) fn load_bytes(file: &[u8]) -> Result<Model, Failure> {
    load_files(&[("model.gguf", file)])
}

pub(crate) fn load_with_tokenizer(file: &[u8], tokenizer_json: &[u8]) -> Result<Model, Failure> {
    load_files(&[("model.gguf", file), ("tokenizer.json", tokenizer_json)])
}

fn load_files(files: &[(&str, &[u8])]) -> Result<Model, Failure> {
    let listed = files.iter().map(|(name, bytes)| ModelFile {
        name: (*name).to_owned(),
        url: String::new(),
        mirror: None,
        bytes: bytes.len() as u64,
        sha256: None,
    });
    let spec =
        ModelSpec { id: "tiny".to_owned(), task: Task::Chat, files: listed.collect(), base: None };
    let mut loader = ModelLoader::new(spec)?;
    for (_, bytes) in files {
        for piece in bytes.chunks(1000) {
            loader.push(piece)?;
        }
        loader.end_file()?;
    }
    loader.finish()
}

pub(crate) fn file_of(family: &str) -> &'static [u8] {
    match family {
        "llama" => include_bytes!("../goldens/llama-tiny.gguf"),
        "qwen2" => include_bytes!("../goldens/qwen2-tiny.gguf"),
        "qwen3" => include_bytes!("../goldens/qwen3-tiny.gguf"),
        "gemma3" => include_bytes!("../goldens/gemma3-tiny.gguf"),
        "lfm2" => include_bytes!("../goldens/lfm2-tiny.gguf"),
        other => panic!("no small model of the {other} family was made"),
    }
}

/// What the original implementation says of the same weights.
pub(crate) fn golden_of(family: &str) -> &'static str {
    match family {
        "llama" => include_str!("../goldens/llama-tiny.json"),
        "qwen2" => include_str!("../goldens/qwen2-tiny.json"),
        "qwen3" => include_str!("../goldens/qwen3-tiny.json"),
        "gemma3" => include_str!("../goldens/gemma3-tiny.json"),
        "lfm2" => include_str!("../goldens/lfm2-tiny.json"),
        other => panic!("no golden of the {other} family was made"),
    }
}
