//! Her ears and her mouth at work: the microphone and the voices of the browser, moved
//! by what the companion wants of them.

use std::collections::BTreeMap;

use bella_companion::mouth::{MouthEffect, MouthEvent};
use bella_companion::{EarEffect, EarEvent, Event, HeardGoes, HearingManner, Skill};
use bella_protocol::{Request, RequestId, ToEngine};
use leptos::prelude::Effect as Reaction;
use leptos::prelude::*;

use crate::bella::Bella;
use crate::browser::page::microphone::{Microphone, MicrophoneEvent, MicrophoneWish, StreamId};
use crate::browser::page::speech::Speech;
use crate::browser::page::talk_keys::{TalkKeyEvent, TalkKeys};
use crate::browser::page::timer;
use crate::browser::page::wake_lock::WakeLock;
use crate::components::first_steps::MicrophoneAccess;
use crate::hearing_settings::{AfterHearing, HearingSettings};
use crate::speaking_settings::Speaking;

/// Every piece of sound goes by this id: what the engine says of it matters to nobody.
const SOUND: RequestId = RequestId(u32::MAX - 6);

/// How often the companion is told that time has passed.
const BEAT_MS: i32 = 500;

#[derive(Clone, Copy, Debug)]
pub struct Senses {
    browser: StoredValue<Option<Browser>, LocalStorage>,
    /// How loud it is, from 0 to 1, while the microphone is open.
    pub level: RwSignal<f32>,
    /// Whether a person wanted to be heard and there was nothing to hear them with.
    pub cannot_hear: RwSignal<bool>,
    /// Whether the browser asks the person for the microphone just now.
    pub is_asking: RwSignal<bool>,
    pub access: RwSignal<MicrophoneAccess>,
}

struct Browser {
    microphone: Microphone,
    /// The one that was chosen.
    device: Option<String>,
    speech: Speech,
    wake_lock: WakeLock,
    /// Where sound goes.
    streams: BTreeMap<RequestId, StreamId>,
    /// Listen until they are dropped.
    _keys: TalkKeys,
}

impl Senses {
    /// Nothing of the browser's is touched before [`Bella::come_to_her_senses`].
    pub fn new() -> Self {
        Self {
            browser: StoredValue::new_local(None),
            level: RwSignal::new(0.0),
            cannot_hear: RwSignal::new(false),
            is_asking: RwSignal::new(false),
            access: RwSignal::default(),
        }
    }

    pub fn speak(self, effect: MouthEffect) {
        let speech = self.with(|browser| browser.speech.clone());
        if let Some(speech) = speech {
            speech.carry_out(effect);
        }
    }

    fn with<T>(self, use_it: impl FnOnce(&mut Browser) -> T) -> Option<T> {
        self.browser.try_update_value(|browser| browser.as_mut().map(use_it)).flatten()
    }
}

impl Default for Senses {
    fn default() -> Self {
        Self::new()
    }
}

impl Bella {
    /// From here on she hears and speaks as the person chose.
    pub fn come_to_her_senses(self, hearing: HearingSettings, speaking: Speaking) {
        let keys = TalkKeys::listen(
            move || hearing.talk_key.get_untracked(),
            move |key| {
                self.tell(Event::Ear(match key {
                    TalkKeyEvent::Pressed => EarEvent::TalkPressed,
                    TalkKeyEvent::Released => EarEvent::TalkReleased,
                    TalkKeyEvent::Cancelled => EarEvent::TalkCancelled,
                }));
            },
        );
        let speech = Speech::new(move |event| {
            if let MouthEvent::VoicesChanged(voices) = &event {
                speaking.voices.set(voices.clone());
            }
            self.tell(Event::Mouth(event));
        });
        self.senses.browser.set_value(Some(Browser {
            microphone: Microphone::new(),
            device: None,
            speech,
            wake_lock: WakeLock::new(),
            streams: BTreeMap::new(),
            _keys: keys,
        }));
        self.follow_hearing(hearing);
        Reaction::new(move |_| {
            self.tell(Event::Mouth(MouthEvent::MannerChosen(speaking.manner.get())));
        });
        leptos::task::spawn_local(async move {
            loop {
                timer::after(BEAT_MS).await;
                self.tell(Event::Beat);
            }
        });
    }

    fn follow_hearing(self, hearing: HearingSettings) {
        Reaction::new(move |_| {
            let device = hearing.device.get();
            self.senses.with(|browser| browser.device = device);
        });
        Reaction::new(move |_| {
            let manner = HearingManner {
                language: hearing.language.get(),
                needs_wake_phrase: hearing.needs_wake_phrase.get(),
                sensitivity: hearing.sensitivity.get(),
                barge_in: hearing.barge_in.get(),
            };
            self.tell(Event::Ear(EarEvent::MannerChosen(manner)));
        });
        Reaction::new(move |_| {
            self.tell(Event::HeardGoes(match hearing.then.get() {
                AfterHearing::Send => HeardGoes::ToBella,
                AfterHearing::Compose => HeardGoes::IntoComposer,
            }));
        });
        // Chosen at an earlier visit, it begins once there is something to hear with.
        let can_hear = self.can(Skill::Hearing);
        Reaction::new(move |_| {
            let is_on = hearing.is_hands_free.get() && can_hear.get();
            self.tell(Event::Ear(EarEvent::HandsFreeChosen(is_on)));
        });
        // A microphone that cannot be had listens to nobody.
        let is_hands_free = Memo::new(move |_| self.view.ears.with(|ears| ears.hands_free));
        Reaction::new(move |was: Option<bool>| {
            let is = is_hands_free.get();
            if was == Some(true) && !is && can_hear.get_untracked() {
                hearing.is_hands_free.set(false);
            }
            is
        });
    }

