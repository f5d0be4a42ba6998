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
    Microphone,
    NoMicrophone,
    Locked,
    Edit,
    Done,
    Leaves,
    History,
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
            Icon::Microphone => {
                "M12 14.5A3.25 3.25 0 0 0 15.25 11.25V6.25a3.25 3.25 0 0 0-6.5 0v5A3.25 3.25 0 0 0 12 14.5ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21m-3 0h6"
            }
            Icon::NoMicrophone => {
                "M8.75 9v2.25a3.25 3.25 0 0 0 5 2.74M15.25 10.5V6.25a3.25 3.25 0 0 0-6.3-1.1M5.5 11a6.5 6.5 0 0 0 10.3 5.3M18.5 11a6.5 6.5 0 0 1-.6 2.7M12 17.5V21m-3 0h6M4 3l16 17"
            }
            Icon::Locked => "M8 11V8a4 4 0 0 1 8 0v3M6 11h12v9H6zM12 14.5v2",
            Icon::Edit => "M4.5 19.5h4L19 9l-4-4L4.5 15.5v4ZM12.5 7.5l4 4",
            Icon::Done => "m5.5 12.5 4.25 4.25L18.5 7.75",
            Icon::Leaves => "M5 12.5V20h14v-7.5M12 15.5V4m-4.5 4.5L12 4l4.5 4.5",
            Icon::History => "M4.5 12a7.5 7.5 0 1 0 2.3-5.4M4.5 3.5V8H9M12 8v4.5l3 2",
        }
    }
}
