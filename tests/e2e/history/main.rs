//! The conversation as the device keeps it: found again, taken along, erased.
//!
//! - [`sealed`]: the same under a passphrase

mod sealed;

use std::fs;
use std::path::PathBuf;

use bella_tests::conversation::{THINKING_TIME, reply, said};
use bella_tests::history::BROUGHT;
use bella_tests::testid::*;
use bella_tests::{Find, Page, Stage, Trouble, Visit, by};
use serde_json::{Value, json};

const FRANCE: &str = "What is the capital of France?";
const KOREAN: &str = "안녕하세요, 벨라! 등대 이야기를 기억해요?";
/// Stands in what is said and nowhere else.
const MARK: &str = "lighthouse-7391";

fn entry() -> Find {
    by(HISTORY_ENTRY)
}

#[track_caller]
fn must_be(page: &Page, access: &str) {
    page.wait_for_attribute(THINKING_TIME, HISTORY, "data-access", access);
    if access == "open" {
        page.wait_for(by(HISTORY).with("data-whole", "yes"));
    }
}

/// By the links, so that what is open stays open.
#[track_caller]
fn go_to_history(visit: &Visit) {
    visit.page.click(NAV_SETTINGS);
    visit.page.click(NAV_HISTORY);
    must_be(&visit.page, "open");
}

#[track_caller]
fn must_tell(visit: &Visit, outcome: &str) {
    visit.page.wait_for_attribute(THINKING_TIME, HISTORY_OUTCOME, "data-outcome", outcome);
}

#[track_caller]
fn must_count(page: &Page, count: usize) {
    page.wait_for_attribute(THINKING_TIME, HISTORY_LIST, "data-count", &count.to_string());
}

/// Who said what, as it is shown from top to bottom.
#[track_caller]
fn shown(page: &Page) -> Vec<(String, String)> {
    page.call(
        "([entry, text]) => [...document.querySelectorAll(`[data-testid=${entry}]`)].map(one =>
            [one.dataset.speaker, one.querySelector(`[data-testid=${text}]`).textContent])",
        &[json!([HISTORY_ENTRY, HISTORY_TEXT])],
    )
}

/// What is looked for and the words that are marked, entry by entry.
#[track_caller]
fn search(visit: &Visit, typed: &str) -> Vec<Vec<String>> {
    visit.page.read::<()>(HISTORY_SEARCH, "e => e.select()");
    visit.page.type_into(HISTORY_SEARCH, "");
    visit.page.read::<()>(HISTORY_SEARCH, "e => e.select()");
    visit.page.type_text(typed);
    visit.page.wait_for_attribute(THINKING_TIME, HISTORY_LIST, "data-query", typed);
    visit.page.call(
        "entry => [...document.querySelectorAll(`[data-testid=${entry}]`)].map(one =>
            [...one.querySelectorAll('mark')].map(mark => mark.textContent))",
        &[json!(HISTORY_ENTRY)],
    )
}

#[track_caller]
fn export(visit: &Visit) -> PathBuf {
    let folder = visit.folder.join("saved");
    fs::create_dir_all(&folder).expect("a folder for what is saved");
    let folder = fs::canonicalize(&folder).expect("it is there");
    let behaviour = json!({ "behavior": "allow", "downloadPath": folder });
    visit.page.command("Page.setDownloadBehavior", behaviour);
    visit.manage_history();
    visit.page.click(HISTORY_EXPORT);
    must_tell(visit, "saved");
    let file = || {
        let files = fs::read_dir(&folder).expect("the folder can be read");
        let mut files = files.map(|file| file.expect("a file").path());
        files.find(|file| file.extension().is_some_and(|it| it == "json"))
    };
    visit.page.wait_within(THINKING_TIME, "the file to be saved", || file().is_some());
    file().expect("it was saved")
}

#[track_caller]
fn erase_all(visit: &Visit) {
    if visit.page.count(HISTORY_MANAGE) > 0 {
        visit.manage_history();
    }
    visit.page.click(HISTORY_ERASE_ALL);
    visit.page.click(HISTORY_ERASE_YES);
    must_tell(visit, "erased");
}

