//! Browsers inside of other apps.

use bella_tests::testid::*;
use bella_tests::{Stage, by};
use serde_json::json;

const KAKAO_ON_ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-S918N; wv) AppleWebKit/537.36 \
    (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.82 Mobile Safari/537.36;KAKAOTALK 2410610";
const INSTAGRAM_ON_IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 327.1.3.32.88";

#[test]
fn a_browser_inside_an_app_shows_the_way_out() {
    let Some(stage) = Stage::bella() else { return };
    stage.play(|visit| {
        visit.context.grant("clipboard-write").expect("the clipboard");
        for (user_agent, tag, name, way_out) in [
            (
                KAKAO_ON_ANDROID,
                "ko-KR",
                "카카오톡",
                Some("kakaotalk://web/openExternal?url=http%3A%2F%2F127.0.0.1"),
            ),
            (
                KAKAO_ON_ANDROID,
                "en-US",
                "KakaoTalk",
                Some("kakaotalk://web/openExternal?url=http%3A%2F%2F127.0.0.1"),
            ),
            (INSTAGRAM_ON_IPHONE, "en-US", "Instagram", None),
        ] {
            visit.page.command(
                "Emulation.setUserAgentOverride",
                json!({ "userAgent": user_agent, "acceptLanguage": tag }),
            );
            visit.open("");
            visit.page.wait_for(IN_APP);
            assert!(visit.page.text(IN_APP).contains(name));
            assert_eq!(visit.page.shows(WAY_OUT), way_out.is_some(), "{name}");
            if let Some(way_out) = way_out {
                let href = visit.page.attribute(by(WAY_OUT), "href").unwrap_or_default();
                assert!(href.starts_with(way_out), "{href}");
            }
            visit.page.click(COPY_ADDRESS);
            let copied = if tag == "ko-KR" { "복사했어요." } else { "Copied." };
            visit.page.wait_until("the address", || visit.page.text(IN_APP).contains(copied));
            visit.page.click(by(IN_APP).inner(DISMISS_NEWS));
            visit.page.wait_gone(IN_APP);
        }
    });
}
