//! The frame around every page: who this is, what she is doing, where to go.

use leptos::prelude::*;

use super::Say;
use super::badges::{EngineState, RunsHere};
use super::icon::Icon;
use super::link::Link;
use super::mood_badge::MoodBadge;
use super::news::News;
use super::portrait::Portrait;
use super::talk_view::use_talk_view;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let settings = use_settings();
    let talk = use_talk_view();

    view! {
        // Left to the browser, which moves the focus along; the router would not.
        <a class="skip" href="#content" rel="external">{move || settings.messages().nav.skip}</a>
        <header class="shell-header">
            <Link to="/" attr:class="brand">
                <Portrait size="small"/>
                <span class="brand-name">{move || settings.messages().words.bella}</span>
            </Link>
            <p class="shell-state">
                <EngineState/>
                {talk.map(|talk| view! { <MoodBadge feeling=talk.feeling/> })}
            </p>
        </header>
        <RunsHere leaves=talk.map(|talk| talk.leaves)/>
        <nav class="shell-nav" aria-label=move || settings.messages().nav.label>
            <NavLink href="/" icon=Icon::Talk say=|t| t.nav.talk testid=testid::NAV_TALK/>
            <NavLink href="/models" icon=Icon::Models say=|t| t.nav.models testid=testid::NAV_MODELS/>
            <NavLink href="/settings" icon=Icon::Settings say=|t| t.nav.settings testid=testid::NAV_SETTINGS/>
            <NavLink href="/about" icon=Icon::About say=|t| t.nav.about testid=testid::NAV_ABOUT/>
        </nav>
        <div class="shell-stage">
            <main class="shell-main" id="content" tabindex="-1">{children()}</main>
            <News/>
        </div>
    }
}

#[component]
fn NavLink(href: &'static str, icon: Icon, say: Say, testid: &'static str) -> impl IntoView {
    let settings = use_settings();
    view! {
        <Link to=href attr:class="nav-link" attr:data-testid=testid>
            {icon.draw()}
            <span>{move || say(settings.messages())}</span>
        </Link>
    }
}
