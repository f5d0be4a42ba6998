//! Which engine runs, on how many threads, and why it is not the fast one.

use bella_protocol::Build;
use leptos::prelude::*;

use super::link::Link;
use crate::bella::use_bella;
use crate::i18n::tell;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn EngineFacts() -> impl IntoView {
    let settings = use_settings();
    let build = use_bella().view.build;
    let fact = move |fact: fn(&Build) -> String| move || build.with(|it| it.as_ref().map(fact));
    let facts = move || {
        let (t, saves_power) = (settings.messages(), settings.saves_power.get());
        build.with(|build| tell::engine(t, build.as_ref(), saves_power))
    };

    view! {
        <section
            class="engine-facts"
            class:engine-facts-unknown=move || build.with(Option::is_none)
            data-testid=testid::ENGINE_BUILD
            data-build=fact(|it| it.name.name().to_owned())
            data-threads=fact(|it| it.threads.to_string())
            data-fallback=move || {
                build.with(|it| Some(it.as_ref()?.fallback.as_ref()?.name().to_owned()))
            }
        >
            <h2>{move || settings.messages().engine.title}</h2>
            {move || facts().into_iter().map(|fact| view! { <p>{fact}</p> }).collect_view()}
            <Link to="/lab" attr:class="button button-outline" attr:data-testid=testid::NAV_LAB>
                {move || settings.messages().lab.link}
            </Link>
        </section>
    }
}
