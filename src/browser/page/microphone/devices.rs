//! The browser's microphones: which there are, whether this page may have one, and
//! the sound of one.

use bella_companion::MicrophoneTrouble;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ConstrainDomStringParameters, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, MediaTrackConstraints, PermissionState,
    PermissionStatus, Permissions,
};

use super::refusal;
use crate::browser::page::timer;

/// A browser answers at once, or after the person has.
const ANSWERS_WITHIN_MS: i32 = 10_000;
/// How often a person who is being asked is given as long again.
const MOST_WAITS: usize = 6;
/// Names that Chromium gives to devices it also lists under their own.
const ALIASES: [&str; 2] = ["default", "communications"];

/// A microphone that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub id: String,
    /// Empty until the person has allowed a microphone.
    pub label: String,
}

/// None on a page that came unprotected.
pub fn media_devices() -> Option<MediaDevices> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"mediaDevices".into()).ok()?.dyn_into().ok()
}

/// The microphones there are, each once.
pub async fn inputs() -> Vec<Input> {
    let inputs = all_inputs().await.unwrap_or_default();
    inputs.into_iter().filter(|input| !ALIASES.contains(&input.id.as_str())).collect()
}

/// Whether this device is still there. What cannot be told by its name is, as long as
/// any is.
pub async fn is_there(id: Option<&str>) -> bool {
    let Some(inputs) = all_inputs().await else { return true };
    match id.filter(|id| !id.is_empty() && !ALIASES.contains(id)) {
        Some(id) => inputs.iter().any(|input| input.id == id),
        None => !inputs.is_empty(),
    }
}

async fn all_inputs() -> Option<Vec<Input>> {
    let listed = JsFuture::from(media_devices()?.enumerate_devices().ok()?).await.ok()?;
    let devices = listed.dyn_into::<Array>().ok()?;
    let devices = devices.iter().filter_map(|it| it.dyn_into::<MediaDeviceInfo>().ok());
    let inputs = devices.filter(|device| device.kind() == MediaDeviceKind::Audioinput);
    Some(inputs.map(|it| Input { id: it.device_id(), label: it.label() }).collect())
}

/// What the person has answered so far; not every browser tells.
pub async fn permission() -> Option<PermissionStatus> {
    let navigator = web_sys::window()?.navigator();
    let permissions = Reflect::get(&navigator, &"permissions".into()).ok()?;
    let permissions: Permissions = permissions.dyn_into().ok()?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"name".into(), &"microphone".into()).ok()?;
    JsFuture::from(permissions.query(&wanted).ok()?).await.ok()?.dyn_into().ok()
}

/// Sound from a device, which is given back when this is dropped: then the browser's
/// red dot goes out.
#[derive(Debug)]
pub struct Source {
    pub stream: MediaStream,
    pub track: MediaStreamTrack,
}

impl Source {
    fn of(stream: JsValue) -> Option<Self> {
        let stream: MediaStream = stream.dyn_into().ok()?;
        let track = stream.get_audio_tracks().get(0).dyn_into().ok()?;
        Some(Self { stream, track })
    }

    pub fn label(&self) -> String {
        self.track.label()
    }

    pub fn device(&self) -> Option<String> {
        self.track.get_settings().get_device_id()
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let tracks = self.stream.get_tracks();
        let tracks = tracks.iter().filter_map(|it| it.dyn_into::<MediaStreamTrack>().ok());
        tracks.for_each(|track| track.stop());
    }
}

/// The device that is wished for, or any when that one cannot be had. `still_asks`
/// is called when the person takes their time to answer.
pub async fn ask(
    devices: &MediaDevices,
    device: Option<&str>,
    still_asks: &dyn Fn(),
) -> Result<Source, MicrophoneTrouble> {
    let asked = ask_for(devices, device, still_asks).await;
    match asked {
        // The one that was chosen is gone.
        Err(MicrophoneTrouble::Missing) if device.is_some() => {
            ask_for(devices, None, still_asks).await
        }
        asked => asked,
    }
}

async fn ask_for(
    devices: &MediaDevices,
    device: Option<&str>,
    still_asks: &dyn Fn(),
) -> Result<Source, MicrophoneTrouble> {
    let refused = |thrown: JsValue| refusal::trouble(&thrown);
    let asked = devices.get_user_media_with_constraints(&constraints(device)).map_err(refused)?;
    let mut asked = JsFuture::from(asked);
    for nth in 0..MOST_WAITS {
        if let Some(answer) = timer::within(ANSWERS_WITHIN_MS, &mut asked).await {
            return Source::of(answer.map_err(refused)?).ok_or(MicrophoneTrouble::Missing);
        }
        // It is the person who is waited for, not the device.
        let state = permission().await.map(|status| status.state());
        if state != Some(PermissionState::Prompt) {
            break;
        }
        if nth == 0 {
            still_asks();
        }
    }
    // It may come all the same, when nobody wants it any more.
    spawn_local(async move { drop(asked.await.ok().and_then(Source::of)) });
    Err(refusal::unanswered("getUserMedia"))
}

fn constraints(device: Option<&str>) -> MediaStreamConstraints {
    let audio = MediaTrackConstraints::new();
    // Bella must not hear herself. The rest of what browsers do to a voice is done for
    // people's ears: it costs a model letters, and a model minds neither a fan nor a
    // soft voice.
    audio.set_echo_cancellation_bool(true);
    audio.set_noise_suppression_bool(false);
    audio.set_auto_gain_control_bool(false);
    if let Some(device) = device {
        let exactly = ConstrainDomStringParameters::new();
        exactly.set_exact_str(device);
        audio.set_device_id_constrain_dom_string_parameters(&exactly);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio_media_track_constraints(&audio);
    constraints
}
