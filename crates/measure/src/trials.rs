//! What one model is asked, in order, and what is read off the answers.

use std::collections::{BTreeMap, VecDeque};

use bella_protocol::{
    ChatMessage, ChatOptions, Failure, ModelSpec, Outcome, Purpose, Reply, Request, SoundFormat,
    Task, TranscribeOptions,
};

use crate::prompts::{REPLY_TOKENS, asked, long_talk};
use crate::{EngineBuild, Figure, Kind, Run, Skipped, Sound, Sounds};

/// Room for the prompt and the reply.
const CONTEXT: usize = 512;
/// Room for a talk of two thousand tokens.
const LONG_CONTEXT: usize = 2560;

/// The next thing to ask of the engine; what is to be heard travels beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub request: Request,
    pub sound: Vec<f32>,
}

/// One model's course through everything that can be measured of it, in an engine
/// that holds nothing else.
#[derive(Debug)]
pub struct Trials {
    model: String,
    weights_bytes: u64,
    waiting: VecDeque<Trial>,
    all: usize,
    running: Option<Running>,
    samples: BTreeMap<Kind, Vec<f64>>,
    skipped: Vec<Skipped>,
    /// What models held when they were loaded, and what they held at the end.
    loaded_bytes: u64,
    held_bytes: u64,
    peak_wasm_bytes: Option<u64>,
}

#[derive(Debug)]
struct Trial {
    ask: Ask,
    reads: Reads,
    /// The first of its kind warms everything up and does not count.
    counts: bool,
}

/// What is read off an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reads {
    /// The model the measured one leans on: nothing is measured of it.
    Base,
    Load,
    Talk {
        prefill: Kind,
        decode: Kind,
    },
    Time(Kind),
    Memory,
}

#[derive(Debug)]
struct Running {
    trial: Trial,
    asked_ms: f64,
    first_words_ms: Option<f64>,
    last_words_ms: Option<f64>,
}

