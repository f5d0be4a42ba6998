//! A model that is kept and that this version knows nothing of any more.

use bella_protocol::Kept;
use leptos::prelude::*;

use super::make_room::Delete;
use crate::i18n::units;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn StrayCard(kept: Kept) -> impl IntoView {
    let settings = use_settings();
    let (id, name, size) = (kept.model.clone(), kept.model.clone(), units::bytes(kept.held_bytes));
    view! {
        <li class="card" data-testid=testid::STRAY_CARD data-model=id data-state="unused">
            <header class="card-header"><h2 lang="en">{name}</h2></header>
            <p>{move || settings.messages().models.stray}</p>
            <dl class="facts">
                <div><dt>{move || settings.messages().models.size}</dt><dd>{size}</dd></div>
            </dl>
            <div class="card-actions"><Delete kept/></div>
        </li>
    }
}
