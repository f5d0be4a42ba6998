//! What she can do beside answering: wished for, on its way, there.

use bella_companion::{Skill, SkillState};
use leptos::prelude::*;

use super::choices::{Choice, Choices};
use super::trouble_notice::TroubleWords;
use crate::bella::use_bella;
use crate::i18n::{Messages, units};
use crate::settings::use_settings;
use crate::skills::bytes;
use crate::testid;

/// What these switches are called in tests.
fn on_name(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

#[component]
pub fn SkillsSection() -> impl IntoView {
    view! {
        <SkillSwitch skill=Skill::Hearing/>
        <SkillSwitch skill=Skill::Feeling/>
    }
}

#[component]
fn SkillSwitch(skill: Skill) -> impl IntoView {
    let bella = use_bella();
    let is_on = Memo::new(move |_| bella.skill(skill) != SkillState::Off);
    let (testid, legend, note): (_, super::Say, super::Say) = match skill {
        Skill::Hearing => (testid::SKILL_HEARING, |t| t.skills.hearing, |t| t.skills.hearing_note),
        Skill::Feeling => (testid::SKILL_FEELING, |t| t.skills.feeling, |t| t.skills.feeling_note),
    };
    view! {
        <div class="skill">
            <Choices
                testid
                legend
                note
                choices=vec![
                    Choice::new(on_name(true), |t| t.skills.on),
                    Choice::new(on_name(false), |t| t.skills.off),
                ]
                chosen=Signal::derive(move || on_name(is_on.get()))
                choose=move |name| {
                    if name == on_name(true) { bella.wish_for(skill) } else { bella.give_up(skill) }
                }
            />
            <SkillLine skill/>
        </div>
    }
}

/// How it is doing, in words, with the way on where there is one.
#[component]
pub fn SkillLine(skill: Skill) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let state = Memo::new(move |_| bella.skill(skill));
    let name = Memo::new(move |_| state.with(|state| state.name()));
    let words = move || state.with(|state| in_words(settings.messages(), skill, state));
    let done = move || match state.get() {
        SkillState::Loading(loading) => (loading.done_bytes, loading.total_bytes),
        _ => (0, 1),
    };
    let failure = Memo::new(move |_| match state.get() {
        SkillState::Failed(failure) => Some(bella_companion::Trouble::Failed(failure)),
        _ => None,
    });
    view! {
        <div
            class="skill-line"
            role="status"
            data-testid=testid::SKILL
            data-skill=skill.name()
            data-state=move || name.get()
        >
            <p class="note">{words}</p>
            <Show when=move || name.get() == "loading">
                <progress
                    class="load-bar"
                    aria-label=words
                    value=move || done().0.to_string()
                    max=move || done().1.max(1).to_string()
                ></progress>
            </Show>
            {move || failure.get().map(|trouble| view! {
                <TroubleWords trouble/>
                <button
                    type="button"
                    class="button button-outline"
                    data-testid=testid::GIVE_SKILL
                    on:click=move |_| bella.wish_for(skill)
                >
                    {move || settings.messages().words.try_again}
                </button>
            })}
        </div>
    }
}

fn in_words(t: &Messages, skill: Skill, state: &SkillState) -> String {
    match state {
        SkillState::Off => (t.skills.size)(&units::bytes(bytes(skill))),
        SkillState::Waiting => t.skills.waiting.to_owned(),
        SkillState::Loading(loading) => {
            (t.phase.loading)(&units::percent(loading.done_bytes, loading.total_bytes))
        }
        SkillState::Ready => t.skills.ready.to_owned(),
        SkillState::Failed(_) => String::new(),
    }
}

/// On the talk page, once somebody wanted to be heard and there was nothing to hear
/// them with.
#[component]
pub fn HearingOffer() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let cannot_hear = bella.senses.cannot_hear;
    let state = Memo::new(move |_| bella.skill(Skill::Hearing).name());
    let t = move || &settings.messages().skills;
    // It has done its duty once she hears.
    Effect::new(move |_| {
        if state.get() == "ready" {
            cannot_hear.set(false);
        }
    });
    let detail = move || (t().offer_detail)(&units::bytes(bytes(Skill::Hearing)));
    view! {
        <Show when=move || cannot_hear.get()>
            <section class="offer" data-testid=testid::HEARING_OFFER>
                <div class="offer-words">
                    <p class="offer-title">{move || t().offer_title}</p>
                    <p class="note">{detail}</p>
                </div>
                <Show
                    when=move || state.get() != "off"
                    fallback=move || {
                        view! {
                            <div class="offer-actions">
                                <button
                                    type="button"
                                    class="button button-primary"
                                    data-testid=testid::GIVE_SKILL
                                    on:click=move |_| bella.wish_for(Skill::Hearing)
                                >
                                    {move || t().offer_action}
                                </button>
                                <button
                                    type="button"
                                    class="button button-quiet"
                                    data-testid=testid::LATER
                                    on:click=move |_| cannot_hear.set(false)
                                >
                                    {move || t().later}
                                </button>
                            </div>
                        }
                    }
                >
                    <SkillLine skill=Skill::Hearing/>
                </Show>
            </section>
        </Show>
    }
}
