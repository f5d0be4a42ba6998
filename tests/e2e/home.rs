//! Models that stay on the device, as a person sees it.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use bella_tests::conversation::THINKING_TIME;
use bella_tests::testid::*;
use bella_tests::{Find, Stage, Trouble, Visit, by};
use serde_json::json;
use xtask::server::{Exchange, Fault};

const SMOLLM2: &str = "smollm2-135m-instruct";

/// Small, and of two files.
const E5: &str = "multilingual-e5-small";
const VAD: &str = "silero-vad";
const QWEN: &str = "qwen2.5-coder-0.5b-instruct";

fn card() -> Find {
    card_of(SMOLLM2)
}

fn card_of(model: &str) -> Find {
    by(MODEL_CARD).with("data-model", model)
}

fn about_weights(visit: &Visit) -> Vec<Exchange> {
    let exchanges = visit.host.exchanges().into_iter();
    exchanges.filter(|one| one.path.contains("/weights/")).collect()
}

fn about(visit: &Visit, model: &str) -> Vec<Exchange> {
    let mut exchanges = about_weights(visit);
    exchanges.retain(|one| one.path.contains(model));
    exchanges
}

#[track_caller]
fn wait_for_kept(visit: &Visit, how: &str) {
    wait_for(visit, SMOLLM2, how);
}

#[track_caller]
fn wait_for(visit: &Visit, model: &str, how: &str) {
    visit.page.wait_for_within(THINKING_TIME, card_of(model).inner(KEPT).with("data-kept", how));
}

#[track_caller]
fn wait_in_queue(visit: &Visit, model: &str, state: &str) {
    let place = card_of(model).inner(KEEPING).with("data-state", state);
    visit.page.wait_for_within(THINKING_TIME, place);
}

fn slowly(visit: &Visit) {
    visit.host.misbehave(|asked| match asked.path.contains("/weights/") {
        true => Fault::slow(15_000_000),
        false => Fault::none(),
    });
}

#[track_caller]
fn open_models(visit: &Visit) {
    visit.open("models");
    visit.wait_for_engine("empty");
    // Cards grow by a line or two when it is known what this device carries: until then
    // a button may move away from under a click.
    visit.page.wait_for(card_of(VAD).inner(FIT).with("data-fit", "fits"));
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
        slowly(visit);
        open_models(visit);
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

#[test]
fn models_come_one_after_the_other_and_each_can_be_paused_and_cancelled() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        slowly(visit);
        open_models(visit);
        for model in [SMOLLM2, E5, VAD] {
            visit.page.click(card_of(model).inner(KEEP_MODEL));
        }
        wait_in_queue(visit, SMOLLM2, "coming");
        wait_in_queue(visit, E5, "waiting");
        wait_in_queue(visit, VAD, "waiting");
        assert_eq!(about(visit, E5).len() + about(visit, VAD).len(), 0, "they do not wait");
        visit.page.wait_within(THINKING_TIME, "a part to come", || {
            about(visit, SMOLLM2).iter().any(|one| one.sent > 30_000_000)
        });
        visit.page.click(card().inner(PAUSE_KEEPING));
        wait_in_queue(visit, SMOLLM2, "paused");
        wait_for(visit, SMOLLM2, "part");

        // The next one has its turn, and is not wanted any more.
        wait_in_queue(visit, E5, "coming");
        visit.page.wait_within(THINKING_TIME, "a part to come", || {
            about(visit, E5).iter().any(|one| one.sent > 20_000_000)
        });
        visit.page.click(card_of(E5).inner(CANCEL_KEEPING));
        wait_for(visit, VAD, "whole");
        visit.page.wait_gone(card_of(E5).inner(KEPT));

        // What was paused stays so after a reload, until somebody lets it go on.
        visit.page.reload();
        visit.wait_for_engine("empty");
        wait_in_queue(visit, SMOLLM2, "paused");
        visit.host.behave();
        visit.page.click(card().inner(RESUME_KEEPING));
        wait_for_kept(visit, "whole");
        let ranges: Vec<_> = about(visit, SMOLLM2).into_iter().map(|one| one.range).collect();
        assert!(matches!(&ranges[..], [None, Some(_)]), "{ranges:?}");
        visit.wait_for_engine("empty");
    });
}

#[test]
fn what_was_coming_goes_on_by_itself_after_a_reload() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        slowly(visit);
        open_models(visit);
        visit.page.click(card().inner(KEEP_MODEL));
        visit.page.click(card_of(VAD).inner(KEEP_MODEL));
        visit.page.wait_within(THINKING_TIME, "a part to come", || {
            about(visit, SMOLLM2).iter().any(|one| one.sent > 30_000_000)
        });
        visit.host.behave();
        visit.page.reload();
        wait_for_kept(visit, "whole");
        wait_for(visit, VAD, "whole");
        let ranges: Vec<_> = about(visit, SMOLLM2).into_iter().map(|one| one.range).collect();
        assert!(matches!(&ranges[..], [None, Some(_)]), "{ranges:?}");
    });
}

