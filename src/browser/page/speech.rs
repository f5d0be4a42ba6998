//! The voices of the browser: says what it is asked to say, and tells what became
//! of it.
//!
//! Nothing is told in the middle of being asked: some browsers refuse an utterance
//! before the call that asked for it has returned.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use bella_companion::mouth::{MouthEffect, MouthEvent, Utterance, UtteranceId, Voice};
use js_sys::Reflect;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Event, SpeechSynthesis, SpeechSynthesisEvent, SpeechSynthesisUtterance, SpeechSynthesisVoice,
};

use super::leaving;

/// Some devices offer one voice in thousands of disguises.
const MOST_VOICES: usize = 2_000;

const EVENTS: [&str; 4] = ["start", "boundary", "end", "error"];

/// A handle to the one mouth of this tab.
#[derive(Clone)]
pub struct Speech {
    inner: Rc<Inner>,
}

struct Inner {
    /// `None`: this browser has no voices and never will.
    synthesis: Option<SpeechSynthesis>,
    /// What was asked for and is not over. Chrome throws utterances away in the middle
    /// of being said if nobody else holds them.
    live: RefCell<HashMap<UtteranceId, Live>>,
    tell: Box<dyn Fn(MouthEvent<'static>)>,
}

/// An utterance, and the ears for it; dropped, nobody hears of it any more.
struct Live {
    utterance: SpeechSynthesisUtterance,
    hearing: Closure<dyn FnMut(Event)>,
}

impl Drop for Live {
    fn drop(&mut self) {
        let callback = self.hearing.as_ref().unchecked_ref();
        for event in EVENTS {
            let _ = self.utterance.remove_event_listener_with_callback(event, callback);
        }
    }
}

impl Speech {
    /// `tell` hears of the voices there are, and of every utterance.
    pub fn new(tell: impl Fn(MouthEvent<'static>) + 'static) -> Self {
        let synthesis = synthesis();
        let live = RefCell::default();
        let speech = Self { inner: Rc::new(Inner { synthesis, live, tell: Box::new(tell) }) };
        speech.hear_of_voices();
        leaving::before({
            let speech = speech.clone();
            move || speech.leave()
        });
        speech
    }

    pub fn carry_out(&self, effect: MouthEffect) {
        match effect {
            MouthEffect::Speak(utterance) => self.speak(&utterance),
            MouthEffect::Silence => self.silence(),
        }
    }

    fn speak(&self, asked: &Utterance) {
        let id = asked.id;
        let made = SpeechSynthesisUtterance::new_with_text(&asked.text);
        let (Some(synthesis), Ok(utterance)) = (&self.inner.synthesis, made) else {
            // The word the interface has for it.
            return self
                .tell_soon(MouthEvent::Failed { id, error: "synthesis-unavailable".into() });
        };
        let voice = self.find(&asked.voice);
        utterance.set_voice(voice.as_ref());
        utterance.set_lang(&asked.tag);
        utterance.set_rate(asked.rate);
        utterance.set_volume(asked.volume);
        // With any voice but this one the text might leave the device.
        if voice.is_none() {
            return self.tell_soon(MouthEvent::Failed { id, error: "voice-unavailable".into() });
        }
        let hearing = Closure::<dyn FnMut(Event)>::new({
            let speech = self.clone();
            move |event: Event| speech.hear(id, &event)
        });
        for event in EVENTS {
            let callback = hearing.as_ref().unchecked_ref();
            let _ = utterance.add_event_listener_with_callback(event, callback);
        }
        self.inner.live.borrow_mut().insert(id, Live { utterance: utterance.clone(), hearing });
        // One that another page left paused would never begin.
        synthesis.resume();
        synthesis.speak(&utterance);
    }

    /// At once, and without a word about what was cut off.
    fn silence(&self) {
        let cut_off = self.inner.live.take();
        drop(cut_off);
        if let Some(synthesis) = &self.inner.synthesis {
            synthesis.cancel();
        }
    }

    /// A page that was left must not be heard, nor go on when somebody comes back.
    fn leave(&self) {
        self.silence();
        (self.inner.tell)(MouthEvent::Hush);
    }

    fn hear(&self, id: UtteranceId, event: &Event) {
        let (told, is_over) = match event.type_().as_str() {
            "start" => (MouthEvent::Started { id }, false),
            "boundary" => {
                let unit = event.unchecked_ref::<SpeechSynthesisEvent>().char_index();
                (MouthEvent::Boundary { id, unit }, false)
            }
            "end" => (MouthEvent::Finished { id }, true),
            _ => (MouthEvent::Failed { id, error: error_name(event) }, true),
        };
        let speech = self.clone();
        spawn_local(async move {
            // What was silenced meanwhile is not spoken of, and these ears are not
            // thrown away while they hear.
            let is_live = match is_over {
                true => speech.inner.live.borrow_mut().remove(&id).is_some(),
                false => speech.inner.live.borrow().contains_key(&id),
            };
            if is_live {
                (speech.inner.tell)(told);
            }
        });
    }

    fn tell_soon(&self, event: MouthEvent<'static>) {
        let speech = self.clone();
        spawn_local(async move { (speech.inner.tell)(event) });
    }

    fn hear_of_voices(&self) {
        let Some(synthesis) = &self.inner.synthesis else { return };
        let changed = Closure::<dyn FnMut()>::new({
            let speech = self.clone();
            move || speech.tell_soon(MouthEvent::VoicesChanged(speech.voices()))
        });
        // By the property: older Safaris have no listeners here.
        synthesis.set_onvoiceschanged(Some(changed.as_ref().unchecked_ref()));
        // As long as the tab.
        changed.forget();
        self.tell_soon(MouthEvent::VoicesChanged(self.voices()));
    }

    /// The voices of the languages she speaks.
    pub fn voices(&self) -> Vec<Voice> {
        let Some(synthesis) = &self.inner.synthesis else { return Vec::new() };
        let voices = offered(synthesis).map(|voice| Voice {
            id: voice.voice_uri(),
            name: voice.name(),
            tag: voice.lang(),
            is_local: voice.local_service(),
            is_default: voice.default(),
        });
        voices.filter(|voice| voice.language().is_some()).take(MOST_VOICES).collect()
    }

    fn find(&self, id: &str) -> Option<SpeechSynthesisVoice> {
        offered(self.inner.synthesis.as_ref()?).find(|voice| voice.voice_uri() == id)
    }
}

impl fmt::Debug for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speech").finish_non_exhaustive()
    }
}

/// Browsers inside of other apps often have none.
fn synthesis() -> Option<SpeechSynthesis> {
    let window = web_sys::window()?;
    let synthesis = Reflect::get(&window, &"speechSynthesis".into()).ok()?;
    // Not every browser that has one shows what kind of thing it is.
    synthesis.is_object().then(|| synthesis.unchecked_into())
}

fn offered(synthesis: &SpeechSynthesis) -> impl Iterator<Item = SpeechSynthesisVoice> {
    synthesis.get_voices().into_iter().map(JsCast::unchecked_into)
}

/// The browser's own name for what went wrong, also one that is newer than this page.
fn error_name(event: &Event) -> String {
    let error = Reflect::get(event, &"error".into()).ok().and_then(|error| error.as_string());
    error.unwrap_or_else(|| "unknown".into())
}
