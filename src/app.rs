//! Providers and routes.

use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::bella::{provide_bella, use_bella};
use crate::browser::page::{crash, document, entry, marks};
use crate::components::link::BasePath;
use crate::components::shell::Shell;
use crate::hearing_settings::{provide_hearing_settings, use_hearing_settings};
use crate::history::{provide_history, use_history};
use crate::lab::{provide_lab, use_lab};
use crate::own_server::provide_own_server;
use crate::pages::{
    AboutPage, HistoryPage, LabPage, ModelsPage, NotFoundPage, SettingsPage, TalkPage,
};
use crate::persona_settings::{PersonaSettings, use_persona};
use crate::renewal::provide_renewal;
use crate::settings::Settings;
use crate::shared::Sharing;
use crate::speaking_settings::{Speaking, use_speaking};
use crate::talking::provide_talk_view;

/// Takes over from the first paint.
pub fn mount() {
    crash::tell_people();
    let Some(stage) = document::stage() else {
        return;
    };
    // The app lives as long as the tab.
    mount_to(stage, App).forget();
    marks::mark("mounted");
}

#[component]
fn App() -> impl IntoView {
    let settings = Settings::recall();
    provide_context(settings);
    provide_history();
    provide_bella(settings);
    provide_hearing_settings();
    provide_context(Speaking::recall());
    provide_context(PersonaSettings::recall());
    let bella = use_bella();
    bella.awaken(settings, use_persona(), use_hearing_settings(), use_speaking());
    bella.remember_with(use_history(), settings);
    provide_talk_view(bella, settings);
    provide_lab(settings);
    provide_own_server();
    provide_renewal(use_bella(), use_lab());
    provide_context(Sharing::take(entry::take(), use_bella()));
    let base = document::base_path();
    provide_context(BasePath(base.clone()));

    // Routes are one level deep: relative addresses then mean the same on each,
    // and the app can live below any path of a static host.
    view! {
        <Router base=base>
            <Shell>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=TalkPage/>
                    <Route path=path!("/models") view=ModelsPage/>
                    <Route path=path!("/settings") view=SettingsPage/>
                    <Route path=path!("/about") view=AboutPage/>
                    <Route path=path!("/lab") view=LabPage/>
                    <Route path=path!("/history") view=HistoryPage/>
                </Routes>
            </Shell>
        </Router>
    }
}
