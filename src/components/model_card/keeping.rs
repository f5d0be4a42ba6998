//! A model on its way onto the device, there, and off it again.

use bella_companion::{ItemState, Loading, Trouble};
use bella_weights::manifest::Model;
use leptos::prelude::*;

use super::name_id;
use crate::bella::use_bella;
use crate::browser::page::hand_over;
use crate::components::make_room::MakeRoom;
use crate::components::trouble_notice::TroubleWords;
use crate::i18n::{tell, units};
use crate::pantry::wants_room;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn KeptLine(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let pantry = use_bella().pantry;
    move || {
        let kept = pantry.of(&model.id)?;
        let (name, words) = match kept.complete {
            true => ("whole", settings.messages().models.kept.to_owned()),
            false => {
                let (done, total) = (units::bytes(kept.held_bytes), units::bytes(kept.total_bytes));
                ("part", (settings.messages().models.kept_part)(&done, &total))
            }
        };
        Some(view! { <p class="note" data-testid=testid::KEPT data-kept=name>{words}</p> })
    }
}

/// What stands in the queue goes its own way; what does not can be put there.
#[component]
pub fn KeepActions(model: &'static Model) -> impl IntoView {
    let pantry = use_bella().pantry;
    let state = Memo::new(move |_| pantry.item(&model.id).map(|item| item.state));
    let kind = Memo::new(move |_| state.with(|state| state.as_ref().map(ItemState::name)));
    let loading = Signal::derive(move || match state.get() {
        Some(ItemState::Coming(loading)) => Some(loading),
        _ => None,
    });
    move || match kind.get() {
        None => view! { <AtRest model/> }.into_any(),
        Some(kind) => view! {
            <div class="load" data-testid=testid::KEEPING data-state=kind>
                <Coming model loading/>
                <Stumbled model/>
                <Steering model kind/>
            </div>
        }
        .into_any(),
    }
}

/// How far it has come.
#[component]
fn Coming(model: &'static Model, loading: Signal<Option<Loading>>) -> impl IntoView {
    let settings = use_settings();
    let is_shown = Memo::new(move |_| loading.with(Option::is_some));
    let bytes = move || {
        loading
            .with(|loading| loading.as_ref().map_or((0, 0), |it| (it.done_bytes, it.total_bytes)))
    };
    let so_far = move || {
        let (done, total) = bytes();
        (settings.messages().load.progress)(&units::bytes(done), &units::bytes(total))
    };
    let pace = move || loading.with(|loading| tell::pace(settings.messages(), loading.as_ref()?));
    let told =
        move || [Some(so_far()), pace()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <Show when=move || is_shown.get()>
            <progress
                class="load-bar"
                aria-labelledby=name_id(model)
                value=move || bytes().0.to_string()
                max=move || bytes().1.max(1).to_string()
            ></progress>
            <p class="note">{told}</p>
        </Show>
    }
}

/// Why it does not come, and what would help.
#[component]
fn Stumbled(model: &'static Model) -> impl IntoView {
    let pantry = use_bella().pantry;
    move || {
        let item = pantry.item(&model.id)?;
        let ItemState::Failed(failure) = &item.state else { return None };
        let wants_room = wants_room(&item).is_some();
        let trouble = Trouble::Failed(failure.clone());
        Some(view! {
            <div class="notice" role="status">
                <TroubleWords trouble/>
                {wants_room.then(|| view! { <MakeRoom model=model.id.clone()/> })}
            </div>
        })
    }
}

/// Waiting, under way, paused or failed: on, off, or away.
#[component]
fn Steering(model: &'static Model, kind: &'static str) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let waits = kind == "waiting";
    let goes = matches!(kind, "waiting" | "coming");
    let on_off = move || {
        let t = &settings.messages().models;
        if goes { t.pause } else { t.resume }
    };
    view! {
        {waits.then(|| view! { <p class="note">{move || settings.messages().models.waits}</p> })}
        <div class="notice-actions">
            <button
                type="button"
                class="button button-outline"
                aria-describedby=name_id(model)
                data-testid=if goes { testid::PAUSE_KEEPING } else { testid::RESUME_KEEPING }
                on:click=move |_| match goes {
                    true => bella.pause_model(&model.id),
                    false => bella.resume_model(&model.id),
                }
            >
                {on_off}
            </button>
            <button
                type="button"
                class="button button-quiet"
                aria-describedby=name_id(model)
                data-testid=testid::CANCEL_KEEPING
                on:click=move |_| bella.cancel_model(&model.id)
            >
                {move || settings.messages().models.cancel}
            </button>
        </div>
    }
}

#[component]
fn AtRest(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let kept = Memo::new(move |_| bella.pantry.of(&model.id).map(|kept| kept.complete));
    view! {
        <Show when=move || kept.get() != Some(true)>
            <button
                type="button"
                class="button button-outline"
                aria-describedby=name_id(model)
                data-testid=testid::KEEP_MODEL
                on:click=move |_| bella.keep_model(&model.id)
            >
                {move || match kept.get() {
                    None => settings.messages().models.keep,
                    Some(_) => settings.messages().models.keep_on,
                }}
            </button>
            <ImportButton model/>
        </Show>
        <Show when=move || kept.get() == Some(true)>
            <button
                type="button"
                class="button button-quiet"
                aria-describedby=name_id(model)
                data-testid=testid::EXPORT_MODEL
                on:click=move |_| bella.export_model(&model.id)
            >
                {move || settings.messages().models.export}
            </button>
        </Show>
        <Show when=move || kept.get().is_some()>
            <button
                type="button"
                class="button button-quiet"
                aria-describedby=name_id(model)
                data-testid=testid::FORGET_MODEL
                on:click=move |_| bella.forget_model(&model.id)
            >
                {move || settings.messages().models.forget}
            </button>
        </Show>
    }
}

/// A file field looks different in every browser; its label is the button.
#[component]
fn ImportButton(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    view! {
        <label class="button button-quiet file-button">
            <input
                type="file"
                multiple=true
                class="file-field"
                aria-describedby=name_id(model)
                data-testid=testid::IMPORT_MODEL
                on:change=move |event| {
                    bella.import_model(&model.id, hand_over::chosen_files(&event));
                }
            />
            <span>{move || settings.messages().models.import}</span>
        </label>
    }
}
