//! Side against side, by turns: ours, theirs, ours, theirs, on one page of one
//! browser. Every side is warm before anything counts, and the middle of the
//! rounds is what is told.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Duration;

use bella_measure::Machine;
use bella_measure::prompts::{PROMPT_TOKENS, REPLY_TOKENS, asked, long_talk};
use bella_protocol::ModelSpec;
use bella_tests::host::Host;
use bella_tests::models::spec;
use bella_tests::{Browser, Page};
use bella_weights::BlockType;
use bella_weights::manifest::Manifest;
use serde::Serialize;
use serde_json::{Map, Value, json};
use xtask::fetch::read_manifest;
use xtask::repo;

use crate::arguments::Arguments;
use crate::clips::{self, Sound};
use crate::duel::Duel;
use crate::errors::Errors;
use crate::machine::machine;
use crate::ours::{Ours, Talk};
use crate::requantised::requantise;
use crate::say;
use crate::site::Site;
use crate::transformers::Transformers;
use crate::wllama::Wllama;
use bella_tests::text_error::Rates;

const SMOLLM2: &str = "smollm2-135m-instruct";
const FORMATS: [(BlockType, &str); 3] =
    [(BlockType::Q8_0, "q8_0"), (BlockType::Q4_0, "q4_0"), (BlockType::Q4_1, "q4_1")];

/// Room for the prompt and the reply, on both sides.
const CONTEXT: usize = 512;
/// Room for a talk of two thousand tokens.
const LONG_CONTEXT: usize = 2560;

/// What `rivals.json` holds.
#[derive(Debug, Default, Serialize)]
struct Results {
    /// Ours over theirs; more is better for us.
    ratios: BTreeMap<String, f64>,
    samples: BTreeMap<String, Value>,
    /// Of what was heard, in per cent.
    errors: BTreeMap<String, Value>,
    /// What was not measured, and why.
    skipped: BTreeMap<String, String>,
    machine: Option<Machine>,
}

struct Arena<'a> {
    page: &'a Page,
    site: &'a Site,
    manifest: Manifest,
    arguments: &'a Arguments,
    results: Results,
    /// Counts up, so that no two prompts begin alike.
    talks: u32,
}

pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let site = Site::lay_out(&arguments.out)?;
    let host = Host::start(site.serving())?;
    let browser = Browser::launch().start()?;
    let context = browser.context()?;
    let page = context.page()?.with_patience(Duration::from_secs(60));
    page.goto(&host.url_of("bench.html"));
    let machine = machine(&page);
    say(format_args!("{machine:#?}"));
    let mut arena = Arena {
        page: &page,
        site: &site,
        manifest: read_manifest(&repo::manifest())?,
        arguments,
        results: Results { machine: Some(machine), ..Results::default() },
        talks: 0,
    };
    arena.all()?;
    let path = arguments.out.join("rivals.json");
    fs::write(&path, serde_json::to_string_pretty(&arena.results)? + "\n")?;
    say("");
    for (figure, ratio) in &arena.results.ratios {
        say(format_args!("{figure:24} {ratio:6.2}"));
    }
    for (figure, why) in &arena.results.skipped {
        say(format_args!("{figure:24} not measured: {why}"));
    }
    say(format_args!("all of it is in {}", path.display()));
    Ok(())
}

type Trouble = Result<(), String>;

