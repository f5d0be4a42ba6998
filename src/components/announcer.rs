//! Tells a screen reader what streams in, one whole sentence at a time.

use bella_companion::{ReplyState, Speaker, TurnId, sentences};
use leptos::prelude::*;

use crate::bella::{TurnView, use_bella};
use crate::settings::use_settings;

#[component]
pub fn Announcer() -> impl IntoView {
    let settings = use_settings();
    let view = use_bella().view;
    let last = Memo::new(move |_| view.turns.with(|turns| turns.last().map(|turn| turn.id)));
    let (announced, announce) = signal(String::new());

    // How far into the last turn has been told.
    Effect::new(move |told: Option<Option<(TurnId, usize)>>| {
        let id = last.get()?;
        let turn = view.turns.with_untracked(|turns| turns.last().cloned())?;
        let from = match told.flatten() {
            Some((told_id, from)) if told_id == id => from,
            // Whoever comes back from another page has heard this before.
            None if turn.speaker.with_untracked(is_over) => turn.text.with_untracked(String::len),
            _ => 0,
        };
        let to = ready_to_tell(&turn, from).unwrap_or(from);
        if to > from {
            announce.set(turn.text.with(|text| text.get(from..to).unwrap_or_default().to_owned()));
        }
        Some((id, to))
    });
    // The change from asleep to awake is worth a word too.
    Effect::new(move |was_awake: Option<bool>| {
        let is_awake = view.phase.with(|phase| phase.has_model());
        if was_awake == Some(false) && is_awake {
            announce.set(settings.messages().phase.idle.to_owned());
        }
        is_awake
    });

    view! { <p class="visually-hidden" aria-live="polite">{announced}</p> }
}

fn ready_to_tell(turn: &TurnView, from: usize) -> Option<usize> {
    turn.speaker.with(|speaker| match speaker {
        Speaker::Person => None,
        Speaker::Bella(ReplyState::Streaming | ReplyState::Acting) => {
            turn.text.with(|text| sentences::complete(text, from))
        }
        Speaker::Bella(_) => Some(turn.text.with(String::len)),
    })
}

fn is_over(speaker: &Speaker) -> bool {
    !matches!(speaker, Speaker::Bella(reply) if reply.is_under_way())
}