impl Trials {
    /// Of a model, after the one it leans on if it leans on one, with so many
    /// rounds that count.
    pub fn of(model: &ModelSpec, base: Option<&ModelSpec>, sounds: &Sounds, rounds: usize) -> Self {
        let load = |spec: &ModelSpec, reads| Trial {
            ask: Ask { request: Request::Load { spec: spec.clone() }, sound: Vec::new() },
            reads,
            counts: true,
        };
        let mut waiting: VecDeque<Trial> =
            base.into_iter().map(|base| load(base, Reads::Base)).collect();
        waiting.push_back(load(model, Reads::Load));
        for round in 0..=rounds {
            let asks = asks_of(model, sounds, round);
            // Long ones are of the same kind: what they would warm up is warm.
            waiting.extend(
                asks.into_iter()
                    .filter(|(reads, _)| round > 0 || !reads.is_long())
                    .map(|(reads, ask)| Trial { ask, reads, counts: round > 0 }),
            );
        }
        let status = Ask { request: Request::Status, sound: Vec::new() };
        waiting.push_back(Trial { ask: status, reads: Reads::Memory, counts: true });
        let bytes = |spec: &ModelSpec| spec.files.iter().map(|file| file.bytes).sum::<u64>();
        Self {
            model: model.id.clone(),
            weights_bytes: bytes(model) + base.map_or(0, bytes),
            all: waiting.len(),
            waiting,
            running: None,
            samples: BTreeMap::new(),
            skipped: Vec::new(),
            loaded_bytes: 0,
            held_bytes: 0,
            peak_wasm_bytes: None,
        }
    }

    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many trials are over, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.all - self.waiting.len() - usize::from(self.running.is_some()), self.all)
    }

    /// What to ask now, at this time; `None` when all is over, or while an answer is
    /// still coming.
    pub fn next(&mut self, now_ms: f64) -> Option<Ask> {
        if self.running.is_some() {
            return None;
        }
        let trial = self.waiting.pop_front()?;
        let ask = trial.ask.clone();
        let (first_words_ms, last_words_ms) = (None, None);
        self.running = Some(Running { trial, asked_ms: now_ms, first_words_ms, last_words_ms });
        Some(ask)
    }

    /// Takes what was said about the latest question. Whether that was all of it.
    pub fn hear(&mut self, now_ms: f64, reply: &Reply) -> bool {
        let Some(running) = &mut self.running else { return false };
        match reply {
            Reply::Text(_) => {
                running.first_words_ms.get_or_insert(now_ms);
                running.last_words_ms = Some(now_ms);
            }
            Reply::Done(outcome) => {
                if let Some(running) = self.running.take() {
                    self.read(&running, now_ms, outcome);
                }
                return true;
            }
            Reply::Failed(failure) => {
                if let Some(running) = self.running.take() {
                    self.fail(&running, failure);
                }
                return true;
            }
            _ => {}
        }
        false
    }

    /// What came of it.
    pub fn finish(self, build: EngineBuild) -> Run {
        let figures =
            self.samples.into_iter().filter_map(|(kind, samples)| Figure::of(kind, samples));
        Run {
            build,
            model: self.model,
            weights_bytes: self.weights_bytes,
            held_bytes: self.held_bytes,
            cache_bytes: self.held_bytes.saturating_sub(self.loaded_bytes),
            peak_wasm_bytes: self.peak_wasm_bytes,
            figures: figures.collect(),
            skipped: self.skipped,
        }
    }

    fn read(&mut self, running: &Running, now_ms: f64, outcome: &Outcome) {
        let took = now_ms - running.asked_ms;
        let counts = running.trial.counts;
        if let Outcome::Loaded(loaded) = outcome {
            self.loaded_bytes = self.loaded_bytes.saturating_add(loaded.memory_bytes);
        }
        match (running.trial.reads, outcome) {
            (Reads::Load, _) => self.add(Kind::Load, took),
            (Reads::Time(kind), _) if counts => self.add(kind, took),
            (Reads::Talk { prefill, decode }, Outcome::Chat { usage, .. }) if counts => {
                let (Some(first), Some(last)) = (running.first_words_ms, running.last_words_ms)
                else {
                    self.skip(Skipped::because(decode.name(), "it said nothing"));
                    return;
                };
                let read = usage.prompt_tokens.saturating_sub(usage.cached_tokens);
                self.add(prefill, read as f64 / (first - running.asked_ms) * 1e3);
                let written = usage.reply_tokens.saturating_sub(1);
                self.add(decode, written as f64 / (last - first) * 1e3);
            }
            (Reads::Memory, Outcome::Status(status)) => {
                self.peak_wasm_bytes = Some(status.wasm_bytes);
                self.held_bytes = status
                    .models
                    .iter()
                    .fold(0, |sum, model| sum.saturating_add(model.memory_bytes));
            }
            _ => {}
        }
    }

    /// A clock too coarse for what it times says nothing.
    fn add(&mut self, kind: Kind, sample: f64) {
        if sample.is_finite() {
            self.samples.entry(kind).or_default().push(sample);
        }
    }

    /// Without the model nothing else can be measured; any other thing that fails
    /// is not tried again.
    fn fail(&mut self, running: &Running, failure: &Failure) {
        let failed = running.trial.reads;
        match failed {
            Reads::Base | Reads::Load => {
                self.waiting.clear();
                self.skip(Skipped::failed(Kind::Load.name(), failure));
            }
            Reads::Talk { decode: kind, .. } | Reads::Time(kind) => {
                self.waiting.retain(|trial| trial.reads != failed);
                self.skip(Skipped::failed(kind.name(), failure));
            }
            Reads::Memory => {}
        }
    }

    fn skip(&mut self, skipped: Skipped) {
        if !self.skipped.iter().any(|known| known.what == skipped.what) {
            self.skipped.push(skipped);
        }
    }
}

impl Reads {
    fn is_long(self) -> bool {
        matches!(
            self,
            Self::Talk { decode: Kind::DecodeLong, .. } | Self::Time(Kind::TranscribeLong)
        )
    }
}

