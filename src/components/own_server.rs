//! A server of one's own: added, tried and taken away.

use leptos::html::{Div, Input};
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::Say;
use super::trouble_notice::Detail;
use crate::browser::page::{input, service_worker};
use crate::i18n::tell::{self, Told};
use crate::own_server::verdict::Verdict;
use crate::own_server::{Outcome, OwnServer, Server, use_own_server};
use crate::renewal::use_renewal;
use crate::secret::Secret;
use crate::settings::use_settings;
use crate::testid;

#[component]
pub fn OwnServerSection() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().own_server;
    let own = use_own_server();
    let can_be = service_worker::can_be();
    own.settle();
    let state = move || match own.server.with(Option::is_some) {
        true => "kept",
        false if can_be => "none",
        false => "cannot-be",
    };
    let key = move || match own.server.with(|server| server.as_ref()?.key.as_ref().map(|_| ())) {
        None => "none",
        Some(()) if own.key_is_lost.get() => "lost",
        Some(()) => "stored",
    };
    let is_kept = Memo::new(move |_| own.server.with(Option::is_some));
    let body = move || match is_kept.get() {
        true => view! { <Kept/> }.into_any(),
        false if can_be => view! { <Adding/> }.into_any(),
        false => view! { <p>{move || t().cannot_be}</p> }.into_any(),
    };

    view! {
        <section
            class="own-server"
            aria-labelledby="own-server-title"
            data-testid=testid::OWN_SERVER
            data-state=state
            data-key=key
        >
            <h2 id="own-server-title">{move || t().title}</h2>
            <p>{move || t().lead}</p>
            <p class="own-server-promise">{move || t().nothing_sent}</p>
            {body}
            <WhatCame/>
        </section>
    }
}

#[component]
fn Adding() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().own_server;
    let own = use_own_server();
    let address = NodeRef::<Input>::new();
    let key = NodeRef::<Input>::new();
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(address) = address.get_untracked() else { return };
        own.add(address.value(), typed(key));
    };
    let is_unfit = Memo::new(move |_| {
        own.outcome.with(|it| it.as_ref().is_some_and(Outcome::is_about_address))
    });

    view! {
        <form class="own-server-form" novalidate on:submit=add>
            <div class="field">
                <label for="own-server-address">{move || t().address}</label>
                <input
                    id="own-server-address"
                    type="url"
                    node_ref=address
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby="own-server-address-note own-server-outcome"
                    aria-invalid=move || is_unfit.get().then_some("true")
                    data-testid=testid::OWN_SERVER_ADDRESS
                />
                <p class="note" id="own-server-address-note">{move || t().address_note}</p>
            </div>
            <KeyField field=key label=|t| t.own_server.key/>
            <div class="own-server-actions">
                <button
                    type="submit"
                    class="button button-primary"
                    aria-disabled=is_busy(own)
                    data-testid=testid::OWN_SERVER_ADD
                >
                    {move || t().add}
                </button>
            </div>
        </form>
    }
}

#[component]
fn Kept() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().own_server;
    let own = use_own_server();
    let base = move || own.server.with(|server| server.as_ref().map(|it| it.address.base()));
    let has_key = Memo::new(move |_| {
        own.server.with(|server| server.as_ref().is_some_and(|Server { key, .. }| key.is_some()))
    });
    let about_key = move || match (has_key.get(), own.key_is_lost.get()) {
        (false, _) => t().key_none,
        (true, false) => t().key_stored,
        (true, true) => t().key_lost,
    };
    let key = NodeRef::<Input>::new();
    let store = move |event: SubmitEvent| {
        event.prevent_default();
        own.store_key(typed(key));
    };
    // It does not stay in the field.
    Effect::new(move |_| {
        if own.outcome.with(|outcome| *outcome == Some(Outcome::KeyStored)) {
            key.get_untracked().iter().for_each(|field| field.set_value(""));
        }
    });

    view! {
        <p class="own-server-address">
            <code data-testid=testid::OWN_SERVER_BASE>{base}</code>
        </p>
        <div class="own-server-actions">
            <Act testid=testid::OWN_SERVER_TRY says=|t| t.own_server.try_it act=move || own.try_it()/>
            <Act testid=testid::OWN_SERVER_DELETE says=|t| t.own_server.delete act=move || own.delete()/>
        </div>
        <form class="own-server-form" novalidate on:submit=store>
            <p>{about_key}</p>
            <KeyField field=key label=|t| t.own_server.new_key/>
            <div class="own-server-actions">
                <button
                    type="submit"
                    class="button button-outline"
                    aria-disabled=is_busy(own)
                    data-testid=testid::OWN_SERVER_STORE_KEY
                >
                    {move || t().store_key}
                </button>
                <Show when=move || has_key.get()>
                    <Act
                        testid=testid::OWN_SERVER_DELETE_KEY
                        says=|t| t.own_server.delete_key
                        act=move || own.delete_key()
                    />
                </Show>
            </div>
        </form>
    }
}

