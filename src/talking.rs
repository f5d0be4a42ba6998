//! What the page shows of hearing, speaking and mood, from what the companion knows.

use bella_companion::commands::Reply;
use bella_companion::mouth::NotSaid;
use bella_companion::{EarEvent, EarPhase, EarState, Event, Hold, Skill};
use leptos::prelude::*;

use crate::bella::Bella;
use crate::components::hearing::HearingNote;
use crate::components::talk_button::TalkState;
use crate::components::talk_view::TalkView;
use crate::i18n::{command_replies, tell, tell_microphone};
use crate::settings::Settings;

pub fn provide_talk_view(bella: Bella, settings: Settings) {
    let view = bella.view;
    let ear =
        move |event: fn() -> EarEvent| Callback::new(move |()| bella.tell(Event::Ear(event())));
    let partial = Memo::new(move |_| view.ears.with(|ears| ears.partial.clone()));
    provide_context(TalkView {
        doing: Signal::derive(move || view.doing.get().name()),
        mood: Signal::derive(move || view.feeling.get().face().name()),
        feeling: view.feeling.into(),
        level: bella.senses.level.into(),
        talk: Signal::derive(move || view.ears.with(talk_state)),
        partial: partial.into(),
        mouth: view.mouth.into(),
        note: Signal::derive(move || note(bella, settings)),
        question: Signal::derive(move || {
            let asks = view.confirming.get().is_some();
            asks.then(|| command_replies::in_words(settings.messages(), &Reply::MayIClear))
        }),
        microphone: bella.senses.access.into(),
        leaves: Signal::derive(move || view.mouth.with(|mouth| mouth.leaves_device)),
        press: ear(|| EarEvent::TalkPressed),
        release: ear(|| EarEvent::TalkReleased),
        cancel: ear(|| EarEvent::TalkCancelled),
        allow_microphone: Callback::new(move |()| bella.allow_microphone()),
        confirm: Callback::new(move |is_yes| bella.tell(Event::Answer { is_yes })),
        edit: Callback::new(move |turn| bella.tell(Event::EditAsked(turn))),
    });
}

fn talk_state(ears: &EarState) -> TalkState {
    match (ears.phase, ears.hold) {
        (EarPhase::Opening, _) => TalkState::Opening,
        (EarPhase::Recording, Some(Hold::Locked)) => TalkState::Locked,
        (EarPhase::Recording, Some(Hold::Held)) => TalkState::Listening,
        (EarPhase::Recording, None) => TalkState::Hearing,
        (EarPhase::Transcribing, _) => TalkState::Transcribing,
        (EarPhase::Idle | EarPhase::Waiting, _) if ears.trouble.is_some() => TalkState::Unavailable,
        (EarPhase::Idle, _) => TalkState::Ready,
        (EarPhase::Waiting, _) => TalkState::Waiting,
    }
}

/// The one thing about hearing that is worth telling now, the worst first.
fn note(bella: Bella, settings: Settings) -> Option<HearingNote> {
    let t = settings.messages();
    let view = bella.view;
    let simply = |kind, what: &str, next: &str| {
        let told = tell::Told { what: what.to_owned(), next: next.to_owned(), detail: None };
        Some(HearingNote { kind, is_alarm: false, told })
    };
    if let Some(trouble) = view.ears.with(|ears| ears.trouble.clone()) {
        let told = tell_microphone::trouble(t, &trouble);
        return Some(HearingNote { kind: trouble.kind(), is_alarm: true, told });
    }
    if bella.senses.is_asking.get() {
        return simply("asking", t.hearing_notes.asking, t.hearing_notes.asking_next);
    }
    if let Some(unheard) = view.unheard.get() {
        return match unheard.failure {
            Some(failure) => {
                let told = tell::failure(t, &failure);
                Some(HearingNote { kind: "failed", is_alarm: true, told })
            }
            None => {
                let told = tell::heard_nothing(t);
                Some(HearingNote { kind: "nothing", is_alarm: false, told })
            }
        };
    }
    let notes = &t.hearing_notes;
    let kind = view.ears.with(|ears| {
        let is_by_loudness = ears.is_by_loudness && ears.hands_free;
        // Nobody need move away from what is over.
        let is_over = matches!(ears.phase, EarPhase::Idle | EarPhase::Transcribing);
        match () {
            () if ears.is_too_loud && !is_over => {
                Some(("too-loud", notes.too_loud, notes.too_loud_next))
            }
            () if ears.is_attentive => Some(("attentive", notes.attentive, notes.attentive_next)),
            () if is_by_loudness => Some(("by-loudness", notes.loudness, notes.loudness_next)),
            () => None,
        }
    });
    if let Some((kind, what, next)) = kind {
        return simply(kind, what, next);
    }
    // That a device has no voice is told in the settings, and not at every sentence.
    let is_news = |why: &NotSaid| {
        use NotSaid::{NoVoiceFor, NoVoices, OnlyRemote};
        !matches!(why, NoVoices | NoVoiceFor(_) | OnlyRemote(_))
    };
    let not_said = view.mouth.with(|mouth| mouth.not_said.clone()).filter(is_news);
    not_said.map(|why| {
        let told = tell::not_said(t, &why);
        HearingNote { kind: "not-said", is_alarm: false, told }
    })
}

impl Bella {
    /// Whether she has a skill just now.
    pub fn can(self, skill: Skill) -> Memo<bool> {
        Memo::new(move |_| {
            let state = self.view.skills.with(|skills| skills.state(skill));
            state == bella_companion::SkillState::Ready
        })
    }
}
