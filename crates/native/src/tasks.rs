//! What is asked of one item, and what is told about it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use bella_protocol::{
    ChatMessage, Language, Outcome, Patience, Request, Role, SoundFormat, Stop, Task,
    TranscribeOptions,
};
use serde_json::{Value, json};

use crate::Fields;
use crate::arguments::Arguments;
use crate::engine::{Answer, Engine, EngineError};
use crate::input::Item;
use crate::sound::{self, SoundError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    #[error("there is no \"{0}\"")]
    Missing(&'static str),
    #[error("\"{field}\": {detail}")]
    BadField { field: &'static str, detail: String },
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{}: {error}", path.display())]
    Sound { path: PathBuf, error: SoundError },
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("an answer to something else: {0}")]
    Unexpected(String),
}

pub(crate) fn run(
    engine: &mut Engine,
    arguments: &Arguments,
    item: &Item,
) -> Result<Fields, TaskError> {
    let started = Instant::now();
    let (request, sound) = request(&engine.model, arguments, item)?;
    let answer = engine.ask(request, sound)?;
    let mut fields = told(answer)?;
    let ms = started.elapsed().as_secs_f64() * 1000.0;
    fields.insert("ms".to_owned(), json!((ms * 10.0).round() / 10.0));
    Ok(fields)
}

fn request(
    model: &str,
    arguments: &Arguments,
    item: &Item,
) -> Result<(Request, Vec<f32>), TaskError> {
    let model = model.to_owned();
    let request = match arguments.task {
        Task::Transcribe => {
            let (sound, format) = recording(item)?;
            let language = language(item)?.or(arguments.language);
            let options =
                TranscribeOptions { language, timestamps: true, ..TranscribeOptions::default() };
            return Ok((Request::Transcribe { model, options, format, live: false }, sound));
        }
        Task::Vad => {
            let (sound, format) = recording(item)?;
            let patience = Patience::default();
            return Ok((Request::Listen { model, patience, format, live: false }, sound));
        }
        Task::Chat => Request::Chat {
            model,
            messages: messages(arguments, item)?,
            options: arguments.chat.clone(),
        },
        Task::Embed => {
            Request::Embed { model, purpose: arguments.purpose, texts: vec![text(item)?] }
        }
        Task::Feel => Request::Feel { model, text: text(item)? },
    };
    Ok((request, Vec::new()))
}

fn told(answer: Answer) -> Result<Fields, TaskError> {
    let fields = match answer.outcome {
        Outcome::Transcript(transcript) => json!({
            "text": transcript.text,
            "language": transcript.language,
            "segments": transcript.segments,
        }),
        Outcome::Voices(stretches) => json!({ "segments": stretches }),
        Outcome::Chat { stop, usage } => json!({
            "text": answer.text,
            "tokens": usage.reply_tokens,
            "prompt_tokens": usage.prompt_tokens,
            "stop": if stop == Stop::Length { "length" } else { "stop" },
        }),
        Outcome::Embedded { texts, .. } => json!({
            "vector": answer.numbers,
            "tokens": texts.first().map(|text| text.tokens),
            "read": texts.first().map(|text| text.read),
        }),
        Outcome::Mood(mood) => json!(mood),
        other => return Err(TaskError::Unexpected(format!("{other:?}"))),
    };
    match fields {
        Value::Object(fields) => Ok(fields),
        other => Err(TaskError::Unexpected(other.to_string())),
    }
}

fn recording(item: &Item) -> Result<(Vec<f32>, SoundFormat), TaskError> {
    let path = item.file.as_deref().ok_or(TaskError::Missing("file"))?;
    sound::read(path).map_err(|error| TaskError::Sound { path: path.to_owned(), error })
}

/// The text itself, or what is in its file.
fn text(item: &Item) -> Result<String, TaskError> {
    match (item.fields.get("text"), &item.file) {
        (Some(Value::String(text)), _) => Ok(text.clone()),
        (Some(other), _) => {
            Err(TaskError::BadField { field: "text", detail: format!("{other} is no text") })
        }
        (None, Some(path)) => read(path),
        (None, None) => Err(TaskError::Missing("text")),
    }
}

fn read(path: &Path) -> Result<String, TaskError> {
    std::fs::read_to_string(path)
        .map_err(|error| TaskError::Unreadable { path: path.to_owned(), error })
}

fn messages(arguments: &Arguments, item: &Item) -> Result<Vec<ChatMessage>, TaskError> {
    if let Some(messages) = item.fields.get("messages") {
        return serde_json::from_value(messages.clone())
            .map_err(|error| TaskError::BadField { field: "messages", detail: error.to_string() });
    }
    let system = arguments.system.as_deref().map(|text| ChatMessage::new(Role::System, text));
    let user = ChatMessage::new(Role::User, text(item)?);
    Ok(system.into_iter().chain([user]).collect())
}

fn language(item: &Item) -> Result<Option<Language>, TaskError> {
    match item.fields.get("language") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let language = value.as_str().and_then(Language::of_code);
            let wrong = || TaskError::BadField {
                field: "language",
                detail: format!("{value} is neither ko nor en"),
            };
            Ok(Some(language.ok_or_else(wrong)?))
        }
    }
}
