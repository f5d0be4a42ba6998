//! A microphone that is open: its sound on the way through the browser's graph for
//! audio to `public/capture.js` and from there to here, and what may happen to it.

use std::rc::Rc;

use bella_companion::MicrophoneTrouble;
use js_sys::{Array, Float32Array, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AudioContext, AudioContextState, AudioWorkletNode, AudioWorkletNodeOptions, EventTarget,
    MediaDevices, MediaStreamAudioSourceNode, MediaStreamTrackState, MessageEvent, MessagePort,
    PermissionState, PermissionStatus,
};

use super::devices::{self, Source};
use super::refusal;
use crate::browser::page::listener::Listener;
use crate::browser::page::{document, timer};

const WORKLET: &str = "./capture.js";
/// As `public/capture.js` registers it.
const PROCESSOR: &str = "bella-capture";
const LOADS_WITHIN_MS: i32 = 10_000;

/// What comes of a microphone.
#[derive(Debug)]
pub enum Heard {
    Sound {
        samples: Vec<f32>,
        level: f32,
        peak: f32,
    },
    /// The device or the system gives silence, or sound again.
    Muted(bool),
    InputsChanged,
    Lost(MicrophoneTrouble),
}

pub type Hear = Rc<dyn Fn(Heard)>;

/// Everything ends, and is given back, when it is dropped.
#[derive(Debug)]
pub struct Capture {
    pub rate: u32,
    pub label: String,
    port: MessagePort,
    worklet: AudioWorkletNode,
    /// Some browsers forget a source that only the graph knows of.
    _node: MediaStreamAudioSourceNode,
    _on_message: Closure<dyn Fn(MessageEvent)>,
    _listeners: Vec<Listener>,
    _source: Source,
    _context: Context,
}

impl Capture {
    pub async fn open(
        device: Option<&str>,
        still_asks: &dyn Fn(),
        hear: Hear,
    ) -> Result<Self, MicrophoneTrouble> {
        let media = devices::media_devices().ok_or(MicrophoneTrouble::NotSecure)?;
        let source = devices::ask(&media, device, still_asks).await?;
        // Made only now: the device's rate may change as the microphone opens.
        let context = Context::new()?;
        context.load().await?;
        let permission = devices::permission().await;
        if source.track.ready_state() == MediaStreamTrackState::Ended {
            return Err(MicrophoneTrouble::Unplugged);
        }
        Self::connect(context, source, &media, permission, &hear)
            .map_err(|thrown| refusal::misfortune(&thrown))
    }

    fn connect(
        context: Context,
        source: Source,
        media: &MediaDevices,
        permission: Option<PermissionStatus>,
        hear: &Hear,
    ) -> Result<Self, JsValue> {
        let node = context.0.create_media_stream_source(&source.stream)?;
        let options = AudioWorkletNodeOptions::new();
        options.set_number_of_inputs(1);
        options.set_number_of_outputs(1);
        options.set_output_channel_count(&Array::of1(&1.into()));
        let worklet = AudioWorkletNode::new_with_options(&context.0, PROCESSOR, &options)?;
        let port = worklet.port()?;
        let on_message = Closure::<dyn Fn(MessageEvent)>::new({
            let hear = Rc::clone(hear);
            move |event: MessageEvent| {
                if let Some(sound) = read(&event.data()) {
                    hear(sound);
                }
            }
        });
        port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        node.connect_with_audio_node(&worklet)?;
        // A graph is asked for sound from its end. The worklet itself gives none.
        worklet.connect_with_audio_node(&context.0.destination())?;

        let mut listeners = of_device(&source, media, permission, hear);
        listeners.extend(context.kept_running());
        listeners.push(Listener::new(&worklet, "processorerror", {
            let hear = Rc::clone(hear);
            move |_| hear(Heard::Lost(broken()))
        }));
        if source.track.muted() {
            let hear = Rc::clone(hear);
            // Not before it is told that the microphone is open.
            spawn_local(async move { hear(Heard::Muted(true)) });
        }
        Ok(Self {
            rate: context.rate(),
            label: source.label(),
            port,
            worklet,
            _node: node,
            _on_message: on_message,
            _listeners: listeners,
            _source: source,
            _context: context,
        })
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.port.set_onmessage(None);
        // Any message ends it.
        let _ = self.port.post_message(&JsValue::TRUE);
        let _ = self.worklet.disconnect();
    }
}

fn broken() -> MicrophoneTrouble {
    let detail = format!("{WORKLET} failed");
    MicrophoneTrouble::Other { name: "processorerror".into(), detail }
}

