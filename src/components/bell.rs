//! Bella herself: a small bell with a face.
//!
//! Her shape is drawn here, her face in [`face`]; what she is doing and how she
//! feels are names that `styles/bell-face.css` turns into looks, and `bell-motion.css`
//! into movement. That one also holds her still for people who ask for reduced
//! motion.

mod face;

use leptos::prelude::*;

use super::level;
use face::Face;

/// Height of the drawing, in its own units.
const HEIGHT: f64 = 120.0;

const BODY: &str = "M60 18C86 18 96 38 97 60C98 78 101 87 107 95C110 99 108 105 102 105H18\
                    C12 105 10 99 13 95C19 87 22 78 23 60C24 38 34 18 60 18Z";
const RIM: &str = "M14.2 93.5H105.8L107 95C110 99 108 105 102 105H18C12 105 10 99 13 95Z";
/// Her side that is away from the light.
const SHADE: &str = "M79 23.5C92 31.5 96.4 46 97 60C97.7 74 99.6 83 103.6 90L105.8 93.5H95\
                     C91 84 90.5 74 90 62C89.3 46 87.5 33 79 23.5Z";

#[component]
pub fn Bell(
    /// `small`, `medium` or `large`.
    size: &'static str,
    /// A name of [`bella_companion::Phase`].
    phase: impl Fn() -> &'static str + Send + Sync + 'static,
    /// How far she is filled with colour while waking up, from 0 to 1. Only one
    /// bell on a page may show it.
    #[prop(optional_no_strip)]
    filled: Option<Signal<f64>>,
    /// What she is doing, where more is known of it than the phase: `asleep`,
    /// `waking`, `loading`, `idle`, `listening`, `transcribing`, `thinking`,
    /// `speaking`, `acting`, `confirming` or `error`.
    #[prop(optional_no_strip)]
    doing: Option<Signal<&'static str>>,
    /// The name of how she feels; calm if there is none, or none that is known.
    #[prop(optional_no_strip)]
    mood: Option<Signal<&'static str>>,
    /// How loud it is while she listens, as sound has it: root mean square, 0 to 1.
    #[prop(optional_no_strip)]
    level: Option<Signal<f32>>,
) -> impl IntoView {
    let phase = Memo::new(move |_| phase());
    let doing = Memo::new(move |_| doing.map_or_else(|| doing_in(phase.get()), |it| it.get()));
    let mood = Memo::new(move |_| mood.map_or("calm", |mood| mood.get()));
    let step = Memo::new(move |_| match level {
        Some(level) if doing.get() == "listening" => level::step(level.get()),
        _ => 0,
    });
    let filling = filled.map(|filled| {
        // From the rim upwards.
        let level = move || (HEIGHT * (1.0 - filled.get())).to_string();
        view! {
            <clipPath id="bell-filling">
                <rect class="bell-level" x="0" y=level width="120" height=HEIGHT.to_string()/>
            </clipPath>
            <g clip-path="url(#bell-filling)">
                <path class="bell-body bell-body-filled" d=BODY/>
                <path class="bell-rim bell-rim-filled" d=RIM/>
            </g>
        }
    });

    view! {
        <svg
            class="bell"
            class:bell-awake=move || is_awake(doing.get())
            data-size=size
            data-phase=move || phase.get()
            data-doing=move || doing.get()
            data-mood=move || mood.get()
            data-level=move || step.get().to_string()
            viewBox="0 0 120 120"
            aria-hidden="true"
            focusable="false"
        >
            <g class="bell-rings">
                <path d="M12 42C6 52 6 64 10 74"/>
                <path d="M2 36C-6 52-6 68 0 82"/>
                <path d="M108 42C114 52 114 64 110 74"/>
                <path d="M118 36C126 52 126 68 120 82"/>
            </g>
            <g class="bell-tilt">
                <g class="bell-sway">
                    <circle class="bell-clapper" cx="60" cy="106" r="10"/>
                    <path class="bell-loop" d="M51.5 20A8.5 8.5 0 1 1 68.5 20"/>
                    <path class="bell-body" d=BODY/>
                    <path class="bell-rim" d=RIM/>
                    {filling}
                    <path class="bell-shade" d=SHADE/>
                    <path class="bell-shine" d="M43 31.5C36 37.5 33 46 32.5 54"/>
                    <Face/>
                </g>
            </g>
        </svg>
    }
}

/// What a phase alone tells of it. Whoever is in none that is known sleeps.
fn doing_in(phase: &str) -> &'static str {
    match phase {
        "waking" => "waking",
        "loading" => "loading",
        "idle" => "idle",
        "thinking" => "thinking",
        "replying" => "speaking",
        _ => "asleep",
    }
}

fn is_awake(doing: &str) -> bool {
    !matches!(doing, "asleep" | "waking" | "loading")
}

#[cfg(test)]
mod tests {
    use bella_companion::{Loading, Phase};
    use bella_protocol::RequestId;

    use super::*;

    #[test]
    fn every_phase_is_a_doing_and_only_a_model_wakes_her() {
        let request = RequestId(0);
        let loading = Loading {
            request,
            done_bytes: 0,
            total_bytes: 0,
            bytes_per_second: None,
            retrying: false,
        };
        for (phase, doing) in [
            (Phase::Waking, "waking"),
            (Phase::Broken, "asleep"),
            (Phase::Empty, "asleep"),
            (Phase::Loading(loading), "loading"),
            (Phase::Idle, "idle"),
            (Phase::Thinking { request }, "thinking"),
            (Phase::Replying { request }, "speaking"),
        ] {
            assert_eq!(doing_in(phase.name()), doing);
            assert_eq!(is_awake(doing), phase.has_model(), "{doing}");
        }
    }
}
