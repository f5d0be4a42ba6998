//! Models that stay on the device, as a person sees it.

use bella_tests::conversation::THINKING_TIME;
use bella_tests::testid::*;
use bella_tests::{Find, Stage, Visit, by};
use serde_json::json;
use xtask::server::{Exchange, Fault};

const SMOLLM2: &str = "smollm2-135m-instruct";

fn card() -> Find {
    by(MODEL_CARD).with("data-model", SMOLLM2)
}

fn about_weights(visit: &Visit) -> Vec<Exchange> {
    let exchanges = visit.host.exchanges().into_iter();
    exchanges.filter(|one| one.path.contains("/weights/")).collect()
}

#[track_caller]
fn wait_for_kept(visit: &Visit, how: &str) {
    visit.page.wait_for_within(THINKING_TIME, card().inner(KEPT).with("data-kept", how));
}

#[test]
fn a_model_that_was_loaded_is_there_the_next_time_until_it_is_deleted() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        visit.page.click(LOAD_MODEL);
        visit.wait_for_engine("idle");
        visit.page.click(NAV_MODELS);
        wait_for_kept(visit, "whole");
        assert_eq!(about_weights(visit).len(), 1);

        visit.open("");
        visit.wait_for_engine("idle");
        assert!(visit.ask("What is the capital of France?").text.contains("Paris"));
        assert_eq!(about_weights(visit).len(), 1, "it was fetched again");

        visit.page.click(NAV_MODELS);
        visit.page.click(card().inner(FORGET_MODEL));
        visit.page.wait_gone(card().inner(KEPT));
        // It goes on talking, from memory.
        visit.page.wait_for(card().inner(UNLOAD_MODEL));
    });
}

#[test]
fn a_download_can_be_paused_and_goes_on_after_a_reload() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
            true => Fault::slow(15_000_000),
            false => Fault::none(),
        });
        visit.open("models");
        visit.wait_for_engine("empty");
        visit.page.click(card().inner(USE_MODEL));
        visit.page.wait_within(THINKING_TIME, "a part to come", || {
            about_weights(visit).iter().any(|one| one.sent > 30_000_000)
        });
        visit.page.click(card().inner(CANCEL_LOAD));
        wait_for_kept(visit, "part");

        visit.page.reload();
        visit.wait_for_engine("empty");
        wait_for_kept(visit, "part");
        visit.host.behave();
        visit.page.click(card().inner(USE_MODEL));
        visit.wait_for_engine("idle");
        wait_for_kept(visit, "whole");
        let ranges: Vec<_> = about_weights(visit).into_iter().map(|one| one.range).collect();
        assert!(matches!(&ranges[..], [None, Some(_)]), "{ranges:?}");
    });
}

/// Smaller than the model, so that it fits never: it talks, and says so.
#[test]
fn a_device_without_room_is_told_with_both_sizes() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        let params = json!({ "origin": visit.host.origin(), "quotaSize": 40_000_000 });
        visit.page.command("Storage.overrideQuotaForOrigin", params);
        for language in ["en-US", "ko-KR"] {
            visit.page.set_language(language);
            visit.open("");
            if language == "en-US" {
                visit.wait_for_engine("empty");
                visit.page.click(LOAD_MODEL);
            }
            visit.wait_for_engine("idle");
            let told = visit.page.text(by(NOT_KEPT).with("data-reason", "full"));
            let sizes = told.matches(" MB").count();
            assert!(sizes >= 2, "{told}");
            let is_korean = told.chars().any(|letter| ('가'..='힣').contains(&letter));
            assert_eq!(is_korean, language == "ko-KR", "{told}");
        }
        visit.page.click(NAV_MODELS);
        visit.page.wait_for(card().inner(UNLOAD_MODEL));
        assert!(!visit.page.shows(card().inner(KEPT)), "half of it stayed");
    });
}
