//! Hosts that a person added, in the policy that the service worker sends.

use bella_tests::{Stage, Visit};
use serde_json::json;

use crate::wait_until_kept;

/// Tells the service worker, and what it took of it.
#[track_caller]
fn add(visit: &Visit, hosts: &serde_json::Value) -> Vec<String> {
    visit.page.call(
        "hosts => new Promise(done => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = ({ data }) => done(data.hosts);
            navigator.serviceWorker.controller.postMessage({ kind: 'hosts', hosts }, [port2]);
        })",
        std::slice::from_ref(hosts),
    )
}

/// The policy of the page as it was opened.
#[track_caller]
fn policy(visit: &Visit) -> String {
    visit.open("about");
    visit.page.eval(
        "new Promise(done => {
            addEventListener('securitypolicyviolation', one => done(one.originalPolicy), { once: true });
            fetch('https://not-allowed.example').catch(() => {});
        })",
    )
}

#[test]
fn only_whole_origins_over_a_safe_line_get_into_the_policy() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.forgive("the test asks for what is forbidden", |one| {
            matches!(
                one,
                bella_tests::Trouble::Policy { .. } | bella_tests::Trouble::ConsoleError { .. }
            )
        });
        visit.meet();
        wait_until_kept(&visit.page);
        let plain = policy(visit);
        let good = [
            "https://models.example.org",
            "https://models.example.org:8443",
            "http://localhost:11434",
            "http://127.0.0.1:11434",
            "http://192.168.0.7",
            "http://172.20.1.1:8080",
            "http://printer.local",
        ];
        let bad = json!([
            "http://example.org",
            "https://*.example.org",
            "https://*",
            "*",
            "https:",
            "https://example.org/",
            "https://example.org/path",
            "https://user@example.org",
            "https://example.org; script-src *",
            "https://example.org 'unsafe-eval'",
            "https://example.org,https://b.example",
            "HTTPS://EXAMPLE.ORG",
            "'self'",
            "data:",
            "javascript:alert(1)",
            "wss://example.org",
            "http://172.32.0.1",
            // Policies have no grammar for it.
            "http://[::1]:11434",
            "https://[fd12::7]",
            "https://a'b.example",
            "http://10.evil.example",
            "http://localhost.evil.example",
            "",
            null,
            7,
            {},
            ["https://a.example"],
        ]);
        assert_eq!(add(visit, &bad), Vec::<String>::new());
        assert_eq!(policy(visit), plain);

        assert_eq!(add(visit, &json!(good)), good);
        let expected =
            plain.replace("connect-src 'self'", &format!("connect-src 'self' {}", good.join(" ")));
        assert_eq!(policy(visit), expected);

        let many: Vec<String> = (0..40).map(|one| format!("https://h{one}.example")).collect();
        assert_eq!(add(visit, &json!(many)).len(), 16);
        assert_eq!(add(visit, &json!([])), Vec::<String>::new());
        assert_eq!(policy(visit), plain);
    });
}
