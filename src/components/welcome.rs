//! What stands where the conversation will be.

use bella_companion::{Event, Language, Phase};
use leptos::prelude::*;

use super::first_steps::FirstSteps;
use super::load_panel::LoadPanel;
use super::portrait::Portrait;
use super::talk_view::use_talk_view;
use crate::bella::use_bella;
use crate::browser::page::storage::{self, Key};
use crate::i18n;
use crate::i18n::messages::{FirstStepWords, Talk};
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn Welcome() -> impl IntoView {
    let settings = use_settings();
    let view = use_bella().view;
    let phase_name = move || view.phase.with(|phase| phase.name());
    let is_awake = Memo::new(move |_| view.phase.with(Phase::has_model));
    let filled = Signal::derive(move || view.phase.with(fullness));
    let has_wish = Memo::new(move |_| view.model.with(Option::is_some));
    let words = move |t: &'static Talk| match phase_name() {
        "loading" => (t.loading, Some(t.loading_detail)),
        "waking" if has_wish.get() => (t.loading, Some(t.loading_detail)),
        // The notice below has more to say.
        "broken" => (t.asleep, None),
        _ if is_awake.get() => (t.awake, Some(t.awake_detail)),
        _ => (t.asleep, Some(t.asleep_detail)),
    };
    let detail = move || words(&settings.messages().talk).1;

    // Until a model was awake once there are steps to take.
    let is_first = storage::recall(Key::Model).is_none();
    let steps = Memo::new(move |_| is_first && !is_awake.get());
    let detail = move || detail().filter(|_| !steps.get());

    view! {
        <section class="welcome" class:welcome-steps=move || steps.get()>
            <div class="welcome-head">
                <Portrait size="large" filled/>
                <h2 class="welcome-title">{move || words(&settings.messages().talk).0}</h2>
            </div>
            {move || detail().map(|detail| view! { <p class="welcome-detail">{detail}</p> })}
            <Show when=move || is_awake.get() fallback=move || view! { <Waking is_first/> }>
                <Suggestions/>
            </Show>
        </section>
    }
}

/// What there is to do and to see until she is awake.
#[component]
fn Waking(is_first: bool) -> impl IntoView {
    if !is_first {
        return view! { <LoadPanel/> }.into_any();
    }
    let phase = use_bella().view.phase;
    let talk = use_talk_view();
    let can_try = Memo::new(move |_| {
        talk.is_some() && phase.with(|phase| matches!(phase, Phase::Loading(_)))
    });
    view! {
        <FirstSteps microphone=talk.map(|talk| (talk.microphone, talk.allow_microphone))/>
        <Show when=move || can_try.get()>
            <Meanwhile/>
        </Show>
    }
    .into_any()
}

/// What is answered without any model.
#[component]
fn Meanwhile() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let t = move || &settings.messages().first_steps;
    let chip = move |say: fn(&'static FirstStepWords) -> &'static str| {
        let ask = move |_| bella.tell(Event::Said(say(t()).to_owned()));
        view! {
            <li>
                <button type="button" class="chip" data-testid=testid::TRY_ALREADY on:click=ask>
                    {move || say(t())}
                </button>
            </li>
        }
    };
    view! {
        <div class="meanwhile">
            <p class="note" id="meanwhile">{move || t().meanwhile}</p>
            <ul class="chips" aria-labelledby="meanwhile">
                {chip(|t| t.try_time)}
                {chip(|t| t.try_date)}
                {chip(|t| t.try_help)}
            </ul>
        </div>
    }
}

#[component]
fn Suggestions() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    // Said to the model, so in the language it answers best in.
    let spoken = Memo::new(move |_| {
        let reads = settings.language.get();
        bella.view.model.with(|model| model.as_ref().map_or(reads, |model| model.speaks(reads)))
    });
    let suggestions = move || {
        let language = spoken.get();
        let t = &i18n::messages(language).suggestion;
        let chip = move |text: &'static str| {
            let ask = move |_| bella.tell(Event::Said(text.to_owned()));
            view! {
                <li>
                    <button
                        type="button"
                        class="chip"
                        lang=language.tag()
                        data-testid=testid::SUGGESTION
                        on:click=ask
                    >
                        {text}
                    </button>
                </li>
            }
        };
        [t.first, t.second, t.third].map(chip).collect_view()
    };
    let speaks_only = move || {
        let t = settings.messages();
        let language = match spoken.get() {
            Language::Korean => t.words.korean,
            Language::English => t.words.english,
        };
        (t.talk.speaks_only)(language)
    };

    view! {
        <ul class="chips" aria-label=move || settings.messages().talk.suggestions>{suggestions}</ul>
        <Show when=move || spoken.get() != settings.language.get()>
            <p class="note">{speaks_only}</p>
        </Show>
    }
}

/// How much of her has come to life.
fn fullness(phase: &Phase) -> f64 {
    match phase {
        Phase::Loading(loading) if loading.total_bytes > 0 => {
            loading.done_bytes as f64 / loading.total_bytes as f64
        }
        phase if phase.has_model() => 1.0,
        _ => 0.0,
    }
}
