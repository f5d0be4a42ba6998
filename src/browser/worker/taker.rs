//! Whoever takes a model's bytes as they come: the engine, or nobody but a check.

use bella_engine::ModelLoader;
use bella_keep::Check;
use bella_protocol::{Failure, ModelSpec, Progress};

/// What becomes of a model that is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Load,
    Keep,
}

pub(super) enum Taker {
    Engine(Box<ModelLoader>),
    Check(Check),
}

impl Taker {
    pub(super) fn new(spec: &ModelSpec, what_for: Use) -> Result<Self, Failure> {
        Ok(match what_for {
            Use::Load => Self::Engine(Box::new(ModelLoader::new(spec.clone())?)),
            Use::Keep => Self::Check(Check::new(spec.clone())),
        })
    }

    pub(super) fn push(&mut self, piece: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Engine(loader) => loader.push(piece),
            Self::Check(check) => check.push(piece),
        }
    }

    pub(super) fn progress_worth_telling(&mut self) -> Option<Progress> {
        match self {
            Self::Engine(loader) => loader.progress_worth_telling(),
            Self::Check(check) => check.progress_worth_telling(),
        }
    }

    pub(super) fn end_file(&mut self) -> Result<(), Failure> {
        match self {
            Self::Engine(loader) => loader.end_file(),
            Self::Check(check) => check.end_file().map(drop),
        }
    }
}
