//! One model: what it is for, what it costs, whether it runs here, and what can be
//! done with it.
//!
//! - [`fitting`]: whether it runs here; [`keeping`]: on the device and off it

mod fitting;
mod keeping;

use bella_companion::{Event, Phase, Skill};
use bella_weights::manifest::{Model, Task};
use leptos::prelude::*;

use super::icon::Icon;
use super::load_panel::LoadProgress;
use super::skills::SkillLine;
use crate::bella::{View, use_bella};
use crate::i18n::{Messages, units};
use crate::settings::use_settings;
use crate::skills::skill_of;
use crate::testid;
use fitting::FitFact;
use keeping::{KeepActions, KeptLine};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CardState {
    Available,
    Loading,
    Loaded,
    /// No part of this version runs it.
    Unused,
}

#[component]
pub fn ModelCard(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let view = use_bella().view;
    let t = move || settings.messages();
    let state = Memo::new(move |_| state_of(model, view));
    let languages = move || {
        let names = model.languages.iter().map(|code| language_name(t(), code));
        names.collect::<Vec<_>>().join(", ")
    };
    let size = move || match model.bytes() {
        0 => t().models.size_unknown.to_owned(),
        bytes => units::bytes(bytes),
    };
    let is_pinned = model.files.iter().all(|file| file.content.sha256().is_some());

    view! {
        <li
            class="card"
            data-testid=testid::MODEL_CARD
            data-model=model.id.as_str()
            data-task=task_name(model.task)
            data-state=move || state.get().name()
        >
            <header class="card-header">
                <h2 id=name_id(model)>{model.name.as_str()}</h2>
                <span class="tag">{move || task_in_words(t(), model.task)}</span>
            </header>
            <p>{move || what_for(t(), model.task)}</p>
            <dl class="facts">
                <div><dt>{move || t().models.size}</dt><dd>{size}</dd></div>
                <div><dt>{move || t().models.languages}</dt><dd>{languages}</dd></div>
                <div><dt>{move || t().models.licence}</dt><dd lang="en">{model.licence.as_str()}</dd></div>
                <FitFact model/>
            </dl>
            {(!is_pinned).then(|| view! { <p class="note">{move || t().models.pinned_later}</p> })}
            <KeptLine model/>
            <Show when=move || state.get() == CardState::Unused>
                <p class="note">{move || t().models.unused}</p>
            </Show>
            <div class="card-actions">
                {move || match state.get() {
                    CardState::Available => view! { <UseButton model/> }.into_any(),
                    CardState::Loading => match skill_of(model.task) {
                        Some(skill) => view! { <SkillLine skill/> }.into_any(),
                        None => view! { <LoadProgress/> }.into_any(),
                    },
                    CardState::Loaded => view! { <InUse model/> }.into_any(),
                    CardState::Unused => ().into_any(),
                }}
                <Show when=move || state.get() != CardState::Loading>
                    <KeepActions model/>
                </Show>
            </div>
        </li>
    }
}

#[component]
fn UseButton(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    view! {
        <button
            type="button"
            class="button button-outline"
            aria-describedby=name_id(model)
            data-testid=testid::USE_MODEL
            on:click=move |_| match skill_of(model.task) {
                None => bella.choose_model(&model.id),
                Some(Skill::Hearing) if model.task == Task::Transcribe => bella.hear_with(&model.id),
                Some(skill) => bella.wish_for(skill),
            }
        >
            {move || match skill_of(model.task) {
                None => settings.messages().models.use_this,
                Some(Skill::Hearing) => settings.messages().skills.use_to_hear,
                Some(Skill::Feeling) => settings.messages().skills.use_to_feel,
            }}
        </button>
    }
}

#[component]
fn InUse(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    view! {
        <span class="badge badge-here">
            {Icon::Here.draw()}
            <span>{move || settings.messages().models.in_use}</span>
        </span>
        <button
            type="button"
            class="button button-quiet"
            aria-describedby=name_id(model)
            data-testid=testid::UNLOAD_MODEL
            on:click=move |_| match skill_of(model.task) {
                None => bella.tell(Event::ModelPutAway),
                Some(skill) => bella.give_up(skill),
            }
        >
            {move || settings.messages().models.unload}
        </button>
    }
}

/// The buttons of all cards say the same; what they are about, the card's heading
/// says.
fn name_id(model: &Model) -> String {
    format!("name-of-{}", model.id)
}

impl CardState {
    fn name(self) -> &'static str {
        match self {
            CardState::Available => "available",
            CardState::Loading => "loading",
            CardState::Loaded => "loaded",
            CardState::Unused => "unused",
        }
    }
}

fn state_of(model: &Model, view: View) -> CardState {
    let is_chosen = view.model.with(|chosen| chosen.as_ref().is_some_and(|it| it.id() == model.id));
    if let Some(skill) = skill_of(model.task) {
        return view.skills.with(|skills| match skills.loading() {
            _ if skills.has(&model.id) => CardState::Loaded,
            Some(id) if id == model.id => CardState::Loading,
            _ if skill == Skill::Hearing || model.default => CardState::Available,
            _ => CardState::Unused,
        });
    }
    view.phase.with(|phase| match phase {
        Phase::Loading(_) if is_chosen => CardState::Loading,
        phase if is_chosen && phase.has_model() => CardState::Loaded,
        _ => CardState::Available,
    })
}

fn task_name(task: Task) -> &'static str {
    match task {
        Task::Chat => "chat",
        Task::Transcribe => "transcribe",
        Task::Embed => "embed",
        Task::Feel => "feel",
        Task::Vad => "vad",
    }
}

fn task_in_words(t: &Messages, task: Task) -> &'static str {
    match task {
        Task::Chat => t.models.chat,
        Task::Transcribe => t.models.transcribe,
        Task::Embed => t.models.embed,
        Task::Feel => t.models.feel,
        Task::Vad => t.models.vad,
    }
}

fn what_for(t: &Messages, task: Task) -> &'static str {
    match task {
        Task::Chat => t.models.chat_for,
        Task::Transcribe => t.models.transcribe_for,
        Task::Embed => t.models.embed_for,
        Task::Feel => t.models.feel_for,
        Task::Vad => t.models.vad_for,
    }
}

/// A language we have no word for goes by its code.
fn language_name<'a>(t: &'a Messages, code: &'a str) -> &'a str {
    match code {
        "ko" => t.words.korean,
        "en" => t.words.english,
        "zh" => t.words.chinese,
        "zxx" => t.words.any_language,
        _ => code,
    }
}
