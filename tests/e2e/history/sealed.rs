//! A history under a passphrase.

use bella_tests::testid::*;
use bella_tests::{Stage, Trouble, Visit, by};

use super::*;

const PASSPHRASE: &str = "등대 아래서 만나요 7";
const ANOTHER: &str = "correct horse battery";

#[track_caller]
fn set_passphrase(visit: &Visit) {
    begin_to_seal(visit);
    must_tell(visit, "passphrase-set");
}

#[track_caller]
fn enter(visit: &Visit, passphrase: &str) {
    visit.page.read::<()>(HISTORY_PASSPHRASE, "e => { e.value = '' }");
    visit.page.type_into(HISTORY_PASSPHRASE, passphrase);
    visit.page.click(HISTORY_OPEN);
}

#[test]
fn under_a_passphrase_nothing_can_be_read_without_it() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        let file = visit.history_of(&[MARK, "벨라", "third"]);
        visit.bring_history(&file, "brought");
        must_count(&visit.page, 3);
        let before = shown(&visit.page);
        assert!(everything_kept(visit).contains(MARK), "the test looks in the wrong place");

        visit.manage_history();
        visit.page.type_into(HISTORY_NEW_PASSPHRASE, PASSPHRASE);
        visit.page.type_into(HISTORY_PASSPHRASE_AGAIN, ANOTHER);
        visit.page.click(HISTORY_SET);
        must_tell(visit, "passphrase-differs");
        visit.page.read::<()>(HISTORY_NEW_PASSPHRASE, "e => { e.value = '' }");
        visit.page.read::<()>(HISTORY_PASSPHRASE_AGAIN, "e => { e.value = '' }");
        set_passphrase(visit);
        assert_eq!(shown(&visit.page), before, "it stays open here");
        let kept = everything_kept(visit);
        assert!(!kept.contains(MARK) && !kept.contains("벨라") && !kept.contains("third"));
        assert!(!kept.contains(PASSPHRASE));

        visit.page.reload();
        must_be(&visit.page, "locked");
        assert_eq!(visit.page.count(entry()), 0);
        assert!(!visit.page.eval::<String>("document.body.textContent").contains(MARK));
        enter(visit, ANOTHER);
        must_tell(visit, "wrong-passphrase");
        must_be(&visit.page, "locked");
        enter(visit, PASSPHRASE);
        must_be(&visit.page, "open");
        assert_eq!(shown(&visit.page), before);

        visit.manage_history();
        visit.page.click(HISTORY_LOCK);
        must_be(&visit.page, "locked");
        assert_eq!(visit.page.count(entry()), 0);
    });
}

#[test]
fn a_passphrase_can_be_changed_and_taken_away() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        let file = visit.history_of(&[MARK, "second"]);
        visit.bring_history(&file, "brought");
        set_passphrase(visit);
        let before = shown(&visit.page);

        visit.page.type_into(HISTORY_PASSPHRASE, ANOTHER);
        visit.page.type_into(HISTORY_NEW_PASSPHRASE, ANOTHER);
        visit.page.type_into(HISTORY_PASSPHRASE_AGAIN, ANOTHER);
        visit.page.click(HISTORY_CHANGE);
        must_tell(visit, "wrong-passphrase");
        visit.page.read::<()>(HISTORY_PASSPHRASE, "e => { e.value = '' }");
        visit.page.type_into(HISTORY_PASSPHRASE, PASSPHRASE);
        visit.page.click(HISTORY_CHANGE);
        must_tell(visit, "passphrase-changed");

        visit.page.reload();
        must_be(&visit.page, "locked");
        enter(visit, PASSPHRASE);
        must_tell(visit, "wrong-passphrase");
        enter(visit, ANOTHER);
        must_be(&visit.page, "open");
        assert_eq!(shown(&visit.page), before);

        visit.manage_history();
        visit.page.type_into(HISTORY_PASSPHRASE, ANOTHER);
        visit.page.click(HISTORY_REMOVE);
        must_tell(visit, "passphrase-removed");
        visit.open_history();
        assert_eq!(shown(&visit.page), before);
        assert!(everything_kept(visit).contains(MARK));
    });
}

