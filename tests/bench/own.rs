//! This device by itself: every build and number of threads, every model in an
//! engine of its own, on the built page and under its policy.

use std::error::Error;
use std::fs;
use std::time::Duration;

use bella_measure::{EngineBuild, Report, Run, Skipped, Sounds, TextError, Trials};
use bella_protocol::ModelSpec;
use bella_tests::download::{Effort, engine_files};
use bella_tests::engine::Engine;
use bella_tests::host::{Host, Serving};
use bella_tests::models::spec;
use bella_tests::{Browser, Page};
use bella_weights::manifest::Manifest;
use xtask::build::ENGINE_BUILDS;
use xtask::fetch::read_manifest;
use xtask::repo;

use crate::arguments::Arguments;
use crate::clips;
use crate::errors::Errors;
use crate::machine::machine;
use crate::ours::{Ours, build_of};
use crate::say;
use crate::table::table;
use crate::waits::waits;

const MODELS: [&str; 5] = [
    "smollm2-135m-instruct",
    "whisper-tiny",
    "whisper-base",
    "multilingual-e5-small",
    "sentiment-ko-en",
];

/// Name and threads: one of each build, and two where a build can have them.
const BUILDS: [(&str, usize); 3] = [("baseline", 1), ("turbo", 1), ("turbo", 2)];

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let serving = Serving::bella()?;
    let host = Host::start(serving.clone())?;
    let browser = Browser::launch().start()?;
    let context = browser.context()?;
    let page = context.page()?.with_patience(Duration::from_secs(60));
    page.goto(&host.url_of(""));
    let mut bench = Bench {
        page: &page,
        manifest: read_manifest(&repo::manifest())?,
        arguments,
        report: Report { machine: machine(&page), ..Report::default() },
    };
    for build in ENGINE_BUILDS {
        let files = engine_files(&serving.page, build.name, Effort::Utmost)?;
        bench.report.engine_files.push(files);
    }
    for (name, threads) in BUILDS {
        bench.build(name, threads)?;
    }
    bench.text_errors()?;
    if bench.arguments.wants(&["voice"]) {
        bench.waits();
    }
    let report = bench.report;
    fs::write(arguments.out.join("bench.json"), serde_json::to_string_pretty(&report)? + "\n")?;
    let table = table(&report);
    fs::write(arguments.out.join("bench.md"), &table)?;
    say(table);
    say(format_args!("all of it is in {}", arguments.out.join("bench.json").display()));
    Ok(())
}

struct Bench<'a> {
    page: &'a Page,
    manifest: Manifest,
    arguments: &'a Arguments,
    report: Report,
}

impl Bench<'_> {
    fn build(&mut self, name: &str, threads: usize) -> Result<(), String> {
        let url = format!("./worker.js?build={name}&threads={threads}");
        for model in MODELS.into_iter().filter(|model| self.arguments.wants(&[model])) {
            let wanted = EngineBuild { name: name.to_owned(), threads };
            let engine = Engine::beside(self.page, "engine", &url);
            let build = build_of(&engine);
            if build != wanted {
                engine.end();
                let what = format!("{name} on {threads} threads");
                let why = format!("{} on {} ran instead", build.name, build.threads);
                say(format_args!("{what}: not measured, because {why}"));
                self.report.skipped.push(Skipped::because(what, why));
                return Ok(());
            }
            say(format_args!("{model}, {name}, threads: {threads}"));
            let run = self.course(&engine, model, build)?;
            engine.end();
            self.report.runs.push(run);
        }
        Ok(())
    }

    fn course(&self, engine: &Engine, model: &str, build: EngineBuild) -> Result<Run, String> {
        let model = self.spec(model)?;
        let base = model.base.as_deref().map(|id| self.spec(id)).transpose()?;
        let rounds = if self.arguments.quick { 1 } else { 3 };
        let mut trials = Trials::of(&model, base.as_ref(), &recorded(), rounds);
        while let Some(ask) = trials.next(0.0) {
            let answer = engine.ask_undisturbed(ask.request, &ask.sound);
            for (at, reply) in &answer.replies {
                trials.hear(at - answer.asked, reply);
            }
        }
        Ok(trials.finish(build))
    }

    /// On a page of its own, with a microphone that hears a tape.
    fn waits(&mut self) {
        say("how long a person waits who spoke");
        match waits(if self.arguments.quick { 4 } else { 20 }) {
            Ok(waits) => self.report.waits = Some(waits),
            Err(why) => {
                say(format_args!("waiting: not measured, because {why}"));
                self.report.skipped.push(Skipped::because("waiting", why));
            }
        }
    }

    fn spec(&self, model: &str) -> Result<ModelSpec, String> {
        self.manifest.model(model).map(spec).ok_or_else(|| format!("the manifest has no {model}"))
    }

    /// On the build the page would choose.
    fn text_errors(&mut self) -> Result<(), String> {
        let clips = match clips::all() {
            Ok(clips) => clips,
            Err(why) => {
                say(format_args!("text error and transcription: not measured, because {why}"));
                self.report.skipped.push(Skipped::because("text error and transcription", why));
                return Ok(());
            }
        };
        let whispers = ["whisper-tiny", "whisper-base"];
        for model in whispers.into_iter().filter(|model| self.arguments.wants(&[model])) {
            let ours = Ours::start(self.page, "engine", None, 1, &self.spec(model)?);
            let mut errors = Errors::default();
            for clip in &clips {
                let heard = ours.transcribe(&clip.samples(), clip.language)?;
                errors.add(clip, &heard.text);
            }
            ours.end();
            self.report.text_errors.extend(errors.by_corpus().map(|(corpus, rates)| TextError {
                model: model.to_owned(),
                recordings: corpus.to_owned(),
                word_error: rates.word_error,
                letter_error: rates.letter_error,
            }));
        }
        Ok(())
    }
}

/// Where no recordings are, hearing is not measured: what is made up is no measure
/// of a device for others to compare with.
fn recorded() -> Sounds {
    let sound = |sound: Option<clips::Sound>| {
        let clips::Sound { samples, language, .. } = sound?;
        let language = bella_protocol::Language::of_code(language)?;
        Some(bella_measure::Sound { samples, language })
    };
    Sounds {
        two_seconds: sound(clips::two_seconds()),
        eleven_seconds: sound(clips::eleven_seconds()),
        thirty_seconds: sound(clips::thirty_seconds()),
    }
}
