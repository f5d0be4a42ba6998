//! Whether a model runs on this device, why, and how fast.

use bella_weights::manifest::{Model, Task};
use leptos::prelude::*;

use crate::bella::use_bella;
use crate::i18n::tell;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn FitFact(model: &'static Model) -> impl IntoView {
    let settings = use_settings();
    let pantry = use_bella().pantry;
    let fit = Memo::new(move |_| pantry.fit(model.bytes()));
    let words = move || tell::fit(settings.messages(), fit.get());
    let speed = move || {
        let (rate, was_measured) = pantry.rate(&model.id, model.bytes())?;
        Some(tell::speed(settings.messages(), rate, was_measured))
    };
    view! {
        <div>
            <dt>{move || settings.messages().fit.title}</dt>
            <dd data-testid=testid::FIT data-fit=move || fit.get().name()>{words}</dd>
        </div>
        {(model.task == Task::Chat).then(|| view! {
            <div>
                <dt>{move || settings.messages().fit.speed}</dt>
                <dd>{move || speed().unwrap_or_else(|| settings.messages().fit.not_measured.to_owned())}</dd>
            </div>
        })}
    }
}
