//! Every other address.

use leptos::prelude::*;

use crate::components::bell::Bell;
use crate::components::link::Link;
use crate::components::page_title::PageTitle;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let settings = use_settings();

    view! {
        <div class="page page-centred" data-testid=testid::NOT_FOUND>
            <Bell size="large" phase=|| "empty"/>
            <PageTitle title=|t| t.not_found.title/>
            <p class="lead">{move || settings.messages().not_found.detail}</p>
            <Link to="/" attr:class="button button-primary">
                {move || settings.messages().not_found.back}
            </Link>
        </div>
    }
}
