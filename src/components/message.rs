//! One turn of the conversation.

use bella_companion::{Event, ReplyState, Speaker, TurnId};
use bella_protocol::{Stop, Usage};
use leptos::prelude::*;

use super::composer::COMPOSER_ID;
use super::icon::Icon;
use super::portrait::Portrait;
use super::talk_view::use_talk_view;
use super::trouble_notice::TroubleWords;
use crate::bella::{TurnView, use_bella};
use crate::browser::page::input;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn Message(turn: TurnView) -> impl IntoView {
    let TurnView { id, is_spoken, speaker, text } = turn;
    let is_bella = speaker.with_untracked(|speaker| *speaker != Speaker::Person);
    let settings = use_settings();
    let speaker = Signal::from(speaker);
    let who = move || {
        let t = settings.messages();
        if is_bella { t.words.bella } else { t.talk.you }
    };
    let usage = move || speaker.with(usage_of);

    view! {
        <article
            class="message"
            data-testid=testid::MESSAGE
            data-role=if is_bella { "assistant" } else { "user" }
            data-state=move || speaker.with(state_name)
            data-stop=move || usage().map(|(stop, _)| stop_name(stop))
            data-prompt-tokens=move || usage().map(|(_, usage)| usage.prompt_tokens.to_string())
            data-cached-tokens=move || usage().map(|(_, usage)| usage.cached_tokens.to_string())
            data-prompt-ms=move || usage().map(|(_, usage)| usage.prompt_ms.to_string())
            data-reply-tokens=move || usage().map(|(_, usage)| usage.reply_tokens.to_string())
            data-reply-ms=move || usage().map(|(_, usage)| usage.reply_ms.to_string())
        >
            <h2 class="visually-hidden">{who}</h2>
            {is_bella.then(|| view! { <Beside id/> })}
            <p class="message-text" data-testid=testid::MESSAGE_TEXT>{text.clone()}</p>
            {is_bella.then(|| view! { <Ending id speaker text=text.into()/> })}
            {(!is_bella).then(|| view! { <OwnTools id is_spoken/> })}
        </article>
    }
}

/// Bella sits beside what she said last, and moves with what she is doing.
#[component]
fn Beside(id: TurnId) -> impl IntoView {
    let view = use_bella().view;
    let is_last =
        Memo::new(move |_| view.turns.with(|turns| turns.last().map(|turn| turn.id) == Some(id)));
    view! {
        <Show when=move || is_last.get()>
            <Portrait size="medium"/>
        </Show>
    }
}

/// Beside what a person said: whether it was spoken, and a way to say the last of it
/// better.
#[component]
fn OwnTools(id: TurnId, is_spoken: bool) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let talk = use_talk_view();
    let t = move || &settings.messages().talk_control;
    let is_last = Memo::new(move |_| {
        bella.view.turns.with(|turns| {
            let mut own =
                turns.iter().rev().filter(|turn| turn.speaker.with(|it| *it == Speaker::Person));
            own.next().map(|turn| turn.id) == Some(id)
        })
    });
    let edit = move |_| {
        talk.iter().for_each(|talk| talk.edit.run(id));
        input::focus_by_id(COMPOSER_ID);
    };

    view! {
        <div class="message-tools">
            <Show when=move || is_spoken>
                <span class="message-spoken" title=move || t().spoken data-testid=testid::SPOKEN>
                    {Icon::Microphone.draw()}
                    <span class="visually-hidden">{move || t().spoken}</span>
                </span>
            </Show>
            <Show when=move || is_last.get()>
                <button
                    type="button"
                    class="message-tool"
                    aria-label=move || t().edit
                    title=move || t().edit
                    data-testid=testid::EDIT_MESSAGE
                    on:click=edit
                >
                    {Icon::Edit.draw()}
                </button>
            </Show>
        </div>
    }
}

/// How a reply came to its end, where that is worth a word.
#[component]
fn Ending(id: TurnId, speaker: Signal<Speaker>, text: Signal<String>) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let talk = move || &settings.messages().talk;
    let note = move |say: fn(&'static crate::i18n::messages::Talk) -> &'static str| {
        view! { <p class="message-note">{move || say(talk())}</p> }
    };
    let ending = move || match speaker.get() {
        Speaker::Person
        | Speaker::Bella(
            ReplyState::Streaming | ReplyState::Acting | ReplyState::Acted | ReplyState::Remembered,
        ) => ().into_any(),
        Speaker::Bella(ReplyState::Stopped) => note(|t| t.stopped).into_any(),
        Speaker::Bella(ReplyState::Failed(trouble)) => view! { <TroubleWords trouble/> }.into_any(),
        Speaker::Bella(ReplyState::Done { stop, forgotten, .. }) => {
            let is_silent = text.with(String::is_empty);
            let forgot = (forgotten > 0).then(|| {
                let said = move || (talk().forgotten)(&forgotten.to_string());
                view! { <p class="message-note">{said}</p> }
            });
            view! {
                {is_silent.then(|| note(|t| t.silent))}
                {(stop == Stop::Length).then(|| note(|t| t.length_reached))}
                {forgot}
            }
            .into_any()
        }
    };
    let can_ask_again = Memo::new(move |_| {
        bella.view.can_ask_again.get()
            && bella.view.turns.with(|turns| turns.last().map(|turn| turn.id) == Some(id))
    });

    view! {
        {ending}
        <Show when=move || can_ask_again.get()>
            <button
                type="button"
                class="button button-quiet"
                data-testid=testid::ASK_AGAIN
                on:click=move |_| bella.tell(Event::AskedAgain)
            >
                {Icon::Again.draw()}
                {move || talk().ask_again}
            </button>
        </Show>
    }
}

fn state_name(speaker: &Speaker) -> &'static str {
    match speaker {
        Speaker::Person
        | Speaker::Bella(ReplyState::Done { .. } | ReplyState::Acted | ReplyState::Remembered) => {
            "done"
        }
        Speaker::Bella(ReplyState::Streaming | ReplyState::Acting) => "streaming",
        Speaker::Bella(ReplyState::Stopped) => "stopped",
        Speaker::Bella(ReplyState::Failed(_)) => "failed",
    }
}

fn usage_of(speaker: &Speaker) -> Option<(Stop, Usage)> {
    match speaker {
        Speaker::Bella(ReplyState::Done { stop, usage, .. }) => Some((*stop, *usage)),
        _ => None,
    }
}

fn stop_name(stop: Stop) -> &'static str {
    match stop {
        Stop::Finished => "finished",
        Stop::Length => "length",
        Stop::Cancelled => "cancelled",
    }
}
