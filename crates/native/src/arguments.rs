//! What is wanted, from the command line.

use std::path::PathBuf;

use bella_protocol::{ChatOptions, Language, Purpose, Task};
use lexopt::{Arg, ValueExt};

pub(crate) const HELP: &str = "\
transcribe | chat | embed | feel | vad  [OPTIONS] [FILE | FOLDER]…

Each input gives one JSON object a line. Inputs are recordings (WAV, FLAC) for
transcribe and vad, and texts (TXT) for the others; folders of them; or JSONL with
one object a line, from a file or, without inputs, from standard input. An object
has \"file\" or \"text\"; for chat it may have \"messages\" instead, and for transcribe a
\"language\". What else it has is handed on.

    --model ID          another model of the manifest than the task's first
    --language ko|en    what is spoken; found out without it
    --purpose query|passage    what a text is embedded as; query without it
    --system TEXT       said to the model before a text
    --max-tokens N      of a reply; 512
    --context N         tokens kept in view; 2048
    --temperature X     0, greedy, without it
    --seed N            of the chance above 0
    --manifest FILE     the list of models
    --weights FOLDER    where their files are, a folder for each
";

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) task: Task,
    pub(crate) model: Option<String>,
    pub(crate) manifest: PathBuf,
    pub(crate) weights: PathBuf,
    pub(crate) language: Option<Language>,
    pub(crate) purpose: Purpose,
    pub(crate) system: Option<String>,
    pub(crate) chat: ChatOptions,
    pub(crate) inputs: Vec<PathBuf>,
}

impl Arguments {
    /// `None` when help was asked for.
    pub(crate) fn read(mut parser: lexopt::Parser) -> Result<Option<Self>, lexopt::Error> {
        let mut task = None;
        let mut arguments = Self {
            task: Task::Chat,
            model: None,
            manifest: "models/manifest.toml".into(),
            weights: PathBuf::new(),
            language: None,
            purpose: Purpose::Query,
            system: None,
            // Greedy and unpunished, so that the words are the model's alone.
            chat: ChatOptions {
                temperature: 0.0,
                repetition_penalty: 1.0,
                ..ChatOptions::default()
            },
            inputs: Vec::new(),
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Long("model") => arguments.model = Some(parser.value()?.string()?),
                Arg::Long("manifest") => arguments.manifest = parser.value()?.into(),
                Arg::Long("weights") => arguments.weights = parser.value()?.into(),
                Arg::Long("language") => {
                    let code = parser.value()?.string()?;
                    let language = Language::of_code(&code);
                    let wrong = || format!("--language is ko or en, not {code:?}");
                    arguments.language = Some(language.ok_or_else(wrong)?);
                }
                Arg::Long("purpose") => {
                    arguments.purpose = match parser.value()?.string()?.as_str() {
                        "query" => Purpose::Query,
                        "passage" => Purpose::Passage,
                        other => {
                            let wrong = format!("--purpose is query or passage, not {other:?}");
                            return Err(wrong.into());
                        }
                    }
                }
                Arg::Long("system") => arguments.system = Some(parser.value()?.string()?),
                Arg::Long("max-tokens") => arguments.chat.max_tokens = parser.value()?.parse()?,
                Arg::Long("context") => arguments.chat.context_tokens = parser.value()?.parse()?,
                Arg::Long("temperature") => arguments.chat.temperature = parser.value()?.parse()?,
                Arg::Long("seed") => arguments.chat.seed = parser.value()?.parse()?,
                Arg::Value(value) if task.is_none() => {
                    let name = value.string()?;
                    let known = task_of(&name);
                    task = Some(known.ok_or_else(|| format!("there is no task {name:?}"))?);
                }
                Arg::Value(value) => arguments.inputs.push(value.into()),
                other => return Err(other.unexpected()),
            }
        }
        let Some(task) = task else { return Ok(None) };
        Ok(Some(Self { task, ..arguments }))
    }
}

fn task_of(name: &str) -> Option<Task> {
    Some(match name {
        "transcribe" => Task::Transcribe,
        "chat" => Task::Chat,
        "embed" => Task::Embed,
        "feel" => Task::Feel,
        "vad" => Task::Vad,
        _ => return None,
    })
}
