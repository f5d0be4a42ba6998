//! What the microphone hears.
//!
//! - `capture`: a microphone that is open, and what may happen to it; `devices`: which
//!   there are, and asking for one; `refusal`: why there is none
//! - `recording`: who is to have what was heard; `ring`: the last seconds of it

mod capture;
mod devices;
mod recording;
mod refusal;
mod ring;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use bella_companion::MicrophoneTrouble;
use wasm_bindgen_futures::spawn_local;

use self::capture::{Capture, Hear, Heard};
pub use self::devices::{Input, inputs};
use self::recording::Recording;
pub use self::recording::StreamId;
use super::listener::Listener;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MicrophoneWish {
    /// The id of an [`Input`]; any, where there is none or it is gone.
    pub device: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum MicrophoneEvent {
    /// The person has been asked for a while and has not answered yet.
    StillAsking,
    Opened {
        /// Samples a second.
        rate: u32,
        label: String,
    },
    Failed(MicrophoneTrouble),
    /// It was open, and is no more.
    Lost(MicrophoneTrouble),
    Sound {
        /// The root of the mean square, from 0 to 1.
        level: f32,
        peak: f32,
        /// Seconds heard since the microphone opened.
        until_s: f64,
    },
    /// The device or the system gives silence, or sound again.
    Muted(bool),
    InputsChanged,
}

type Tell = Rc<dyn Fn(MicrophoneEvent)>;
type Take = Rc<RefCell<dyn FnMut(&[f32], bool)>>;

/// One microphone at a time, mono and at the device's own rate. Clones are handles to
/// the same one; it closes with the last of them.
#[derive(Clone, Debug, Default)]
pub struct Microphone {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Which opening counts: what comes of an earlier one is thrown away.
    opening: Cell<u64>,
    capture: RefCell<Option<Capture>>,
    recording: RefCell<Recording<Take>>,
    /// Somebody takes a piece just now.
    is_handing_over: Cell<bool>,
}

impl Microphone {
    pub fn new() -> Self {
        Self::default()
    }

    /// Closes what was open before. `tell` hears what comes of it until the
    /// microphone is closed or lost; it may open and close it itself.
    pub fn open(&self, wish: MicrophoneWish, tell: impl Fn(MicrophoneEvent) + 'static) {
        self.close();
        let opening = Opening {
            inner: Rc::downgrade(&self.inner),
            number: self.inner.opening.get(),
            tell: Rc::new(tell),
        };
        spawn_local(async move {
            let still_asks = || {
                if opening.counting().is_some() {
                    (opening.tell)(MicrophoneEvent::StillAsking);
                }
            };
            let opened = Capture::open(wish.device.as_deref(), &still_asks, opening.hear()).await;
            // Nobody wants it any more: it closes here.
            let Some(inner) = opening.counting() else { return };
            match opened {
                Ok(capture) => inner.is_open(capture, &opening.tell),
                Err(trouble) => (opening.tell)(MicrophoneEvent::Failed(trouble)),
            }
        });
    }

    /// Gives the device back. Every stream gets its last piece, with no sound in it;
    /// nothing of this opening is told any more.
    pub fn close(&self) {
        self.inner.close();
    }

    /// Samples a second, while it is open.
    pub fn rate(&self) -> Option<u32> {
        self.inner.capture.borrow().as_ref().map(|capture| capture.rate)
    }

    /// Hands over, at once and as one piece, what is still kept of the sound since
    /// `from_s` (seconds since the microphone opened), and then what follows as it
    /// comes. `take` is told which piece is the last. While the microphone is not open
    /// there is only that.
    pub fn begin(&self, from_s: f64, take: impl FnMut(&[f32], bool) + 'static) -> StreamId {
        let take: Take = Rc::new(RefCell::new(take));
        let id = self.inner.recording.borrow_mut().begin(from_s, take);
        self.inner.hand_over();
        id
    }

    /// Ends a stream at that second, or here. What was handed over beyond it stays so;
    /// what is yet to be heard is waited for, as long as the microphone is open.
    pub fn end(&self, stream: StreamId, until_s: Option<f64>) {
        self.inner.recording.borrow_mut().end(stream, until_s);
        self.inner.hand_over();
    }

    /// Ends a stream without a last piece.
    pub fn drop_stream(&self, stream: StreamId) {
        self.inner.recording.borrow_mut().drop_stream(stream);
    }
}

impl Inner {
    fn is_open(&self, capture: Capture, tell: &Tell) {
        let (rate, label) = (capture.rate, capture.label.clone());
        self.recording.borrow_mut().open(rate);
        *self.capture.borrow_mut() = Some(capture);
        self.hand_over();
        tell(MicrophoneEvent::Opened { rate, label });
    }

    fn close(&self) {
        self.give_back();
        self.end_streams();
    }

    fn give_back(&self) {
        self.opening.set(self.opening.get() + 1);
        let capture = self.capture.borrow_mut().take();
        drop(capture);
    }

    fn end_streams(&self) {
        self.recording.borrow_mut().close();
        self.hand_over();
    }

    /// Who is told may still end its streams in its own way; what it leaves ends here.
    fn lose(&self, trouble: MicrophoneTrouble, tell: &Tell) {
        self.give_back();
        let lost = self.opening.get();
        tell(MicrophoneEvent::Lost(trouble));
        if self.opening.get() == lost {
            self.end_streams();
        }
    }

    fn hear(&self, heard: Heard, tell: &Tell) {
        match heard {
            Heard::Sound { samples, level, peak } => {
                self.recording.borrow_mut().hear(&samples);
                self.hand_over();
                let until_s = self.recording.borrow().heard_s();
                tell(MicrophoneEvent::Sound { level, peak, until_s });
            }
            Heard::Muted(is_muted) => tell(MicrophoneEvent::Muted(is_muted)),
            Heard::InputsChanged => tell(MicrophoneEvent::InputsChanged),
            Heard::Lost(trouble) => self.lose(trouble, tell),
        }
    }

    /// Lets everybody take what is due. Whoever takes may begin and end streams, or
    /// close the microphone; what follows from that is handed over here too.
    fn hand_over(&self) {
        if self.is_handing_over.replace(true) {
            return;
        }
        loop {
            let piece = self.recording.borrow_mut().next_piece();
            let Some(piece) = piece else { break };
            (piece.take.borrow_mut())(&piece.sound, piece.is_last);
        }
        self.is_handing_over.set(false);
    }
}

/// What a microphone is opened with, and how one tells that it still counts.
struct Opening {
    inner: Weak<Inner>,
    number: u64,
    tell: Tell,
}

impl Opening {
    fn counting(&self) -> Option<Rc<Inner>> {
        self.inner.upgrade().filter(|inner| inner.opening.get() == self.number)
    }

    fn hear(&self) -> Hear {
        let opening =
            Self { inner: self.inner.clone(), number: self.number, tell: Rc::clone(&self.tell) };
        Rc::new(move |heard| {
            if let Some(inner) = opening.counting() {
                inner.hear(heard, &opening.tell);
            }
        })
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let capture = self.capture.borrow();
        f.debug_struct("Microphone").field("capture", &*capture).finish_non_exhaustive()
    }
}

/// Tells when microphones come and go, also while none is open, until it is dropped.
pub fn when_inputs_change(heard: impl Fn() + 'static) -> Option<Listener> {
    let media = devices::media_devices()?;
    Some(Listener::new(&media, "devicechange", move |_| heard()))
}
