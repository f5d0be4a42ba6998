//! How stories are played and told, and what they are made of.

use bella_companion::mouth::MouthEffect;
use bella_companion::{
    Companion, Effect, Event, Language, Manner, Model, Now, ReplyState, Speaker, Trouble,
};
use bella_protocol::{
    Build, BuildName, ChatMessage, Failure, LoadedModel, ModelFile, ModelSpec, Outcome, Progress,
    Reply, Request, RequestId, Stop, Task, ToEngine, Usage,
};

pub(crate) fn smol() -> Model {
    model("smol", &[60, 40], vec![Language::English])
}

pub(crate) fn qwen() -> Model {
    model("qwen", &[500], vec![Language::Korean, Language::English])
}

pub(crate) fn model(id: &str, sizes: &[u64], languages: Vec<Language>) -> Model {
    let file = |(index, bytes): (usize, &u64)| ModelFile {
        name: format!("file{index}"),
        url: format!("weights/{id}/file{index}"),
        mirror: None,
        bytes: *bytes,
        sha256: None,
    };
    let files = sizes.iter().enumerate().map(file).collect();
    Model { spec: ModelSpec { id: id.into(), task: Task::Chat, files, base: None }, languages }
}

pub(crate) fn answered(request: u32, reply: Reply) -> Event {
    Event::Answered { request: RequestId(request), reply }
}

pub(crate) fn progress(request: u32, file: &str, done_bytes: u64, total_bytes: u64) -> Event {
    answered(
        request,
        Reply::Progress(Progress {
            file: file.into(),
            done_bytes,
            total_bytes,
            bytes_per_second: Some(1_000),
        }),
    )
}

pub(crate) fn loaded(request: u32, id: &str) -> Event {
    let model = LoadedModel {
        id: id.into(),
        architecture: "llama".into(),
        context_length: 2048,
        memory_bytes: 1,
        load_ms: 1.0,
    };
    answered(request, Reply::Done(Outcome::Loaded(model)))
}

pub(crate) fn text(request: u32, piece: &str) -> Event {
    answered(request, Reply::Text(piece.into()))
}

pub(crate) fn ended(request: u32, stop: Stop) -> Event {
    answered(request, Reply::Done(Outcome::Chat { stop, usage: Usage::default() }))
}

pub(crate) fn failed(request: u32, failure: Failure) -> Event {
    answered(request, Reply::Failed(failure))
}

pub(crate) fn said(text: &str) -> Event {
    Event::Said(text.into())
}

/// A turbo engine with two threads.
pub(crate) fn up() -> Event {
    Event::EngineReady(Build { name: BuildName::Turbo, threads: 2, fallback: None })
}

pub(crate) fn lost() -> Event {
    Event::EngineLost { detail: "unreachable executed".into() }
}

/// A companion with `smol` loaded by request 0, so that questions start at 1.
pub(crate) fn ready() -> Companion {
    let mut bella = Companion::new(Language::English, Manner::default());
    for event in [Event::ModelChosen(smol()), up(), loaded(0, "smol")] {
        bella.step(event, Now::default());
    }
    bella
}

pub(crate) fn fresh() -> Companion {
    Companion::new(Language::English, Manner::default())
}

/// Plays `story` and compares, after each event, the phase and the effects.
#[track_caller]
pub(crate) fn plays(bella: &mut Companion, story: &[(Event, &str)]) {
    for (step, (event, expected)) in story.iter().enumerate() {
        let effects = bella.step(event.clone(), Now { at_ms: step as u64, random: 7 });
        let mut told = bella.state().phase.name().to_owned();
        // Marks, what is kept and what is read ahead have stories of their own.
        let is_beside = |it: &&Effect| !{
            use Effect::{ConversationEnded, ConversationTakenUp, Ended, MarkLoading};
            matches!(it, MarkLoading(_) | Ended(_) | ConversationEnded | ConversationTakenUp)
                || read_ahead(it).is_some()
        };
        for effect in effects.iter().filter(is_beside) {
            told.push_str("; ");
            told.push_str(&tell(effect));
        }
        assert_eq!(told, *expected, "after event {step}: {event:?}");
    }
}

/// What is to be read before a question comes.
pub(crate) fn read_ahead(effect: &Effect) -> Option<&[ChatMessage]> {
    match effect {
        Effect::Send(ToEngine { request: Request::ReadAhead { messages, .. }, .. }) => {
            Some(messages)
        }
        _ => None,
    }
}

pub(crate) fn tell(effect: &Effect) -> String {
    match effect {
        Effect::RestartEngine => "restart".into(),
        Effect::MarkLoading(Some(id)) => format!("mark {id}"),
        Effect::MarkLoading(None) => "unmark".into(),
        Effect::RememberModel(model) => format!("remember {}", model.as_deref().unwrap_or("none")),
        Effect::Send(sent) => {
            let what = match &sent.request {
                Request::Load { spec } => format!("load {}", spec.id),
                Request::Unload { model } => format!("unload {model}"),
                Request::Chat { messages, .. } => {
                    let last = messages.last().expect("a question");
                    format!("ask {:?}", last.content)
                }
                Request::Cancel { target } => format!("cancel {}", target.0),
                Request::Feel { text, .. } => format!("feel {text:?}"),
                other => format!("{other:?}"),
            };
            format!("{} {what}", sent.id.0)
        }
        Effect::Act { act, .. } => format!("{act:?}"),
        Effect::Rewrite(text) => format!("rewrite {text:?}"),
        Effect::Write(text) => format!("write {text:?}"),
        Effect::ConversationEnded => "ended".into(),
        Effect::ConversationTakenUp => "taken up".into(),
        Effect::Ended(turn) => format!("ended {:?}", turn.text),
        Effect::Ear(effect) => format!("{effect:?}"),
        Effect::Mouth(MouthEffect::Speak(utterance)) => format!("speak {:?}", utterance.text),
        Effect::Mouth(MouthEffect::Silence) => "silence".into(),
    }
}

#[track_caller]
pub(crate) fn holds(bella: &Companion, expected: &[&str]) {
    let told: Vec<String> = bella
        .state()
        .conversation
        .iter()
        .map(|turn| {
            let who = match &turn.speaker {
                Speaker::Person => "person".to_owned(),
                Speaker::Bella(ReplyState::Streaming) => "bella…".to_owned(),
                Speaker::Bella(ReplyState::Done { .. }) => "bella".to_owned(),
                Speaker::Bella(ReplyState::Acting) => "bella, acting".to_owned(),
                Speaker::Bella(ReplyState::Acted) => "bella, acted".to_owned(),
                Speaker::Bella(ReplyState::Remembered) => "bella, before".to_owned(),
                Speaker::Bella(ReplyState::Stopped) => "bella, stopped".to_owned(),
                Speaker::Bella(ReplyState::Failed(trouble)) => format!("bella, {}", trouble.kind()),
            };
            format!("{who}: {}", turn.text)
        })
        .collect();
    assert_eq!(told, expected);
}

pub(crate) fn waiting(bella: &Companion) -> Option<&str> {
    bella.state().waiting.as_ref().map(|waiting| waiting.text.as_str())
}

pub(crate) fn trouble(bella: &Companion) -> Option<&'static str> {
    bella.state().trouble.as_ref().map(Trouble::kind)
}
