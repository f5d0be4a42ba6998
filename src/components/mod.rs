//! What pages are made of.
//!
//! - frame: [`shell`], [`link`], [`page_title`], [`badges`]
//! - her: [`bell`]
//! - talk: [`conversation`], [`welcome`], [`message`], [`composer`], [`announcer`],
//!   [`caption`]
//! - her: [`bell`], [`portrait`]
//! - talk: [`conversation`], [`welcome`], [`first_steps`], [`message`], [`composer`],
//!   [`announcer`]
//! - talking aloud: [`talk_view`], [`talk_button`], [`hearing`], [`confirmation`],
//!   [`level`]
//! - models: [`load_panel`], [`model_card`], [`stray_card`], [`larder_panel`],
//!   [`make_room`]
//! - settings: [`engine_facts`], [`own_server`], [`speaking_section`]
//! - settings: [`engine_facts`], [`own_server`], [`hearing_section`], [`level_meter`]
//! - her: [`bell`], [`mood_badge`]
//! - talk: [`conversation`], [`welcome`], [`message`], [`composer`], [`announcer`]
//! - models: [`load_panel`], [`model_card`], [`stray_card`], [`larder_panel`],
//!   [`make_room`]
//! - settings: [`persona_section`], [`engine_facts`], [`own_server`]
//! - settings: [`engine_facts`], [`own_server`]
//! - history: [`history_list`], [`history_manage`], [`history_passphrase`], and
//!   [`history_notice`] for other pages
//! - the lab: [`lab_results`]
//! - what there is to tell on any page: [`news`]
//! - all over: [`choices`], [`trouble_notice`], [`icon`]

pub mod announcer;
pub mod badges;
pub mod bell;
pub mod caption;
pub mod choices;
pub mod composer;
pub mod confirmation;
pub mod conversation;
pub mod engine_facts;
pub mod first_steps;
pub mod hearing;
pub mod hearing_section;
pub mod history_list;
pub mod history_manage;
pub mod history_notice;
pub mod history_passphrase;
pub mod icon;
pub mod lab_results;
pub mod larder_panel;
pub mod level;
pub mod level_meter;
pub mod link;
pub mod load_panel;
pub mod make_room;
pub mod message;
pub mod model_card;
pub mod mood_badge;
pub mod news;
pub mod own_server;
pub mod page_title;
pub mod persona_section;
pub mod portrait;
pub mod shell;
pub mod skills;
pub mod speaking_section;
pub mod stray_card;
pub mod talk_button;
pub mod talk_view;
pub mod trouble_notice;
pub mod welcome;

use crate::i18n::Messages;

/// Picks one message out of the catalogue.
pub type Say = fn(&'static Messages) -> &'static str;