/// Every byte of the history's database, as text that can be looked through: UTF-8 and
/// UTF-16 as well.
fn everything_kept(visit: &Visit) -> String {
    visit.page.eval(
        "(async () => {
            const done = asked => new Promise((resolve, reject) => {
                asked.onsuccess = () => resolve(asked.result);
                asked.onerror = () => reject(asked.error);
            });
            const database = await done(indexedDB.open('bella-history'));
            const all = [];
            const write = value => {
                if (typeof value === 'string') all.push(value);
                else if (ArrayBuffer.isView(value)) {
                    for (const name of ['utf-8', 'utf-16le', 'latin1'])
                        all.push(new TextDecoder(name).decode(value));
                } else all.push(JSON.stringify(value));
            };
            for (const store of database.objectStoreNames) {
                const look = database.transaction(store).objectStore(store);
                (await done(look.getAllKeys())).forEach(write);
                (await done(look.getAll())).forEach(write);
            }
            database.close();
            return all.join('\\n');
        })()",
    )
}

#[test]
fn what_was_said_is_there_after_a_reload_and_is_found_again() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        let answer = visit.ask(FRANCE);
        visit.ask(KOREAN);
        go_to_history(visit);
        must_count(&visit.page, 4);

        visit.page.reload();
        must_be(&visit.page, "open");
        must_count(&visit.page, 4);
        let all = shown(&visit.page);
        let speakers: Vec<&str> = all.iter().map(|(speaker, _)| speaker.as_str()).collect();
        assert_eq!(speakers, ["person", "bella", "person", "bella"], "as it went");
        assert_eq!((all[0].1.as_str(), all[2].1.as_str()), (FRANCE, KOREAN));
        assert_eq!(all[1].1.trim(), answer.text);

        for (typed, marks) in [
            ("CAPITAL france", vec!["capital", "France"]),
            ("등대", vec!["등대"]),
            ("ㄷㄷ", vec!["등대"]),
            ("ㅂㄹ ㅇㅇㄱ", vec!["벨라", "이야기"]),
        ] {
            let found = search(visit, typed);
            assert!(found.contains(&marks.iter().map(ToString::to_string).collect()), "{found:?}");
        }
        assert!(search(visit, "없는말").is_empty());
        must_count(&visit.page, 0);
        visit.page.read::<()>(HISTORY_SEARCH, "e => e.select()");
        visit.page.press("Delete");
        must_count(&visit.page, 4);
    });
}

#[test]
fn a_reload_takes_the_conversation_up_again_unless_it_was_cleared() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        let answer = visit.ask(FRANCE);
        // It is kept a moment after it was said.
        go_to_history(visit);
        must_count(&visit.page, 2);
        visit.page.click(NAV_TALK);
        visit.page.reload();
        visit.wait_for_engine("idle");
        visit.page.wait_for(reply());
        assert_eq!(visit.page.text(said().inner(MESSAGE_TEXT)), FRANCE);
        assert_eq!(visit.page.text(reply().inner(MESSAGE_TEXT)), answer.text);

        visit.page.click(CLEAR);
        visit.page.reload();
        visit.wait_for_engine("idle");
        assert_eq!(visit.page.count(MESSAGE), 0, "it was cleared");
        visit.open_history();
        must_count(&visit.page, 2);
    });
}

#[test]
fn a_history_saved_erased_and_brought_back_is_the_same() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.ask(&format!("{FRANCE} {MARK}"));
        go_to_history(visit);
        must_count(&visit.page, 2);
        let before = shown(&visit.page);
        let file = export(visit);
        let saved: Value =
            serde_json::from_slice(&fs::read(&file).expect("it can be read")).expect("it is JSON");
        assert_eq!((&saved["format"], &saved["version"]), (&json!("bella-history"), &json!(1)));
        assert_eq!(saved["entries"].as_array().map(Vec::len), Some(2));

        // Nothing goes before it was said twice.
        visit.page.click(HISTORY_ERASE_ALL);
        visit.page.click(HISTORY_ERASE_NO);
        must_count(&visit.page, 2);
        erase_all(visit);
        must_count(&visit.page, 0);
        assert!(!everything_kept(visit).contains(MARK), "some of it is still there");

        visit.bring_history(&file, "brought");
        must_count(&visit.page, 2);
        assert_eq!(shown(&visit.page), before);
        // The same once more is nothing more.
        visit.bring_history(&file, "brought");
        must_count(&visit.page, 2);
        visit.open_history();
        assert_eq!(shown(&visit.page), before);
    });
}

