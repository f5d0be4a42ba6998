//! What is done without any model: the page does it, and then, from what happened,
//! come the words for it.

use bella_companion::commands::Reply;
use bella_companion::mouth::SpeechRate;
use bella_companion::{Act, Command, Event, Language, TurnId};
use leptos::prelude::*;

use crate::bella::Bella;
use crate::browser::page::clock;
use crate::i18n::{self, command_replies};
use crate::settings::{Settings, Theme};
use crate::speaking_settings::Speaking;

/// What a command can change.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    pub settings: Settings,
    pub speaking: Speaking,
}

impl Bella {
    pub(crate) fn act(self, turn: Option<TurnId>, act: Act) {
        let Some(reach) = self.reach.get_value() else { return };
        let reply = match act {
            // The companion has done it, or found nothing there.
            Act::Do(Command::ClearConversation) => Some(match turn {
                None => Reply::Cleared,
                Some(_) => Reply::NothingToClear,
            }),
            Act::Do(command) => self.do_it(command, reach),
            Act::Ask(_) => Some(Reply::MayIClear),
            Act::Leave(_) => Some(Reply::NotCleared),
        };
        let messages = i18n::messages(reach.settings.language.get_untracked());
        let text = reply.map(|reply| command_replies::in_words(messages, &reply));
        self.tell(Event::Acted { turn, text: text.unwrap_or_default() });
    }

    /// Does it, and tells what came of it; nothing, where silence is the answer.
    fn do_it(self, command: Command, reach: Reach) -> Option<Reply> {
        let Reach { settings, speaking } = reach;
        Some(match command {
            Command::TellTime => Reply::Time(clock::local_time()),
            Command::TellDate => Reply::Date(clock::local_time()),
            Command::Help => Reply::Help,
            // The companion does these by itself.
            Command::ClearConversation | Command::Hush => return None,
            Command::VoiceOn => {
                speaking.manner.update(|manner| manner.is_on = true);
                match speaking.voices.with_untracked(Vec::is_empty) {
                    true => Reply::NoVoice,
                    false => Reply::VoiceOn,
                }
            }
            Command::VoiceOff => {
                speaking.manner.update(|manner| manner.is_on = false);
                Reply::VoiceOff
            }
            Command::Slower => match step(speaking, -1) {
                true => Reply::Slower,
                false => Reply::SlowestAlready,
            },
            Command::Faster => match step(speaking, 1) {
                true => Reply::Faster,
                false => Reply::FastestAlready,
            },
            Command::Darken => {
                settings.theme.set(Theme::Dark);
                Reply::Dark
            }
            Command::Lighten => {
                settings.theme.set(Theme::Light);
                Reply::Light
            }
            Command::Speak(language) => {
                settings.language.set(language);
                self.language_was_set(language)
            }
        })
    }

    fn language_was_set(self, language: Language) -> Reply {
        let speaks = self.view.model.with_untracked(|model| {
            model.as_ref().is_none_or(|model| model.speaks(language) == language)
        });
        if speaks { Reply::Speaks(language) } else { Reply::PageSpeaks(language) }
    }
}

/// Whether there was a faster or slower rate to go to.
fn step(speaking: Speaking, by: isize) -> bool {
    let rate = speaking.manner.with_untracked(|manner| manner.rate);
    let at = SpeechRate::ALL.iter().position(|it| *it == rate).unwrap_or_default();
    let next = at.checked_add_signed(by).and_then(|at| SpeechRate::ALL.get(at));
    if let Some(&next) = next {
        speaking.manner.update(|manner| manner.rate = next);
    }
    next.is_some()
}
