//! What there is to tell on any page: a new version, something that was shared, a
//! browser inside of another app.

use leptos::prelude::*;

use super::icon::Icon;
use crate::browser::page::{device, document, hand_over};
use crate::i18n::tell;
use crate::in_app::{self, WayOut};
use crate::renewal::{Stage, use_renewal};
use crate::settings::use_settings;
use crate::shared::Sharing;
use crate::testid;

#[component]
pub fn News() -> impl IntoView {
    view! {
        <div class="shell-news">
            <InAppNews/>
            <SharedNews/>
            <RenewalNews/>
        </div>
    }
}

/// A new version waits, or has begun in another tab.
#[component]
fn RenewalNews() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().renewal;
    let renewal = use_renewal();
    let course = renewal.course;
    let is_there = Memo::new(move |_| course.get().stage != Stage::Current);
    let what = move || match course.get().stage {
        Stage::Replaced => t().replaced,
        _ => t().ready,
    };
    let detail = move || if course.get().is_asked { t().soon } else { t().detail };

    view! {
        <div role="status">
            <Show when=move || is_there.get()>
                <div
                    class="news"
                    data-testid=testid::RENEWAL
                    data-state=move || if course.get().is_asked { "asked" } else { "ready" }
                >
                    <p class="news-what">{what}</p>
                    <p>{detail}</p>
                    <div class="notice-actions">
                        <button
                            type="button"
                            class="button button-outline"
                            disabled=move || course.get().is_asked
                            data-testid=testid::RENEW
                            on:click=move |_| renewal.ask()
                        >
                            {Icon::Again.draw()}
                            {move || t().action}
                        </button>
                    </div>
                </div>
            </Show>
        </div>
    }
}

/// What became of something that another app shared.
#[component]
fn SharedNews() -> impl IntoView {
    let settings = use_settings();
    let notes = expect_context::<Sharing>().notes;
    let is_there = Memo::new(move |_| notes.with(|notes| !notes.is_empty()));
    let told = move || {
        notes
            .get()
            .iter()
            .map(|note| view! { <p>{tell::shared(settings.messages(), note)}</p> })
            .collect_view()
    };

    view! {
        <div role="status">
            <Show when=move || is_there.get()>
                <div class="news" data-testid=testid::SHARED>
                    {told}
                    <CloseNews close=move || notes.set(Vec::new())/>
                </div>
            </Show>
        </div>
    }
}

/// Where this is no browser of the person's own.
#[component]
fn InAppNews() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().in_app;
    let user_agent = device::user_agent();
    let address = document::resolve("./");
    let is_open = RwSignal::new(true);
    let copied = RwSignal::new(None::<bool>);
    let Some(app) = in_app::detect(&user_agent) else { return ().into_any() };
    let way_out = StoredValue::new(in_app::way_out(app, &user_agent, &address));
    let address = StoredValue::new(address);
    let copy = move |_| hand_over::copy(&address.get_value(), move |done| copied.set(Some(done)));
    let leave = move || match way_out.get_value() {
        WayOut::Address(to) => Some(view! {
            // An app's own address, which is not for the router.
            <a class="button button-primary" href=to rel="external" data-testid=testid::WAY_OUT>
                {move || t().leave}
            </a>
        }),
        WayOut::ByHand => None,
    };
    let by_hand = move || {
        (way_out.get_value() == WayOut::ByHand).then(|| {
            view! {
                <p>{move || t().by_hand}</p>
            }
        })
    };
    let told = move || match copied.get() {
        None => "",
        Some(true) => t().copied,
        Some(false) => t().not_copied,
    };

    view! {
        <Show when=move || is_open.get()>
            <section class="news" aria-label=move || t().label data-testid=testid::IN_APP>
                <p class="news-what">
                    {move || (t().what)(tell::app(settings.messages(), app))}
                </p>
                <p>{move || t().why}</p>
                {by_hand}
                <div class="notice-actions">
                    {leave}
                    <button
                        type="button"
                        class="button button-outline"
                        data-testid=testid::COPY_ADDRESS
                        on:click=copy
                    >
                        {move || t().copy}
                    </button>
                    <CloseNews close=move || is_open.set(false)/>
                </div>
                <p class="news-address" hidden=move || copied.get() != Some(false)>
                    <code>{address.get_value()}</code>
                </p>
                <p role="status">{told}</p>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn CloseNews(close: impl Fn() + 'static) -> impl IntoView {
    let settings = use_settings();
    view! {
        <button
            type="button"
            class="button button-quiet"
            data-testid=testid::DISMISS_NEWS
            on:click=move |_| close()
        >
            {move || settings.messages().words.close}
        </button>
    }
}