/// One round of everything a model can do.
fn asks_of(model: &ModelSpec, sounds: &Sounds, round: usize) -> Vec<(Reads, Ask)> {
    let id = || model.id.clone();
    let silent = |request| Ask { request, sound: Vec::new() };
    // No two prompts begin alike, so that none is found in the cache.
    let number = 2 * u32::try_from(round).unwrap_or_default();
    match model.task {
        Task::Chat => vec![
            (
                Reads::Talk { prefill: Kind::Prefill, decode: Kind::Decode },
                silent(chat(id(), asked(number), CONTEXT)),
            ),
            (
                Reads::Talk { prefill: Kind::PrefillLong, decode: Kind::DecodeLong },
                silent(chat(id(), long_talk(number + 1), LONG_CONTEXT)),
            ),
        ],
        Task::Transcribe => [
            (Kind::TranscribeShort, &sounds.two_seconds),
            (Kind::TranscribeMiddle, &sounds.eleven_seconds),
            (Kind::TranscribeLong, &sounds.thirty_seconds),
        ]
        .into_iter()
        .filter_map(|(kind, sound)| Some((Reads::Time(kind), transcribe(id(), sound.as_ref()?))))
        .collect(),
        Task::Embed => vec![(
            Reads::Time(Kind::Embed),
            silent(Request::Embed {
                model: id(),
                purpose: Purpose::Query,
                texts: vec![numbered("What did we say about the trip to the lake?", number)],
            }),
        )],
        Task::Feel => vec![(
            Reads::Time(Kind::Feel),
            silent(Request::Feel {
                model: id(),
                text: numbered("I waited all day, and then it was wonderful.", number),
            }),
        )],
        Task::Vad => Vec::new(),
    }
}

fn numbered(text: &str, number: u32) -> String {
    format!("{text} ({})", 1000 + number)
}

/// Greedy: every device writes the same.
fn chat(model: String, messages: Vec<ChatMessage>, context_tokens: usize) -> Request {
    let options = ChatOptions {
        context_tokens,
        max_tokens: REPLY_TOKENS,
        temperature: 0.0,
        repetition_penalty: 1.0,
        ..ChatOptions::default()
    };
    Request::Chat { model, messages, options }
}

fn transcribe(model: String, sound: &Sound) -> Ask {
    let options =
        TranscribeOptions { language: Some(sound.language), ..TranscribeOptions::default() };
    let format = SoundFormat::default();
    let request = Request::Transcribe { model, options, format, live: false };
    Ask { request, sound: sound.samples.clone() }
}

#[cfg(test)]
mod tests {
    use bella_protocol::{EngineStatus, LoadedModel, ModelFile, Stop, Usage};

    use super::*;

    fn spec(task: Task, bytes: u64) -> ModelSpec {
        let file = ModelFile {
            name: "model.gguf".into(),
            url: "./model.gguf".into(),
            mirror: None,
            bytes,
            sha256: None,
        };
        ModelSpec { id: "m".into(), task, files: vec![file], base: None }
    }

    fn build() -> EngineBuild {
        EngineBuild { name: "baseline".into(), threads: 1 }
    }

    fn holding(memory_bytes: u64) -> LoadedModel {
        let (id, architecture) = ("m".into(), "llama".into());
        LoadedModel { id, architecture, context_length: 2048, memory_bytes, load_ms: 50.0 }
    }

    /// An engine that reads ten tokens in a hundred milliseconds and writes one in
    /// ten, half as fast with much in view.
    fn answer(trials: &mut Trials, ask: &Ask, now: &mut f64) {
        let outcome = match &ask.request {
            Request::Chat { options, .. } => {
                let step = if options.context_tokens > 1000 { 20.0 } else { 10.0 };
                *now += 100.0;
                for _ in 0..5 {
                    assert!(!trials.hear(*now, &Reply::Text("a".into())));
                    *now += step;
                }
                let usage = Usage {
                    prompt_tokens: 12,
                    cached_tokens: 2,
                    reply_tokens: 5,
                    ..Usage::default()
                };
                Outcome::Chat { stop: Stop::Length, usage }
            }
            Request::Load { .. } => {
                *now += 50.0;
                Outcome::Loaded(holding(800))
            }
            Request::Status => Outcome::Status(EngineStatus {
                models: vec![holding(1100)],
                limit_bytes: 0,
                wasm_bytes: 1300,
                waiting: 0,
            }),
            _ => {
                *now += 50.0 + ask.sound.len() as f64 / 16.0;
                Outcome::Taken
            }
        };
        assert!(trials.hear(*now, &Reply::Done(outcome)));
    }

