//! What the page shows of hearing, speaking and mood, and whom it tells.

use bella_companion::mouth::MouthState;
use bella_companion::{Feeling, TurnId};
use leptos::prelude::*;

use super::first_steps::MicrophoneAccess;
use super::hearing::HearingNote;
use super::talk_button::TalkState;

/// Whoever wires the page to what listens and speaks provides one as context. On a
/// page without it Bella is written to, and nothing here is drawn.
#[derive(Clone, Copy, Debug)]
pub struct TalkView {
    /// What she is doing, by a name that [`super::bell::Bell`] knows.
    pub doing: Signal<&'static str>,
    /// The name of how she feels.
    pub mood: Signal<&'static str>,
    pub feeling: Signal<Feeling>,
    /// How loud it is: root mean square, 0 to 1.
    pub level: Signal<f32>,
    pub talk: Signal<TalkState>,
    /// What she hears right now; empty while she hears nothing.
    pub partial: Signal<String>,
    /// What she says right now.
    pub mouth: Signal<MouthState>,
    pub note: Signal<Option<HearingNote>>,
    /// What she wants to know before she acts, in the person's language.
    pub question: Signal<Option<String>>,
    pub microphone: Signal<MicrophoneAccess>,
    /// Whether something in use sends words away from this device.
    pub leaves: Signal<bool>,
    pub press: Callback<()>,
    pub release: Callback<()>,
    pub cancel: Callback<()>,
    pub allow_microphone: Callback<()>,
    pub confirm: Callback<bool>,
    /// The person takes back a message to write it anew; its words are in the composer.
    pub edit: Callback<TurnId>,
}

pub fn use_talk_view() -> Option<TalkView> {
    use_context()
}
