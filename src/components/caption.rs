//! What Bella is saying, to be read along.

use bella_companion::mouth::MouthState;
use leptos::prelude::*;

use crate::testid;

/// Screen readers are told of the reply itself.
#[component]
pub fn Caption(#[prop(into)] mouth: Signal<MouthState>) -> impl IntoView {
    let saying = Memo::new(move |_| mouth.with(|mouth| mouth.saying.clone()));
    let is_ducked = Memo::new(move |_| mouth.with(|mouth| mouth.is_ducked));
    let caption = move || {
        let line = saying.get()?;
        Some(view! {
            <p
                class="caption"
                class:caption-whispered=move || is_ducked.get()
                lang=line.language.tag()
                aria-hidden="true"
                data-testid=testid::CAPTION
            >
                <span>{line.text}</span>
            </p>
        })
    };
    view! { {caption} }
}
