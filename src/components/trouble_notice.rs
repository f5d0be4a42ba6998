//! What went wrong, in a sentence and a next step.

use bella_companion::{Event, Phase, Trouble};
use bella_protocol::NotKept;
use leptos::prelude::*;

use super::icon::Icon;
use super::link::Link;
use super::make_room::MakeRoom;
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
        let wants_room = matches!(why, NotKept::Full { .. } | NotKept::OverLimit { .. });
        let model = bella.view.model.get_untracked().filter(|_| wants_room);
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
                {model.map(|model| view! { <MakeRoom model=model.id().to_owned()/> })}
                <Link to="/models">{move || settings.messages().keeping.to_models}</Link>
            </div>
        }
    };

    // Until it was kept after all.
    let is_kept = move || {
        let model = bella.view.model.with(|model| model.as_ref().map(|it| it.id().to_owned()));
        model.and_then(|id| bella.pantry.of(&id)).is_some_and(|kept| kept.complete)
    };
    move || bella.view.not_kept.get().filter(|_| !is_kept()).map(notice)
}

fn reason(why: &NotKept) -> &'static str {
    match why {
        NotKept::Refused { .. } => "refused",
        NotKept::Full { .. } => "full",
        NotKept::OverLimit { .. } => "over-limit",
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
    view! {
        <div class="trouble">
            <p class="trouble-what">{move || told.get().what}</p>
            <p>{move || told.get().next}</p>
            {move || told.get().detail.map(|detail| view! { <Detail detail/> })}
        </div>
    }
}

#[component]
pub fn Detail(detail: String) -> impl IntoView {
    let settings = use_settings();
    view! {
        <details>
            <summary>{move || settings.messages().trouble.details}</summary>
            <code lang="en">{detail}</code>
        </details>
    }
}
