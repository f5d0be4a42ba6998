//! `/`: the conversation.

use leptos::prelude::*;

use crate::bella::use_bella;
use crate::components::announcer::Announcer;
use crate::components::composer::Composer;
use crate::components::conversation::Conversation;
use crate::components::load_panel::LoadPanel;
use crate::components::page_title::PageTitle;
use crate::components::trouble_notice::{NotKeptNotice, PageTrouble};

#[component]
pub fn TalkPage() -> impl IntoView {
    let bella = use_bella();
    // With nothing said yet, the welcome holds the panel.
    let is_blank = Memo::new(move |_| bella.view.is_blank());

    view! {
        <div class="talk">
            <PageTitle title=|t| t.talk.title hidden=true/>
            <Conversation/>
            <div class="talk-foot">
                <PageTrouble/>
                <NotKeptNotice/>
                <Show when=move || !is_blank.get()>
                    <LoadPanel/>
                </Show>
                <Composer/>
            </div>
            <Announcer/>
        </div>
    }
}
