//! Whether the microphone hears the person: a few seconds of it, shown as bars and
//! told in words. Nothing of the sound is kept.

use bella_companion::{Loudness, MicrophoneTrouble, Verdict};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::microphone::{self, Input, Microphone, MicrophoneEvent, MicrophoneWish};
use crate::browser::page::timer;
use crate::components::level_meter::LevelMeter;
use crate::components::trouble_notice::ToldWords;
use crate::hearing_settings::use_hearing_settings;
use crate::i18n::tell_microphone;
use crate::settings::use_settings;
use crate::testid;

const TEST_MS: i32 = 10_000;
/// A microphone that is silent for so long gives nothing.
const SILENT_MS: i32 = 2_000;

/// Asks anew which microphones there are.
pub fn look(inputs: RwSignal<Option<Vec<Input>>>) {
    spawn_local(async move {
        let there = microphone::inputs().await;
        // Whoever asked may have gone to another page.
        inputs.try_set(Some(there));
    });
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Resting,
    Asking,
    /// The person is being asked, and thinks about it.
    StillAsking,
    Listening,
    Over,
    Failed(MicrophoneTrouble),
}

impl State {
    fn name(&self) -> &'static str {
        match self {
            State::Resting => "resting",
            State::Asking | State::StillAsking => "asking",
            State::Listening => "listening",
            State::Over => "over",
            State::Failed(_) => "failed",
        }
    }

    fn is_on(&self) -> bool {
        matches!(self, State::Asking | State::StillAsking | State::Listening)
    }
}

/// What the microphone is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// So that the browser tells which there are.
    Permission,
    Test,
}

/// It is a microphone of its own: what else listens is left alone. It closes when the
/// person leaves the page.
#[derive(Clone, Copy, Debug)]
pub struct MicTest {
    microphone: StoredValue<Microphone, LocalStorage>,
    inputs: RwSignal<Option<Vec<Input>>>,
    device: RwSignal<Option<String>>,
    state: RwSignal<State>,
    is_muted: RwSignal<bool>,
    level: RwSignal<f32>,
    loudness: StoredValue<Loudness>,
    verdict: RwSignal<Option<Verdict>>,
    /// Which opening counts.
    run: StoredValue<u32>,
}

impl MicTest {
    pub fn new(inputs: RwSignal<Option<Vec<Input>>>) -> Self {
        Self {
            microphone: StoredValue::new_local(Microphone::new()),
            inputs,
            device: use_hearing_settings().device,
            state: RwSignal::default(),
            is_muted: RwSignal::new(false),
            level: RwSignal::new(0.0),
            loudness: StoredValue::default(),
            verdict: RwSignal::new(None),
            run: StoredValue::new(0),
        }
    }

    pub fn is_on(self) -> bool {
        self.state.with(State::is_on)
    }

    /// Has the browser ask the person, so that it tells which microphones there are.
    pub fn allow(self) {
        self.open(Purpose::Permission);
    }

    /// Begins a test, or ends the one that is under way.
    fn toggle(self) {
        match self.state.with_untracked(State::is_on) {
            true => self.finish(),
            false => self.open(Purpose::Test),
        }
    }

    fn open(self, purpose: Purpose) {
        if self.state.with_untracked(State::is_on) {
            return;
        }
        self.run.update_value(|run| *run += 1);
        self.loudness.set_value(Loudness::default());
        self.verdict.set(None);
        self.is_muted.set(false);
        self.state.set(State::Asking);
        let wish = MicrophoneWish { device: self.device.get_untracked() };
        self.microphone.with_value(|microphone| {
            microphone.open(wish, move |event| self.hear(event, purpose));
        });
    }

