//! Bella as she is right now, wherever she is shown.

use leptos::prelude::*;

use super::bell::Bell;
use super::talk_view::use_talk_view;
use crate::bella::use_bella;

#[component]
pub fn Portrait(
    size: &'static str,
    /// As [`Bell`] has it.
    #[prop(optional)]
    filled: Option<Signal<f64>>,
) -> impl IntoView {
    let phase = use_bella().view.phase;
    let talk = use_talk_view();
    view! {
        <Bell
            size
            phase=move || phase.with(|phase| phase.name())
            filled
            doing=talk.map(|talk| talk.doing)
            mood=talk.map(|talk| talk.mood)
            level=talk.map(|talk| talk.level)
        />
    }
}
