//! The first visit: three things to settle, each checked off once it is.

use bella_companion::{Language, Phase};
use leptos::prelude::*;

use super::Say;
use super::icon::Icon;
use super::load_panel::LoadPanel;
use crate::bella::use_bella;
use crate::browser::page::storage::{self, Key};
use crate::i18n;
use crate::settings::use_settings;
use crate::testid;

/// How far a person and a browser have come with the microphone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MicrophoneAccess {
    #[default]
    NotAsked,
    /// The browser asks the person.
    Asking,
    Allowed,
    /// Not to be had for now, whoever said so.
    Refused,
}

impl MicrophoneAccess {
    pub fn name(self) -> &'static str {
        match self {
            MicrophoneAccess::NotAsked => "not-asked",
            MicrophoneAccess::Asking => "asking",
            MicrophoneAccess::Allowed => "allowed",
            MicrophoneAccess::Refused => "refused",
        }
    }
}

#[component]
pub fn FirstSteps(
    /// How far it has come, and how to ask for it; absent where nothing can listen.
    microphone: Option<(Signal<MicrophoneAccess>, Callback<()>)>,
) -> impl IntoView {
    let settings = use_settings();
    view! {
        <ol
            class="steps"
            aria-label=move || settings.messages().first_steps.label
            data-testid=testid::FIRST_STEPS
        >
            <LanguageStep/>
            {microphone.map(|(access, allow)| view! { <MicrophoneStep access allow/> })}
            <ModelStep/>
        </ol>
    }
}

/// One row: what it is about, and what there is to do.
#[component]
fn Step(
    name: &'static str,
    title: Say,
    #[prop(optional)] detail: Option<Say>,
    is_done: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let settings = use_settings();
    let t = move || settings.messages();
    view! {
        <li
            class="step"
            data-testid=testid::FIRST_STEP
            data-step=name
            data-state=move || if is_done.get() { "done" } else { "open" }
        >
            <span class="step-mark" aria-hidden="true">{Icon::Done.draw()}</span>
            <div class="step-body">
                <div class="step-words">
                    <h3>
                        {move || title(t())}
                        <span class="visually-hidden" hidden=move || !is_done.get()>
                            " " {move || t().first_steps.done}
                        </span>
                    </h3>
                    {detail.map(|detail| view! { <p class="note">{move || detail(t())}</p> })}
                </div>
                {children()}
            </div>
        </li>
    }
}

#[component]
fn LanguageStep() -> impl IntoView {
    let settings = use_settings();
    // Until then it is the browser's guess.
    let is_chosen = RwSignal::new(storage::recall(Key::Language).is_some());
    let button = move |language: Language| {
        let choose = move |_| {
            settings.language.set(language);
            is_chosen.set(true);
        };
        view! {
            <button
                type="button"
                class="segment"
                lang=language.tag()
                value=language.tag()
                aria-pressed=move || (settings.language.get() == language).to_string()
                data-testid=testid::FIRST_LANGUAGE
                on:click=choose
            >
                {own_name(language)}
            </button>
        }
    };
    view! {
        <Step
            name="language"
            title=|t| t.first_steps.language
            is_done=is_chosen.into()
        >
            <div
                class="segments"
                role="group"
                aria-label=move || settings.messages().first_steps.language
            >
                {Language::ALL.map(button).collect_view()}
            </div>
        </Step>
    }
}

/// Under its own name: who cannot read the page must still find the way out.
fn own_name(language: Language) -> &'static str {
    let words = &i18n::messages(language).words;
    match language {
        Language::Korean => words.korean,
        Language::English => words.english,
    }
}

#[component]
fn MicrophoneStep(access: Signal<MicrophoneAccess>, allow: Callback<()>) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().first_steps;
    let access = Memo::new(move |_| access.get());
    let is_done = Memo::new(move |_| access.get() == MicrophoneAccess::Allowed);
    let words = move || match access.get() {
        MicrophoneAccess::Asking => t().microphone_asking,
        MicrophoneAccess::Refused => t().microphone_again,
        MicrophoneAccess::NotAsked | MicrophoneAccess::Allowed => t().microphone_allow,
    };
    let detail: Say = |t| t.first_steps.microphone_detail;
    view! {
        <Step
            name="microphone"
            title=|t| t.first_steps.microphone
            detail
            is_done=is_done.into()
        >
            <Show when=move || !is_done.get()>
                <button
                    type="button"
                    class="button button-outline"
                    aria-disabled=move || (access.get() == MicrophoneAccess::Asking).to_string()
                    data-testid=testid::ALLOW_MICROPHONE
                    data-access=move || access.get().name()
                    on:click=move |_| allow.run(())
                >
                    {words}
                </button>
            </Show>
            <p class="step-trouble" role="status">
                {move || (access.get() == MicrophoneAccess::Refused).then(|| t().microphone_refused)}
            </p>
        </Step>
    }
}

#[component]
fn ModelStep() -> impl IntoView {
    let settings = use_settings();
    let phase = use_bella().view.phase;
    let is_done = Memo::new(move |_| phase.with(Phase::has_model));
    let is_waking = Memo::new(move |_| phase.with(|phase| *phase == Phase::Waking));
    view! {
        <Step
            name="model"
            title=|t| t.first_steps.model
            detail=|t| t.first_steps.model_detail
            is_done=is_done.into()
        >
            <div class="step-load" class:step-load-waking=move || is_waking.get()>
                <Show when=move || is_waking.get()>
                    <p class="note">{move || settings.messages().first_steps.model_waking}</p>
                </Show>
                <LoadPanel/>
            </div>
        </Step>
    }
}