    pub(crate) fn carry_out_of_ears(self, effect: EarEffect) {
        match effect {
            EarEffect::OpenMicrophone => self.open_microphone(),
            EarEffect::CloseMicrophone => {
                let microphone = self.senses.with(|browser| browser.microphone.clone());
                microphone.iter().for_each(Microphone::close);
                self.senses.level.set(0.0);
            }
            EarEffect::Begin { message, from_s } => {
                self.send_beside(&message);
                self.stream(message.id, from_s);
            }
            EarEffect::End { target, until_s } => {
                if let Some((microphone, stream)) = self.take_stream(target) {
                    microphone.end(stream, until_s);
                }
            }
            EarEffect::Drop { target } => {
                if let Some((microphone, stream)) = self.take_stream(target) {
                    microphone.drop_stream(stream);
                }
            }
            EarEffect::KeepScreenOn(is_on) => {
                self.senses.with(|browser| browser.wake_lock.keep_on(is_on));
            }
            EarEffect::NeedsToHear => self.senses.cannot_hear.set(true),
            // The companion keeps these to itself.
            EarEffect::Send(_)
            | EarEffect::Heard { .. }
            | EarEffect::HeardNothing
            | EarEffect::NotHeard(_)
            | EarEffect::Duck
            | EarEffect::Unduck
            | EarEffect::Hush => {}
        }
    }

    /// Asks for the microphone before it is needed, and for what hearing takes.
    pub fn allow_microphone(self) {
        self.wish_for(Skill::Hearing);
        self.wish_for(Skill::Feeling);
        self.senses.access.set(MicrophoneAccess::Asking);
        let Some(microphone) = self.senses.with(|browser| browser.microphone.clone()) else {
            return;
        };
        // In use, and so allowed.
        if microphone.rate().is_some() {
            return self.senses.access.set(MicrophoneAccess::Allowed);
        }
        let opened = microphone.clone();
        microphone.open(MicrophoneWish::default(), move |event| {
            self.note_access(&event);
            match event {
                MicrophoneEvent::StillAsking => {}
                MicrophoneEvent::Failed(trouble) => {
                    self.tell(Event::Ear(EarEvent::MicrophoneFailed(trouble)));
                }
                // That was all there was to ask.
                _ => opened.close(),
            }
        });
    }

    fn note_access(self, event: &MicrophoneEvent) {
        self.senses.is_asking.set(*event == MicrophoneEvent::StillAsking);
        match event {
            MicrophoneEvent::StillAsking => self.senses.access.set(MicrophoneAccess::Asking),
            MicrophoneEvent::Opened { .. } => self.senses.access.set(MicrophoneAccess::Allowed),
            MicrophoneEvent::Failed(_) => self.senses.access.set(MicrophoneAccess::Refused),
            _ => {}
        }
    }

    fn open_microphone(self) {
        let microphone = self.senses.with(|browser| {
            (browser.microphone.clone(), MicrophoneWish { device: browser.device.clone() })
        });
        if let Some((microphone, wish)) = microphone {
            microphone.open(wish, move |event| self.hear_microphone(event));
        }
    }

    fn hear_microphone(self, event: MicrophoneEvent) {
        self.note_access(&event);
        let event = match event {
            MicrophoneEvent::StillAsking | MicrophoneEvent::InputsChanged => return,
            // Silence comes as silence; and where nothing comes, the ears notice.
            MicrophoneEvent::Muted(_) => return,
            MicrophoneEvent::Opened { rate, .. } => EarEvent::MicrophoneOpened { rate },
            MicrophoneEvent::Failed(trouble) => EarEvent::MicrophoneFailed(trouble),
            MicrophoneEvent::Lost(trouble) => {
                self.senses.level.set(0.0);
                EarEvent::MicrophoneLost(trouble)
            }
            MicrophoneEvent::Sound { level, peak, until_s } => {
                self.senses.level.set(level);
                EarEvent::Sound { level, peak, until_s }
            }
        };
        self.tell(Event::Ear(event));
    }

    fn stream(self, target: RequestId, from_s: f64) {
        let Some(microphone) = self.senses.with(|browser| browser.microphone.clone()) else {
            return;
        };
        let stream = microphone.begin(from_s, move |sound, last| {
            let more = ToEngine { id: SOUND, request: Request::Sound { target, last } };
            self.send_sound_beside(&more, sound);
        });
        self.senses.with(|browser| browser.streams.insert(target, stream));
    }

    fn take_stream(self, target: RequestId) -> Option<(Microphone, StreamId)> {
        let taken = self.senses.with(|browser| {
            browser.streams.remove(&target).map(|stream| (browser.microphone.clone(), stream))
        });
        taken.flatten()
    }
}