#[test]
fn what_cannot_be_read_is_told_and_changes_nothing() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        let good = visit.history_of(&["first", "second"]);
        visit.bring_history(&good, "brought");
        must_count(&visit.page, 2);
        let good: Value =
            serde_json::from_slice(&fs::read(&good).expect("it can be read")).expect("it is JSON");
        let mut later = good.clone();
        later["version"] = json!(2);
        let mut unfit = good.clone();
        unfit["entries"][1]["speaker"] = json!("nobody");
        for (history, outcome) in [
            (json!({ "a": 1 }), "file-not-a-history"),
            (later, "file-other-version"),
            (unfit, "file-unfit"),
        ] {
            visit.bring_history(&visit.write_history(history.to_string().as_bytes()), outcome);
        }
        assert!(visit.page.text(HISTORY_OUTCOME).contains('2'), "it tells which entry");
        visit.bring_history(&visit.write_history(b"{\"format\":"), "file-not-json");
        must_count(&visit.page, 2);
    });
}

#[test]
fn one_conversation_can_be_erased_and_the_rest_stays() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.wake();
        visit.ask(FRANCE);
        go_to_history(visit);
        visit.bring_history(&visit.history_of(&["an older one", MARK]), "brought");
        must_count(&visit.page, 4);
        let older = by(HISTORY_GROUP).with("data-conversation", &BROUGHT.to_string());
        visit.page.click(older.clone().inner(HISTORY_ERASE_ONE));
        visit.page.click(older.inner(HISTORY_ERASE_YES));
        must_tell(visit, "erased");
        must_count(&visit.page, 2);
        visit.open_history();
        must_count(&visit.page, 2);
        assert!(!everything_kept(visit).contains(MARK));
    });
}

#[test]
fn who_wants_nothing_kept_gets_nothing_kept() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        visit.bring_history(&visit.history_of(&["before"]), "brought");
        visit.page.click(NAV_SETTINGS);
        visit.choose(HISTORY_WANTED, "no");
        visit.wake();
        visit.ask(&format!("{FRANCE} {MARK}"));
        go_to_history(visit);
        must_count(&visit.page, 1);
        assert!(!everything_kept(visit).contains(MARK));
        // What was kept before can go from where that was chosen.
        visit.page.click(NAV_SETTINGS);
        visit.page.click(HISTORY_ERASE_ALL);
        visit.page.click(HISTORY_ERASE_YES);
        visit.page.wait_gone(HISTORY_ERASE_ALL);
        visit.open_history();
        must_count(&visit.page, 0);
    });
}

#[test]
fn thousands_of_entries_are_drawn_in_portions() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        let texts: Vec<String> = (0..5000).map(|number| format!("entry {number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        visit.bring_history(&visit.history_of(&texts), "brought");
        must_count(&visit.page, 5000);
        let drawn = visit.page.count(entry());
        assert!((10..500).contains(&drawn), "{drawn} are drawn at once");
        visit.page.click(HISTORY_MORE);
        visit.page.wait_until("more of them", || visit.page.count(entry()) > drawn);
        assert_eq!(search(visit, "\"entry 77\"").len(), 0);
        assert_eq!(search(visit, "4242"), [["4242"]]);
    });
}

#[test]
fn a_device_without_room_says_so_once_and_talks_on() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the test takes the database away", |one| {
            matches!(one, Trouble::Complaint { .. } | Trouble::ConsoleError { .. })
        });
        visit.page.before_every_document(
            "IDBObjectStore.prototype.add = function () {
                throw new DOMException('', 'QuotaExceededError');
            }",
        );
        visit.wake();
        assert_eq!(visit.ask(FRANCE).state, "done");
        let notice = by(HISTORY_TROUBLE).with("data-trouble", "full");
        visit.page.wait_for(&notice);
        visit.page.read::<()>(&notice, "e => e.querySelector('button').click()");
        visit.page.wait_gone(&notice);
        assert_eq!(visit.ask(FRANCE).state, "done");
        assert!(!visit.page.shows(&notice), "it is told once");
    });
}
