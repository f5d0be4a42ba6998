//! The lab measures a real model in the tab, beside a conversation that goes on
//! afterwards as if nothing had been.

use std::fs;
use std::time::{Duration, Instant};

use bella_measure::{Kind, Report};
use bella_tests::conversation::{THINKING_TIME, reply};
use bella_tests::testid::*;
use bella_tests::{Stage, Visit};
use serde_json::json;

const SMOLLM2: &str = "smollm2-135m-instruct";
const E5: &str = "multilingual-e5-small";

/// Several answers, and prompts of two thousand tokens.
const LAB_TIME: Duration = Duration::from_secs(600);

/// What a slow phone and a fast desktop have in common.
#[track_caller]
fn must_be_sane(report: &Report) {
    assert!(report.machine.cores >= 1, "{:?}", report.machine);
    assert!(report.machine.browser.contains("Chrom"), "{:?}", report.machine);
    assert!(report.machine.date.starts_with("20"), "{:?}", report.machine);
    let [run] = report.runs.as_slice() else { panic!("{} runs", report.runs.len()) };
    assert_eq!((run.model.as_str(), run.skipped.len()), (SMOLLM2, 0), "{run:?}");
    assert!(run.build.threads >= 1 && !run.build.name.is_empty(), "{:?}", run.build);
    for (kind, least, most) in [
        (Kind::Load, 20.0, 120_000.0),
        (Kind::Prefill, 3.0, 50_000.0),
        (Kind::Decode, 1.0, 5_000.0),
        (Kind::PrefillLong, 3.0, 50_000.0),
        (Kind::DecodeLong, 1.0, 5_000.0),
    ] {
        let figure = run.figure(kind).unwrap_or_else(|| panic!("no {kind:?}: {run:?}"));
        assert!((least..most).contains(&figure.median), "{figure:?}");
        let rounds = if kind == Kind::Load { 1 } else { 2 };
        assert_eq!(figure.samples.len(), rounds, "{figure:?}");
    }
    assert!(run.cache_bytes > 1_000_000, "two thousand positions are in there: {run:?}");
    let ratio = run.peak_over_needed().unwrap_or_default();
    assert!((0.9..1.4).contains(&ratio), "all the weights are in there, and little else: {ratio}");
}

/// The file that lands in the person's folder.
#[track_caller]
fn saved(visit: &Visit) -> String {
    let folder = visit.folder.join("saved");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for what is saved");
    let path = fs::canonicalize(&folder).expect("it is there");
    visit
        .page
        .command("Page.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": path }));
    visit.page.click(LAB_SAVE);
    let file = folder.join("bella-lab.json");
    visit.page.wait_until("the file to be saved", || file.is_file());
    fs::read_to_string(&file).expect("it can be read")
}

/// Workers of the page; a service worker comes and goes as the browser likes.
fn engines(visit: &Visit) -> usize {
    visit.page.workers().iter().filter(|worker| worker.kind() == "worker").count()
}

#[test]
fn the_lab_measures_a_model_and_leaves_the_conversation_alone() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.ask("My name is Bora. Say hello.");
        let workers = engines(visit);

        visit.go_to_the_lab();
        visit.measure_only(SMOLLM2);
        visit.page.click(LAB_START);
        visit.wait_for_lab(LAB_TIME, "done");

        let shown = visit.page.text(LAB_JSON);
        let report: Report =
            serde_json::from_str(&shown).unwrap_or_else(|error| panic!("{error} in {shown}"));
        must_be_sane(&report);
        assert_eq!(visit.page.count(LAB_FIGURE), report.runs[0].figures.len() + 1, "and memory");
        let saved: Report = serde_json::from_str(&saved(visit)).expect("the same as a file");
        assert_eq!(saved, report);
        visit.page.wait_until("the lab's worker to go", || engines(visit) <= workers);

        visit.page.click(NAV_TALK);
        let answer = visit.ask("What did I say?");
        assert_eq!(answer.state, "done");
        let cached = visit.page.attribute(reply().last(), "data-cached-tokens");
        let cached: usize = cached.and_then(|count| count.parse().ok()).unwrap_or_default();
        assert!(cached > 20, "the model remembers what was said before: {cached} tokens");
    });
}

#[test]
fn a_device_that_saves_power_is_measured_as_it_is_used() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        let cores: usize = visit.page.eval("navigator.hardwareConcurrency");
        visit.page.click(NAV_SETTINGS);
        for (power, threads) in [("saving", 1), ("full", cores.min(4))] {
            visit.choose(POWER, power);
            visit.page.click(NAV_LAB);
            visit.measure_only(E5);
            visit.page.click(LAB_START);
            visit.wait_for_lab(LAB_TIME, "done");
            let report: Report =
                serde_json::from_str(&visit.page.text(LAB_JSON)).expect("what is shown");
            let [run] = report.runs.as_slice() else { panic!("{} runs", report.runs.len()) };
            assert_eq!((run.build.name.as_str(), run.build.threads), ("turbo", threads), "{power}");
            assert!(run.figure(Kind::Embed).is_some(), "{run:?}");
            visit.page.click(NAV_SETTINGS);
        }
    });
}

#[test]
fn who_stops_or_leaves_is_not_kept_waiting() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        let workers = engines(visit);
        let gone = |when: &str| {
            let begun = Instant::now();
            visit.page.wait_within(THINKING_TIME, when, || engines(visit) <= workers);
            assert!(begun.elapsed() < Duration::from_secs(5), "{when}: {:?}", begun.elapsed());
        };
        visit.go_to_the_lab();
        visit.measure_only(SMOLLM2);
        visit.page.click(LAB_START);
        visit.wait_for_lab(THINKING_TIME, "measuring");
        visit.page.click(LAB_STOP);
        visit.wait_for_lab(THINKING_TIME, "stopped");
        gone("the worker to go when it is stopped");

        visit.page.click(LAB_START);
        visit.wait_for_lab(THINKING_TIME, "measuring");
        visit.page.click(NAV_TALK);
        gone("the worker to go when the page is left");
        visit.go_to_the_lab();
        visit.wait_for_lab(THINKING_TIME, "stopped");
    });
}
