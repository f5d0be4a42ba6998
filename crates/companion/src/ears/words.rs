//! What becomes of the words: a message, a call, or nothing.

use bella_protocol::{Failure, Language, Outcome, Reply, RequestId, Transcript};

use super::recording::{Ending, Recording};
use super::{Act, EarEffect, Ears};
use crate::wake::{self, Call};
use crate::{Now, echo, hangul, invented};

/// A turn with less of a voice in it says nothing that could be understood.
const SHORTEST_VOICE_S: f64 = 0.25;
/// Who spoke for so long meant something by it, and is told that it was in vain.
const LONG_VOICE_S: f64 = 4.0;
/// A voice for so long, and not her name: it will not come any more.
const ENOUGH_FOR_A_CALL_S: f64 = 1.5;
/// Called, she listens this long for what somebody wants.
const ATTENTIVE_MS: u64 = 8_000;

impl Ears {
    pub(super) fn answered(&mut self, request: RequestId, reply: Reply, act: &mut Act) {
        if self.watch.as_ref().is_some_and(|watch| watch.request == request) {
            return self.watch_tells(reply, act);
        }
        let Some(recording) = self.recording_mut(request) else { return };
        let ending = match reply {
            Reply::Partial(text) => {
                recording.seems(text);
                return self.look(request, act);
            }
            Reply::Segment(segment) => {
                recording.is_found(segment.text);
                return self.look(request, act);
            }
            Reply::Done(Outcome::Transcript(transcript)) => Ending::Words(transcript),
            // Its model was put away: what was found until then has to do.
            Reply::Done(_) => Ending::Words(found(recording)),
            Reply::Failed(Failure::Crashed { .. }) => Ending::Broken,
            Reply::Failed(failure) => Ending::Failed(failure),
            _ => return,
        };
        if self.recording.as_ref().is_some_and(|recording| recording.request == request)
            && let Some(recording) = self.recording.take()
        {
            // Over before it was ended.
            act.ask(EarEffect::Drop { target: request });
            self.wait_for(recording, None);
        }
        for waiting in &mut self.waiting {
            if waiting.recording.request == request {
                waiting.ending.get_or_insert(ending.clone());
            }
        }
        // What was said first is told first.
        while self.waiting.front().is_some_and(|first| first.ending.is_some()) {
            if let Some(waiting) = self.waiting.pop_front()
                && let Some(ending) = waiting.ending
            {
                self.conclude(waiting.recording, ending, act);
            }
        }
    }

    fn recording_mut(&mut self, request: RequestId) -> Option<&mut Recording> {
        let waiting = self.waiting.iter_mut().map(|waiting| &mut waiting.recording);
        waiting.chain(&mut self.recording).find(|recording| recording.request == request)
    }

    /// Looks at words that are not complete: whether they are for her, and to be
    /// silent for.
    pub(super) fn look(&mut self, request: RequestId, act: &mut Act) {
        let heard_s = self.device.heard_s();
        let waiting = self.waiting.iter_mut().map(|waiting| &mut waiting.recording);
        let mut recordings = waiting.chain(&mut self.recording);
        let Some(recording) = recordings.find(|it| it.request == request) else { return };
        let glimpse = match recording.may_echo() {
            true => {
                recording.look(&self.her.said_within(recording.listens_from_s(), recording.until_s))
            }
            false => recording.look(&[]),
        };
        let Some(turn) = recording.turn() else { return };
        let voice_s = recording.until_s.unwrap_or(heard_s) - turn.at_s;
        if glimpse.is_for_others && voice_s > ENOUGH_FOR_A_CALL_S {
            self.give_up(request, act);
        } else if glimpse.interrupts && self.state.manner.barge_in {
            self.hush(act);
        } else if glimpse.is_echo {
            self.unduck_for(request, act);
        }
    }

    /// Saves the work of putting into words what is not for her.
    fn give_up(&mut self, request: RequestId, act: &mut Act) {
        if self.recording.as_ref().is_some_and(|recording| recording.request == request) {
            return self.drop_recording(act);
        }
        self.waiting.retain(|waiting| waiting.recording.request != request);
        act.cancel(request);
        self.unduck_for(request, act);
    }

    fn conclude(&mut self, recording: Recording, ending: Ending, act: &mut Act) {
        let (transcript, failure) = match ending {
            Ending::Words(transcript) => (transcript, None),
            Ending::Failed(failure) => (found(&recording), Some(failure)),
            Ending::Broken => (found(&recording), None),
        };
        match failure {
            // Half a message is better than none, beside the reason.
            Some(failure) => {
                if hangul::has_letters(&transcript.text) {
                    self.tell(&recording, transcript, act);
                }
                act.ask(EarEffect::NotHeard(failure));
            }
            None => self.tell(&recording, transcript, act),
        }
        self.unduck_for(recording.request, act);
    }

    fn tell(&mut self, recording: &Recording, transcript: Transcript, act: &mut Act) {
        let language = transcript.language;
        let said = self.her.said_within(recording.listens_from_s(), recording.until_s);
        let said = if recording.may_echo() { said } else { Vec::new() };
        let own = echo::without(&transcript.text, &said);
        let text = if own.echoes { own.words } else { transcript.text };
        let text = hangul::compose(text.trim());
        let has_words = hangul::has_letters(&text);
        let Some(turn) = recording.turn() else {
            return match has_words && !invented::is_invented(&text, true) {
                true => self.tell_words(text, language, act),
                false => act.ask(EarEffect::HeardNothing),
            };
        };
        if !has_words {
            let is_wanted = turn.voice_s >= LONG_VOICE_S && !turn.needs_phrase && said.is_empty();
            if is_wanted {
                act.ask(EarEffect::HeardNothing);
            }
            return;
        }
        if turn.voice_s < SHORTEST_VOICE_S || invented::is_invented(&text, false) {
            return;
        }
        let call = match self.state.manner.needs_wake_phrase {
            true => wake::judge(&text),
            false => Call::Unclear,
        };
        match call {
            Call::Called { rest } if rest.is_empty() => {
                self.attentive_until_ms = Some(act.now.at_ms.saturating_add(ATTENTIVE_MS));
                self.fall_silent(act);
            }
            Call::Called { rest } => self.tell_words(rest, language, act),
            _ if turn.needs_phrase => {}
            _ => self.tell_words(text, language, act),
        }
    }

    fn tell_words(&mut self, text: String, language: Option<Language>, act: &mut Act) {
        self.fall_silent(act);
        act.ask(EarEffect::Heard { text, language });
    }

    /// Somebody said something to her.
    fn fall_silent(&mut self, act: &mut Act) {
        if self.state.manner.barge_in {
            self.hush(act);
        }
    }

    pub(super) fn is_attentive(&self, now: Now) -> bool {
        self.attentive_until_ms.is_some_and(|until_ms| now.at_ms <= until_ms)
    }
}

fn found(recording: &Recording) -> Transcript {
    Transcript { text: recording.found(), language: None, segments: Vec::new() }
}
