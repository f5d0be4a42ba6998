//! Who Bella is to be: her name and her manner of speaking.

use bella_companion::{Formality, Temperament, UnfitName};
use leptos::html::Input;
use leptos::prelude::*;

use super::choices::{Choice, Choices};
use crate::persona_settings::use_persona;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn PersonaSection() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().persona;
    let persona = use_persona().persona;

    view! {
        <section class="persona" aria-labelledby="persona-title">
            <h2 id="persona-title">{move || t().title}</h2>
            <p>{move || t().lead}</p>
            <NameField/>
            <Choices
                testid=testid::PERSONA_SPEECH
                legend=|t| t.persona.speech
                note=|t| t.persona.speech_note
                choices=vec![
                    Choice::new(Formality::Polite.name(), |t| t.persona.polite),
                    Choice::new(Formality::Casual.name(), |t| t.persona.casual),
                ]
                chosen=Signal::derive(move || persona.with(|persona| persona.speech.name()))
                choose=move |name| {
                    Formality::from_name(name)
                        .into_iter()
                        .for_each(|speech| persona.update(|persona| persona.speech = speech))
                }
            />
            <Choices
                testid=testid::PERSONA_TEMPERAMENT
                legend=|t| t.persona.temperament
                note=|t| t.persona.temperament_note
                choices=vec![
                    Choice::new(Temperament::Warm.name(), |t| t.persona.warm),
                    Choice::new(Temperament::Cheerful.name(), |t| t.persona.cheerful),
                    Choice::new(Temperament::Calm.name(), |t| t.persona.calm),
                    Choice::new(Temperament::Dry.name(), |t| t.persona.dry),
                ]
                chosen=Signal::derive(move || persona.with(|persona| persona.temperament.name()))
                choose=move |name| {
                    Temperament::from_name(name)
                        .into_iter()
                        .for_each(|it| persona.update(|persona| persona.temperament = it))
                }
            />
        </section>
    }
}

/// What is written there counts once the field is left or Enter pressed. What is no
/// name stays in the field, so that it can be mended.
#[component]
fn NameField() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().persona;
    let her = use_persona();
    // What was amiss the last time this page was open is over.
    her.unfit_name.set(None);
    let field = NodeRef::<Input>::new();
    let name = move || {
        her.persona.with(|persona| persona.name.as_ref().map(|name| name.as_str().to_owned()))
    };
    let call_her = move |_| {
        let Some(field) = field.get_untracked() else { return };
        her.call_her(&field.value());
        // As it is kept: composed, and empty for her own.
        if her.unfit_name.get_untracked().is_none() {
            field.set_value(&her.persona.with_untracked(|persona| {
                persona.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default()
            }));
        }
    };
    let amiss = move || {
        Some(match her.unfit_name.get()? {
            UnfitName::Empty => t().name_empty,
            UnfitName::TooLong => t().name_too_long,
            UnfitName::Sign(_) => t().name_sign,
        })
    };

    view! {
        <div class="field">
            <label for="persona-name">{move || t().name}</label>
            <input
                id="persona-name"
                type="text"
                node_ref=field
                autocomplete="off"
                spellcheck="false"
                placeholder=move || settings.messages().words.bella
                prop:value=move || name().unwrap_or_default()
                aria-describedby="persona-name-note persona-name-amiss"
                aria-invalid=move || her.unfit_name.get().is_some().then_some("true")
                data-trouble=move || her.unfit_name.get().map(UnfitName::name)
                data-testid=testid::PERSONA_NAME
                on:change=call_her
            />
            <p class="note" id="persona-name-note">{move || t().name_note}</p>
            <p class="persona-amiss" id="persona-name-amiss" role="status">{amiss}</p>
        </div>
    }
}