/// Whatever ends a change, all of the old is there, and open as it was.
#[test]
fn a_change_that_ends_in_the_middle_has_changed_nothing() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the test kills the tab", |one| {
            matches!(one, Trouble::Crashed { .. } | Trouble::Complaint { .. })
        });
        visit.open_history();
        let texts: Vec<String> = (0..3000).map(|number| format!("{MARK} {number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        visit.bring_history(&visit.history_of(&texts), "brought");
        let before = shown(&visit.page);
        let after = |puts: u32, then: &str| {
            visit.page.eval::<()>(&format!(
                "(() => {{
                    let count = 0;
                    const put = IDBObjectStore.prototype.put;
                    IDBObjectStore.prototype.put = function (...values) {{
                        if (++count === {puts}) {{ {then} }}
                        return put.apply(this, values);
                    }};
                }})()"
            ));
        };
        let must_be_as_before = || {
            visit.open_history();
            visit.page.wait_for(by(HISTORY).with("data-sealed", "no"));
            must_count(&visit.page, 3000);
            assert_eq!(shown(&visit.page), before);
        };
        for (thrown, outcome) in [
            ("throw new DOMException('', 'DataCloneError')", "refused"),
            ("throw new DOMException('', 'QuotaExceededError')", "full"),
            ("this.transaction.abort()", "refused"),
        ] {
            after(1700, thrown);
            begin_to_seal(visit);
            must_tell(visit, outcome);
            must_be_as_before();
        }
        // The last that could be seen of the tab.
        after(1700, "globalThis.isHalf = true");
        begin_to_seal(visit);
        visit
            .page
            .wait_until("half of it to be written", || visit.page.eval("!!globalThis.isHalf"));
        visit.page.crash();
        visit.open("history");
        let access = by(HISTORY).with("data-access", "open");
        // It may have been done before it was killed: then all of it was.
        visit.page.wait_until("the history", || {
            visit.page.shows(&access) || visit.page.shows(HISTORY_PASSPHRASE)
        });
        if visit.page.shows(HISTORY_OPEN) {
            enter(visit, PASSPHRASE);
        }
        must_be(&visit.page, "open");
        must_count(&visit.page, 3000);
        assert_eq!(shown(&visit.page), before);
    });
}

#[track_caller]
fn begin_to_seal(visit: &Visit) {
    visit.manage_history();
    visit.page.type_into(HISTORY_NEW_PASSPHRASE, PASSPHRASE);
    visit.page.type_into(HISTORY_PASSPHRASE_AGAIN, PASSPHRASE);
    visit.page.click(HISTORY_SET);
}

#[test]
fn who_forgot_the_passphrase_can_begin_anew() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        let file = visit.history_of(&[MARK]);
        visit.bring_history(&file, "brought");
        set_passphrase(visit);
        visit.page.reload();
        must_be(&visit.page, "locked");
        erase_all(visit);
        must_be(&visit.page, "open");
        must_count(&visit.page, 0);
        visit.page.wait_for(by(HISTORY).with("data-sealed", "no"));
        visit.bring_history(&file, "brought");
        must_count(&visit.page, 1);
    });
}

#[test]
fn what_is_said_while_it_is_locked_waits_for_the_passphrase() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        set_passphrase(visit);
        visit.wake();
        visit.ask(&format!("{FRANCE} {MARK}"));
        visit.page.wait_for(by(HISTORY_TROUBLE).with("data-trouble", "locked"));
        visit.page.click(NAV_SETTINGS);
        visit.page.click(NAV_HISTORY);
        must_be(&visit.page, "locked");
        enter(visit, PASSPHRASE);
        must_be(&visit.page, "open");
        must_count(&visit.page, 2);
        assert!(!everything_kept(visit).contains(MARK));
        visit.page.reload();
        must_be(&visit.page, "locked");
        enter(visit, PASSPHRASE);
        must_count(&visit.page, 2);
    });
}

#[test]
fn two_tabs_lose_nothing_of_each_other() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.open_history();
        let other = visit.another_tab();
        other.goto(&visit.host.url_of("history"));
        must_be(&other, "open");
        visit.bring_history(&visit.history_of(&["first", "second"]), "brought");
        must_count(&other, 2);

        // One seals, and the other does not go on in the open.
        set_passphrase(visit);
        must_be(&other, "locked");
        other.type_into(HISTORY_PASSPHRASE, PASSPHRASE);
        other.click(HISTORY_OPEN);
        must_be(&other, "open");
        must_count(&other, 2);

        // What one says, the other shows.
        visit.wake();
        go_to_locked_history(visit);
        enter(visit, PASSPHRASE);
        must_be(&visit.page, "open");
        visit.page.click(NAV_TALK);
        visit.ask(FRANCE);
        must_count(&other, 4);
    });
}

#[track_caller]
fn go_to_locked_history(visit: &Visit) {
    visit.page.click(NAV_SETTINGS);
    visit.page.click(NAV_HISTORY);
    must_be(&visit.page, "locked");
}
