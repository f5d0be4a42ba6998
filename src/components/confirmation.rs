//! What she asks before she does something that cannot be taken back.

use leptos::prelude::*;

use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn Confirmation(
    /// The whole question, in the person's language.
    question: Signal<Option<String>>,
    answer: Callback<bool>,
) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().talk_control;
    let is_there = Memo::new(move |_| question.with(Option::is_some));
    view! {
        <Show when=move || is_there.get()>
            <div
                class="confirm"
                role="group"
                aria-labelledby="confirm-question"
                data-testid=testid::CONFIRM
            >
                <p class="confirm-question" id="confirm-question" role="alert">
                    {move || question.get()}
                </p>
                <div class="confirm-answers">
                    <button
                        type="button"
                        class="button button-primary"
                        data-testid=testid::CONFIRM_YES
                        on:click=move |_| answer.run(true)
                    >
                        {move || t().yes}
                    </button>
                    <button
                        type="button"
                        class="button button-outline"
                        data-testid=testid::CONFIRM_NO
                        on:click=move |_| answer.run(false)
                    >
                        {move || t().no}
                    </button>
                </div>
            </div>
        </Show>
    }
}
