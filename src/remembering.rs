//! The conversation, and what the device keeps of it from visit to visit.

use bella_companion::history::{Ending, Entry, Note, Speaker as Who, Way};
use bella_companion::{Event, Remembered, ReplyState, Speaker, Turn};
use leptos::prelude::*;

use crate::bella::Bella;
use crate::history::History;
use crate::settings::Settings;

/// So many turns are brought back: what was said before is in the history, and no
/// model has room for more.
const MOST_TURNS: usize = 60;

impl Bella {
    /// What is said from here on is kept, and what was said last is there again.
    pub fn remember_with(self, history: History, settings: Settings) {
        self.memory.set_value(Some(Memory { history, settings }));
        history.when_open(move || {
            // Somebody began to talk before the history could be read.
            if !self.view.is_blank_untracked() {
                return;
            }
            let turns = history.recent(MOST_TURNS);
            let turns: Vec<Remembered> = turns.iter().map(|entry| remembered(entry)).collect();
            if !turns.is_empty() {
                self.tell(Event::Restored(turns));
            }
        });
    }

    pub(crate) fn keep(self, turn: &Turn) {
        if let Some(Memory { history, settings }) = self.memory.get_value()
            && !turn.text.trim().is_empty()
        {
            let (speaker, ended) = match &turn.speaker {
                Speaker::Person => (Who::Person, Ending::Done),
                Speaker::Bella(ReplyState::Stopped) => (Who::Bella, Ending::Stopped),
                Speaker::Bella(ReplyState::Failed(_)) => (Who::Bella, Ending::Failed),
                Speaker::Bella(_) => (Who::Bella, Ending::Done),
            };
            history.note(Note {
                at_ms: turn.at_ms,
                speaker,
                text: turn.text.clone(),
                language: Some(settings.language.get_untracked()),
                mood: turn.felt,
                came: if turn.is_spoken { Way::Spoken } else { Way::Typed },
                ended,
            });
        }
    }

    /// What is said next is another conversation.
    pub(crate) fn end_conversation(self) {
        if let Some(Memory { history, .. }) = self.memory.get_value() {
            self.ended.set_value(history.begin_conversation());
        }
    }

    /// It had not ended after all.
    pub(crate) fn take_conversation_up(self) {
        let ended = self.ended.try_update_value(Option::take).flatten();
        if let (Some(Memory { history, .. }), Some(ended)) = (self.memory.get_value(), ended) {
            history.go_on_with(ended);
        }
    }
}

/// What the conversation is kept with.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    history: History,
    settings: Settings,
}

fn remembered(entry: &Entry) -> Remembered {
    Remembered {
        at_ms: entry.at_ms,
        speaker: match entry.speaker {
            Who::Person => Speaker::Person,
            Who::Bella => Speaker::Bella(ReplyState::Remembered),
        },
        text: entry.text.clone(),
        is_spoken: entry.came == Way::Spoken,
        felt: entry.mood,
    }
}
