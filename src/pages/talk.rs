//! `/`: the conversation.

use leptos::prelude::*;

use crate::bella::use_bella;
use crate::components::announcer::Announcer;
use crate::components::caption::Caption;
use crate::components::composer::Composer;
use crate::components::confirmation::Confirmation;
use crate::components::conversation::Conversation;
use crate::components::hearing::{HearingNoteLine, Partial};
use crate::components::history_notice::HistoryNotice;
use crate::components::load_panel::LoadPanel;
use crate::components::page_title::PageTitle;
use crate::components::skills::HearingOffer;
use crate::components::talk_button::TalkButton;
use crate::components::talk_view::{TalkView, use_talk_view};
use crate::components::trouble_notice::{NotKeptNotice, PageTrouble};

#[component]
pub fn TalkPage() -> impl IntoView {
    let bella = use_bella();
    let talk = use_talk_view();
    // With nothing said yet, the welcome holds the panel.
    let is_blank = Memo::new(move |_| bella.view.is_blank());
    // And a question is not to be one of several things to press.
    let is_asking = Memo::new(move |_| bella.view.confirming.with(Option::is_some));

    view! {
        <div class="talk" class:talk-aloud=talk.is_some()>
            <PageTitle title=|t| t.talk.title hidden=true/>
            <Conversation/>
            <div class="talk-foot">
                {talk.map(|talk| view! { <Overlay talk/> })}
                <PageTrouble/>
                <NotKeptNotice/>
                <HistoryNotice/>
                <HearingOffer/>
                <Show when=move || !is_blank.get() && !is_asking.get()>
                    <LoadPanel/>
                </Show>
                {talk.map(|talk| {
                    view! { <Confirmation question=talk.question answer=talk.confirm/> }
                })}
                <div class="talk-entry">
                    <Composer/>
                    {talk.map(|talk| {
                        view! {
                            <TalkButton
                                state=talk.talk
                                level=talk.level
                                on_press=talk.press
                                on_release=talk.release
                                on_cancel=talk.cancel
                            />
                        }
                    })}
                </div>
            </div>
            <Announcer/>
        </div>
    }
}

/// What comes and goes while there is talking.
#[component]
fn Overlay(talk: TalkView) -> impl IntoView {
    view! {
        <div class="talk-over">
            <HearingNoteLine note=talk.note/>
            <Caption mouth=talk.mouth/>
            <Partial words=talk.partial/>
        </div>
    }
}
