//! What other apps share: it becomes a draft and is never sent by itself.

use bella_tests::testid::*;
use bella_tests::{Stage, Visit};
use serde_json::json;

use crate::wait_until_kept;

/// Posts a form as the device's share sheet does, from outside of the page. A blank
/// document stands for the sheet: the page's policy lets no form go anywhere.
#[track_caller]
fn share(visit: &Visit, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) {
    visit.page.goto("about:blank");
    visit.page.call::<()>(
        "(action, fields, files) => {
            const make = (tag, what) => Object.assign(document.createElement(tag), what);
            const form = make('form', { method: 'POST', action, enctype: 'multipart/form-data' });
            for (const [name, value] of fields) form.append(make('textarea', { name, value }));
            const held = new DataTransfer();
            for (const [name, type, bytes] of files) {
                held.items.add(new File([Uint8Array.from(bytes)], name, { type }));
            }
            const chosen = { type: 'file', name: 'files', multiple: true, files: held.files };
            form.append(make('input', chosen));
            document.body.append(form);
            form.submit();
        }",
        &[json!(visit.host.url_of("share")), json!(fields), json!(files)],
    );
}

#[test]
fn a_shared_text_waits_in_the_message_field() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        wait_until_kept(&visit.page);
        share(
            visit,
            &[("title", "레시피"), ("text", "물을 끓여요."), ("url", "https://example.org/r")],
            &[
                ("memo.txt", "text/plain", "우유 사기\n".as_bytes()),
                // The same word in the encoding of older Korean files.
                ("old.txt", "text/plain", &[0xc7, 0xd1, 0xb1, 0xdb]),
                ("photo.txt", "image/png", &[0x89, b'P', b'N', b'G', 0, 0, 0, 13]),
            ],
        );
        visit.page.wait_for(SHARED);
        assert_eq!(
            visit.page.value(COMPOSER),
            "레시피\n\n물을 끓여요.\n\nhttps://example.org/r\n\nmemo.txt\n우유 사기\n\nold.txt\n한글"
        );
        assert!(visit.page.text(SHARED).contains("photo.txt"));
        visit.wait_for_engine("empty");
        assert_eq!(visit.page.count(MESSAGE), 0, "it was sent");
        assert_eq!(visit.page.url(), visit.host.url_of(""));
        let sent = visit.host.exchanges().iter().any(|one| one.method == "POST");
        assert!(!sent, "it left the device");

        // Loading the page again does not share again.
        visit.page.reload();
        visit.wait_for_engine("empty");
        assert!(!visit.page.shows(SHARED));
    });
}

#[test]
fn what_is_too_much_is_refused_with_a_word() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.meet();
        wait_until_kept(&visit.page);
        for (length, in_field) in [(40_000, 32_000), (2_000_000, 0)] {
            share(visit, &[("text", &"a".repeat(length))], &[]);
            visit.page.wait_for(SHARED);
            assert_eq!(visit.page.value(COMPOSER).len(), in_field);
            visit.page.click(DISMISS_NEWS);
            visit.page.wait_gone(SHARED);
        }
    });
}
