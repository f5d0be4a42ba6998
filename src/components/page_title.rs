//! A page's main heading, and what a change of page means to a screen reader.

use std::cell::Cell;

use leptos::html::H1;
use leptos::prelude::*;

use super::Say;
use crate::browser::page::{document, input};
use crate::settings::use_settings;
use crate::testid;

thread_local! {
    /// The first page is read from its top; a later one replaces what stood
    /// there without a word, so the focus goes to its heading.
    static IS_FIRST_PAGE: Cell<bool> = const { Cell::new(true) };
}

#[component]
pub fn PageTitle(
    title: Say,
    /// Only for screen readers.
    #[prop(optional)]
    hidden: bool,
) -> impl IntoView {
    let settings = use_settings();
    let heading = NodeRef::<H1>::new();
    Effect::new(move |_| {
        let t = settings.messages();
        document::set_title(&format!("{} · {}", title(t), t.words.bella));
    });
    heading.on_load(|heading| {
        if !IS_FIRST_PAGE.replace(false) {
            input::focus(&heading);
        }
    });

    view! {
        <h1
            node_ref=heading
            class:visually-hidden=hidden
            class="page-title"
            tabindex="-1"
            data-testid=testid::PAGE_TITLE
        >
            {move || title(settings.messages())}
        </h1>
    }
}
