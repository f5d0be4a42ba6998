//! The messages so far, and the one that waits.

use bella_companion::Event;
use leptos::html::Div;
use leptos::prelude::*;

use super::history_notice::HistoryLink;
use super::icon::Icon;
use super::message::Message;
use super::welcome::Welcome;
use crate::bella::use_bella;
use crate::browser::page::follow::Follower;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn Conversation() -> impl IntoView {
    let settings = use_settings();
    let view = use_bella().view;
    let (scroller, content) = (NodeRef::<Div>::new(), NodeRef::<Div>::new());
    let follower = StoredValue::new_local(None::<Follower>);
    let is_blank = Memo::new(move |_| view.is_blank());
    // A welcome is read from its beginning, however far down it goes.
    Effect::new(move |_| {
        let parts = scroller.get().zip(content.get()).filter(|_| !is_blank.get());
        let followed = parts.map(|(scroller, content)| Follower::new(scroller.into(), &content));
        follower.set_value(followed);
    });
    // A message of one's own is worth leaving any other for.
    Effect::new(move |_| {
        view.turns.track();
        view.waiting.track();
        follower.with_value(|follower| follower.iter().for_each(Follower::go_to_end));
    });

    view! {
        <div
            class="scroller"
            node_ref=scroller
            role="log"
            // What streams in is told by the announcer, in whole sentences.
            aria-live="off"
            aria-label=move || settings.messages().talk.conversation
            tabindex="0"
            data-testid=testid::CONVERSATION
        >
            <div class="conversation" node_ref=content>
                <Show when=move || !is_blank.get() fallback=Welcome>
                    <ClearButton/>
                    <EarlierButton/>
                    <For each=move || view.turns.get() key=|turn| turn.id let:turn>
                        <Message turn/>
                    </For>
                    <WaitingMessage/>
                </Show>
                <ClearedNote/>
            </div>
        </div>
    }
}

#[component]
fn WaitingMessage() -> impl IntoView {
    let settings = use_settings();
    let view = use_bella().view;
    let why = move || {
        let t = &settings.messages().talk;
        if view.phase.with(|phase| phase.has_model()) { t.waiting } else { t.waiting_for_model }
    };
    move || {
        view.waiting.get().map(|waiting| {
            view! {
                <div class="message message-waiting" data-testid=testid::WAITING>
                    <p class="message-text">{waiting.text}</p>
                    <p class="message-note">{why}</p>
                </div>
            }
        })
    }
}

#[component]
fn ClearButton() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    view! {
        <div class="conversation-tools">
            <HistoryLink/>
            <button
                type="button"
                class="button button-quiet"
                data-testid=testid::CLEAR
                on:click=move |_| bella.tell(Event::Cleared)
            >
                {Icon::Clear.draw()}
                {move || settings.messages().talk.clear}
            </button>
        </div>
    }
}

/// A page that drew all that was ever said would be slow and large.
#[component]
fn EarlierButton() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let earlier = bella.view.earlier;
    let words = move || (settings.messages().talk.show_earlier)(&earlier.get().to_string());
    view! {
        <Show when=move || earlier.get() != 0>
            <button
                type="button"
                class="button button-quiet conversation-earlier"
                data-testid=testid::SHOW_EARLIER
                on:click=move |_| bella.show_earlier()
            >
                {words}
            </button>
        </Show>
    }
}

/// Clearing is not asked about twice; it can be undone instead.
#[component]
fn ClearedNote() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    view! {
        <Show when=move || bella.view.can_undo_clear.get()>
            <p class="toast" role="status">
                <span>{move || settings.messages().talk.cleared}</span>
                <button
                    type="button"
                    class="button button-quiet"
                    data-testid=testid::UNDO_CLEAR
                    on:click=move |_| bella.tell(Event::ClearUndone)
                >
                    {move || settings.messages().talk.undo_clear}
                </button>
            </p>
        </Show>
    }
}
