//! Her ears and her mouth, and what passes between them.

use bella_protocol::Task;

use super::Companion;
use crate::ears::{EarEffect, EarEvent};
use crate::mouth::MouthEvent;
use crate::{Effect, HeardGoes, Now, Unheard};

/// How long it is told that something was no message.
const UNHEARD_MS: u64 = 10_000;

impl Companion {
    pub(super) fn tell_ears(&mut self, event: EarEvent, now: Now, effects: &mut Vec<Effect>) {
        if event == EarEvent::TalkPressed {
            self.state.unheard = None;
        }
        let next = &mut self.next_request;
        let wanted = self.ears.step(event, now, &mut || super::take_id(next));
        for effect in wanted {
            self.carry_out_of_ears(effect, now, effects);
        }
        if self.state.ears != *self.ears.state() {
            self.state.ears = self.ears.state().clone();
        }
    }

    fn carry_out_of_ears(&mut self, effect: EarEffect, now: Now, effects: &mut Vec<Effect>) {
        match effect {
            EarEffect::Send(message) => effects.push(Effect::Send(message)),
            EarEffect::Heard { text, .. } => {
                self.state.unheard = None;
                match self.heard_goes {
                    HeardGoes::ToBella => self.hear_voice(&text, now, effects),
                    HeardGoes::IntoComposer => effects.push(Effect::Write(text)),
                }
            }
            EarEffect::HeardNothing => self.state.unheard = Some(Unheard::at(now, None)),
            EarEffect::NotHeard(failure) => {
                self.state.unheard = Some(Unheard::at(now, Some(failure)));
            }
            EarEffect::Duck => self.tell_mouth(MouthEvent::Duck, now, effects),
            EarEffect::Unduck => self.tell_mouth(MouthEvent::Unduck, now, effects),
            EarEffect::Hush => self.tell_mouth(MouthEvent::Hush, now, effects),
            other => effects.push(Effect::Ear(other)),
        }
    }

    pub(super) fn tell_mouth(
        &mut self,
        event: MouthEvent<'_>,
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let before = self.mouth.state().saying.clone();
        let wanted = self.mouth.step(event, now);
        effects.extend(wanted.into_iter().map(Effect::Mouth));
        if self.state.mouth != *self.mouth.state() {
            self.state.mouth = self.mouth.state().clone();
        }
        let saying = self.mouth.state().saying.clone();
        if saying != before {
            // Not to take her own words for the person's.
            let saying = saying.map(|line| line.text);
            self.tell_ears(EarEvent::BellaSpeaks(saying), now, effects);
        }
    }

    /// What she can hear with changes as models come and go.
    pub(super) fn tell_ears_what_is_loaded(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let loaded = |task| self.state.skills.loaded(task).map(str::to_owned);
        let (transcribe, vad) = (loaded(Task::Transcribe), loaded(Task::Vad));
        let told = (transcribe.clone(), vad.clone());
        if self.told_ears != told {
            self.told_ears = told;
            self.tell_ears(EarEvent::CanHear { transcribe, vad }, now, effects);
        }
    }

    pub(super) fn beat(&mut self, now: Now, effects: &mut Vec<Effect>) {
        self.tell_ears(EarEvent::Beat, now, effects);
        self.tell_mouth(MouthEvent::Beat, now, effects);
        // It was read by now, and is about the past.
        let is_old = |unheard: &Unheard| now.at_ms.saturating_sub(unheard.at_ms) > UNHEARD_MS;
        if self.state.unheard.as_ref().is_some_and(is_old) {
            self.state.unheard = None;
        }
        self.show_feeling(now, effects);
    }

    /// Moods fade by themselves.
    pub(super) fn show_feeling(&mut self, now: Now, effects: &mut Vec<Effect>) {
        let feeling = self.mood.at(now.at_ms);
        if feeling.pace() != self.state.feeling.pace() {
            self.tell_mouth(MouthEvent::MoodRate(feeling.pace()), now, effects);
        }
        self.state.feeling = feeling;
    }
}
