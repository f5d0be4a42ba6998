//! What the lab found out: in words, and every number below.

use bella_measure::{Kind, Report, Run, Skipped, Unit};
use leptos::prelude::*;

use super::trouble_notice::ToldWords;
use crate::browser::page::hand_over;
use crate::i18n::messages::LabWords;
use crate::i18n::{tell, units};
use crate::library;
use crate::settings::use_settings;
use crate::testid;

const FILE_NAME: &str = "bella-lab.json";

#[component]
pub fn LabResults(report: Report) -> impl IntoView {
    let settings = use_settings();
    // Structs of numbers and texts can always be written.
    let json = serde_json::to_string_pretty(&report).unwrap_or_default();
    let has_runs = !report.runs.is_empty();
    let has = |is_such: fn(Kind) -> bool| {
        report.runs.iter().any(|run| run.figures.iter().any(|figure| is_such(figure.kind)))
    };
    let speaks_of_tokens = has(|kind| kind.unit() == Unit::TokensPerSecond);
    let has_listened = has(|kind| kind == Kind::TranscribeShort);
    let notes = move || {
        let t = &settings.messages().lab;
        let token = speaks_of_tokens.then_some(t.token);
        let made_up = has_listened.then_some(t.made_up);
        [token, made_up].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let runs = report.runs.into_iter().map(|run| view! { <RunTable run/> }).collect_view();

    has_runs.then(|| {
        view! {
            <div class="lab-runs">{runs}</div>
            <p class="note">{notes}</p>
            <TakeAlong json=json.clone()/>
            <details class="lab-raw">
                <summary>{move || settings.messages().lab.raw}</summary>
                <pre tabindex="0" lang="en" data-testid=testid::LAB_JSON>{json}</pre>
            </details>
        }
    })
}

#[component]
fn RunTable(run: Run) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().lab;
    let name = library::find(&run.model).map_or(run.model.clone(), |model| model.name.clone());
    let threads = run.build.threads.to_string();
    let build = run.build.name.clone();
    let memory = run.peak_wasm_bytes.map(|bytes| {
        view! {
            <tr data-testid=testid::LAB_FIGURE data-kind="memory">
                <th scope="row">{move || t().memory}</th>
                <td>{units::bytes(bytes)}</td>
            </tr>
        }
    });
    let rows = run.figures.iter().map(|figure| {
        let (kind, unit, median) = (figure.kind, figure.unit, figure.median);
        view! {
            <tr data-testid=testid::LAB_FIGURE data-kind=kind.name()>
                <th scope="row">{move || kind_in_words(t(), kind)}</th>
                <td>{move || result_in_words(t(), unit, median)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let skipped =
        run.skipped.into_iter().map(|skipped| view! { <NotMeasured skipped/> }).collect_view();

    view! {
        <section class="lab-run">
            <h2>{name}</h2>
            <p class="note">{move || (t().build)(&build, &threads)}</p>
            <table class="lab-table">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">{move || t().figure}</th>
                        <th scope="col">{move || t().result}</th>
                    </tr>
                </thead>
                <tbody>{rows} {memory}</tbody>
            </table>
            {skipped}
        </section>
    }
}

#[component]
fn NotMeasured(skipped: Skipped) -> impl IntoView {
    let settings = use_settings();
    let what = skipped.what.clone();
    let is_all = what == Kind::Load.name();
    let missing = move || {
        let t = &settings.messages().lab;
        (t.missing)(&skipped_in_words(t, &what))
    };
    let told = Memo::new(move |_| tell::not_measured(settings.messages(), &skipped));
    view! {
        <div class="lab-missing" data-testid=testid::LAB_MISSING>
            {(!is_all).then(|| view! { <p class="note">{missing}</p> })}
            <ToldWords told/>
        </div>
    }
}

#[component]
fn TakeAlong(json: String) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().lab;
    let copied = RwSignal::new(None);
    let json = StoredValue::new(json);
    let save = move |_| {
        json.with_value(|json| hand_over::save_file(FILE_NAME, "application/json", json));
    };
    let copy = move |_| {
        json.with_value(|json| hand_over::copy(json, move |done| copied.set(Some(done))));
    };
    view! {
        <div class="lab-controls">
            <button type="button" class="button button-outline" data-testid=testid::LAB_SAVE on:click=save>
                {move || t().save}
            </button>
            <button type="button" class="button button-outline" data-testid=testid::LAB_COPY on:click=copy>
                {move || t().copy}
            </button>
            <div class="note" role="status">
                {move || copied.get().map(|done| if done { t().copied } else { t().not_copied })}
            </div>
        </div>
    }
}

fn kind_in_words(t: &LabWords, kind: Kind) -> String {
    match kind {
        Kind::Load => t.load.to_owned(),
        Kind::Prefill => t.prefill.to_owned(),
        Kind::Decode => t.decode.to_owned(),
        Kind::PrefillLong => t.prefill_2k.to_owned(),
        Kind::DecodeLong => t.decode_2k.to_owned(),
        Kind::TranscribeShort => (t.listen)("2"),
        Kind::TranscribeMiddle => (t.listen)("11"),
        Kind::TranscribeLong => (t.listen)("30"),
        Kind::Embed => t.embed.to_owned(),
        Kind::Feel => t.feel.to_owned(),
    }
}

/// What has no kind ended before it came to one.
fn skipped_in_words(t: &LabWords, what: &str) -> String {
    Kind::of_name(what).map_or_else(|| t.the_rest.to_owned(), |kind| kind_in_words(t, kind))
}

fn result_in_words(t: &LabWords, unit: Unit, median: f64) -> String {
    match unit {
        Unit::TokensPerSecond => (t.tokens_per_second)(&units::rate(median)),
        Unit::Milliseconds => units::duration(median),
    }
}
