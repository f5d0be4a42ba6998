//! One request under way, whatever it is about.

use bella_protocol::{Outcome, Reply, Request, RequestId, Stop, Urgency};

use crate::bert::{Indexed, Indexing, Pass};
use crate::error::{EngineError, Result};
use crate::llm::{self, Dialogue, Generation};
use crate::models::{Feeler, Models};
use crate::vad::{self, Watch};
use crate::whisper::{self, Listener};

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: RequestId,
    pub(crate) urgency: Urgency,
    pub(crate) model: String,
    work: Work,
}

#[derive(Debug)]
enum Work {
    /// Its model is looked at when its turn comes.
    Waiting(Request),
    Chat(Box<Generation>),
    Transcribe(Box<Listener>),
    Listen(Box<Watch>),
    Embed(Box<Indexing>),
    Feel(Box<Pass>),
}

/// What a step brought.
pub(crate) enum Advanced {
    /// There is more to do; this is what there is to say so far.
    Goes(Option<Reply>),
    /// It is over, and these numbers travel beside the outcome.
    Ended(Outcome, Vec<f32>),
}

impl Advanced {
    fn ended(outcome: Outcome) -> Self {
        Self::Ended(outcome, Vec::new())
    }
}

impl Job {
    /// `sound` came beside the request.
    pub(crate) fn new(
        id: RequestId,
        request: Request,
        sound: Vec<f32>,
        models: &Models,
    ) -> Result<Self> {
        let urgency = request.urgency();
        let (model, work) = match request {
            Request::Transcribe { model, options, format, live } => {
                let mut listener = Listener::new(models.whisper(&model)?, options, format)?;
                listener.hear(sound, !live)?;
                (model, Work::Transcribe(Box::new(listener)))
            }
            Request::Listen { model, patience, format, live } => {
                models.voice_activity(&model)?;
                let mut watch = Watch::new(patience, format)?;
                watch.hear(sound, !live)?;
                (model, Work::Listen(Box::new(watch)))
            }
            Request::Embed { model, purpose, texts } => {
                (model, Work::Embed(Box::new(Indexing::new(purpose, texts))))
            }
            Request::Chat { ref model, .. }
            | Request::ReadAhead { ref model, .. }
            | Request::Feel { ref model, .. } => (model.clone(), Work::Waiting(request)),
            other => return Err(not_work(&other)),
        };
        Ok(Self { id, urgency, model, work })
    }

    /// Whether a step would get anywhere: not while it waits for sound.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.work {
            Work::Transcribe(listener) => !listener.is_idle(),
            Work::Listen(watch) => !watch.is_idle(),
            _ => true,
        }
    }

    /// Sound means nothing to a request that is not about any.
    pub(crate) fn hear(&mut self, sound: Vec<f32>, last: bool) -> Result<()> {
        match &mut self.work {
            Work::Transcribe(listener) => listener.hear(sound, last),
            Work::Listen(watch) => watch.hear(sound, last),
            _ => Ok(()),
        }
    }

    /// Some tens of milliseconds of work.
    pub(crate) fn advance(
        &mut self,
        models: &mut Models,
        clock: &dyn Fn() -> f64,
    ) -> Result<Advanced> {
        let name = &self.model[..];
        Ok(match &mut self.work {
            Work::Waiting(request) => {
                self.work = begin(request, models)?;
                Advanced::Goes(None)
            }
            Work::Chat(generation) => {
                let (model, memory) = models.chat(name)?;
                match generation.step(model, memory, clock) {
                    llm::Step::Text(text) if !text.is_empty() => {
                        Advanced::Goes(Some(Reply::Text(text)))
                    }
                    llm::Step::Read | llm::Step::Text(_) => Advanced::Goes(None),
                    llm::Step::Done(stop) => {
                        Advanced::ended(Outcome::Chat { stop, usage: generation.usage() })
                    }
                }
            }
            Work::Transcribe(listener) => match listener.step(models.whisper(name)?, clock)? {
                whisper::Step::Working | whisper::Step::Waiting => Advanced::Goes(None),
                whisper::Step::Partial(text) => Advanced::Goes(Some(Reply::Partial(text))),
                whisper::Step::Segment(segment) => Advanced::Goes(Some(Reply::Segment(segment))),
                whisper::Step::Done(transcript) => Advanced::ended(Outcome::Transcript(transcript)),
            },
            Work::Listen(watch) => match watch.step(models.voice_activity(name)?)? {
                vad::Step::Working => Advanced::Goes(None),
                vad::Step::Turn(turn) => Advanced::Goes(Some(Reply::Voice(turn))),
                vad::Step::Done(stretches) => Advanced::ended(Outcome::Voices(stretches)),
            },
            Work::Embed(indexing) => {
                let embedder = &models.embedder(name)?.embedder;
                match indexing.step(embedder)? {
                    None => Advanced::Goes(None),
                    Some(Indexed { vectors, texts }) => {
                        let width = embedder.width();
                        Advanced::Ended(Outcome::Embedded { width, texts }, vectors)
                    }
                }
            }
            Work::Feel(pass) => {
                let mood = match models.feeler(name)? {
                    Feeler::Whole(model) if model.advance(pass) => None,
                    Feeler::Whole(model) => Some(model.finish(pass)),
                    Feeler::Addition(model, base) if model.advance(base, pass) => None,
                    Feeler::Addition(model, _) => Some(model.finish(pass)?),
                };
                match mood {
                    None => Advanced::Goes(None),
                    Some(mood) => Advanced::ended(Outcome::Mood(mood)),
                }
            }
        })
    }

    /// Ends before its time; tells what it still had to say.
    pub(crate) fn end(self, models: &mut Models) -> Vec<Reply> {
        let cancelled = |usage| Outcome::Chat { stop: Stop::Cancelled, usage };
        match self.work {
            Work::Chat(mut generation) => {
                let held = match models.chat(&self.model) {
                    Ok((_, memory)) => generation.cancel(memory),
                    Err(_) => String::new(),
                };
                let held = Some(held).filter(|held| !held.is_empty()).map(Reply::Text);
                held.into_iter().chain([Reply::Done(cancelled(generation.usage()))]).collect()
            }
            Work::Waiting(Request::Chat { .. } | Request::ReadAhead { .. }) => {
                vec![Reply::Done(cancelled(Default::default()))]
            }
            _ => vec![Reply::Done(Outcome::Cancelled)],
        }
    }
}

fn begin(request: &mut Request, models: &mut Models) -> Result<Work> {
    match request {
        Request::Chat { model, messages, options } => {
            let (model, memory) = models.chat(model)?;
            let dialogue = Dialogue { messages, tools: None };
            let generation = Generation::new(model, memory, dialogue, std::mem::take(options))?;
            Ok(Work::Chat(Box::new(generation)))
        }
        Request::ReadAhead { model, messages, options } => {
            let (model, memory) = models.chat(model)?;
            let reading = Generation::ahead(model, memory, messages, std::mem::take(options))?;
            Ok(Work::Chat(Box::new(reading)))
        }
        Request::Feel { model, text } => {
            let pass = match models.feeler(model)? {
                Feeler::Whole(model) => model.begin(text)?,
                Feeler::Addition(model, base) => model.begin(base, text)?,
            };
            Ok(Work::Feel(Box::new(pass)))
        }
        other => Err(not_work(other)),
    }
}

fn not_work(request: &Request) -> EngineError {
    EngineError::BadRequest { detail: format!("{request:?} is not work for a model") }
}
