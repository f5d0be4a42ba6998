//! What the page was opened for, as its address tells.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::document;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Plain,
    /// From the shortcut for it.
    Write,
    /// With something another app shared.
    Shared(String),
}

/// Reads the address and takes out what is to count once: loading the page again
/// must not share again.
pub fn take() -> Entry {
    let read = || {
        let window = web_sys::window()?;
        let query = window.location().search().ok()?;
        let entry = parse(&query);
        if entry != Entry::Plain {
            let here = window.location().pathname().ok()?;
            let _ = window.history().ok()?.replace_state_with_url(&JsValue::NULL, "", Some(&here));
        }
        Some(entry)
    };
    read().unwrap_or(Entry::Plain)
}

/// What was shared under this name, as JSON. It can be had once.
pub async fn shared(id: &str) -> Option<String> {
    let address = document::resolve(&format!("./shared/{id}"));
    let response = JsFuture::from(web_sys::window()?.fetch_with_str(&address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}

fn parse(query: &str) -> Entry {
    match query.trim_start_matches('?').split_once('=') {
        None if query == "?write" => Entry::Write,
        Some(("shared", id)) if is_id(id) => Entry::Shared(id.to_owned()),
        _ => Entry::Plain,
    }
}

/// As `public/sw.js` makes them.
fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_what_the_page_was_opened_for() {
        let id = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
        for (query, expected) in [
            ("", Entry::Plain),
            ("?write", Entry::Write),
            (&format!("?shared={id}"), Entry::Shared(id.to_owned())),
            ("?shared=", Entry::Plain),
            ("?shared=../../weights/aaaaaaaaaaaaaaaaaaaaa", Entry::Plain),
            ("?source=homescreen", Entry::Plain),
        ] {
            assert_eq!(parse(query), expected, "{query}");
        }
    }
}
