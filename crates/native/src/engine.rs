//! The engine's host, driven as the worker drives it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use bella_engine::{Host, ModelLoader, Said};
use bella_protocol::{Failure, ModelFile, ModelSpec, Outcome, Reply, Request, RequestId, Task};
use bella_weights::manifest::{self, Manifest, ManifestError};

use crate::arguments::Arguments;

#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("the manifest has no model \"{0}\"")]
    UnknownModel(String),
    #[error("the manifest has no model for that")]
    NoModel,
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("the engine has nothing more to do, and gave no answer")]
    Silent,
}

#[derive(Debug)]
pub(crate) struct Engine {
    host: Host,
    /// Answers to requests.
    pub(crate) model: String,
    next_id: u32,
}

/// How a request ended, and what was said on the way.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) outcome: Outcome,
    pub(crate) numbers: Vec<f32>,
}

impl Engine {
    pub(crate) fn new() -> Self {
        let started = Instant::now();
        let mut host = Host::new(Box::new(move || started.elapsed().as_secs_f64() * 1000.0));
        // There is no tab here that a phone could kill.
        let limit = Request::Limit { memory_bytes: u64::MAX };
        host.submit(RequestId(0), limit, Vec::new(), 0);
        host.take_replies().for_each(drop);
        Self { host, model: String::new(), next_id: 1 }
    }

    /// The model for the task, and the one it is an addition to.
    pub(crate) fn load(&mut self, arguments: &Arguments) -> Result<(), EngineError> {
        let path = &arguments.manifest;
        let text = std::fs::read_to_string(path)
            .map_err(|error| EngineError::Unreadable { path: path.clone(), error })?;
        let manifest = Manifest::parse(&path.to_string_lossy(), &text)?;
        let find =
            |id: &str| manifest.model(id).ok_or_else(|| EngineError::UnknownModel(id.to_owned()));
        let model = match &arguments.model {
            Some(id) => find(id)?,
            None => {
                let wanted = |model: &&manifest::Model| task(model.task) == arguments.task;
                manifest.models.iter().find(wanted).ok_or(EngineError::NoModel)?
            }
        };
        let base = model.base.as_deref().map(find).transpose()?;
        for model in base.into_iter().chain([model]) {
            self.load_one(model, &arguments.weights.join(&model.id))?;
        }
        self.model = model.id.clone();
        Ok(())
    }

    fn load_one(&mut self, model: &manifest::Model, folder: &Path) -> Result<(), EngineError> {
        let started = Instant::now();
        let unreadable =
            |path: &Path, error| EngineError::Unreadable { path: path.to_owned(), error };
        let file = |file: &manifest::File| {
            let path = folder.join(&file.name);
            let bytes = path.metadata().map_err(|error| unreadable(&path, error))?.len();
            // Another form of the file may stand there; whoever put it there
            // knows its hash.
            Ok(ModelFile {
                name: file.name.clone(),
                url: String::new(),
                mirror: None,
                bytes,
                sha256: None,
            })
        };
        let files = model.files.iter().map(file).collect::<Result<_, EngineError>>()?;
        let base = model.base.clone();
        let spec = ModelSpec { id: model.id.clone(), task: task(model.task), files, base };
        let mut loader = ModelLoader::new(spec)?;
        let mut chunk = vec![0; 1 << 20];
        while let Some(file) = loader.wanted() {
            let path = folder.join(&file.name);
            let mut bytes = File::open(&path).map_err(|error| unreadable(&path, error))?;
            loop {
                match bytes.read(&mut chunk).map_err(|error| unreadable(&path, error))? {
                    0 => break,
                    count => loader.push(&chunk[..count])?,
                }
            }
            loader.end_file()?;
        }
        let took = started.elapsed().as_secs_f64() * 1000.0;
        self.host.add(&model.id, loader.finish()?, took);
        Ok(())
    }

    /// Asks, and waits for the end. `sound` goes beside the request.
    pub(crate) fn ask(&mut self, request: Request, sound: Vec<f32>) -> Result<Answer, EngineError> {
        let id = RequestId(self.next_id);
        self.next_id += 1;
        self.host.submit(id, request, sound, 0);
        let mut text = String::new();
        loop {
            for Said { reply, numbers, .. } in self.host.take_replies().collect::<Vec<_>>() {
                match reply {
                    Reply::Text(piece) => text.push_str(&piece),
                    Reply::Done(outcome) => return Ok(Answer { text, outcome, numbers }),
                    Reply::Failed(failure) => return Err(failure.into()),
                    // Told once more with the outcome.
                    Reply::Progress(_)
                    | Reply::Notice(_)
                    | Reply::Partial(_)
                    | Reply::Segment(_)
                    | Reply::Voice(_) => {}
                }
            }
            if !self.host.has_work() {
                return Err(EngineError::Silent);
            }
            self.host.step();
        }
    }
}

fn task(task: manifest::Task) -> Task {
    match task {
        manifest::Task::Chat => Task::Chat,
        manifest::Task::Transcribe => Task::Transcribe,
        manifest::Task::Embed => Task::Embed,
        manifest::Task::Feel => Task::Feel,
        manifest::Task::Vad => Task::Vad,
    }
}
