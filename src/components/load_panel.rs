//! Waking Bella up: the offer to load a model, and how far it has come.

use bella_companion::{Event, Phase};
use leptos::prelude::*;

use super::link::Link;
use crate::bella::use_bella;
use crate::i18n::{tell, units};
use crate::library;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn LoadPanel() -> impl IntoView {
    let phase = use_bella().view.phase;
    let kind = Memo::new(move |_| phase.with(|phase| phase.name()));

    view! {
        <Show when=move || kind.get() == "empty">
            <LoadOffer/>
        </Show>
        <Show when=move || kind.get() == "loading">
            <LoadProgress/>
        </Show>
    }
}

#[component]
fn LoadOffer() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    // The model that was wished for, or else the one for a first visit.
    let offered = Memo::new(move |_| {
        let wished =
            bella.view.model.with(|model| model.as_ref().map(|model| model.id().to_owned()));
        let wished = bella.pantry.instead.get().or(wished);
        wished.or_else(|| library::default_chat().map(|model| model.id.clone())).unwrap_or_default()
    });
    let detail = move || {
        let model = library::find(&offered.get())?;
        let size = units::bytes(model.bytes());
        Some((settings.messages().load.action_detail)(&model.name, &size))
    };

    view! {
        <div class="load">
            <button
                type="button"
                class="button button-primary button-tall"
                data-testid=testid::LOAD_MODEL
                data-model=move || offered.get()
                on:click=move |_| bella.choose_model(&offered.get_untracked())
            >
                <span>{move || settings.messages().load.action}</span>
                <span class="button-detail">{detail}</span>
            </button>
            <p class="note">
                {move || settings.messages().load.once} " "
                <Link to="/models">{move || settings.messages().load.choose_other}</Link>
            </p>
        </div>
    }
}

#[component]
pub fn LoadProgress() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let bytes = move || {
        bella.view.phase.with(|phase| match phase {
            Phase::Loading(loading) => (loading.done_bytes, loading.total_bytes),
            _ => (0, 0),
        })
    };
    let label = move || {
        let id = bella.view.model.with(|model| model.as_ref().map(|model| model.id().to_owned()));
        let name = id.as_deref().and_then(library::find).map_or("", |model| &model.name);
        (settings.messages().load.progress_label)(name)
    };
    let so_far = move || {
        let (done, total) = bytes();
        let t = &settings.messages().load;
        if done > 0 && done >= total {
            t.preparing.to_owned()
        } else {
            (t.progress)(&units::bytes(done), &units::bytes(total))
        }
    };
    let pace = move || {
        bella.view.phase.with(|phase| match phase {
            Phase::Loading(loading) => tell::pace(settings.messages(), loading),
            _ => None,
        })
    };

    view! {
        <div class="load">
            <p class="load-label">{label}</p>
            <progress
                class="load-bar"
                aria-label=label
                data-testid=testid::LOAD_PROGRESS
                value=move || bytes().0.to_string()
                max=move || bytes().1.max(1).to_string()
            ></progress>
            <p class="load-numbers">
                <span>{so_far}</span>
                <button
                    type="button"
                    class="button button-quiet"
                    data-testid=testid::CANCEL_LOAD
                    on:click=move |_| bella.tell(Event::Stopped)
                >
                    {move || settings.messages().load.cancel}
                </button>
            </p>
            <p class="note">{pace}</p>
            <p class="note">{move || settings.messages().load.cancel_note}</p>
        </div>
    }
}
