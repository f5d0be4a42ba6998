//! Line icons, drawn on a 24-unit grid.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Talk,
    Models,
    Settings,
    About,
    Here,
    Send,
    Stop,
    Clear,
    Again,
    Close,
    History,
    Lock,
}

impl Icon {
    /// Always beside words or inside something labelled, so hidden from readers.
    pub fn draw(self) -> impl IntoView {
        view! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                <path d=self.path()/>
            </svg>
        }
    }

    fn path(self) -> &'static str {
        match self {
            Icon::Talk => {
                "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z"
            }
            Icon::Models => "M12 3 3 8l9 5 9-5-9-5ZM3 12.5l9 5 9-5M3 17l9 5 9-5",
            Icon::Settings => {
                "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-7 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z"
            }
            Icon::About => {
                "M12 3 4.5 6v5.5c0 4.6 3.1 7.9 7.5 9.5 4.4-1.6 7.5-4.9 7.5-9.5V6L12 3Zm-3 9 2.2 2.2L15.5 10"
            }
            Icon::Here => "M4 5h16v11H4zM2 20h20M9.5 10.5l2 2 3.5-3.5",
            Icon::Send => "M12 20V5m-6 6 6-6 6 6",
            Icon::Stop => "M7 7h10v10H7z",
            Icon::Clear => "M5 7h14M10 7V4.5h4V7m-7 0 .8 12.5h8.4L17 7M10.3 10.5v5.5m3.4-5.5v5.5",
            Icon::Again => "M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5V8H15",
            Icon::Close => "m6 6 12 12M18 6 6 18",
            Icon::History => "M4.5 12a7.5 7.5 0 1 0 2.3-5.4M4.5 3.5V8H9M12 8v4.5l3 2",
            Icon::Lock => "M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11M12 14.5v2",
        }
    }
}
