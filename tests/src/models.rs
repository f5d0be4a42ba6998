//! The models of the manifest, as the page would ask for them.

use bella_protocol::{ModelFile, ModelSpec, Task};
use bella_weights::manifest;

/// What the page's library makes of a model.
pub fn spec(model: &manifest::Model) -> ModelSpec {
    let file = |file: &manifest::File| ModelFile {
        name: file.name.clone(),
        // Asked for by the worker, whose own address is beside the page.
        url: format!("./weights/{}/{}", model.id, file.name),
        mirror: None,
        bytes: file.content.bytes().unwrap_or_default(),
        sha256: file.content.sha256().map(ToString::to_string),
    };
    ModelSpec {
        id: model.id.clone(),
        task: match model.task {
            manifest::Task::Chat => Task::Chat,
            manifest::Task::Transcribe => Task::Transcribe,
            manifest::Task::Embed => Task::Embed,
            manifest::Task::Feel => Task::Feel,
            manifest::Task::Vad => Task::Vad,
        },
        files: model.files.iter().map(file).collect(),
        base: model.base.clone(),
    }
}
