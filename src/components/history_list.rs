//! The entries of the history by day and conversation, and the search among them.

use std::ops::Range;
use std::sync::Arc;

use bella_companion::history::{ConversationId, Ending, Entry, Group, Query, Speaker, Way, days};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::history_manage::Sure;
use crate::browser::page::{calendar, frame};
use crate::history::{History, use_history};
use crate::settings::use_settings;
use crate::testid;

/// How many entries are drawn at first, and with each wish for more.
const PORTION: usize = 60;
/// How many are looked through before the page has its turn again.
const AT_ONCE: usize = 4000;

type Day = (u32, u32, u32);

/// What a search came to.
#[derive(Clone, Debug)]
struct Found {
    typed: String,
    query: Query,
    /// The newest first.
    entries: Vec<Arc<Entry>>,
}

/// What is drawn: one group, and what its words are marked for.
#[derive(Clone, Debug)]
struct Drawn {
    group: Group<Arc<Entry>, Day>,
    query: Option<Query>,
    /// A group with the same key looks the same.
    key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    first: u64,
    last: u64,
    count: usize,
    begins_day: bool,
    typed: String,
}

#[component]
pub fn HistoryList(
    /// Between the search and what is found.
    children: Children,
) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Found>);
    let limit = RwSignal::new(PORTION);
    search_while_typing(history, typed, found);
    Effect::new(move |_| {
        typed.track();
        limit.set(PORTION);
    });
    let count = Memo::new(move |_| {
        history.turn.track();
        found.with(|found| match found {
            Some(found) => found.entries.len(),
            None => history.with_entries(<[_]>::len),
        })
    });
    let has_more = Memo::new(move |_| count.get() > limit.get());
    let drawn = Memo::new_with_compare(
        move |_| {
            history.turn.track();
            found.with(|found| draw(history, found.as_ref(), limit.get()))
        },
        |before: Option<&Vec<Drawn>>, after| keys(before) != keys(after),
    );

    view! {
        <Search typed found count/>
        {children()}
        <div
            class="history-list"
            data-testid=testid::HISTORY_LIST
            data-shows=move || found.with(|found| if found.is_some() { "found" } else { "all" })
            data-query=move || found.with(|found| found.as_ref().map(|it| it.typed.clone()))
            data-count=move || count.get().to_string()
        >
            <For each=move || drawn.get() key=|drawn| drawn.key.clone() let:drawn>
                <OneGroup drawn/>
            </For>
        </div>
        <Show when=move || has_more.get()>
            <button
                type="button"
                class="button button-outline history-more"
                data-testid=testid::HISTORY_MORE
                on:click=move |_| limit.update(|limit| *limit += PORTION)
            >
                {move || t().more}
            </button>
        </Show>
        <Rest/>
    }
}

fn keys(drawn: Option<&Vec<Drawn>>) -> Option<Vec<&Key>> {
    drawn.map(|drawn| drawn.iter().map(|one| &one.key).collect())
}

/// The newest of what there is or was found, in groups.
fn draw(history: History, found: Option<&Found>, limit: usize) -> Vec<Drawn> {
    let newest: Vec<Arc<Entry>> = match found {
        Some(found) => found.entries.iter().take(limit).cloned().collect(),
        None => history.with_entries(|entries| entries.iter().rev().take(limit).cloned().collect()),
    };
    let drawn = |group: Group<Arc<Entry>, Day>| {
        let id = |entry: Option<&Arc<Entry>>| entry.map_or(0, |entry| entry.id);
        let key = Key {
            first: id(group.entries.first()),
            last: id(group.entries.last()),
            count: group.entries.len(),
            begins_day: group.begins_day,
            typed: found.map(|found| found.typed.clone()).unwrap_or_default(),
        };
        Drawn { group, query: found.map(|found| found.query.clone()), key }
    };
    days::group(newest, calendar::day_of).into_iter().map(drawn).collect()
}

/// Looks through everything in steps, and begins anew with every letter.
fn search_while_typing(history: History, typed: RwSignal<String>, found: RwSignal<Option<Found>>) {
    let search = StoredValue::new(0_u32);
    Effect::new(move |_| {
        history.turn.track();
        let typed = typed.get();
        search.update_value(|search| *search = search.wrapping_add(1));
        let this = search.get_value();
        let Some(query) = Query::read(&typed) else {
            found.set(None);
            return;
        };
        let all = history.with_entries(<[_]>::to_vec);
        spawn_local(async move {
            let mut entries = Vec::new();
            for some in all.rchunks(AT_ONCE) {
                entries.extend(query.search(some).cloned());
                frame::let_others().await;
                // Another search, or another page.
                if search.try_get_value() != Some(this) {
                    return;
                }
            }
            let _ = found.try_set(Some(Found { typed, query, entries }));
        });
    });
}

