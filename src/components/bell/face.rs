//! Her face, with every look it can have; styles show one of each at a time.

use leptos::prelude::*;

#[component]
pub(super) fn Face() -> impl IntoView {
    view! {
        <g class="bell-face">
            <g class="bell-gaze">
                <g class="bell-blink">
                    <g class="bell-eyes">
                        <ellipse cx="44" cy="66" rx="4.6" ry="6.4"/>
                        <ellipse cx="76" cy="66" rx="4.6" ry="6.4"/>
                        <g class="bell-glints">
                            <circle cx="45.8" cy="63.2" r="1.6"/>
                            <circle cx="77.8" cy="63.2" r="1.6"/>
                        </g>
                    </g>
                    // Cheeks that push the eyes up when she laughs.
                    <g class="bell-hoods">
                        <path d="M37 75H51V72Q44 65 37 72Z"/>
                        <path d="M69 75H83V72Q76 65 69 72Z"/>
                    </g>
                </g>
                // Eyes shut with content, and eyes shut with sleep.
                <g class="bell-beams">
                    <path d="M38.5 68.5Q44 60 49.5 68.5"/>
                    <path d="M70.5 68.5Q76 60 81.5 68.5"/>
                </g>
                <g class="bell-lids">
                    <path d="M38 67Q44 72 50 67"/>
                    <path d="M70 67Q76 72 82 67"/>
                </g>
            </g>
            <g class="bell-cheeks">
                <ellipse cx="33" cy="78.5" rx="5.8" ry="3.8"/>
                <ellipse cx="87" cy="78.5" rx="5.8" ry="3.8"/>
            </g>
            <g class="bell-brows">
                <path class="bell-brow-left" d="M38.5 54.5Q44 51.5 49.5 54.5"/>
                <path class="bell-brow-right" d="M70.5 54.5Q76 51.5 81.5 54.5"/>
            </g>
            <Mouths/>
        </g>
    }
}

#[component]
fn Mouths() -> impl IntoView {
    view! {
        <g class="bell-mouths">
            <path class="bell-smile" d="M53.5 76Q60 82.5 66.5 76"/>
            <g class="bell-grin">
                <path d="M52 75.5H68Q66.5 86 60 86Q53.5 86 52 75.5Z"/>
                <path class="bell-tongue" d="M55.5 83Q60 79.5 64.5 83Q63 86.3 60 86.3Q57 86.3 55.5 83Z"/>
            </g>
            <path class="bell-soft" d="M55 77Q60 80.5 65 77"/>
            <path class="bell-grave" d="M55 79.5Q60 77.8 65 79.5"/>
            <path class="bell-aside" d="M55.5 79Q61 79.5 65.5 76.5"/>
            <path class="bell-talk" d="M53.5 76Q60 73.5 66.5 76Q66.5 87 60 87Q53.5 87 53.5 76Z"/>
            <ellipse class="bell-oh" cx="60" cy="79" rx="3" ry="3.6"/>
            <path class="bell-wavy" d="M52.5 79.5Q55 76.5 57.5 79Q60 81.5 62.5 79Q65 76.5 67.5 79"/>
        </g>
    }
}
