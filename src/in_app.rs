//! Browsers inside of other apps: which one this is, and the way out of it.
//!
//! They are cut down: some keep nothing, have no microphone, or end with a look at
//! the chat one came from. All that tells them apart is what they call themselves.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    KakaoTalk,
    Line,
    Instagram,
    Threads,
    Facebook,
    Messenger,
    Naver,
    Band,
    Daum,
    TikTok,
    WeChat,
    X,
    LinkedIn,
    Snapchat,
    /// One that shows Android's web view and does not say its name.
    Another,
}

/// The first that fits counts: some name others beside themselves.
const SIGNS: [(&str, App); 20] = [
    ("KAKAOTALK", App::KakaoTalk),
    (" Line/", App::Line),
    ("Barcelona ", App::Threads),
    ("Instagram", App::Instagram),
    ("FBAN/Messenger", App::Messenger),
    ("FB_IAB/Orca", App::Messenger),
    ("FB_IAB/MESSENGER", App::Messenger),
    ("FBAN/", App::Facebook),
    ("FB_IAB/", App::Facebook),
    ("FBAV/", App::Facebook),
    ("BAND/", App::Band),
    ("NAVER(inapp", App::Naver),
    ("DaumApps/", App::Daum),
    ("BytedanceWebview", App::TikTok),
    ("musical_ly", App::TikTok),
    ("MicroMessenger/", App::WeChat),
    ("Twitter for iPhone", App::X),
    ("LinkedInApp", App::LinkedIn),
    ("Snapchat/", App::Snapchat),
    ("; wv)", App::Another),
];

/// How a person gets to a browser of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// This address opens it.
    Address(String),
    /// Nothing but the app's own menu does.
    ByHand,
}

/// The app whose browser this is, by its user agent; `None` for a real one.
pub fn detect(user_agent: &str) -> Option<App> {
    SIGNS.iter().find(|(sign, _)| user_agent.contains(sign)).map(|&(_, app)| app)
}

/// How to open a page in the person's own browser.
pub fn way_out(app: App, user_agent: &str, page: &str) -> WayOut {
    let page = page.split('#').next().unwrap_or(page);
    match app {
        App::KakaoTalk => {
            WayOut::Address(format!("kakaotalk://web/openExternal?url={}", escaped(page)))
        }
        App::Line => {
            let mark = if page.contains('?') { '&' } else { '?' };
            WayOut::Address(format!("{page}{mark}openExternalBrowser=1"))
        }
        _ => match page.split_once("://") {
            Some((scheme, rest)) if user_agent.contains("Android") => WayOut::Address(format!(
                "intent://{rest}#Intent;scheme={scheme};action=android.intent.action.VIEW;\
                     category=android.intent.category.BROWSABLE;end"
            )),
            _ => WayOut::ByHand,
        },
    }
}

/// As a value within an address.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-S918N Build/UP1A.231005.007; wv) \
        AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.82 Mobile Safari/537.36";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) \
        AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";

    #[test]
    fn an_app_is_known_by_what_its_browser_calls_itself() {
        for (system, more, expected) in [
            (ANDROID, ";KAKAOTALK 2410610", App::KakaoTalk),
            (IPHONE, " KAKAOTALK 10.7.1", App::KakaoTalk),
            (ANDROID, " Line/14.6.2/IAB", App::Line),
            (IPHONE, " Safari Line/14.5.0", App::Line),
            (
                ANDROID,
                " Instagram 328.0.0.42.90 Android (34/14; 480dpi; 1080x2106; samsung)",
                App::Instagram,
            ),
            (
                IPHONE,
                " Instagram 327.1.3.32.88 (iPhone14,5; iOS 17_4_1; ko_KR; ko; scale=3.00)",
                App::Instagram,
            ),
            (
                IPHONE,
                " Barcelona 325.0.0.27.107 (iPhone15,2; iOS 17_4; ko_KR; ko; scale=3.00)",
                App::Threads,
            ),
            (ANDROID, " [FB_IAB/FB4A;FBAV/461.0.0.47.85;]", App::Facebook),
            (
                IPHONE,
                " [FBAN/FBIOS;FBAV/460.0.0.39.103;FBBV/590132873;FBDV/iPhone14,2]",
                App::Facebook,
            ),
            (ANDROID, " [FB_IAB/Orca-Android;FBAV/454.0.0.47.109;]", App::Messenger),
            (IPHONE, " [FBAN/MessengerForiOS;FBAV/452.0.0.31.109;FBBV/587219823]", App::Messenger),
            (ANDROID, " NAVER(inapp; search; 2000; 12.6.3)", App::Naver),
            (IPHONE, " NAVER(inapp; search; 2000; 12.7.0; 14PRO)", App::Naver),
            (IPHONE, " NAVER(inapp; cafe; 560; 6.6.0; 13)", App::Naver),
            (ANDROID, " BAND/17.0.1 (Android OS 14;SM-S918N)", App::Band),
            (ANDROID, " DaumApps/7.8.0 DaumDevice/mobile", App::Daum),
            (
                ANDROID,
                " trill_2023407050 JsSdk/1.0 NetType/WIFI BytedanceWebview/d8a21c6",
                App::TikTok,
            ),
            (IPHONE, " musical_ly_34.4.0 JsSdk/2.0 NetType/WIFI Channel/App Store", App::TikTok),
            (
                ANDROID,
                " MMWEBID/1234 MicroMessenger/8.0.49.2600(0x28003133) WeChat/arm64",
                App::WeChat,
            ),
            (IPHONE, " Twitter for iPhone/10.37", App::X),
            (IPHONE, " [LinkedInApp]/9.29.5372", App::LinkedIn),
            (IPHONE, " Snapchat/12.81.0.38 (like Safari/8617.2.4.10.8, panda)", App::Snapchat),
            (ANDROID, "", App::Another),
        ] {
            let user_agent = format!("{system}{more}");
            assert_eq!(detect(&user_agent), Some(expected), "{user_agent}");
        }
    }

    #[test]
    fn a_browser_of_its_own_is_left_alone() {
        for user_agent in [
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918N) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/124.0.6367.71 Mobile/15E148 Safari/604.1",
            // On the home screen: Safari without its name.
            IPHONE,
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Whale/3.25.232.19 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0",
            "",
        ] {
            assert_eq!(detect(user_agent), None, "{user_agent}");
        }
    }

    #[test]
    fn each_app_has_its_way_out() {
        let check = |app, system, page, expected: Option<&str>| {
            let expected =
                expected.map_or(WayOut::ByHand, |address| WayOut::Address(address.to_owned()));
            assert_eq!(way_out(app, system, page), expected, "{app:?} {page}");
        };
        let page = "https://example.org/bella/models?a=b c#content";
        check(
            App::KakaoTalk,
            IPHONE,
            page,
            Some(
                "kakaotalk://web/openExternal?url=https%3A%2F%2Fexample.org%2Fbella%2Fmodels%3Fa%3Db%20c",
            ),
        );
        check(
            App::Line,
            ANDROID,
            "https://example.org/bella/",
            Some("https://example.org/bella/?openExternalBrowser=1"),
        );
        check(
            App::Line,
            IPHONE,
            "https://example.org/?a=b",
            Some("https://example.org/?a=b&openExternalBrowser=1"),
        );
        check(
            App::Instagram,
            ANDROID,
            "https://example.org/bella/",
            Some(
                "intent://example.org/bella/#Intent;scheme=https;action=android.intent.action.VIEW;\
                 category=android.intent.category.BROWSABLE;end",
            ),
        );
        check(App::Instagram, IPHONE, page, None);
        check(App::Naver, IPHONE, page, None);
    }
}
