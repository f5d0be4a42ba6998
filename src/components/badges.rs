//! What is always in sight: what Bella is doing, and where.

use bella_companion::Phase;
use leptos::prelude::*;

use super::icon::Icon;
use crate::bella::use_bella;
use crate::i18n::{Messages, units};
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn EngineState() -> impl IntoView {
    let settings = use_settings();
    let phase = use_bella().view.phase;
    view! {
        <span
            class="badge badge-state"
            data-testid=testid::ENGINE_STATE
            data-state=move || phase.with(|phase| phase.name())
        >
            <span class="badge-dot" aria-hidden="true"></span>
            {move || phase.with(|phase| in_words(settings.messages(), phase))}
        </span>
    }
}

#[component]
pub fn RunsHere(
    /// Whether something in use sends words away; nothing does unless somebody says so.
    #[prop(optional_no_strip)]
    leaves: Option<Signal<bool>>,
) -> impl IntoView {
    let settings = use_settings();
    let promise = move || &settings.messages().promise;
    let leaves = Memo::new(move |_| leaves.is_some_and(|leaves| leaves.get()));
    let words = move || if leaves.get() { promise().leaves } else { promise().badge };
    let detail = move || if leaves.get() { promise().leaves_detail } else { promise().detail };
    let icon = move || if leaves.get() { Icon::Leaves } else { Icon::Here };
    view! {
        <aside
            class="shell-promise"
            aria-label=words
            data-testid=testid::RUNS_HERE
            data-leaves=move || if leaves.get() { "yes" } else { "no" }
        >
            <span
                class="badge badge-here"
                class:badge-leaves=move || leaves.get()
                title=detail
                data-testid=testid::BADGE
            >
                {move || icon().draw()}
                <span>{words}</span>
            </span>
            <p class="shell-promise-detail">{detail}</p>
        </aside>
    }
}

fn in_words(t: &Messages, phase: &Phase) -> String {
    match phase {
        Phase::Waking => t.phase.waking.to_owned(),
        Phase::Broken => t.phase.broken.to_owned(),
        Phase::Empty => t.phase.empty.to_owned(),
        Phase::Loading(loading) => {
            (t.phase.loading)(&units::percent(loading.done_bytes, loading.total_bytes))
        }
        Phase::Idle => t.phase.idle.to_owned(),
        Phase::Thinking { .. } => t.phase.thinking.to_owned(),
        Phase::Replying { .. } => t.phase.replying.to_owned(),
    }
}
