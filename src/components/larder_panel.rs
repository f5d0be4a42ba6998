//! How much of the device models take, how much they may, and whether they stay.

use leptos::prelude::*;

use super::choices::{Choice, Choices};
use super::make_room::Delete;
use super::trouble_notice::TroubleWords;
use crate::bella::use_bella;
use crate::i18n::{tell, units};
use crate::settings::use_settings;
use crate::testid;

/// Decimal, as the sizes on the cards are.
const GB: u64 = 1_000_000_000;
/// What models may be given, and what that is called in storage and by tests.
const LIMITS: [(&str, Option<u64>); 4] =
    [("any", None), ("1", Some(GB)), ("2", Some(2 * GB)), ("4", Some(4 * GB))];

#[component]
pub fn LarderPanel() -> impl IntoView {
    let settings = use_settings();
    let pantry = use_bella().pantry;
    let used = move || {
        let used = units::bytes(pantry.used_bytes());
        let t = &settings.messages().larder;
        match pantry.free_bytes.get() {
            Some(free) => (t.used_and_free)(&used, &units::bytes(free)),
            None => (t.used)(&used),
        }
    };
    let tier = move || tell::tier(settings.messages(), pantry.tier());
    view! {
        <section
            class="engine-facts"
            data-testid=testid::LARDER
            data-promised=move || pantry.is_promised.get().map(|it| if it { "yes" } else { "no" })
            data-tier=move || pantry.tier().map(|tier| tier.name())
        >
            <h2>{move || settings.messages().larder.title}</h2>
            <p>{tier}</p>
            <p class:larder-unknown=move || pantry.free_bytes.with(Option::is_none)>{used}</p>
            <Promise/>
            <NotSaved/>
        </section>
        <Limit/>
    }
}

/// Whether what is kept stays, as the browser answered.
#[component]
fn Promise() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let promised = bella.pantry.is_promised;
    let words = move || {
        let t = &settings.messages().larder;
        match promised.get() {
            Some(true) => t.promised,
            Some(false) => t.not_promised,
            None => t.cannot_be_asked,
        }
    };
    view! {
        <p>{words}</p>
        <Show when=move || promised.get() == Some(false)>
            <button
                type="button"
                class="button button-outline"
                data-testid=testid::ASK_TO_KEEP
                on:click=move |_| bella.ask_for_promise()
            >
                {move || settings.messages().larder.ask}
            </button>
        </Show>
    }
}

/// Why a model was not saved as a file.
#[component]
fn NotSaved() -> impl IntoView {
    let trouble = use_bella().pantry.trouble;
    move || {
        let trouble = bella_companion::Trouble::Failed(trouble.get()?);
        Some(view! { <div class="notice" role="alert"><TroubleWords trouble/></div> })
    }
}

#[component]
fn Limit() -> impl IntoView {
    let settings = use_settings();
    let bella = use_bella();
    let pantry = bella.pantry;
    let chosen = Signal::derive(move || {
        let at_most = pantry.at_most.get();
        LIMITS.iter().find(|(_, bytes)| *bytes == at_most).map_or("any", |(name, _)| *name)
    });
    let choose = move |name: &str| {
        LIMITS
            .iter()
            .filter(|(it, _)| *it == name)
            .for_each(|(_, bytes)| bella.keep_at_most(*bytes));
    };
    let over = move || {
        let over = pantry.used_bytes().checked_sub(pantry.at_most.get()?)?;
        (over > 0).then(|| (settings.messages().larder.over)(&units::bytes(over)))
    };
    let offered = move || {
        let others = pantry.others(None).into_iter().filter(|_| over().is_some());
        others.map(|kept| view! { <Delete kept/> }).collect_view()
    };
    view! {
        <Choices
            testid=testid::KEEP_AT_MOST
            legend=|t| t.larder.at_most
            note=|t| t.larder.at_most_note
            choices=vec![
                Choice::new(LIMITS[0].0, |t| t.larder.any),
                Choice::new(LIMITS[1].0, |t| t.larder.one),
                Choice::new(LIMITS[2].0, |t| t.larder.two),
                Choice::new(LIMITS[3].0, |t| t.larder.four),
            ]
            chosen=chosen
            choose=choose
        />
        {move || over().map(|over| view! {
            <div class="notice" role="status">
                <p>{over}</p>
                <div class="notice-actions">{offered}</div>
            </div>
        })}
    }
}
