//! The control a person talks with: held while speaking, or tapped to keep on.
//!
//! It only passes on that it was pressed and let go; what a tap and what a hold mean
//! is decided by whoever listens. [`hold`] makes one press of fingers, mice and keys.

mod hold;

use bella_companion::Now;
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent};
use leptos::prelude::*;

use super::icon::Icon;
use super::level;
use crate::browser::page::{input, now, pointer};
use crate::i18n::messages::TalkControl;
use crate::settings::use_settings;
use crate::testid;
use hold::{Hold, Touch, Turn};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TalkState {
    #[default]
    Ready,
    /// The microphone is being opened, or asked for.
    Opening,
    /// As long as it is held.
    Listening,
    /// Until it is tapped again.
    Locked,
    /// Hands-free, and nobody speaks.
    Waiting,
    /// Hands-free, and somebody does.
    Hearing,
    Transcribing,
    /// There is no microphone to be had; a press tries again.
    Unavailable,
}

impl TalkState {
    pub fn name(self) -> &'static str {
        match self {
            TalkState::Ready => "ready",
            TalkState::Opening => "opening",
            TalkState::Listening => "listening",
            TalkState::Locked => "locked",
            TalkState::Waiting => "waiting",
            TalkState::Hearing => "hearing",
            TalkState::Transcribing => "transcribing",
            TalkState::Unavailable => "unavailable",
        }
    }

    /// Whether the microphone is open.
    pub fn hears(self) -> bool {
        self.is_pressed() || matches!(self, TalkState::Waiting | TalkState::Hearing)
    }

    fn is_pressed(self) -> bool {
        matches!(self, TalkState::Listening | TalkState::Locked)
    }

    fn icon(self) -> Icon {
        match self {
            TalkState::Locked => Icon::Locked,
            TalkState::Transcribing => Icon::Edit,
            TalkState::Unavailable => Icon::NoMicrophone,
            _ => Icon::Microphone,
        }
    }

    /// What it is, and what to do with it.
    fn words(self, t: &'static TalkControl) -> (&'static str, &'static str) {
        match self {
            TalkState::Ready => (t.ready, t.ready_detail),
            TalkState::Opening => (t.opening, t.opening_detail),
            TalkState::Listening => (t.listening, t.listening_detail),
            TalkState::Locked => (t.locked, t.locked_detail),
            TalkState::Waiting => (t.waiting, t.waiting_detail),
            TalkState::Hearing => (t.hearing, t.hearing_detail),
            TalkState::Transcribing => (t.transcribing, t.transcribing_detail),
            TalkState::Unavailable => (t.unavailable, t.unavailable_detail),
        }
    }
}

#[component]
pub fn TalkButton(
    state: Signal<TalkState>,
    /// Root mean square of the sound, 0 to 1.
    level: Signal<f32>,
    on_press: Callback<()>,
    on_release: Callback<()>,
    /// What is being said is to be thrown away.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let settings = use_settings();
    let state = Memo::new(move |_| state.get());
    let words = move || state.get().words(&settings.messages().talk_control);
    let step = Memo::new(move |_| {
        if state.get().hears() { level::step(level.get()) } else { 0 }.to_string()
    });
    let hold = StoredValue::new(Hold::default());
    let feel = move |touch: Touch| {
        let Now { at_ms, .. } = now::now();
        let turns = hold.try_update_value(|hold| hold.step(touch, at_ms)).unwrap_or_default();
        for turn in turns {
            match turn {
                Turn::Pressed => on_press.run(()),
                Turn::Released => on_release.run(()),
                Turn::Cancelled => on_cancel.run(()),
            }
        }
    };
    let pointer_down = move |event: PointerEvent| {
        if pointer::catch(&event) {
            feel(Touch::PointerDown(event.pointer_id()));
        }
    };
    let key_down = move |event: KeyboardEvent| match input::holds(&event) {
        true => {
            event.prevent_default();
            if !event.repeat() {
                feel(Touch::KeyDown);
            }
        }
        false if event.key() == "Escape" => feel(Touch::Escape),
        false => {}
    };
    let key_up = move |event: KeyboardEvent| {
        if input::holds(&event) {
            // Or the browser would click as well.
            event.prevent_default();
            feel(Touch::KeyUp);
        }
    };
    let click = move |event: MouseEvent| {
        if pointer::is_by_proxy(&event) {
            feel(Touch::ByProxy);
        }
    };

    view! {
        <button
            type="button"
            class="talk-button"
            aria-pressed=move || state.get().is_pressed().to_string()
            data-testid=testid::TALK
            data-state=move || state.get().name()
            on:pointerdown=pointer_down
            on:pointerup=move |event: PointerEvent| feel(Touch::PointerUp(event.pointer_id()))
            on:pointercancel=move |event: PointerEvent| feel(Touch::Taken(event.pointer_id()))
            on:lostpointercapture=move |event: PointerEvent| feel(Touch::Taken(event.pointer_id()))
            on:contextmenu=move |event: MouseEvent| event.prevent_default()
            on:keydown=key_down
            on:keyup=key_up
            on:blur=move |_: FocusEvent| feel(Touch::Left)
            on:click=click
        >
            <span class="talk-disc" data-level=move || step.get() aria-hidden="true">
                <span class="talk-ring"></span>
                {move || state.get().icon().draw()}
            </span>
            <span class="talk-words">
                <span class="talk-label">{move || words().0}</span>
                <span class="talk-detail">{move || words().1}</span>
            </span>
            <Meter step/>
        </button>
    }
}

/// How loud it is, for whoever wonders whether anything is heard at all.
#[component]
fn Meter(step: Memo<String>) -> impl IntoView {
    view! {
        <span class="meter" data-testid=testid::MIC_LEVEL data-level=move || step.get() aria-hidden="true">
            <span></span>
            <span></span>
            <span></span>
            <span></span>
            <span></span>
        </span>
    }
}
