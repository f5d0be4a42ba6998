//! Her mood in a word, for whoever does not see her face or cannot read it.

use bella_companion::{Face, Feeling};
use leptos::prelude::*;

use crate::i18n::Messages;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn MoodBadge(#[prop(into)] feeling: Signal<Feeling>) -> impl IntoView {
    let settings = use_settings();
    // A mood fades all the time, its face only now and then.
    let face = Memo::new(move |_| feeling.with(|feeling| feeling.face()));
    let tone = Memo::new(move |_| feeling.with(|feeling| feeling.tone()));

    view! {
        <span
            class="badge badge-mood"
            data-testid=testid::MOOD
            data-mood=move || face.get().name()
            data-tone=move || tone.get().name()
            data-valence=move || format!("{:.2}", feeling.with(|feeling| feeling.valence()))
        >
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                <circle cx="12" cy="12" r="9"/>
                <path d=move || features(face.get())/>
            </svg>
            <span class="visually-hidden">{move || settings.messages().mood.label}</span>
            <span>{move || in_words(settings.messages(), face.get())}</span>
        </span>
    }
}

fn in_words(t: &Messages, face: Face) -> &'static str {
    match face {
        Face::Glad => t.mood.glad,
        Face::Calm => t.mood.calm,
        Face::Tender => t.mood.tender,
        Face::Concerned => t.mood.concerned,
    }
}

/// Eyes and mouth: smiling, open, lowered, and with a brow.
fn features(face: Face) -> &'static str {
    match face {
        Face::Glad => "M7.5 10.5q1.25-1.75 2.5 0M14 10.5q1.25-1.75 2.5 0M8 14q4 4.5 8 0",
        Face::Calm => "M9 9.5v1M15 9.5v1M9 14.5q3 2 6 0",
        Face::Tender => "M7.5 10q1.25 1.5 2.5 0M14 10q1.25 1.5 2.5 0M9.5 15q2.5 1.5 5 0",
        Face::Concerned => "M7.5 8.5l2.5-1M16.5 8.5l-2.5-1M9 11v.5M15 11v.5M10 15.5h4",
    }
}
