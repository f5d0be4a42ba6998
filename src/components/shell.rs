//! The frame around every page: who this is, what she is doing, where to go.

use leptos::prelude::*;

use super::Say;
use super::badges::{EngineState, RunsHere};
use super::bell::Bell;
use super::icon::Icon;
use super::link::Link;
use super::news::News;
use crate::bella::use_bella;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();

    view! {
        // Left to the browser, which moves the focus along; the router would not.
        <a class="skip" href="#content" rel="external">{move || settings.messages().nav.skip}</a>
        <header class="shell-header">
            <Link to="/" attr:class="brand">
                <Bell size="small" phase=move || bella.view.phase.with(|phase| phase.name())/>
                <span class="brand-name">{move || settings.messages().words.bella}</span>
            </Link>
            <EngineState/>
        </header>
        <RunsHere/>
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
