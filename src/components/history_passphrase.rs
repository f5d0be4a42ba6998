//! The passphrase of the history: set, entered, changed and taken away.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::Say;
use super::history_manage::is_busy;
use crate::history::outcome::Outcome;
use crate::history::use_history;
use crate::secret::Secret;
use crate::settings::use_settings;
use crate::testid;

/// Opens what is sealed.
#[component]
pub fn OpenForm() -> impl IntoView {
    let settings = use_settings();
    let history = use_history();
    let field = NodeRef::<Input>::new();
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        history.unlock(typed(field));
    };
    view! {
        <form class="history-form" novalidate on:submit=open>
            <Field
                field
                id="history-passphrase"
                label=|t| t.history.passphrase
                testid=testid::HISTORY_PASSPHRASE
                is_new=false
            />
            <div class="history-actions">
                <button
                    type="submit"
                    class="button button-primary"
                    aria-disabled=is_busy(history)
                    data-testid=testid::HISTORY_OPEN
                >
                    {move || settings.messages().history.open}
                </button>
            </div>
        </form>
    }
}

/// What can be done about the passphrase of a history that is open.
#[component]
pub fn PassphraseForms() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let body = move || match history.is_sealed.get() {
        false => view! { <SetForm/> }.into_any(),
        true => view! { <ChangeForm/> }.into_any(),
    };
    let about = move || match history.is_sealed.get() {
        false => t().passphrase_none,
        true => t().passphrase_set,
    };
    view! {
        <section class="history-part">
            <h2>{move || t().passphrase}</h2>
            <p>{about}</p>
            {body}
        </section>
    }
}

#[component]
fn SetForm() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let (new, again) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let set = move |event: SubmitEvent| {
        event.prevent_default();
        history.set_passphrase(typed(new), typed(again));
    };
    view! {
        <p>{move || t().passphrase_how}</p>
        <p class="history-warning">{move || t().passphrase_forgotten}</p>
        <form class="history-form" novalidate on:submit=set>
            <NewFields new again/>
            <div class="history-actions">
                <button
                    type="submit"
                    class="button button-outline"
                    aria-disabled=is_busy(history)
                    data-testid=testid::HISTORY_SET
                >
                    {move || t().set}
                </button>
            </div>
        </form>
    }
}

#[component]
fn ChangeForm() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let current = NodeRef::<Input>::new();
    let (new, again) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let change = move |event: SubmitEvent| {
        event.prevent_default();
        history.change_passphrase(typed(current), typed(new), typed(again));
    };
    // They do not stay in the fields.
    Effect::new(move |_| {
        if history.outcome.with(|it| *it == Some(Outcome::PassphraseChanged)) {
            for field in [current, new, again] {
                field.get_untracked().iter().for_each(|field| field.set_value(""));
            }
        }
    });
    view! {
        <p class="history-warning">{move || t().passphrase_forgotten}</p>
        <div class="history-actions">
            <button
                type="button"
                class="button button-outline"
                aria-disabled=is_busy(history)
                data-testid=testid::HISTORY_LOCK
                on:click=move |_| history.lock()
            >
                {move || t().lock}
            </button>
        </div>
        <form class="history-form" novalidate on:submit=change>
            <Field
                field=current
                id="history-passphrase"
                label=|t| t.history.current
                testid=testid::HISTORY_PASSPHRASE
                is_new=false
            />
            <NewFields new again/>
            <div class="history-actions">
                <button
                    type="submit"
                    class="button button-outline"
                    aria-disabled=is_busy(history)
                    data-testid=testid::HISTORY_CHANGE
                >
                    {move || t().change}
                </button>
                <button
                    type="button"
                    class="button button-outline"
                    aria-disabled=is_busy(history)
                    data-testid=testid::HISTORY_REMOVE
                    on:click=move |_| history.remove_passphrase(typed(current))
                >
                    {move || t().remove}
                </button>
            </div>
        </form>
    }
}

#[component]
fn NewFields(new: NodeRef<Input>, again: NodeRef<Input>) -> impl IntoView {
    view! {
        <Field
            field=new
            id="history-new-passphrase"
            label=|t| t.history.new
            testid=testid::HISTORY_NEW_PASSPHRASE
            is_new=true
        />
        <Field
            field=again
            id="history-passphrase-again"
            label=|t| t.history.again
            testid=testid::HISTORY_PASSPHRASE_AGAIN
            is_new=true
        />
    }
}

/// It has no value of its own, so that a passphrase stands in no attribute, and no
/// name, so that it comes into no address.
#[component]
fn Field(
    field: NodeRef<Input>,
    id: &'static str,
    label: Say,
    testid: &'static str,
    is_new: bool,
) -> impl IntoView {
    let settings = use_settings();
    let history = use_history();
    let is_unfit = Memo::new(move |_| {
        history.outcome.with(|outcome| match outcome {
            Some(outcome) if is_new => outcome.is_about_new(),
            Some(outcome) => outcome.is_about_current(),
            None => false,
        })
    });
    view! {
        <div class="field">
            <label for=id>{move || label(settings.messages())}</label>
            <input
                id=id
                type="password"
                node_ref=field
                autocomplete=if is_new { "new-password" } else { "current-password" }
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="history-outcome"
                aria-invalid=move || is_unfit.get().then_some("true")
                data-testid=testid
            />
        </div>
    }
}

fn typed(field: NodeRef<Input>) -> Secret {
    Secret::new(field.get_untracked().map(|field| field.value()).unwrap_or_default())
}