/// A piece of sound, as `public/capture.js` sends it.
fn read(piece: &JsValue) -> Option<Heard> {
    let field = |name: &str| Reflect::get(piece, &name.into()).ok();
    let number = |name: &str| Some(field(name)?.as_f64()? as f32);
    let samples = field("samples")?.dyn_into::<Float32Array>().ok()?.to_vec();
    Some(Heard::Sound { samples, level: number("level")?, peak: number("peak")? })
}

/// What happens to a device, and to the permission to hear it.
fn of_device(
    source: &Source,
    media: &MediaDevices,
    permission: Option<PermissionStatus>,
    hear: &Hear,
) -> Vec<Listener> {
    let track = &source.track;
    let state = permission.as_ref().map(PermissionStatus::state);
    let was_granted = state == Some(PermissionState::Granted);
    let on = |target: &EventTarget, kind, heard: Box<dyn Fn(Hear)>| {
        let hear = Rc::clone(hear);
        Listener::new(target, kind, move |_| heard(Rc::clone(&hear)))
    };
    let ended = move |hear: Hear| {
        spawn_local(async move { hear(Heard::Lost(why_it_ended(was_granted).await)) });
    };
    let device = source.device();
    let changed = move |hear: Hear| {
        hear(Heard::InputsChanged);
        let device = device.clone();
        spawn_local(async move {
            // Not every browser ends the track of a device that is gone.
            if !devices::is_there(device.as_deref()).await {
                hear(Heard::Lost(MicrophoneTrouble::Unplugged));
            }
        });
    };
    let mut listeners = vec![
        on(track, "ended", Box::new(ended)),
        on(track, "mute", Box::new(|hear| hear(Heard::Muted(true)))),
        on(track, "unmute", Box::new(|hear| hear(Heard::Muted(false)))),
        on(media, "devicechange", Box::new(changed)),
    ];
    if let Some(status) = permission {
        let target: EventTarget = status.clone().into();
        let denied = move |hear: Hear| {
            if status.state() == PermissionState::Denied {
                hear(Heard::Lost(MicrophoneTrouble::Revoked));
            }
        };
        listeners.push(on(&target, "change", Box::new(denied)));
    }
    listeners
}

/// A browser that takes its permission back ends the sound, and so does a device that
/// is pulled out.
async fn why_it_ended(was_granted: bool) -> MicrophoneTrouble {
    match devices::permission().await.map(|status| status.state()) {
        Some(PermissionState::Denied) => MicrophoneTrouble::Revoked,
        Some(PermissionState::Prompt) if was_granted => MicrophoneTrouble::Revoked,
        _ => MicrophoneTrouble::Unplugged,
    }
}

/// The browser's graph for audio, at the rate the device has: closed when it is
/// dropped.
#[derive(Debug)]
struct Context(AudioContext);

impl Context {
    fn new() -> Result<Self, MicrophoneTrouble> {
        let context = AudioContext::new().map_err(|thrown| refusal::misfortune(&thrown))?;
        revive(&context);
        Ok(Self(context))
    }

    fn rate(&self) -> u32 {
        self.0.sample_rate().round() as u32
    }

    async fn load(&self) -> Result<(), MicrophoneTrouble> {
        let loading = || self.0.audio_worklet()?.add_module(&document::resolve(WORKLET));
        let loading = loading().map_err(|thrown| refusal::misfortune(&thrown))?;
        match timer::within(LOADS_WITHIN_MS, &mut JsFuture::from(loading)).await {
            Some(loaded) => loaded.map(|_| ()).map_err(|thrown| refusal::misfortune(&thrown)),
            None => Err(refusal::unanswered(WORKLET)),
        }
    }

    /// A browser suspends sound that nobody has asked for by touching the page, and
    /// a telephone that rings does.
    fn kept_running(&self) -> Vec<Listener> {
        let mut targets: Vec<(EventTarget, &'static str)> =
            vec![(self.0.clone().into(), "statechange")];
        if let Some(window) = web_sys::window() {
            targets.push((window.clone().into(), "pointerdown"));
            targets.push((window.clone().into(), "keydown"));
            targets.extend(window.document().map(|it| (it.into(), "visibilitychange")));
        }
        let listen = |(target, kind): (EventTarget, &'static str)| {
            let context = self.0.clone();
            Listener::new(&target, kind, move |_| revive(&context))
        };
        targets.into_iter().map(listen).collect()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if let Ok(closed) = self.0.close() {
            spawn_local(async move { drop(JsFuture::from(closed).await) });
        }
    }
}

fn revive(context: &AudioContext) {
    if matches!(context.state(), AudioContextState::Running | AudioContextState::Closed) {
        return;
    }
    // Refused until the person does something; then it is tried again.
    if let Ok(resumed) = context.resume() {
        spawn_local(async move { drop(JsFuture::from(resumed).await) });
    }
}
