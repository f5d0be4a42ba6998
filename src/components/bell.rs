//! Bella herself: a small bell with a face.
//!
//! She breathes while awake, sways her clapper while thinking, rings while
//! answering and keeps her eyes shut while no model is loaded. How she moves is
//! in `styles/bell.css`, which also holds her still for people who ask for
//! reduced motion.

use leptos::prelude::*;

/// Height of the drawing, in its own units.
const HEIGHT: f64 = 120.0;

const BODY: &str = "M60 20C84 20 92 40 93 62C94 80 99 90 106 97C109 100 107 105 103 105H17\
                    C13 105 11 100 14 97C21 90 26 80 27 62C28 40 36 20 60 20Z";
const RIM: &str = "M15.5 95.5H104.5L106 97C109 100 107 105 103 105H17C13 105 11 100 14 97Z";

#[component]
pub fn Bell(
    /// `small`, `medium` or `large`.
    size: &'static str,
    /// A name of [`bella_companion::Phase`].
    phase: impl Fn() -> &'static str + Send + Sync + 'static,
    /// How far she is filled with colour while waking up, from 0 to 1. Only one
    /// bell on a page may show it.
    #[prop(optional)]
    filled: Option<Signal<f64>>,
) -> impl IntoView {
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
            data-size=size
            data-phase=phase
            viewBox="0 0 120 120"
            aria-hidden="true"
            focusable="false"
        >
            <g class="bell-rings">
                <path d="M15 44C9 54 9 66 13 76"/>
                <path d="M5 38C-3 54-3 70 3 84"/>
                <path d="M105 44C111 54 111 66 107 76"/>
                <path d="M115 38C123 54 123 70 117 84"/>
            </g>
            <g class="bell-sway">
                <circle class="bell-clapper" cx="60" cy="107" r="9.5"/>
                <path class="bell-loop" d="M51 22A9 9 0 1 1 69 22"/>
                <path class="bell-body" d=BODY/>
                <path class="bell-rim" d=RIM/>
                {filling}
                <path class="bell-shine" d="M45 34C38 41 36 51 35.5 61"/>
                <g class="bell-cheeks">
                    <ellipse cx="41" cy="76" rx="5.5" ry="3.8"/>
                    <ellipse cx="79" cy="76" rx="5.5" ry="3.8"/>
                </g>
                <g class="bell-eyes">
                    <ellipse cx="48" cy="65" rx="4" ry="5.6"/>
                    <ellipse cx="72" cy="65" rx="4" ry="5.6"/>
                </g>
                <g class="bell-lids">
                    <path d="M42.5 66Q48 70.5 53.5 66"/>
                    <path d="M66.5 66Q72 70.5 77.5 66"/>
                </g>
                <path class="bell-mouth" d="M54.5 77Q60 82 65.5 77"/>
            </g>
        </svg>
    }
}
