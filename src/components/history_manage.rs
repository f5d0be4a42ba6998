//! What can be done to the history as a whole, and what came of it.

use leptos::html::{Button, Div};
use leptos::prelude::*;
use web_sys::Event;

use super::Say;
use super::history_passphrase::PassphraseForms;
use super::trouble_notice::Detail;
use crate::browser::page::hand_over::chosen_files;
use crate::browser::page::input;
use crate::history::{History, use_history};
use crate::i18n::tell::{self, Told};
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn HistoryManage() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    view! {
        <details class="history-manage">
            <summary data-testid=testid::HISTORY_MANAGE>{move || t().manage}</summary>
            <div class="history-parts">
                <AsFile/>
                <PassphraseForms/>
                <Erase/>
            </div>
        </details>
    }
}

#[component]
fn AsFile() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    view! {
        <section class="history-part">
            <h2>{move || t().files}</h2>
            <p>{move || t().files_note}</p>
            <div class="history-actions">
                <button
                    type="button"
                    class="button button-outline"
                    aria-disabled=is_busy(history)
                    data-testid=testid::HISTORY_EXPORT
                    on:click=move |_| history.export()
                >
                    {move || t().export}
                </button>
                <label class="button button-outline file-button">
                    {move || t().import}
                    <input
                        type="file"
                        class="file-field"
                        accept="application/json,.json"
                        data-testid=testid::HISTORY_IMPORT
                        on:change=move |event: Event| history.import(chosen_files(&event))
                    />
                </label>
            </div>
        </section>
    }
}

/// Erases everything.
#[component]
pub fn Erase() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    view! {
        <section class="history-part">
            <h2>{move || t().erase}</h2>
            <p>{move || t().erase_note}</p>
            <EraseAll/>
        </section>
    }
}

#[component]
pub fn EraseAll() -> impl IntoView {
    let history = use_history();
    view! {
        <Sure
            testid=testid::HISTORY_ERASE_ALL
            says=|t| t.history.erase_all
            asks=|t| t.history.erase_all_sure
            act=move || history.erase_all()
        />
    }
}

/// A button that asks before it does what cannot be undone.
#[component]
pub fn Sure(
    testid: &'static str,
    says: Say,
    asks: Say,
    #[prop(optional)] is_quiet: bool,
    act: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let settings = use_settings();
    let history = use_history();
    let asked = RwSignal::new(false);
    // What was pressed is gone by then.
    let no = NodeRef::<Button>::new();
    let first = NodeRef::<Button>::new();
    Effect::new(move |before: Option<bool>| {
        let asked = asked.get();
        let next = if asked { no.get() } else { first.get() };
        if before.is_some_and(|before| before != asked)
            && let Some(next) = next
        {
            input::focus_if_nothing_is(&next);
        }
        asked
    });
    let yes = move |_| {
        asked.set(false);
        act();
    };
    let question = move || {
        view! {
            <div class="history-sure" role="group" aria-label=move || asks(settings.messages())>
                <p>{move || asks(settings.messages())}</p>
                <div class="history-actions">
                    <button
                        type="button"
                        class="button button-outline"
                        node_ref=no
                        data-testid=testid::HISTORY_ERASE_NO
                        on:click=move |_| asked.set(false)
                    >
                        {move || settings.messages().history.keep_it}
                    </button>
                    <button
                        type="button"
                        class="button history-erase"
                        aria-disabled=is_busy(history)
                        data-testid=testid::HISTORY_ERASE_YES
                        on:click=yes
                    >
                        {move || settings.messages().history.erase_yes}
                    </button>
                </div>
            </div>
        }
    };
    let button = move || {
        view! {
            <button
                type="button"
                class="button"
                class:button-quiet=is_quiet
                class:button-outline=!is_quiet
                node_ref=first
                data-testid=testid
                on:click=move |_| asked.set(true)
            >
                {move || says(settings.messages())}
            </button>
        }
    };
    view! { <Show when=move || asked.get() fallback=button>{question()}</Show> }
}

/// For buttons that do nothing meanwhile. They are not disabled: that would take the
/// focus away from whoever has just pressed one.
pub(super) fn is_busy(history: History) -> impl Fn() -> Option<&'static str> + Clone {
    move || history.is_busy.get().then_some("true")
}

/// What came of what was done last.
#[component]
pub fn WhatCame() -> impl IntoView {
    let settings = use_settings();
    let history = use_history();
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        // What was pressed may be gone by then.
        if history.outcome.with(Option::is_some)
            && let Some(place) = place.get()
        {
            input::focus_if_nothing_is(&place);
            input::bring_into_view(&place);
        }
    });
    let told = move || {
        let outcome = history.outcome.get()?;
        let Told { what, next, detail } = tell::history(settings.messages(), &outcome);
        let is_good = outcome.is_good();
        Some(view! {
            <div
                class="own-server-told"
                class:own-server-trouble=!is_good
                data-testid=testid::HISTORY_OUTCOME
                data-outcome=outcome.name()
            >
                <p class="own-server-what">{what}</p>
                {(!next.is_empty()).then(|| view! { <p>{next}</p> })}
                {detail.map(|detail| view! { <div class="trouble"><Detail detail/></div> })}
            </div>
        })
    };
    let busy = move || {
        let words = move || settings.messages().history.busy;
        history.is_busy.get().then(|| view! { <p class="note">{words}</p> })
    };
    view! {
        <div class="history-told" role="status" id="history-outcome" tabindex="-1" node_ref=place>
            {busy}
            {told}
        </div>
    }
}
