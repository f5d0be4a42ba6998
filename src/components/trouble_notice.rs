//! What went wrong, in a sentence and a next step.

use bella_companion::{Event, Phase, Trouble};
use bella_protocol::NotKept;
use leptos::prelude::*;

use super::icon::Icon;
use super::link::Link;
use crate::bella::use_bella;
use crate::i18n::tell::{self, Told};
use crate::settings::use_settings;
use crate::testid;

/// The trouble that belongs to no reply, with a way to try again and one to wave
/// it away.
#[component]
pub fn PageTrouble() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let is_broken = Memo::new(move |_| bella.view.phase.with(|phase| *phase == Phase::Broken));
    let notice = move |trouble: Trouble| {
        view! {
            <div class="notice" role="alert">
                <TroubleWords trouble/>
                <div class="notice-actions">
                    <Show when=move || is_broken.get()>
                        <button
                            type="button"
                            class="button button-primary"
                            data-testid=testid::RETRY
                            on:click=move |_| bella.tell(Event::Retried)
                        >
                            {Icon::Again.draw()}
                            {move || settings.messages().words.try_again}
                        </button>
                    </Show>
                    <button
                        type="button"
                        class="button button-quiet"
                        data-testid=testid::DISMISS
                        on:click=move |_| bella.tell(Event::TroubleDismissed)
                    >
                        {move || settings.messages().words.close}
                    </button>
                </div>
            </div>
        }
    };

    move || bella.view.trouble.get().map(notice)
}

/// Why the model is in memory only. No alarm: everything works.
#[component]
pub fn NotKeptNotice() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let notice = move |why: NotKept| {
        let reason = reason(&why);
        let told = Memo::new(move |_| tell::not_kept(settings.messages(), &why));
        view! {
            <div
                class="notice"
                role="status"
                aria-label=move || settings.messages().keeping.label
                data-testid=testid::NOT_KEPT
                data-reason=reason
            >
                <ToldWords told/>
                <Link to="/models">{move || settings.messages().keeping.to_models}</Link>
            </div>
        }
    };

    move || bella.view.not_kept.get().map(notice)
}

fn reason(why: &NotKept) -> &'static str {
    match why {
        NotKept::Refused { .. } => "refused",
        NotKept::Full { .. } => "full",
        NotKept::Unreliable => "unreliable",
    }
}

#[component]
pub fn TroubleWords(trouble: Trouble) -> impl IntoView {
    let settings = use_settings();
    let kind = trouble.kind();
    let told = Memo::new(move |_| tell::trouble(settings.messages(), &trouble));

    view! {
        <div data-testid=testid::TROUBLE data-trouble=kind>
            <ToldWords told/>
        </div>
    }
}

#[component]
pub fn ToldWords(told: Memo<Told>) -> impl IntoView {
    let settings = use_settings();
    view! {
        <div class="trouble">
            <p class="trouble-what">{move || told.get().what}</p>
            <p>{move || told.get().next}</p>
            {move || told.get().detail.map(|detail| view! {
                <details>
                    <summary>{move || settings.messages().trouble.details}</summary>
                    <code lang="en">{detail}</code>
                </details>
            })}
        </div>
    }
}