impl Arena<'_> {
    /// One that fails is told of and keeps no other from its turn.
    fn all(&mut self) -> Result<(), Box<dyn Error>> {
        type Contest = fn(&mut Arena<'_>) -> Trouble;
        let contests: [(&[&str], Contest); 7] = [
            (&["smollm2_decode", "smollm2_prefill"], |arena| arena.smollm2()),
            (&["whisper_tiny_11s", "whisper_tiny_2s"], |arena| arena.whisper_tiny()),
            (&["whisper_base_11s"], |arena| arena.whisper_base()),
            (&["threads2_prefill", "threads2_decode"], |arena| arena.threads()),
            (&["threads2_encoder"], |arena| arena.encoder_threads()),
            (&["decode_2k_over_empty"], |arena| arena.long_talk()),
            (&["errors"], |arena| arena.errors()),
        ];
        for (figures, measure) in contests {
            if !self.arguments.wants(figures) {
                continue;
            }
            say(figures.join(", "));
            if let Err(why) = measure(self) {
                say(format_args!("  not measured: {why}"));
                let skipped = figures.iter().map(|figure| ((*figure).to_owned(), why.clone()));
                self.results.skipped.extend(skipped);
            }
        }
        Ok(())
    }

    /// Every format has rounds of its own, with ours between; figure by figure, the
    /// one in which the rival comes closest to ours counts.
    fn smollm2(&mut self) -> Trouble {
        let source = repo_weight(self.site, SMOLLM2)?;
        let ours = self.ours("ours", 1, SMOLLM2)?;
        let mut decodes = Vec::new();
        let mut prefills = Vec::new();
        for (block, name) in FORMATS {
            let file = format!("smollm2-{name}.gguf");
            requantise(&source, block, &self.site.models().join(&file))?;
            let rival = Wllama::start(self.page, &format!("./models/{file}"), 1, CONTEXT)?;
            let mut decode = Duel::of_rates(format!("wllama {name}"));
            let mut prefill = decode.clone();
            for round in 0..=self.arguments.rounds() {
                let our = ours.chat(self.next_talk(), REPLY_TOKENS, CONTEXT)?;
                let their = rival.chat(&self.next_talk(), REPLY_TOKENS)?;
                must_have_read(&our, "ours")?;
                must_have_read(&their, name)?;
                // The first round warms both sides.
                if round > 0 {
                    decode.add(our.decode(), their.decode());
                    prefill.add(our.prefill(), their.prefill());
                }
            }
            rival.end()?;
            decode.tell(&format!("decode, {name}"));
            prefill.tell(&format!("prefill, {name}"));
            decodes.push(decode);
            prefills.push(prefill);
        }
        self.note("build", json!(ours.build()));
        ours.end();
        self.record_best("smollm2_decode", decodes);
        self.record_best("smollm2_prefill", prefills);
        Ok(())
    }

    fn whisper_tiny(&mut self) -> Trouble {
        let sounds = [
            ("whisper_tiny_11s", clips::eleven_seconds()),
            ("whisper_tiny_2s", clips::two_seconds()),
        ];
        self.whisper("whisper-tiny", sounds)
    }

    fn whisper_base(&mut self) -> Trouble {
        self.whisper("whisper-base", [("whisper_base_11s", clips::eleven_seconds())])
    }

    fn whisper<const N: usize>(
        &mut self,
        model: &str,
        sounds: [(&str, Option<Sound>); N],
    ) -> Trouble {
        let ours = self.ours("ours", 1, model)?;
        let rival = Transformers::start(self.page, model, 1)?;
        for (figure, sound) in sounds {
            let sound = sound.ok_or(clips::MISSING)?;
            rival.keep(sound.name, &sound.samples)?;
            let mut duel = Duel::of_times(format!("transformers.js {model} q8"));
            let mut texts = (String::new(), String::new());
            for round in 0..=self.arguments.rounds() {
                let our = ours.transcribe(&sound.samples, sound.language)?;
                let their = rival.transcribe(sound.name, sound.language)?;
                if round > 0 {
                    duel.add(our.ms, their.ms);
                }
                texts = (our.text, their.text);
            }
            duel.tell(figure);
            say(format_args!("    ours: {:?}\n    theirs: {:?}", texts.0.trim(), texts.1.trim()));
            self.record(figure, &duel, json!({ "clip": sound.what, "texts": texts }));
        }
        rival.end()?;
        ours.end();
        Ok(())
    }

    /// Ours with two threads against ours with one.
    fn threads(&mut self) -> Trouble {
        let two = self.two_threads(SMOLLM2)?;
        let one = self.ours("one thread", 1, SMOLLM2)?;
        let mut prefill = Duel::of_rates("ours on one thread");
        let mut decode = prefill.clone();
        let mut first_words = Duel::of_times("ours on one thread");
        for round in 0..=self.arguments.rounds() {
            let both = two.chat(self.next_talk(), REPLY_TOKENS, CONTEXT)?;
            let alone = one.chat(self.next_talk(), REPLY_TOKENS, CONTEXT)?;
            if round > 0 {
                prefill.add(both.reading()?, alone.reading()?);
                first_words.add(both.first_ms, alone.first_ms);
                decode.add(both.decode(), alone.decode());
            }
        }
        two.end();
        one.end();
        let beside = json!({ "until_first_words": first_words });
        for (figure, duel, detail) in
            [("threads2_prefill", prefill, beside), ("threads2_decode", decode, Value::Null)]
        {
            duel.tell(figure);
            self.record(figure, &duel, detail);
        }
        Ok(())
    }

    /// The first words come when all the sound was read and few words are written.
    fn encoder_threads(&mut self) -> Trouble {
        let sound = clips::thirty_seconds().ok_or(clips::MISSING)?;
        let two = self.two_threads("whisper-base")?;
        let one = self.ours("one thread", 1, "whisper-base")?;
        let mut duel = Duel::of_times("ours on one thread");
        for round in 0..=self.arguments.rounds() {
            let both = two.transcribe_aloud(&sound.samples, sound.language)?;
            let alone = one.transcribe_aloud(&sound.samples, sound.language)?;
            if round > 0 {
                duel.add(both.first_ms, alone.first_ms);
            }
        }
        two.end();
        one.end();
        duel.tell("threads2_encoder");
        let detail = json!({ "clip": sound.what, "measured": "until the first words" });
        self.record("threads2_encoder", &duel, detail);
        Ok(())
    }

    /// Ours with two thousand tokens in view against ours with none.
    fn long_talk(&mut self) -> Trouble {
        let ours = self.ours("ours", 1, SMOLLM2)?;
        let mut duel = Duel::of_rates("ours with little in view");
        let mut in_view = 0;
        for round in 0..=self.arguments.rounds().min(3) {
            self.talks += 1;
            let full = ours.chat(long_talk(self.talks), SHORT_REPLY, LONG_CONTEXT)?;
            let empty = ours.chat(self.next_talk(), SHORT_REPLY, LONG_CONTEXT)?;
            in_view = full.prompt_tokens;
            if round > 0 {
                duel.add(full.decode(), empty.decode());
            }
        }
        ours.end();
        duel.tell("decode_2k_over_empty");
        self.record("decode_2k_over_empty", &duel, json!({ "tokens_in_view": in_view }));
        Ok(())
    }

    /// All recordings, once, on both sides.
    fn errors(&mut self) -> Trouble {
        let clips = clips::all()?;
        for model in ["whisper-tiny", "whisper-base"] {
            let ours = self.ours("ours", 1, model)?;
            let rival = Transformers::start(self.page, model, 1)?;
            let (mut our_errors, mut their_errors) = (Errors::default(), Errors::default());
            let mut heard = Vec::new();
            for clip in &clips {
                let samples = clip.samples();
                rival.keep(&clip.name, &samples)?;
                let our = ours.transcribe(&samples, clip.language)?.text;
                let their = rival.transcribe(&clip.name, clip.language)?.text;
                our_errors.add(clip, &our);
                their_errors.add(clip, &their);
                heard.push(json!({ "clip": clip.name, "ours": our, "rival": their }));
            }
            rival.end()?;
            ours.end();
            let mut told = Map::new();
            for ((corpus, ours), (_, rival)) in our_errors.by_corpus().zip(their_errors.by_corpus())
            {
                tell_errors(model, corpus, ours, rival);
                told.insert(corpus.to_owned(), json!({ "ours": ours, "rival": rival }));
            }
            told.insert("heard".to_owned(), json!(heard));
            self.results.errors.insert(model.to_owned(), Value::Object(told));
        }
        Ok(())
    }
}

