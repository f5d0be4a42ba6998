//! `/models`: every model as a card, and what they take of the device.

use leptos::prelude::*;

use crate::bella::use_bella;
use crate::components::larder_panel::LarderPanel;
use crate::components::model_card::ModelCard;
use crate::components::page_title::PageTitle;
use crate::components::stray_card::StrayCard;
use crate::components::trouble_notice::{NotKeptNotice, PageTrouble};
use crate::library;
use crate::settings::use_settings;

#[component]
pub fn ModelsPage() -> impl IntoView {
    let settings = use_settings();
    let pantry = use_bella().pantry;
    let (used, unused): (Vec<_>, Vec<_>) =
        library::offered().partition(|model| library::is_used(model.task));
    let cards = used.into_iter().chain(unused).map(|model| view! { <ModelCard model/> });
    let is_empty = library::offered().next().is_none();

    view! {
        <div class="page">
            <PageTitle title=|t| t.models.title/>
            <p class="lead">{move || settings.messages().models.intro}</p>
            <PageTrouble/>
            <NotKeptNotice/>
            <Show when=move || is_empty>
                <p>{move || settings.messages().models.none}</p>
            </Show>
            <ul class="cards">
                {cards.collect_view()}
                {move || {
                    let strays = pantry.strays().into_iter();
                    strays.map(|kept| view! { <StrayCard kept/> }).collect_view()
                }}
            </ul>
            <LarderPanel/>
        </div>
    }
}
