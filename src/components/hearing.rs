//! What floats above the composer while there is talking, beside what she says: what she
//! hears, and what is wrong with either. It lies over the end of the conversation,
//! which leaves room for it, so that nothing moves when it comes and goes.

use leptos::prelude::*;

use super::icon::Icon;
use crate::i18n::tell::Told;
use crate::settings::use_settings;
use crate::testid;

/// Something to tell about hearing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HearingNote {
    /// A stable name: `nothing`, or the kind of a trouble.
    pub kind: &'static str,
    /// Whether she cannot hear at all until something is done about it.
    pub is_alarm: bool,
    pub told: Told,
}

/// What she is hearing, while it is being said.
#[component]
pub fn Partial(words: Signal<String>) -> impl IntoView {
    let settings = use_settings();
    let is_there = Memo::new(move |_| words.with(|words| !words.trim().is_empty()));
    view! {
        <Show when=move || is_there.get()>
            // A person's own words are not read out to them.
            <div
                class="partial"
                role="group"
                aria-label=move || settings.messages().talk_control.partial
                data-testid=testid::PARTIAL
            >
                <p class="partial-words">{move || words.get()}</p>
            </div>
        </Show>
    }
}

#[component]
pub fn HearingNoteLine(note: Signal<Option<HearingNote>>) -> impl IntoView {
    let draw = move |HearingNote { kind, is_alarm, told }: HearingNote| {
        let icon = if is_alarm { Icon::NoMicrophone } else { Icon::Microphone };
        view! {
            <div
                class="hearing-note"
                class:hearing-alarm=is_alarm
                data-testid=testid::HEARING_NOTE
                data-kind=kind
            >
                {icon.draw()}
                <div>
                    <p class="hearing-what">{told.what}</p>
                    <p>{told.next}</p>
                </div>
            </div>
        }
    };
    let note = Memo::new(move |_| note.get());
    view! { <div role="status">{move || note.get().map(draw)}</div> }
}