#[component]
fn Search(
    typed: RwSignal<String>,
    found: RwSignal<Option<Found>>,
    count: Memo<usize>,
) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let told = move || {
        found.with(Option::is_some).then(|| match count.get() {
            0 => t().not_found.to_owned(),
            count => (t().found)(&count.to_string()),
        })
    };
    view! {
        <div class="field history-search" role="search">
            <label for="history-search">{move || t().search}</label>
            <input
                id="history-search"
                type="search"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                data-testid=testid::HISTORY_SEARCH
                on:input=move |event| typed.set(event_target_value(&event))
            />
            <p class="note history-found" role="status">{told}</p>
        </div>
    }
}

/// What there is to say of what is not in the list.
#[component]
fn Rest() -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().history;
    let history = use_history();
    let words = move || {
        history.turn.track();
        let is_empty = history.with_entries(<[_]>::is_empty);
        match history.unreadable() {
            _ if history.is_reading.get() => Some(t().reading.to_owned()),
            0 if is_empty => Some(t().none.to_owned()),
            0 => None,
            count => Some((t().unreadable)(&count.to_string())),
        }
    };
    view! { <p class="note history-rest">{words}</p> }
}

#[component]
fn OneGroup(drawn: Drawn) -> impl IntoView {
    let settings = use_settings();
    let Drawn { group: Group { begins_day, conversation, entries, .. }, query, .. } = drawn;
    let at_ms = entries.first().map_or(0, |entry| entry.at_ms);
    let day = move || calendar::day_name(at_ms, settings.language.get().tag());
    let entries = entries.into_iter().map(|entry| {
        let places = query.as_ref().and_then(|query| query.places_in(&entry.text));
        view! { <OneEntry entry places=places.unwrap_or_default()/> }
    });
    view! {
        {begins_day.then(|| view! { <h2 class="history-day">{day}</h2> })}
        <section
            class="history-group"
            data-testid=testid::HISTORY_GROUP
            data-conversation=conversation.number().to_string()
        >
            {entries.collect_view()}
            <EraseOne conversation/>
        </section>
    }
}

#[component]
fn EraseOne(conversation: ConversationId) -> impl IntoView {
    let history = use_history();
    view! {
        <Sure
            testid=testid::HISTORY_ERASE_ONE
            says=|t| t.history.erase_one
            asks=|t| t.history.erase_one_sure
            is_quiet=true
            act=move || history.erase(conversation)
        />
    }
}

#[component]
fn OneEntry(entry: Arc<Entry>, places: Vec<Range<usize>>) -> impl IntoView {
    let settings = use_settings();
    let Entry { at_ms, speaker, came, ended, language, .. } = *entry;
    let who = move || match (settings.messages(), speaker) {
        (t, Speaker::Person) => t.talk.you,
        (t, Speaker::Bella) => t.words.bella,
    };
    let hour = move || calendar::hour(at_ms, settings.language.get().tag());
    let notes = move || {
        let t = &settings.messages().history;
        let came = (came == Way::Spoken).then_some(t.spoken);
        let ended = match ended {
            Ending::Done => None,
            Ending::Stopped => Some(t.stopped),
            Ending::Failed => Some(t.failed),
        };
        let notes = came.into_iter().chain(ended);
        notes.map(|note| view! { <span>{note}</span> }).collect_view()
    };
    let silent = entry.text.is_empty().then(|| {
        view! { <p class="note">{move || settings.messages().history.silent}</p> }
    });
    view! {
        <article
            class="history-entry"
            data-testid=testid::HISTORY_ENTRY
            data-speaker=speaker.name()
            data-came=came.name()
            data-ended=ended.name()
        >
            <p class="history-about">
                <span class="history-who">{who}</span>
                <time datetime=calendar::exact(at_ms)>{hour}</time>
                {notes}
            </p>
            <p
                class="history-text"
                lang=language.map(|language| language.tag())
                data-testid=testid::HISTORY_TEXT
            >
                {marked(&entry.text, &places)}
            </p>
            {silent}
        </article>
    }
}

/// A text with what was looked for marked in it.
fn marked(text: &str, places: &[Range<usize>]) -> impl IntoView + use<> {
    let mut from = 0;
    let mut pieces = Vec::with_capacity(places.len() * 2 + 1);
    for place in places {
        let (before, here) = (text.get(from..place.start), text.get(place.clone()));
        pieces.push(before.unwrap_or_default().to_owned().into_any());
        let here = here.unwrap_or_default().to_owned();
        pieces.push(view! { <mark>{here}</mark> }.into_any());
        from = place.end;
    }
    pieces.push(text.get(from..).unwrap_or_default().to_owned().into_any());
    pieces
}