/// Either fits, both do not.
#[test]
fn what_found_no_room_says_what_could_go_and_comes_when_it_did() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        open_models(visit);
        visit.page.set_quota(Some(130_000_000));
        visit.page.click(card_of(E5).inner(KEEP_MODEL));
        wait_for(visit, E5, "whole");
        visit.page.click(card().inner(KEEP_MODEL));
        wait_in_queue(visit, SMOLLM2, "failed");
        let told = visit.page.text(card().inner(TROUBLE).with("data-trouble", "not-kept"));
        assert!(told.contains("98 MB") && told.matches(" MB").count() >= 3, "{told}");
        assert!(!visit.page.shows(card().inner(KEPT)), "half of it stayed");

        visit.page.click(card().inner(DELETE_OTHER).with("data-model", E5));
        visit.page.wait_gone(card_of(E5).inner(KEPT));
        visit.page.click(card().inner(KEEP_AGAIN));
        wait_for_kept(visit, "whole");
        visit.page.wait_gone(card().inner(KEEPING));
    });
}

/// Two files in one: what was saved here can be brought back without the network.
#[test]
fn a_model_can_be_carried_in_a_file() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        open_models(visit);
        visit.page.click(card_of(E5).inner(KEEP_MODEL));
        wait_for(visit, E5, "whole");
        let file = save_as_file(visit, E5, "tar");
        visit.page.click(card_of(E5).inner(FORGET_MODEL));
        visit.page.wait_gone(card_of(E5).inner(KEPT));

        let asked = about_weights(visit).len();
        let field = |model| card_of(model).inner(IMPORT_MODEL);
        visit.page.choose_files(field(SMOLLM2), &[&file]);
        visit.page.wait_for(card().inner(TROUBLE).with("data-trouble", "not-in-file"));
        visit.page.choose_files(field(E5), &[&file]);
        wait_for(visit, E5, "whole");
        assert_eq!(about_weights(visit).len(), asked, "the network was asked");

        // A bit that flipped on the way is noticed.
        let mut bytes = fs::read(&file).expect("it can be read");
        bytes[40_000_000] ^= 1;
        fs::write(&file, bytes).expect("it can be written");
        visit.page.click(card_of(E5).inner(FORGET_MODEL));
        visit.page.wait_gone(card_of(E5).inner(KEPT));
        visit.page.choose_files(field(E5), &[&file]);
        visit.page.wait_for_within(
            THINKING_TIME,
            card_of(E5).inner(TROUBLE).with("data-trouble", "wrong-hash"),
        );
        assert!(!visit.page.shows(card_of(E5).inner(KEPT)), "it was kept all the same");
    });
}

#[track_caller]
fn save_as_file(visit: &Visit, model: &str, kind: &str) -> PathBuf {
    let folder = visit.folder.join("saved");
    fs::create_dir_all(&folder).expect("a folder for what is saved");
    let folder = fs::canonicalize(&folder).expect("it is there");
    let behaviour = json!({ "behavior": "allow", "downloadPath": folder });
    visit.page.command("Page.setDownloadBehavior", behaviour);
    visit.page.click(card_of(model).inner(EXPORT_MODEL));
    let file = folder.join(format!("{model}.{kind}"));
    visit.page.wait_within(THINKING_TIME, "the file to be saved", || file.is_file());
    file
}

#[test]
fn the_promise_of_the_browser_is_told_as_it_was_given() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        open_models(visit);
        visit.page.wait_for(by(LARDER).with("data-promised", "no"));
        visit.page.eval::<()>(
            "(() => {
                const persist = StorageManager.prototype.persist;
                StorageManager.prototype.persist = async function () {
                    const answer = await persist.call(this);
                    globalThis.answered = answer ? 'yes' : 'no';
                    return answer;
                };
            })()",
        );
        visit.page.click(ASK_TO_KEEP);
        visit.page.wait_until("the browser to answer", || {
            visit.page.eval::<bool>("!!globalThis.answered")
        });
        let answer: String = visit.page.eval("globalThis.answered");
        visit.page.wait_for(by(LARDER).with("data-promised", &answer));
        assert_eq!(visit.page.shows(ASK_TO_KEEP), answer == "no");
    });
}

#[test]
fn what_no_version_knows_any_more_can_be_deleted() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        open_models(visit);
        visit.page.click(card_of(VAD).inner(KEEP_MODEL));
        wait_for(visit, VAD, "whole");
        // As an earlier version may have left it.
        visit.page.eval::<()>(
            "new Promise((done, failed) => {
                const open = indexedDB.open('bella');
                open.onerror = () => failed(open.error);
                open.onsuccess = () => {
                    const change = open.result.transaction(['models', 'chunks'], 'readwrite');
                    const [models, chunks] = ['models', 'chunks'].map(it => change.objectStore(it));
                    models.get('silero-vad').onsuccess = ({ target }) => {
                        const record = { ...JSON.parse(target.result), model: 'bygone' };
                        models.put(JSON.stringify(record), 'bygone');
                        chunks.put(new Uint8Array(1000), ['bygone', 'model.gguf', 0]);
                    };
                    change.oncomplete = () => { open.result.close(); done(); };
                    change.onabort = () => failed(change.error);
                };
            })",
        );
        open_models(visit);
        let stray = by(STRAY_CARD).with("data-model", "bygone");
        visit.page.wait_for(&stray);
        visit.page.click(stray.clone().inner(DELETE_OTHER));
        visit.page.wait_gone(&stray);
        wait_for(visit, VAD, "whole");
    });
}

