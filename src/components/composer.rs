//! Where a person writes.

use bella_companion::Event;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html::Textarea;
use leptos::prelude::*;

use super::icon::Icon;
use crate::bella::use_bella;
use crate::browser::page::input;
use crate::settings::use_settings;
use crate::shared::{LONGEST_MESSAGE, Sharing};
use crate::testid;

/// The id of the field, for whoever puts the cursor into it.
pub const COMPOSER_ID: &str = "composer";

#[component]
pub fn Composer() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let field = NodeRef::<Textarea>::new();
    if expect_context::<Sharing>().comes_to_write() {
        Effect::new(move |_| field.get().iter().for_each(|field| input::focus(field)));
    }
    let talk = move || &settings.messages().talk;
    let is_replying = Memo::new(move |_| bella.view.phase.with(|phase| phase.is_replying()));
    let cannot_send = Memo::new(move |_| {
        !bella.view.accepts_message.get() || bella.draft.with(|draft| draft.trim().is_empty())
    });
    let placeholder = move || {
        let has_model = bella.view.phase.with(|phase| phase.has_model());
        if has_model { talk().placeholder } else { talk().placeholder_asleep }
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        bella.send_draft();
    };
    let send_on_enter = move |event: KeyboardEvent| {
        if input::sends(&event) {
            event.prevent_default();
            bella.send_draft();
        }
    };
    let stop = move |_| {
        bella.tell(Event::Stopped);
        // The button that had the focus is gone.
        if let Some(field) = field.get_untracked()
            && input::may_focus_text()
        {
            input::focus(&field);
        }
    };

    view! {
        <form class="composer" on:submit=send>
            <textarea
                class="composer-field"
                node_ref=field
                id=COMPOSER_ID
                rows="1"
                maxlength=LONGEST_MESSAGE.to_string()
                enterkeyhint="send"
                autocomplete="off"
                aria-label=move || talk().composer
                aria-describedby="composer-keys"
                placeholder=placeholder
                data-testid=testid::COMPOSER
                prop:value=move || bella.draft.get()
                on:input:target=move |event| bella.draft.set(event.target().value())
                on:keydown=send_on_enter
            ></textarea>
            <Show when=move || is_replying.get()>
                <button
                    type="button"
                    class="round round-stop"
                    aria-label=move || talk().stop
                    title=move || talk().stop
                    data-testid=testid::STOP
                    on:click=stop
                >
                    {Icon::Stop.draw()}
                </button>
            </Show>
            <button
                type="submit"
                class="round round-send"
                aria-label=move || talk().send
                title=move || talk().send
                disabled=move || cannot_send.get()
                data-testid=testid::SEND
            >
                {Icon::Send.draw()}
            </button>
        </form>
        <p class="composer-keys" id="composer-keys">{move || talk().keys}</p>
    }
}
