//! Our engine, asked through the worker's door as the page asks it.

use bella_measure::EngineBuild;
use bella_protocol::{
    ChatMessage, ChatOptions, Language, ModelSpec, Outcome, Reply, Request, SoundFormat,
    TranscribeOptions,
};
use bella_tests::Page;
use bella_tests::engine::{Answer, Engine};
use serde_json::json;

/// What a reply took, on the clock of the page.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    pub prompt_tokens: usize,
    pub cached_tokens: usize,
    pub reply_tokens: usize,
    /// From the question to the first words, and to the last.
    pub first_ms: f64,
    pub last_ms: f64,
    /// What reading the prompt took, by the clock of an engine that has one.
    pub prompt_ms: Option<f64>,
}

impl Talk {
    /// Tokens a second until the first words; all that is read is read by then.
    pub fn prefill(&self) -> f64 {
        (self.prompt_tokens - self.cached_tokens) as f64 / self.first_ms * 1e3
    }

    /// Tokens a second while the engine reads: without the way to it and back, which
    /// takes as long however many threads there are.
    pub fn reading(&self) -> Result<f64, String> {
        let prompt_ms = self.prompt_ms.ok_or("it does not tell what reading took")?;
        Ok((self.prompt_tokens - self.cached_tokens) as f64 / prompt_ms * 1e3)
    }

    /// Tokens a second from the first words to the last.
    pub fn decode(&self) -> f64 {
        (self.reply_tokens - 1) as f64 / (self.last_ms - self.first_ms) * 1e3
    }
}

/// Words, and what they took.
#[derive(Clone, Debug)]
pub struct Heard {
    pub text: String,
    pub ms: f64,
    /// Until the first words: reading the sound, without most of the writing.
    pub first_ms: f64,
}

#[derive(Debug)]
pub struct Ours {
    engine: Engine,
    model: String,
}

impl Ours {
    /// A worker of its own with one model in it.
    pub fn start(
        page: &Page,
        name: &str,
        build: Option<&str>,
        threads: usize,
        spec: &ModelSpec,
    ) -> Self {
        let build = build.map_or(String::new(), |build| format!("build={build}&"));
        let engine = Engine::beside(page, name, &format!("./worker.js?{build}threads={threads}"));
        engine.load(spec);
        Self { engine, model: spec.id.clone() }
    }

    /// What the worker says it runs.
    pub fn build(&self) -> EngineBuild {
        build_of(&self.engine)
    }

    /// Greedy, like everyone.
    pub fn chat(
        &self,
        messages: Vec<ChatMessage>,
        tokens: usize,
        context: usize,
    ) -> Result<Talk, String> {
        let options = ChatOptions {
            context_tokens: context,
            max_tokens: tokens,
            temperature: 0.0,
            repetition_penalty: 1.0,
            ..ChatOptions::default()
        };
        let request = Request::Chat { model: self.model.clone(), messages, options };
        let answer = self.engine.ask_undisturbed(request, &[]);
        let times = times_of(&answer, |reply| matches!(reply, Reply::Text(_)));
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return Err(format!("{} said nothing", self.model));
        };
        let (first_ms, last_ms) = (first - answer.asked, last - answer.asked);
        let Outcome::Chat { usage, .. } = answer.outcome() else {
            return Err(format!("{} did not talk", self.model));
        };
        if usage.reply_tokens != tokens {
            return Err(format!("{} tokens of {tokens} were said", usage.reply_tokens));
        }
        Ok(Talk {
            prompt_tokens: usage.prompt_tokens,
            cached_tokens: usage.cached_tokens,
            reply_tokens: usage.reply_tokens,
            first_ms,
            last_ms,
            prompt_ms: Some(usage.prompt_ms),
        })
    }

    pub fn transcribe(&self, sound: &[f32], language: &str) -> Result<Heard, String> {
        self.hear(sound, language, false)
    }

    /// The same with words told as they come.
    pub fn transcribe_aloud(&self, sound: &[f32], language: &str) -> Result<Heard, String> {
        self.hear(sound, language, true)
    }

    fn hear(&self, sound: &[f32], language: &str, partials: bool) -> Result<Heard, String> {
        let request = Request::Transcribe {
            model: self.model.clone(),
            options: TranscribeOptions {
                language: Language::of_code(language),
                partials,
                ..TranscribeOptions::default()
            },
            format: SoundFormat::default(),
            live: false,
        };
        let answer = self.engine.ask_undisturbed(request, sound);
        let ms = answer.ended() - answer.asked;
        let times =
            times_of(&answer, |reply| matches!(reply, Reply::Partial(_) | Reply::Segment(_)));
        let first_ms = times.first().map_or(ms, |first| first - answer.asked);
        match answer.outcome() {
            Outcome::Transcript(transcript) => Ok(Heard { text: transcript.text, ms, first_ms }),
            other => Err(format!("{} transcribed nothing: {other:?}", self.model)),
        }
    }

    pub fn end(self) {
        self.engine.end();
    }
}

/// What a worker says it runs; one that names no build is the only one there is.
pub fn build_of(engine: &Engine) -> EngineBuild {
    let words = json!(engine.first_words());
    let build = &words["Ready"]["build"];
    EngineBuild {
        name: build["name"].as_str().unwrap_or("baseline").to_lowercase(),
        threads: build["threads"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(1),
    }
}

fn times_of(answer: &Answer, wanted: impl Fn(&Reply) -> bool) -> Vec<f64> {
    answer.replies.iter().filter(|(_, reply)| wanted(reply)).map(|(at, _)| *at).collect()
}
