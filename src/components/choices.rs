//! A question with a few answers, of which one holds.

use bella_companion::Language;
use leptos::prelude::*;

use super::Say;
use crate::settings::use_settings;

#[derive(Clone, Copy, Debug)]
pub struct Choice {
    value: &'static str,
    label: Label,
}

#[derive(Clone, Copy, Debug)]
enum Label {
    Said(Say),
    /// The same in every language, and in a language of its own.
    Named(&'static str, Language),
}

impl Choice {
    pub fn new(value: &'static str, say: Say) -> Self {
        Self { value, label: Label::Said(say) }
    }

    pub fn named(value: &'static str, name: &'static str, language: Language) -> Self {
        Self { value, label: Label::Named(name, language) }
    }
}

/// A group of radio buttons; `testid` is their common name.
#[component]
pub fn Choices(
    testid: &'static str,
    legend: Say,
    #[prop(optional)] note: Option<Say>,
    choices: Vec<Choice>,
    chosen: Signal<&'static str>,
    choose: impl Fn(&'static str) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let settings = use_settings();
    let radio = move |Choice { value, label }: Choice| {
        let words = move || match label {
            Label::Said(say) => say(settings.messages()),
            Label::Named(name, _) => name,
        };
        let language = match label {
            Label::Said(_) => None,
            Label::Named(_, language) => Some(language.tag()),
        };
        view! {
            <label class="choice" lang=language>
                <input
                    type="radio"
                    name=testid
                    value=value
                    data-testid=testid
                    prop:checked=move || chosen.get() == value
                    on:change=move |_| choose(value)
                />
                <span>{words}</span>
            </label>
        }
    };

    view! {
        <fieldset class="choices">
            <legend>{move || legend(settings.messages())}</legend>
            {note.map(|note| view! { <p class="note">{move || note(settings.messages())}</p> })}
            <div class="choices-row">{choices.into_iter().map(radio).collect_view()}</div>
        </fieldset>
    }
}
