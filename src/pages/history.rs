//! `/history`: what was said, to be looked through, taken along, sealed and erased.

use leptos::prelude::*;

use crate::components::history_list::HistoryList;
use crate::components::history_manage::{Erase, HistoryManage, WhatCame};
use crate::components::history_passphrase::OpenForm;
use crate::components::page_title::PageTitle;
use crate::history::{Access, use_history};
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn HistoryPage() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    // What was told on an earlier look is old news.
    history.outcome.set(None);
    // Whenever there is more than is in memory, such as after another tab's work.
    Effect::new(move |_| {
        history.access.track();
        history.turn.track();
        history.show();
    });
    let yes_or_no = |it: bool| if it { "yes" } else { "no" };
    let body = move || match history.access.get() {
        Access::Opening => view! { <p class="note">{move || t().opening}</p> }.into_any(),
        Access::Unavailable => view! {
            <p>{move || t().unavailable}</p>
            <WhatCame/>
            <Erase/>
        }
        .into_any(),
        Access::Locked => view! { <Locked/> }.into_any(),
        Access::Open => view! {
            <HistoryList>
                <HistoryManage/>
                <WhatCame/>
            </HistoryList>
        }
        .into_any(),
    };

    view! {
        <div
            class="page history"
            data-testid=testid::HISTORY
            data-access=move || history.access.get().name()
            data-sealed=move || yes_or_no(history.is_sealed.get())
            data-whole=move || yes_or_no(history.is_whole())
        >
            <PageTitle title=|t| t.history.title/>
            <p class="lead">{move || t().lead}</p>
            {body}
        </div>
    }
}

#[component]
fn Locked() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    view! {
        <section class="history-locked" aria-labelledby="history-locked">
            <h2 id="history-locked">{move || t().locked}</h2>
            <p>{move || t().locked_note}</p>
            <OpenForm/>
        </section>
        <WhatCame/>
        <p class="note history-no-way-in">{move || t().no_way_in}</p>
        <Erase/>
    }
}