impl Arena<'_> {
    fn ours(&self, name: &str, threads: usize, model: &str) -> Result<Ours, String> {
        let spec = self.spec(model)?;
        Ok(Ours::start(self.page, name, None, threads, &spec))
    }

    fn two_threads(&self, model: &str) -> Result<Ours, String> {
        let ours = self.ours("two threads", 2, model)?;
        let build = ours.build();
        if build.threads == 2 {
            return Ok(ours);
        }
        ours.end();
        Err(format!("the engine does not run on two threads here; it says {build:?}"))
    }

    fn spec(&self, model: &str) -> Result<ModelSpec, String> {
        self.manifest.model(model).map(spec).ok_or_else(|| format!("the manifest has no {model}"))
    }

    fn next_talk(&mut self) -> Vec<bella_protocol::ChatMessage> {
        self.talks += 1;
        asked(self.talks)
    }

    fn record_best(&mut self, figure: &str, duels: Vec<Duel>) {
        let best = duels
            .iter()
            .min_by(|a, b| a.ratio().unwrap_or(f64::MAX).total_cmp(&b.ratio().unwrap_or(f64::MAX)));
        if let Some(best) = best.cloned() {
            self.record(figure, &best, json!({ "of": duels }));
        }
    }

    fn record(&mut self, figure: &str, duel: &Duel, detail: Value) {
        if let Some(ratio) = duel.ratio() {
            self.results.ratios.insert(figure.to_owned(), ratio);
        }
        let mut sample = json!(duel);
        if let Some(detail) = detail.as_object() {
            for (name, value) in detail {
                sample[name] = value.clone();
            }
        }
        self.note(figure, sample);
    }

    fn note(&mut self, name: &str, value: Value) {
        self.results.samples.insert(name.to_owned(), value);
    }
}

/// Tokens that are timed with much in view: the talk asks for no more.
const SHORT_REPLY: usize = 32;

/// The same text on both sides, all of it read anew.
fn must_have_read(talk: &Talk, who: &str) -> Trouble {
    // Whatever a cache may share with the prompt before: its fixed first words.
    const SHARED: usize = 4;
    if talk.prompt_tokens == PROMPT_TOKENS && talk.cached_tokens <= SHARED {
        return Ok(());
    }
    let Talk { prompt_tokens, cached_tokens, .. } = talk;
    Err(format!("{who} read {prompt_tokens} tokens, {cached_tokens} of them from a cache"))
}

fn repo_weight(site: &Site, model: &str) -> Result<std::path::PathBuf, String> {
    let weights = site.serving().weights.ok_or("no weights are served")?;
    let path = weights.join(model).join("model.gguf");
    Path::exists(&path).then_some(path).ok_or_else(|| format!("{model} is not there"))
}

fn tell_errors(model: &str, corpus: &str, ours: Rates, rival: Rates) {
    say(format_args!(
        "  {model}, {corpus}: words {:.1} % against {:.1} %, letters {:.1} % against {:.1} %",
        ours.word_error, rival.word_error, ours.letter_error, rival.letter_error
    ));
}