    fn hear(self, event: MicrophoneEvent, purpose: Purpose) {
        match event {
            MicrophoneEvent::StillAsking => self.state.set(State::StillAsking),
            MicrophoneEvent::Opened { .. } => {
                // Now they have names.
                look(self.inputs);
                match purpose {
                    Purpose::Permission => self.close(State::Resting),
                    Purpose::Test => self.is_open(),
                }
            }
            MicrophoneEvent::Failed(trouble) | MicrophoneEvent::Lost(trouble) => {
                self.close(State::Failed(trouble));
            }
            MicrophoneEvent::Sound { level, peak, .. } => {
                self.level.set(level);
                self.loudness.update_value(|loudness| loudness.hear(level, peak));
                self.judge(self.loudness.with_value(Loudness::verdict));
            }
            MicrophoneEvent::Muted(is_muted) => self.is_muted.set(is_muted),
            // The section looks by itself.
            MicrophoneEvent::InputsChanged => {}
        }
    }

    fn is_open(self) {
        self.state.set(State::Listening);
        let run = self.run.get_value();
        let still_runs =
            move || self.run.try_get_value() == Some(run) && self.state.get_untracked().is_on();
        spawn_local(async move {
            timer::after(SILENT_MS).await;
            if still_runs() && self.loudness.get_value() == Loudness::default() {
                self.judge(Some(Verdict::Nothing));
            }
            timer::after(TEST_MS - SILENT_MS).await;
            if still_runs() {
                self.finish();
            }
        });
    }

    fn judge(self, verdict: Option<Verdict>) {
        if self.verdict.get_untracked() != verdict {
            self.verdict.set(verdict);
        }
    }

    /// Says what came of it, unless the microphone never was open.
    fn finish(self) {
        match self.state.get_untracked() {
            State::Listening => {
                self.judge(Some(self.loudness.with_value(Loudness::final_verdict)));
                self.close(State::Over);
            }
            _ => self.close(State::Resting),
        }
    }

    fn close(self, then: State) {
        self.microphone.with_value(Microphone::close);
        self.level.set(0.0);
        self.is_muted.set(false);
        self.state.set(then);
    }
}

#[component]
pub fn MicTestPanel(test: MicTest) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().hearing;
    let is_listening = Memo::new(move |_| test.state.with(|state| *state == State::Listening));
    let button = move || if test.is_on() { t().test_stop } else { t().test };
    let now = move || match test.state.get() {
        State::Asking => Some(t().asking),
        State::StillAsking => Some(t().still_asking),
        State::Listening if test.is_muted.get() => Some(t().muted),
        State::Listening => Some(t().say_something),
        State::Resting | State::Over | State::Failed(_) => None,
    };

    view! {
        <div class="mic-test">
            <button
                type="button"
                class="button button-outline"
                aria-describedby="mic-test-note"
                data-testid=testid::MIC_TEST
                data-state=move || test.state.with(State::name)
                on:click=move |_| test.toggle()
            >
                {button}
            </button>
            <p class="note" id="mic-test-note">{move || t().test_note}</p>
            <div role="status">
                {move || now().map(|now| view! { <p class="mic-test-now">{now}</p> })}
            </div>
            <Show when=move || is_listening.get()>
                <LevelMeter
                    testid=testid::MIC_TEST_LEVEL
                    label=|t| t.hearing.level
                    level=test.level.into()
                />
            </Show>
            <div role="status">
                {move || test.verdict.get().map(|verdict| view! { <VerdictWords verdict/> })}
                {move || match test.state.get() {
                    State::Failed(trouble) => Some(view! { <TroubleWords trouble/> }),
                    _ => None,
                }}
            </div>
        </div>
    }
}

#[component]
fn VerdictWords(verdict: Verdict) -> impl IntoView {
    let settings = use_settings();
    let told = Memo::new(move |_| tell_microphone::verdict(settings.messages(), verdict));
    view! {
        <div class="mic-verdict" data-testid=testid::MIC_VERDICT data-verdict=verdict.name()>
            <p class="mic-verdict-what">{move || told.get().what}</p>
            <p>{move || told.get().next}</p>
        </div>
    }
}

#[component]
fn TroubleWords(trouble: MicrophoneTrouble) -> impl IntoView {
    let settings = use_settings();
    let kind = trouble.kind();
    let told = Memo::new(move |_| tell_microphone::trouble(settings.messages(), &trouble));
    view! {
        <div class="notice" data-testid=testid::MIC_TROUBLE data-trouble=kind>
            <ToldWords told/>
        </div>
    }
}
