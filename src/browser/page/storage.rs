//! A few short texts that outlive the tab.
//!
//! Storage may be forbidden (private mode, blocked cookies) or full. A person
//! who forbids it does not want to be told so on every click: then nothing is
//! remembered and everything else works.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Storage;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Language,
    Theme,
    Model,
    ReplyLength,
    Variety,
    Power,
    Persona,
    /// Models that are on their way onto the device.
    Queue,
    /// How much of the device models may take.
    KeepAtMost,
    /// Whether the browser was asked to promise to keep them.
    AskedToKeep,
    /// How far a memory grew here.
    Memory,
    /// How fast models answered here.
    Rates,
    /// The model she hears with, if she is to hear.
    Hearing,
    /// Whether she is to feel.
    Feeling,
    /// A server of the person's own, and its key as it was sealed.
    OwnServer,
    /// Whether Bella speaks, how fast, and with which voices.
    Speaking,
    SpeechRate,
    KoreanVoice,
    EnglishVoice,
    /// Which microphone, and how a person wants to be heard.
    Microphone,
    HeardLanguage,
    HandsFree,
    Sensitivity,
    WakePhrase,
    BargeIn,
    AfterHearing,
    TalkKey,
    /// Whether the conversation is kept.
    KeepsHistory,
    /// The conversation that was ended last: it is not taken up again.
    EndedConversation,
}

impl Key {
    /// `public/first-paint.js` reads the first two by these names as well.
    fn name(self) -> &'static str {
        match self {
            Key::Language => "bella.language",
            Key::Theme => "bella.theme",
            Key::Model => "bella.model",
            Key::ReplyLength => "bella.reply-length",
            Key::Variety => "bella.variety",
            Key::Power => "bella.power",
            Key::Persona => "bella.persona",
            Key::Queue => "bella.queue",
            Key::KeepAtMost => "bella.keep-at-most",
            Key::AskedToKeep => "bella.asked-to-keep",
            Key::Memory => "bella.memory",
            Key::Rates => "bella.rates",
            Key::Hearing => "bella.hearing",
            Key::Feeling => "bella.feeling",
            Key::OwnServer => "bella.own-server",
            Key::Speaking => "bella.speaking",
            Key::SpeechRate => "bella.speech-rate",
            Key::KoreanVoice => "bella.korean-voice",
            Key::EnglishVoice => "bella.english-voice",
            Key::Microphone => "bella.microphone",
            Key::HeardLanguage => "bella.heard-language",
            Key::HandsFree => "bella.hands-free",
            Key::Sensitivity => "bella.sensitivity",
            Key::WakePhrase => "bella.wake-phrase",
            Key::BargeIn => "bella.barge-in",
            Key::AfterHearing => "bella.after-hearing",
            Key::TalkKey => "bella.talk-key",
            Key::KeepsHistory => "bella.keeps-history",
            Key::EndedConversation => "bella.ended-conversation",
        }
    }
}

/// What stood in the composer when the page was about to be loaded again.
const DRAFT: &str = "bella.draft";

/// For this tab's next page.
pub fn leave_draft(draft: &str) {
    if let Some(session) = session() {
        let _ = session.set_item(DRAFT, draft);
    }
}

/// What the page before this one left.
pub fn take_draft() -> String {
    let Some(session) = session() else { return String::new() };
    let draft = session.get_item(DRAFT).ok().flatten();
    let _ = session.remove_item(DRAFT);
    draft.unwrap_or_default()
}

/// The conversation of this tab; empty after one was ended.
const CONVERSATION: &str = "bella.conversation";

/// For this tab's next page.
pub fn leave_conversation(conversation: &str) {
    if let Some(session) = session() {
        let _ = session.set_item(CONVERSATION, conversation);
    }
}

/// What the page before this one in this tab left, if there was one.
pub fn left_conversation() -> Option<String> {
    session()?.get_item(CONVERSATION).ok().flatten()
}

/// Tells when another tab has changed any of it.
pub fn on_change_elsewhere(heard: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let hearing = Closure::<dyn Fn()>::new(heard);
    let _ = window.add_event_listener_with_callback("storage", hearing.as_ref().unchecked_ref());
    // Lives as long as the page.
    hearing.forget();
}

fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

pub fn recall(key: Key) -> Option<String> {
    storage()?.get_item(key.name()).ok().flatten()
}

pub fn remember(key: Key, value: Option<&str>) {
    write(key.name(), value);
}

/// For names that are made up as they are needed.
pub(super) fn write(name: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(name, value),
        None => storage.remove_item(name),
    };
}

/// All of whose name begins so, with their names.
pub(super) fn beginning_with(prefix: &str) -> Vec<(String, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|nth| storage.key(nth).ok()?);
    names
        .filter(|name| name.starts_with(prefix))
        .filter_map(|name| storage.get_item(&name).ok()?.map(|value| (name, value)))
        .collect()
}
