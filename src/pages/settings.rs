//! `/settings`: what a person may choose.

use bella_companion::mouth::MouthEvent;
use bella_companion::{Event, Language, ReplyLength, Variety};
use leptos::prelude::*;

use crate::bella::use_bella;
use crate::components::choices::{Choice, Choices};
use crate::components::engine_facts::EngineFacts;
use crate::components::hearing_section::HearingSection;
use crate::components::history_notice::HistorySection;
use crate::components::own_server::OwnServerSection;
use crate::components::page_title::PageTitle;
use crate::components::persona_section::PersonaSection;
use crate::components::skills::SkillsSection;
use crate::components::speaking_section::SpeakingSection;
use crate::i18n;
use crate::settings::{Theme, power_name, use_settings};
use crate::testid;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let settings = use_settings();
    let manner = settings.manner;
    let bella = use_bella();
    let build = bella.view.build;
    // An engine on one thread has none to save.
    let has_threads =
        Memo::new(move |_| build.with(|build| build.as_ref().is_none_or(|it| it.threads > 1)));

    view! {
        <div class="page">
            <PageTitle title=|t| t.settings.title/>
            <p class="lead">{move || settings.messages().settings.intro}</p>
            <Choices
                testid=testid::LANGUAGE
                legend=|t| t.settings.language
                note=|t| t.settings.language_note
                choices=languages()
                chosen=Signal::derive(move || settings.language.get().tag())
                choose=move |tag| { Language::from_tag(tag).into_iter().for_each(|it| settings.language.set(it)) }
            />
            <Choices
                testid=testid::THEME
                legend=|t| t.settings.theme
                choices=vec![
                    Choice::new(Theme::Auto.name(), |t| t.settings.theme_auto),
                    Choice::new(Theme::Light.name(), |t| t.settings.theme_light),
                    Choice::new(Theme::Dark.name(), |t| t.settings.theme_dark),
                ]
                chosen=Signal::derive(move || settings.theme.get().name())
                choose=move |name| { Theme::from_name(name).into_iter().for_each(|it| settings.theme.set(it)) }
            />
            <Choices
                testid=testid::REPLY_LENGTH
                legend=|t| t.settings.length
                note=|t| t.settings.length_note
                choices=vec![
                    Choice::new(ReplyLength::Short.name(), |t| t.settings.length_short),
                    Choice::new(ReplyLength::Medium.name(), |t| t.settings.length_medium),
                    Choice::new(ReplyLength::Long.name(), |t| t.settings.length_long),
                ]
                chosen=Signal::derive(move || manner.get().length.name())
                choose=move |name| {
                    ReplyLength::from_name(name)
                        .into_iter()
                        .for_each(|length| manner.update(|manner| manner.length = length))
                }
            />
            <Choices
                testid=testid::VARIETY
                legend=|t| t.settings.variety
                note=|t| t.settings.variety_note
                choices=vec![
                    Choice::new(Variety::Steady.name(), |t| t.settings.variety_steady),
                    Choice::new(Variety::Natural.name(), |t| t.settings.variety_natural),
                    Choice::new(Variety::Playful.name(), |t| t.settings.variety_playful),
                ]
                chosen=Signal::derive(move || manner.get().variety.name())
                choose=move |name| {
                    Variety::from_name(name)
                        .into_iter()
                        .for_each(|variety| manner.update(|manner| manner.variety = variety))
                }
            />
            <PersonaSection/>
            <SkillsSection/>
            <HearingSection/>
            <SpeakingSection
                mouth=bella.view.mouth
                say=move |text| bella.tell(Event::Mouth(MouthEvent::Say(text)))
            />
            <HistorySection/>
            <EngineFacts/>
            <Show when=move || has_threads.get()>
                <Choices
                    testid=testid::POWER
                    legend=|t| t.engine.power
                    note=|t| t.engine.power_note
                    choices=vec![
                        Choice::new(power_name(false), |t| t.engine.power_full),
                        Choice::new(power_name(true), |t| t.engine.power_saving),
                    ]
                    chosen=Signal::derive(move || power_name(settings.saves_power.get()))
                    choose=move |name| settings.saves_power.set(name == power_name(true))
                />
            </Show>
            <OwnServerSection/>
        </div>
    }
}

/// Each language under its own name, whatever the page's: who cannot read the
/// page must still find the way out.
fn languages() -> Vec<Choice> {
    Language::ALL
        .into_iter()
        .map(|language| {
            let own_name = match language {
                Language::Korean => i18n::messages(language).words.korean,
                Language::English => i18n::messages(language).words.english,
            };
            Choice::named(language.tag(), own_name, language)
        })
        .collect()
}
