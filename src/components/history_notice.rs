//! The history from elsewhere: the way to it, whether it is wanted, and why it is not
//! kept.

use leptos::prelude::*;

use super::choices::{Choice, Choices};
use super::history_manage::EraseAll;
use super::icon::Icon;
use super::link::Link;
use super::trouble_notice::ToldWords;
use crate::history::outcome::Outcome;
use crate::history::{Access, use_history, wanted_name};
use crate::i18n::tell;
use crate::settings::use_settings;
use crate::testid;

/// For the tools of a conversation.
#[component]
pub fn HistoryLink() -> impl IntoView {
    let settings = use_settings();
    view! {
        <Link to="/history" attr:class="button button-quiet" attr:data-testid=testid::NAV_HISTORY>
            {Icon::History.draw()}
            {move || settings.messages().history.link}
        </Link>
    }
}

/// For the settings.
#[component]
pub fn HistorySection() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let is_left = move || !history.is_wanted.get() && history.is_anything_kept();
    view! {
        <Choices
            testid=testid::HISTORY_WANTED
            legend=|t| t.history.wanted
            note=|t| t.history.wanted_note
            choices=vec![
                Choice::new(wanted_name(true), |t| t.history.wanted_yes),
                Choice::new(wanted_name(false), |t| t.history.wanted_no),
            ]
            chosen=Signal::derive(move || wanted_name(history.is_wanted.get()))
            choose=move |name| history.is_wanted.set(name == wanted_name(true))
        />
        <div class="history-left">
            <Show when=is_left>
                <p>{move || t().still_there}</p>
                <EraseAll/>
            </Show>
            <Link
                to="/history"
                attr:class="button button-outline"
                attr:data-testid=testid::NAV_HISTORY
            >
                {move || t().link}
            </Link>
        </div>
    }
}

/// Beside a conversation: that it is not kept, and what to do about it.
#[component]
pub fn HistoryNotice() -> impl IntoView {
    let settings = use_settings();
    let history = use_history();
    let trouble = move |why: Outcome| {
        let name = why.name();
        let told = Memo::new(move |_| tell::history(settings.messages(), &why));
        view! {
            <div class="notice" role="status" data-testid=testid::HISTORY_TROUBLE data-trouble=name>
                <ToldWords told/>
                <div class="notice-actions">
                    <button
                        type="button"
                        class="button button-quiet"
                        on:click=move |_| history.trouble.set(None)
                    >
                        {move || settings.messages().words.close}
                    </button>
                </div>
            </div>
        }
    };
    view! {
        {move || history.trouble.get().map(trouble)}
        <WaitingNote/>
    }
}

#[component]
fn WaitingNote() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let waits =
        Memo::new(move |_| history.access.get() == Access::Locked && history.waiting.get() > 0);
    view! {
        <Show when=move || waits.get()>
            <div class="notice" role="status" data-testid=testid::HISTORY_TROUBLE data-trouble="locked">
                <p>{move || (t().waiting)(&history.waiting.get().to_string())}</p>
                <div class="notice-actions">
                    <Link to="/history" attr:class="button button-outline">
                        {Icon::Locked.draw()}
                        {move || t().open}
                    </Link>
                </div>
            </div>
        </Show>
    }
}
