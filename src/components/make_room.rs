//! What could be deleted for the sake of another model, and that one once more.

use bella_protocol::Kept;
use leptos::prelude::*;

use crate::bella::use_bella;
use crate::i18n::units;
use crate::library;
use crate::settings::use_settings;
use crate::testid;

/// What was not used for longest comes first. Nothing is deleted unless a person
/// says so.
#[component]
pub fn MakeRoom(model: String) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let model = StoredValue::new(model);
    let others = move || model.with_value(|model| bella.pantry.others(Some(model)));
    let again = move |_| model.with_value(|model| bella.keep_model(model));
    view! {
        <div class="notice-actions" data-testid=testid::MAKE_ROOM>
            {move || others().into_iter().map(|kept| view! { <Delete kept/> }).collect_view()}
            <button
                type="button"
                class="button button-outline"
                data-testid=testid::KEEP_AGAIN
                on:click=again
            >
                {move || settings.messages().models.keep_again}
            </button>
        </div>
    }
}

/// Deletes a model, called by its name.
#[component]
pub fn Delete(kept: Kept) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let id = kept.model.clone();
    let name = library::find(&id).map_or_else(|| id.clone(), |model| model.name.clone());
    let size = units::bytes(kept.held_bytes);
    view! {
        <button
            type="button"
            class="button button-outline"
            data-testid=testid::DELETE_OTHER
            data-model=id.clone()
            on:click=move |_| bella.forget_model(&id)
        >
            {move || (settings.messages().models.delete_other)(&name, &size)}
        </button>
    }
}
