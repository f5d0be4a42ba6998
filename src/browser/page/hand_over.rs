//! What a person takes along, as a file or on the clipboard, and files they bring.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, Event, HtmlAnchorElement, HtmlInputElement, Url};

use crate::browser::exception::describe;

/// Saves a text where the browser keeps what it was given.
pub fn save_file(name: &str, media_type: &str, text: &str) -> bool {
    save(name, media_type, text).is_some()
}

fn save(name: &str, media_type: &str, text: &str) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&JsValue::from_str(text));
    save_blob(name, &Blob::new_with_str_sequence_and_options(&parts, &options).ok()?)
}

/// Saves what the browser holds for us.
pub fn save_blob(name: &str, blob: &Blob) -> Option<()> {
    let url = Url::create_object_url_with_blob(blob).ok()?;
    let document = web_sys::window()?.document()?;
    let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    forget_later(url)
}

/// Some browsers read what is to be saved only after a person has said where.
const KEPT_MS: i32 = 60_000;

/// Gives back what the address stands for, when the download has long begun.
fn forget_later(url: String) -> Option<()> {
    let forget = Closure::once_into_js(move || Url::revoke_object_url(&url));
    web_sys::window()?
        .set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), KEPT_MS)
        .ok()?;
    Some(())
}

/// Files that a person chose; nothing of them is read here.
#[derive(Clone, Debug, Default)]
pub struct Files(pub(in crate::browser) Vec<Blob>);

impl Files {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The files that were chosen, once: the same ones can be chosen again.
pub fn chosen_files(event: &Event) -> Files {
    let input: Option<HtmlInputElement> = event.target().and_then(|it| it.dyn_into().ok());
    let Some(input) = input else { return Files::default() };
    let files = input.files();
    let chosen = files.iter().flat_map(|files| (0..files.length()).filter_map(|at| files.get(at)));
    let chosen = Files(chosen.map(Blob::from).collect());
    input.set_value("");
    chosen
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBytes {
    #[error("it has {bytes} bytes")]
    TooLarge { bytes: u64 },
    /// It was moved or changed since it was chosen, or there is none.
    #[error("{detail}")]
    Unreadable { detail: String },
}

/// Reads the first of the files, if it has no more than so many bytes.
pub async fn read_first(files: &Files, at_most: usize) -> Result<Vec<u8>, NoBytes> {
    let nothing = || NoBytes::Unreadable { detail: String::new() };
    let file = files.0.first().ok_or_else(nothing)?;
    if file.size() > at_most as f64 {
        return Err(NoBytes::TooLarge { bytes: file.size() as u64 });
    }
    let read = JsFuture::from(file.array_buffer()).await;
    let read = read.map_err(|thrown| NoBytes::Unreadable { detail: describe(&thrown) })?;
    Ok(Uint8Array::new(&read).to_vec())
}

/// Puts a text on the clipboard, and tells whether it got there: a browser may
/// refuse.
pub fn copy(text: &str, done: impl FnOnce(bool) + 'static) {
    let Some(window) = web_sys::window() else { return done(false) };
    // There is none on a page that came unprotected.
    if !window.is_secure_context() {
        return done(false);
    }
    let copied = window.navigator().clipboard().write_text(text);
    spawn_local(async move { done(JsFuture::from(copied).await.is_ok()) });
}