#[component]
fn Act(testid: &'static str, says: Say, act: impl Fn() + 'static) -> impl IntoView {
    let settings = use_settings();
    let own = use_own_server();
    view! {
        <button
            type="button"
            class="button button-outline"
            aria-disabled=is_busy(own)
            data-testid=testid
            on:click=move |_| act()
        >
            {move || says(settings.messages())}
        </button>
    }
}

/// For buttons that do nothing meanwhile. They are not disabled: that would take the
/// focus away from whoever has just pressed one.
fn is_busy(own: OwnServer) -> impl Fn() -> Option<&'static str> + Clone {
    move || own.is_busy.get().then_some("true")
}

/// It has no value of its own, so that a key stands in no attribute, and no name, so
/// that it comes into no address.
#[component]
fn KeyField(field: NodeRef<Input>, label: Say) -> impl IntoView {
    let settings = use_settings();
    let own = use_own_server();
    let is_unfit =
        Memo::new(move |_| own.outcome.with(|it| it.as_ref().is_some_and(Outcome::is_about_key)));
    view! {
        <div class="field">
            <label for="own-server-key">{move || label(settings.messages())}</label>
            <input
                id="own-server-key"
                type="password"
                node_ref=field
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="own-server-key-note own-server-outcome"
                aria-invalid=move || is_unfit.get().then_some("true")
                data-testid=testid::OWN_SERVER_KEY
            />
            <p class="note" id="own-server-key-note">
                {move || settings.messages().own_server.key_note}
            </p>
        </div>
    }
}

fn typed(key: NodeRef<Input>) -> Secret {
    Secret::new(key.get_untracked().map(|field| field.value()).unwrap_or_default())
}

/// What came of what was done last.
#[component]
fn WhatCame() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().own_server;
    let own = use_own_server();
    let renewal = use_renewal();
    let place = NodeRef::<Div>::new();
    Effect::new(move |_| {
        // What was pressed may be gone by then.
        if own.outcome.with(Option::is_some)
            && let Some(place) = place.get()
        {
            input::focus_if_nothing_is(&place);
        }
    });
    let told = move || {
        let outcome = own.outcome.get()?;
        let Told { what, next, detail } = tell::own_server(settings.messages(), &outcome);
        let is_good = outcome.is_good();
        let is_to_reopen = outcome == Outcome::Tried(Verdict::NotYet);
        let is_to_be_reopened = move || renewal.course.get().is_to_reopen;
        Some(view! {
            <div
                class="own-server-told"
                class:own-server-trouble=!is_good
                data-testid=testid::OWN_SERVER_OUTCOME
                data-outcome=outcome.name()
            >
                <p class="own-server-what">{what}</p>
                {(!next.is_empty()).then(|| view! { <p>{next}</p> })}
                {detail.map(|detail| view! { <div class="trouble"><Detail detail/></div> })}
                {is_to_reopen.then(|| view! {
                    <button
                        type="button"
                        class="button button-outline"
                        aria-disabled=move || is_to_be_reopened().then_some("true")
                        data-testid=testid::OWN_SERVER_REOPEN
                        on:click=move |_| renewal.ask_to_reopen()
                    >
                        {move || t().reopen}
                    </button>
                    {move || is_to_be_reopened().then(|| view! { <p>{t().soon}</p> })}
                })}
            </div>
        })
    };
    let asking =
        move || own.is_busy.get().then(|| view! { <p class="note">{move || t().trying}</p> });

    view! {
        <div role="status" id="own-server-outcome" tabindex="-1" node_ref=place>
            {asking}
            {told}
        </div>
    }
}