    fn course(model: &ModelSpec, rounds: usize) -> Run {
        let mut trials = Trials::of(model, None, &Sounds::made_up(), rounds);
        let mut now = 0.0;
        while let Some(ask) = trials.next(now) {
            assert!(trials.next(now).is_none(), "one thing at a time");
            answer(&mut trials, &ask, &mut now);
        }
        let (done, all) = trials.progress();
        assert_eq!(done, all);
        trials.finish(build())
    }

    #[track_caller]
    fn check(task: Task, expected: &[(Kind, f64)]) {
        let run = course(&spec(task, 1000), 2);
        let found: Vec<(Kind, f64)> =
            run.figures.iter().map(|figure| (figure.kind, figure.median.round())).collect();
        assert_eq!(found, expected, "{task:?}");
        for figure in run.figures.iter().filter(|figure| figure.kind != Kind::Load) {
            assert_eq!(figure.samples.len(), 2, "the first round does not count: {figure:?}");
        }
        assert_eq!((run.weights_bytes, run.held_bytes, run.cache_bytes), (1000, 1100, 300));
        assert_eq!(run.peak_over_needed(), Some(1.0));
        assert_eq!(run.skipped, []);
    }

    #[test]
    fn every_task_is_measured_by_what_people_wait_for() {
        check(
            Task::Chat,
            &[
                (Kind::Load, 50.0),
                (Kind::Prefill, 100.0),
                (Kind::Decode, 100.0),
                (Kind::PrefillLong, 100.0),
                (Kind::DecodeLong, 50.0),
            ],
        );
        check(
            Task::Transcribe,
            &[
                (Kind::Load, 50.0),
                (Kind::TranscribeShort, 2050.0),
                (Kind::TranscribeMiddle, 11050.0),
                (Kind::TranscribeLong, 30050.0),
            ],
        );
        check(Task::Embed, &[(Kind::Load, 50.0), (Kind::Embed, 50.0)]);
        check(Task::Feel, &[(Kind::Load, 50.0), (Kind::Feel, 50.0)]);
        check(Task::Vad, &[(Kind::Load, 50.0)]);
    }

    #[test]
    fn a_model_that_does_not_load_is_skipped_with_the_reason() {
        let mut trials = Trials::of(&spec(Task::Chat, 1), None, &Sounds::default(), 3);
        trials.next(0.0).expect("to load");
        let failure = Failure::BadStatus { file: "model.gguf".into(), status: 404 };
        assert!(trials.hear(1.0, &Reply::Failed(failure.clone())));
        assert_eq!(trials.next(1.0), None);
        let run = trials.finish(build());
        assert_eq!(run.figures, []);
        assert_eq!(run.skipped, [Skipped::failed("load", &failure)]);
    }

    #[test]
    fn a_trial_that_fails_keeps_no_other_from_its_turn() {
        let mut trials = Trials::of(&spec(Task::Chat, 1), None, &Sounds::default(), 2);
        let mut now = 0.0;
        while let Some(ask) = trials.next(now) {
            match &ask.request {
                Request::Chat { options, .. } if options.context_tokens > 1000 => {
                    let failure = Failure::TooLong { tokens: 9, limit: 8 };
                    assert!(trials.hear(now, &Reply::Failed(failure)));
                }
                _ => answer(&mut trials, &ask, &mut now),
            }
        }
        let run = trials.finish(build());
        let kinds: Vec<Kind> = run.figures.iter().map(|figure| figure.kind).collect();
        assert_eq!(kinds, [Kind::Load, Kind::Prefill, Kind::Decode]);
        assert_eq!(run.skipped.len(), 1);
        assert_eq!(run.skipped[0].what, "decode_2k");
    }

    #[test]
    fn a_model_that_leans_on_another_comes_after_it() {
        let base = ModelSpec { id: "base".into(), ..spec(Task::Embed, 70) };
        let mut trials = Trials::of(&spec(Task::Feel, 30), Some(&base), &Sounds::default(), 1);
        let mut loaded = Vec::new();
        let mut now = 0.0;
        while let Some(ask) = trials.next(now) {
            if let Request::Load { spec } = &ask.request {
                loaded.push(spec.id.clone());
            }
            answer(&mut trials, &ask, &mut now);
        }
        assert_eq!(loaded, ["base", "m"]);
        let run = trials.finish(build());
        assert_eq!(run.weights_bytes, 100);
        assert_eq!(run.figure(Kind::Load).map(|figure| figure.samples.len()), Some(1));
    }
}
