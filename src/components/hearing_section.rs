//! How a person wants to be heard, and whether the microphone hears them.
//!
//! - `mic_choice`: which microphone; `mic_test`: how well it hears

mod mic_choice;
mod mic_test;

use bella_companion::{Language as Written, Sensitivity};
use bella_protocol::Language;
use leptos::prelude::*;

use self::mic_choice::MicChoice;
use self::mic_test::{MicTest, MicTestPanel};
use super::Say;
use super::choices::{Choice, Choices};
use crate::browser::page::microphone::{self, Input};
use crate::browser::page::talk_keys::TalkKey;
use crate::hearing_settings::{
    AUTO, AfterHearing, heard_name, switch_from_name, switch_name, use_hearing_settings,
};
use crate::i18n;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn HearingSection() -> impl IntoView {
    let settings = use_settings();
    let inputs = RwSignal::new(None::<Vec<Input>>);
    let test = MicTest::new(inputs);
    let look = move || mic_test::look(inputs);
    look();
    // Until the person goes to another page.
    StoredValue::new_local(microphone::when_inputs_change(look));
    let is_allowed = Memo::new(move |_| {
        inputs.with(|inputs| inputs.iter().flatten().any(|input| !input.label.is_empty()))
    });

    view! {
        <section
            class="hearing-settings"
            aria-labelledby="hearing-title"
            data-testid=testid::HEARING
            data-allowed=move || if is_allowed.get() { "yes" } else { "no" }
        >
            <h2 id="hearing-title">{move || settings.messages().hearing.title}</h2>
            <p>{move || settings.messages().hearing.lead}</p>
            <MicChoice inputs is_allowed test/>
            <MicTestPanel test/>
        </section>
        <HeardLanguage/>
        <HandsFree/>
        <AfterwardsAndKey/>
    }
}

#[component]
fn HeardLanguage() -> impl IntoView {
    let language = use_hearing_settings().language;
    // Each under its own name, as it is for the page.
    let own_names = Written::ALL.map(|written| {
        let words = &i18n::messages(written).words;
        let own_name = match written {
            Written::Korean => words.korean,
            Written::English => words.english,
        };
        Choice::named(written.tag(), own_name, written)
    });
    let mut choices = vec![Choice::new(AUTO, |t| t.hearing.language_auto)];
    choices.extend(own_names);
    view! {
        <Choices
            testid=testid::HEARD_LANGUAGE
            legend=|t| t.hearing.language
            note=|t| t.hearing.language_note
            choices
            chosen=Signal::derive(move || heard_name(language.get()))
            choose=move |name| language.set(Language::of_code(name))
        />
    }
}

#[component]
fn HandsFree() -> impl IntoView {
    let hearing = use_hearing_settings();
    let sensitivity = hearing.sensitivity;
    view! {
        <Switch
            testid=testid::HANDS_FREE
            legend=|t| t.hearing.hands_free
            note=|t| t.hearing.hands_free_note
            is_on=hearing.is_hands_free
        />
        <Choices
            testid=testid::SENSITIVITY
            legend=|t| t.hearing.sensitivity
            note=|t| t.hearing.sensitivity_note
            choices=vec![
                Choice::new(Sensitivity::Low.name(), |t| t.hearing.low),
                Choice::new(Sensitivity::Medium.name(), |t| t.hearing.medium),
                Choice::new(Sensitivity::High.name(), |t| t.hearing.high),
            ]
            chosen=Signal::derive(move || sensitivity.get().name())
            choose=move |name| { Sensitivity::from_name(name).into_iter().for_each(|it| sensitivity.set(it)) }
        />
        <Switch
            testid=testid::WAKE_PHRASE
            legend=|t| t.hearing.wake_phrase
            note=|t| t.hearing.wake_phrase_note
            is_on=hearing.needs_wake_phrase
        />
        <Switch
            testid=testid::BARGE_IN
            legend=|t| t.hearing.barge_in
            note=|t| t.hearing.barge_in_note
            is_on=hearing.barge_in
        />
    }
}

#[component]
fn AfterwardsAndKey() -> impl IntoView {
    let hearing = use_hearing_settings();
    let (then, talk_key) = (hearing.then, hearing.talk_key);
    view! {
        <Choices
            testid=testid::AFTER_HEARING
            legend=|t| t.hearing.then
            note=|t| t.hearing.then_note
            choices=vec![
                Choice::new(AfterHearing::Send.name(), |t| t.hearing.send),
                Choice::new(AfterHearing::Compose.name(), |t| t.hearing.compose),
            ]
            chosen=Signal::derive(move || then.get().name())
            choose=move |name| { AfterHearing::from_name(name).into_iter().for_each(|it| then.set(it)) }
        />
        <Choices
            testid=testid::TALK_KEY
            legend=|t| t.hearing.talk_key
            note=|t| t.hearing.talk_key_note
            choices=vec![
                Choice::new(TalkKey::Space.name(), |t| t.hearing.key_space),
                Choice::new(TalkKey::F8.name(), |t| t.hearing.key_f8),
                Choice::new(TalkKey::F9.name(), |t| t.hearing.key_f9),
            ]
            chosen=Signal::derive(move || talk_key.get().name())
            choose=move |name| { TalkKey::from_name(name).into_iter().for_each(|it| talk_key.set(it)) }
        />
    }
}

/// A question that is answered with on or off.
#[component]
fn Switch(testid: &'static str, legend: Say, note: Say, is_on: RwSignal<bool>) -> impl IntoView {
    view! {
        <Choices
            testid
            legend
            note
            choices=vec![
                Choice::new(switch_name(true), |t| t.hearing.on),
                Choice::new(switch_name(false), |t| t.hearing.off),
            ]
            chosen=Signal::derive(move || switch_name(is_on.get()))
            choose=move |name| { switch_from_name(name).into_iter().for_each(|it| is_on.set(it)) }
        />
    }
}
