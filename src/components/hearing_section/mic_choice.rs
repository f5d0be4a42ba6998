//! Which microphone Bella listens with.

use leptos::prelude::*;

use super::mic_test::MicTest;
use crate::browser::page::microphone::Input;
use crate::hearing_settings::use_hearing_settings;
use crate::settings::use_settings;
use crate::testid;

/// The value of the choice that names none.
const ANY: &str = "";

/// `inputs` is `None` until the browser has told.
#[component]
pub fn MicChoice(
    inputs: RwSignal<Option<Vec<Input>>>,
    is_allowed: Memo<bool>,
    test: MicTest,
) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().hearing;
    let there_are_none =
        Memo::new(move |_| inputs.with(|it| it.as_ref().is_some_and(Vec::is_empty)));
    let before = move || {
        if there_are_none.get() {
            return view! { <p>{t().none}</p> }.into_any();
        }
        view! {
            <p class="note">{t().allow_note}</p>
            <button
                type="button"
                class="button button-primary"
                aria-disabled=move || test.is_on().then_some("true")
                data-testid=testid::MIC_ALLOW
                on:click=move |_| test.allow()
            >
                {t().allow}
            </button>
        }
        .into_any()
    };
    view! {
        <Show when=move || is_allowed.get() fallback=before>
            <List inputs/>
        </Show>
    }
}

#[component]
fn List(inputs: RwSignal<Option<Vec<Input>>>) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().hearing;
    let device = use_hearing_settings().device;
    let choose = move |id: String| device.set(Some(id).filter(|id| id != ANY));
    // One that was chosen and is not there stays chosen, and is said to be gone.
    let gone = move || {
        let id = device.get()?;
        let is_there = inputs.with(|it| it.iter().flatten().any(|input| input.id == id));
        (!is_there).then_some(id)
    };
    let option = move |id: String, label: String| {
        let value = id.clone();
        let is_chosen = move || device.with(|device| device.as_deref().unwrap_or(ANY) == id);
        view! { <option value=value prop:selected=is_chosen>{label}</option> }
    };
    let options = move || {
        let any = (ANY.to_owned(), t().any.to_owned());
        let there = inputs.get().into_iter().flatten().enumerate();
        let there = there.map(|(at, Input { id, label })| match label.is_empty() {
            true => (id, (t().unnamed)(&(at + 1).to_string())),
            false => (id, label),
        });
        let gone = gone().map(|id| (id, t().gone.to_owned()));
        let all = std::iter::once(any).chain(there).chain(gone);
        all.map(|(id, label)| option(id, label)).collect_view()
    };

    view! {
        <div class="field">
            <label for="mic-choice">{move || t().microphone}</label>
            <select
                id="mic-choice"
                class="select"
                aria-describedby="mic-choice-note"
                data-testid=testid::MIC_CHOICE
                on:change:target=move |event| choose(event.target().value())
            >
                {options}
            </select>
            <p class="note" id="mic-choice-note">{move || t().microphone_note}</p>
        </div>
    }
}