#[test]
fn what_a_device_carries_is_found_out_by_trying() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        open_models(visit);
        visit.page.wait_for(card().inner(FIT).with("data-fit", "fits"));
        assert_ne!(visit.page.attribute(LARDER, "data-tier").as_deref(), Some("commands"));

        // A memory that grows to half a gigabyte and no further.
        visit.page.before_every_worker(
            "{
                const grow = WebAssembly.Memory.prototype.grow;
                WebAssembly.Memory.prototype.grow = function (pages) {
                    if (this.buffer.byteLength + pages * 65536 > 512 * 1024 * 1024)
                        throw new RangeError('no more');
                    return grow.call(this, pages);
                };
            }",
        );
        open_models(visit);
        visit.page.wait_for(by(LARDER).with("data-tier", "tiny"));
        visit.page.wait_for(card().inner(FIT).with("data-fit", "fits"));
        visit.page.wait_for(card_of(QWEN).inner(FIT).with("data-fit", "too-large"));
        let why = visit.page.text(card_of(QWEN).inner(FIT));
        assert!(why.contains("565 MB") && why.contains("402 MB"), "{why}");
    });
}

/// It never ends.
#[track_caller]
fn begin_to_load(visit: &Visit, model: &'static str) {
    visit.host.misbehave(move |asked| match asked.path.contains(model) {
        true => Fault { delay: Some(Duration::from_secs(30)), ..Fault::none() },
        false => Fault::none(),
    });
    visit.page.click(card_of(model).inner(USE_MODEL));
    visit.wait_for_engine("loading");
}

/// The tab of a person is gone, and the next one asks why.
#[track_caller]
fn crash_while_it_loads(visit: &Visit, model: &'static str) {
    begin_to_load(visit, model);
    visit.page.crash();
    visit.host.behave();
}

#[test]
fn another_tab_neither_takes_a_load_for_a_death_nor_hides_one() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the test kills the tab", |one| {
            matches!(one, Trouble::Crashed { .. } | Trouble::Complaint { .. })
        });
        open_models(visit);
        begin_to_load(visit, QWEN);
        let other = visit.another_tab();
        other.goto(&visit.host.url_of(""));
        other.wait_for_attribute(THINKING_TIME, ENGINE_STATE, "data-state", "empty");
        assert_eq!(other.count(TROUBLE), 0, "the first tab lives");
        other.goto("about:blank");
        visit.page.crash();

        visit.host.behave();
        visit.open("");
        visit.page.wait_for(by(TROUBLE).with("data-trouble", "load-killed-tab"));
        // Nor is it told twice.
        other.goto(&visit.host.url_of(""));
        other.wait_for_attribute(THINKING_TIME, ENGINE_STATE, "data-state", "empty");
        assert_eq!(other.count(TROUBLE), 0);
    });
}

#[test]
fn after_a_load_that_killed_the_tab_it_begins_one_size_smaller() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the test kills the tab", |one| {
            matches!(one, Trouble::Crashed { .. } | Trouble::Complaint { .. })
        });
        open_models(visit);
        visit.page.click(card().inner(KEEP_MODEL));
        wait_for_kept(visit, "whole");
        crash_while_it_loads(visit, QWEN);
        visit.open("");
        visit.page.wait_for(by(TROUBLE).with("data-trouble", "load-killed-tab"));
        // What is smaller is here already, so it begins with that.
        visit.wait_for_engine("idle");
        assert!(visit.ask("What is the capital of France?").text.contains("Paris"));

        // There is nothing smaller than that.
        visit.open("models");
        visit.wait_for_engine("idle");
        assert!(!visit.page.shows(TROUBLE), "it is told once");
        visit.page.click(card().inner(UNLOAD_MODEL));
        visit.page.click(card().inner(FORGET_MODEL));
        visit.page.wait_gone(card().inner(KEPT));
        crash_while_it_loads(visit, SMOLLM2);
        visit.open("");
        visit.page.wait_for(by(TROUBLE).with("data-trouble", "load-killed-tab"));
        visit.wait_for_engine("empty");

        // Who leaves by themselves is not reproached.
        slowly(visit);
        visit.page.click(LOAD_MODEL);
        visit.wait_for_engine("loading");
        visit.open("");
        visit.wait_for_engine("empty");
        assert!(!visit.page.shows(TROUBLE));
    });
}
