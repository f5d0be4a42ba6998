//! How loud it is, as a row of bars that light up one after the other.

use bella_companion::loudness;
use leptos::prelude::*;

use super::Say;
use crate::settings::use_settings;

const BARS: usize = 16;
/// The last bars are of another colour: there a voice begins to be cut off.
const LOUD_BARS: usize = 2;
/// Where a bar begins, and how wide and tall it is.
const STEP: usize = 8;
const WIDTH: usize = 4;
const HEIGHT: usize = 24;
const SHORTEST: usize = 8;
/// Where all of them are drawn, from corner to corner.
const ROOM: [usize; 4] = [0, 0, (BARS - 1) * STEP + WIDTH, HEIGHT];

/// `level` is a root mean square between 0 and 1.
#[component]
pub fn LevelMeter(testid: &'static str, label: Say, level: Signal<f32>) -> impl IntoView {
    let settings = use_settings();
    // Sound comes more often than there is anything new to draw.
    let lit = Memo::new(move |_| (loudness::share(level.get()) * BARS as f32).round() as usize);
    let bar = move |nth: usize| {
        let height = SHORTEST + (HEIGHT - SHORTEST) * (nth + 1) / BARS;
        let is_loud = nth >= BARS - LOUD_BARS;
        view! {
            <rect
                class="level-bar"
                class:level-bar-loud=is_loud
                x=(nth * STEP).to_string()
                y=((HEIGHT - height) / 2).to_string()
                width=WIDTH.to_string()
                height=height.to_string()
                rx=(WIDTH / 2).to_string()
                data-lit=move || (nth < lit.get()).then_some("yes")
            />
        }
    };

    view! {
        <div
            class="level-meter"
            role="meter"
            aria-label=move || label(settings.messages())
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || (lit.get() * 100 / BARS).to_string()
            data-testid=testid
        >
            <svg
                viewBox=ROOM.map(|side| side.to_string()).join(" ")
                aria-hidden="true"
                focusable="false"
            >
                {(0..BARS).map(bar).collect_view()}
            </svg>
        </div>
    }
}
