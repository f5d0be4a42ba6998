//! The document: where the app is mounted, its language, theme and addresses.

use bella_companion::Language;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

/// Where `index.html` paints before the app runs, and the app takes over.
const STAGE: &str = "app";

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn root() -> Option<Element> {
    document()?.document_element()
}

/// The emptied element to mount into. `None` when `index.html` has lost it.
pub fn stage() -> Option<HtmlElement> {
    let stage = document()?.get_element_by_id(STAGE)?;
    stage.replace_children_with_node_0();
    stage.dyn_into().ok()
}

pub fn set_language(language: Language) {
    if let Some(root) = root() {
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// `None` leaves the choice to the device.
pub fn set_theme(theme: Option<&str>) {
    let Some(root) = root() else { return };
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}

/// Shows one of the messages `index.html` keeps for when the app cannot speak.
pub fn show_boot_message(kind: &str) {
    if let Some(root) = root() {
        let _ = root.set_attribute("data-boot", kind);
    }
}

pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// The languages the person reads, as the browser has been told, best first.
pub fn preferred_languages() -> Vec<String> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    window.navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Makes an address absolute. Every route is one level deep, so what is relative
/// to the document is relative to the app, also below some path of a static host.
pub fn resolve(address: &str) -> String {
    document()
        .and_then(|document| document.base_uri().ok().flatten())
        .and_then(|base| web_sys::Url::new_with_base(address, &base).ok())
        .map_or_else(|| address.to_owned(), |url| url.href())
}

/// The path the app lives under, without its last slash: empty at a host's root.
pub fn base_path() -> String {
    let path = web_sys::Url::new(&resolve("./")).map(|url| url.pathname()).unwrap_or_default();
    path.trim_end_matches('/').to_owned()
}
