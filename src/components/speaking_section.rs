//! Whether Bella speaks, how fast, and with which voices.

use bella_companion::Language;
use bella_companion::mouth::voice::offered;
use bella_companion::mouth::{MouthState, SpeechRate, Voice, leaves_device};
use leptos::prelude::*;

use super::choices::{Choice, Choices};
use super::trouble_notice::ToldWords;
use crate::i18n::tell;
use crate::settings::use_settings;
use crate::speaking_settings::{on_name, use_speaking};
use crate::testid;

/// `mouth`: what her mouth is doing; `say`: has her say something at once.
#[component]
pub fn SpeakingSection(
    #[prop(into)] mouth: Signal<MouthState>,
    say: impl Fn(&'static str) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().speaking;
    let speaking = use_speaking();
    let manner = speaking.manner;
    let is_on = Memo::new(move |_| manner.with(|manner| manner.is_on));
    let leaves = Memo::new(move |_| {
        manner.with(|manner| speaking.voices.with(|voices| leaves_device(manner, voices)))
    });

    view! {
        <section class="speaking" aria-labelledby="speaking-title">
            <h2 id="speaking-title">{move || t().title}</h2>
            <p>{move || t().lead}</p>
            <Choices
                testid=testid::SPEAKING
                legend=|t| t.speaking.aloud
                choices=vec![
                    Choice::new(on_name(true), |t| t.speaking.on),
                    Choice::new(on_name(false), |t| t.speaking.off),
                ]
                chosen=Signal::derive(move || on_name(is_on.get()))
                choose=move |name| manner.update(|manner| manner.is_on = name == on_name(true))
            />
            <Show when=move || is_on.get()>
                <div class="speaking-voices">
                    {Language::ALL.map(|language| view! { <VoiceField language/> }).collect_view()}
                </div>
                <Show when=move || leaves.get()>
                    <p class="speaking-leaves">{move || t().leaves_note}</p>
                </Show>
                <Choices
                    testid=testid::SPEECH_RATE
                    legend=|t| t.speaking.rate
                    choices=vec![
                        Choice::new(SpeechRate::Slower.name(), |t| t.speaking.slower),
                        Choice::new(SpeechRate::Normal.name(), |t| t.speaking.normal),
                        Choice::new(SpeechRate::Faster.name(), |t| t.speaking.faster),
                    ]
                    chosen=Signal::derive(move || manner.with(|manner| manner.rate.name()))
                    choose=move |name| {
                        SpeechRate::from_name(name)
                            .into_iter()
                            .for_each(|rate| manner.update(|manner| manner.rate = rate))
                    }
                />
                <div class="speaking-try">
                    <button
                        type="button"
                        class="button button-outline"
                        data-testid=testid::TRY_VOICE
                        on:click=move |_| say(t().sample)
                    >
                        {move || t().try_it}
                    </button>
                </div>
                <NotSaidNotice mouth/>
            </Show>
        </section>
    }
}

/// The voices of one language, those first that stay on the device.
#[component]
fn VoiceField(language: Language) -> impl IntoView {
    let settings = use_settings();
    let t = move || &settings.messages().speaking;
    let speaking = use_speaking();
    let voices = speaking.voices;
    let id = match language {
        Language::Korean => "korean-voice",
        Language::English => "english-voice",
    };
    let label = move || match language {
        Language::Korean => t().korean_voice,
        Language::English => t().english_voice,
    };
    let chosen = move || speaking.manner.with(|manner| manner.voice(language).map(str::to_owned));
    let choose = move |id: String| {
        let id = Some(id).filter(|id| !id.is_empty());
        speaking.manner.update(|manner| manner.choose_voice(language, id));
    };
    let option = move |voice: &Voice| {
        let (id, name) = (voice.id.clone(), voice.name.clone());
        let is_chosen = {
            let id = id.clone();
            move || chosen().as_ref() == Some(&id)
        };
        view! { <option value=id prop:selected=is_chosen>{name}</option> }
    };
    let group = move |label: &'static str, of: Vec<&Voice>| {
        let options = of.into_iter().map(option).collect_view();
        view! { <optgroup label=label>{options}</optgroup> }
    };
    let groups = move || {
        voices.with(|voices| {
            let (local, remote) = offered(voices, language);
            let local = (!local.is_empty()).then(|| group(t().stays, local));
            (local, (!remote.is_empty()).then(|| group(t().leaves, remote)))
        })
    };
    let counts = Memo::new(move |_| {
        voices.with(|voices| {
            let (local, remote) = offered(voices, language);
            (local.len(), remote.len())
        })
    });
    // What is to be done where no voice stays on the device.
    let note = move || match counts.get() {
        (0, 0) => Some(t().no_voice),
        (0, _) => Some(t().only_remote),
        _ => None,
    };

    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select
                id=id
                aria-describedby=format!("{id}-note")
                data-testid=testid::VOICE
                data-language=language.tag()
                data-local=move || counts.get().0.to_string()
                data-remote=move || counts.get().1.to_string()
                disabled=move || counts.get() == (0, 0)
                on:change:target=move |event| choose(event.target().value())
            >
                <option value="" prop:selected=move || chosen().is_none()>
                    {move || t().bella_chooses}
                </option>
                {groups}
            </select>
            <p class="note" id=format!("{id}-note")>{note}</p>
        </div>
    }
}

/// Why something was not said aloud, and what to do about it.
#[component]
pub fn NotSaidNotice(#[prop(into)] mouth: Signal<MouthState>) -> impl IntoView {
    let settings = use_settings();
    let not_said = Memo::new(move |_| mouth.with(|mouth| mouth.not_said.clone()));
    let notice = move || {
        let why = not_said.get()?;
        let kind = why.kind();
        let told = Memo::new(move |_| tell::not_said(settings.messages(), &why));
        Some(view! {
            <div class="notice notice-calm" data-testid=testid::NOT_SAID data-reason=kind>
                <ToldWords told/>
            </div>
        })
    };
    view! { <div role="status">{notice}</div> }
}
