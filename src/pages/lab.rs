//! `/lab`: this device, measured.

use bella_protocol::Progress;
use bella_weights::manifest::Model;
use leptos::prelude::*;

use crate::bella::use_bella;
use crate::components::lab_results::LabResults;
use crate::components::page_title::PageTitle;
use crate::i18n::units;
use crate::lab::{Stage, measurable, use_lab};
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn LabPage() -> impl IntoView {
    let settings = use_settings();
    let lab = use_lab();
    let chosen = RwSignal::new(first_choice());
    // What is measured would slow a conversation down: who goes back to it is
    // done here.
    on_cleanup(move || lab.stop());

    view! {
        <div class="page" data-testid=testid::LAB data-state=move || lab.stage.with(Stage::name)>
            <PageTitle title=|t| t.lab.title/>
            <p class="lead">{move || settings.messages().lab.intro}</p>
            <ModelChoice chosen/>
            <Controls chosen/>
            {move || lab.report.get().map(|report| view! { <LabResults report/> })}
        </div>
    }
}

/// Those of a first start: they are here, or soon will be.
fn first_choice() -> Vec<&'static str> {
    measurable().filter(|model| model.default).map(|model| model.id.as_str()).collect()
}

#[component]
fn ModelChoice(chosen: RwSignal<Vec<&'static str>>) -> impl IntoView {
    let settings = use_settings();
    let lab = use_lab();
    let measuring = Memo::new(move |_| lab.stage.with(Stage::is_measuring));
    let toggle = move |id: &'static str| {
        chosen.update(|chosen| match chosen.iter().position(|it| *it == id) {
            Some(at) => drop(chosen.remove(at)),
            None => chosen.push(id),
        });
    };
    let check = move |model: &'static Model| {
        let id = model.id.as_str();
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    value=id
                    data-testid=testid::LAB_MODEL
                    prop:checked=move || chosen.with(|chosen| chosen.contains(&id))
                    prop:disabled=move || measuring.get()
                    on:change=move |_| toggle(id)
                />
                <span>{model.name.as_str()}</span>
                <span class="note">{units::bytes(model.bytes())}</span>
            </label>
        }
    };

    view! {
        <fieldset class="choices lab-models">
            <legend>{move || settings.messages().lab.models}</legend>
            <p class="note">{move || settings.messages().lab.models_note}</p>
            <div class="choices-row">{measurable().map(check).collect_view()}</div>
        </fieldset>
    }
}

#[component]
fn Controls(chosen: RwSignal<Vec<&'static str>>) -> impl IntoView {
    let settings = use_settings();
    let lab = use_lab();
    let phase = use_bella().view.phase;
    let t = move || &settings.messages().lab;
    let measuring = Memo::new(move |_| lab.stage.with(Stage::is_measuring));
    // Neither is to slow the other down.
    let is_busy =
        Memo::new(move |_| phase.with(|phase| phase.is_replying() || phase.name() == "loading"));
    let start = move |_| {
        let chosen = chosen.get_untracked();
        lab.start(measurable().filter(|model| chosen.contains(&model.id.as_str())));
    };

    view! {
        <div class="lab-controls">
            <Show
                when=move || measuring.get()
                fallback=move || {
                    view! {
                        <button
                            type="button"
                            class="button button-primary"
                            data-testid=testid::LAB_START
                            prop:disabled=move || is_busy.get() || chosen.with(Vec::is_empty)
                            on:click=start
                        >
                            {move || t().start}
                        </button>
                    }
                }
            >
                <button
                    type="button"
                    class="button button-outline"
                    data-testid=testid::LAB_STOP
                    on:click=move |_| lab.stop()
                >
                    {move || t().stop}
                </button>
            </Show>
            <div class="lab-state" role="status">
                {move || match lab.stage.get() {
                    Stage::Measuring { model, .. } => {
                        Some((t().measuring)(&model.name))
                    }
                    Stage::Done => Some(t().done.to_owned()),
                    Stage::Stopped => Some(t().stopped.to_owned()),
                    Stage::Resting => is_busy.get().then(|| t().busy.to_owned()),
                }}
            </div>
            <Show when=move || measuring.get()>
                <StepBar/>
            </Show>
        </div>
    }
}

#[component]
fn StepBar() -> impl IntoView {
    let settings = use_settings();
    let stage = use_lab().stage;
    let steps = move || match stage.get() {
        Stage::Measuring { done, all, .. } => (done, all),
        _ => (0, 1),
    };
    let words = move || {
        let (done, all) = steps();
        (settings.messages().lab.step)(&done.to_string(), &all.to_string())
    };
    let fetched = Memo::new(move |_| match stage.get() {
        Stage::Measuring { fetched, .. } => fetched.filter(|it| it.total_bytes > 0),
        _ => None,
    });
    // A file on its way is a step that one can see going on.
    let reached = move || {
        let share = |it: Progress| it.done_bytes.min(it.total_bytes) as f64 / it.total_bytes as f64;
        steps().0 as f64 + fetched.get().map_or(0.0, share)
    };
    let bytes = move || {
        let it = fetched.get()?;
        let t = &settings.messages().load;
        let words = match it.done_bytes < it.total_bytes {
            true => (t.progress)(&units::bytes(it.done_bytes), &units::bytes(it.total_bytes)),
            false => t.preparing.to_owned(),
        };
        Some(view! { <span data-testid=testid::LAB_FETCHED>{words}</span> })
    };
    view! {
        <div class="lab-steps">
            <progress
                class="load-bar"
                max=move || steps().1
                value=reached
                aria-label=words
            ></progress>
            <p class="lab-step note"><span>{words}</span> {bytes}</p>
        </div>
    }
}
