//! Bella herself: a small bell with a face.
//!
//! She breathes while awake, sways her clapper while thinking, rings while
//! answering and keeps her eyes shut while no model is loaded. How she moves is
//! in `styles/bell.css`, which also holds her still for people who ask for
//! reduced motion.

use leptos::prelude::*;

/// Height of the drawing, in its own units.
const HEIGHT: f64 = 120.0;

const BODY: &str = "M60 18C86 18 96 38 97 60C98 78 101 87 107 95C110 99 108 105 102 105H18\
                    C12 105 10 99 13 95C19 87 22 78 23 60C24 38 34 18 60 18Z";
const RIM: &str = "M14.2 93.5H105.8L107 95C110 99 108 105 102 105H18C12 105 10 99 13 95Z";

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
                <path d="M12 42C6 52 6 64 10 74"/>
                <path d="M2 36C-6 52-6 68 0 82"/>
                <path d="M108 42C114 52 114 64 110 74"/>
                <path d="M118 36C126 52 126 68 120 82"/>
            </g>
            <g class="bell-sway">
                <circle class="bell-clapper" cx="60" cy="106" r="10"/>
                <path class="bell-loop" d="M51.5 20A8.5 8.5 0 1 1 68.5 20"/>
                <path class="bell-body" d=BODY/>
                <path class="bell-rim" d=RIM/>
                {filling}
                <path class="bell-shine" d="M43 31.5C36 37.5 33 46 32.5 54"/>
                <g class="bell-cheeks">
                    <ellipse cx="35" cy="77" rx="6" ry="4"/>
                    <ellipse cx="85" cy="77" rx="6" ry="4"/>
                </g>
                <g class="bell-eyes">
                    <ellipse cx="44" cy="66" rx="4.2" ry="6"/>
                    <ellipse cx="76" cy="66" rx="4.2" ry="6"/>
                </g>
                <g class="bell-lids">
                    <path d="M38 67Q44 72 50 67"/>
                    <path d="M70 67Q76 72 82 67"/>
                </g>
                <path class="bell-mouth" d="M54 75Q60 81 66 75"/>
            </g>
        </svg>
    }
}
