//! `/about`: what stays in the tab, what does not, and how to check.

use leptos::prelude::*;

use crate::components::page_title::PageTitle;
use crate::i18n::messages::About;
use crate::settings::use_settings;

type Section = (fn(&About) -> &'static str, &'static [fn(&About) -> &'static str]);

const SECTIONS: &[Section] = &[
    (|t| t.stays_title, &[|t| t.stays_words, |t| t.stays_replies, |t| t.stays_models]),
    (|t| t.fetched_title, &[|t| t.fetched_page, |t| t.fetched_weights, |t| t.fetched_nothing_else]),
    (
        |t| t.kept_title,
        &[|t| t.kept_settings, |t| t.kept_models, |t| t.kept_conversation, |t| t.kept_nobody],
    ),
    (|t| t.check_title, &[|t| t.check_network, |t| t.check_unplug]),
    (|t| t.limits_title, &[|t| t.limits_mistakes, |t| t.limits_device, |t| t.limits_host]),
    (|t| t.licence_title, &[|t| t.licence]),
];

#[component]
pub fn AboutPage() -> impl IntoView {
    let settings = use_settings();
    let say =
        move |message: fn(&About) -> &'static str| move || message(&settings.messages().about);
    let sections = SECTIONS.iter().map(|(title, points)| {
        let points = points.iter().map(|point| view! { <li>{say(*point)}</li> }).collect_view();
        view! {
            <section class="about-section">
                <h2>{say(*title)}</h2>
                <ul>{points}</ul>
            </section>
        }
    });

    view! {
        <div class="page">
            <PageTitle title=|t| t.about.title/>
            <p class="lead">{say(|t| t.lead)}</p>
            <div class="about-sections">{sections.collect_view()}</div>
        </div>
    }
}
