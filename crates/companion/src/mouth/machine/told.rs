//! What the browser tells of what it was asked to say, or should have told by now.

use super::super::pace::{byte_of_unit, word_at};
use super::super::{Line, MouthEffect, NotSaid, UtteranceId};
use super::{Asked, Mouth, Piece};

/// A voice of the device may have to be read from a disk first.
const STARTS_WITHIN_MS: u64 = 6_000;
/// Another one comes over the network.
const REMOTE_STARTS_WITHIN_MS: u64 = 12_000;
/// How long voices are waited for that the browser has not told of yet.
const VOICES_WITHIN_MS: u64 = 6_000;
/// Beyond twice the time an utterance should take.
const ENDS_WITHIN_MS: u64 = 8_000;
/// When a beat comes this late, it was the page that slept and not the voice.
const SLEPT_MS: u64 = 5_000;
/// Utterances in a row that went wrong before the rest is left unsaid.
const FAILURES_IN_A_ROW: u32 = 2;

impl Mouth {
    /// Everything asked for before this one is over, whether that was told or not.
    /// `None`: nobody waits for it any more.
    fn first(&mut self, id: UtteranceId, now: u64) -> Option<&mut Asked> {
        let at = self.asked.iter().position(|asked| asked.id == id)?;
        if at > 0 {
            self.asked.drain(..at);
            self.next_is_first(now);
        }
        self.asked.front_mut()
    }

    fn next_is_first(&mut self, now: u64) {
        if let Some(next) = self.asked.front_mut() {
            next.first_at = now;
        }
    }

    pub(super) fn started(&mut self, id: UtteranceId, now: u64) {
        let Some(asked) = self.first(id, now) else { return };
        asked.started_at.get_or_insert(now);
        let line = asked.piece.line.clone();
        self.state.saying = Some(line);
    }

    pub(super) fn came_to(&mut self, id: UtteranceId, unit: u32) {
        if let Some(asked) = self.asked.iter_mut().find(|asked| asked.id == id) {
            asked.heard_unit = Some(unit);
        }
    }

    pub(super) fn finished(&mut self, id: UtteranceId, now: u64) {
        if self.first(id, now).is_none() {
            return;
        }
        if let Some(Asked { piece, rate, started_at: Some(at), .. }) = self.asked.pop_front() {
            self.pace.learn(piece.line.language, piece.text(), rate, now.saturating_sub(at));
        }
        self.failures = 0;
        self.next_is_first(now);
    }

    pub(super) fn failed(
        &mut self,
        id: UtteranceId,
        error: String,
        now: u64,
        effects: &mut Vec<MouthEffect>,
    ) {
        // One that failed says nothing about the one before it.
        let Some(at) = self.asked.iter().position(|asked| asked.id == id) else { return };
        if error == "not-allowed" {
            return self.give_up(NotSaid::NotAllowed, effects);
        }
        self.asked.remove(at);
        if at == 0 {
            self.next_is_first(now);
        }
        self.one_went_wrong(NotSaid::Failed { error }, effects);
    }

    fn one_went_wrong(&mut self, why: NotSaid, effects: &mut Vec<MouthEffect>) {
        self.failures += 1;
        if self.failures >= FAILURES_IN_A_ROW {
            self.give_up(why, effects);
        } else {
            self.state.not_said = Some(why);
        }
    }

    /// The volume of what is being said cannot be changed: it is broken off, and what
    /// is left of it begins anew.
    pub(super) fn duck(&mut self, now: u64, effects: &mut Vec<MouthEffect>) {
        if std::mem::replace(&mut self.state.is_ducked, true) {
            return;
        }
        self.take_back(now, effects);
    }

    fn take_back(&mut self, now: u64, effects: &mut Vec<MouthEffect>) {
        if self.asked.is_empty() {
            return;
        }
        effects.push(MouthEffect::Silence);
        while let Some(asked) = self.asked.pop_back() {
            let piece = self.left_of(asked, now);
            if !piece.text().trim().is_empty() {
                self.waiting.push_front(piece);
            }
        }
    }

    fn left_of(&mut self, asked: Asked, now: u64) -> Piece {
        let Asked { piece, rate, started_at, heard_unit, .. } = asked;
        let text = piece.text();
        let said = match (started_at, heard_unit) {
            (None, _) => 0,
            (Some(_), Some(unit)) => word_at(text, byte_of_unit(text, unit)),
            (Some(at), None) => {
                let heard_ms = now.saturating_sub(at);
                self.pace.place_after(piece.line.language, text, rate, heard_ms)
            }
        };
        Piece { from: piece.from + said, ..piece }
    }

    /// Looks for what neither begins nor ends.
    pub(super) fn look_after(&mut self, now: u64, effects: &mut Vec<MouthEffect>) {
        let slept = now.saturating_sub(self.last_beat) > SLEPT_MS;
        self.last_beat = now;
        if self.waits_since.is_some_and(|at| now.saturating_sub(at) > VOICES_WITHIN_MS) {
            self.has_no_voices = true;
        }
        let Some(asked) = self.asked.front_mut() else { return };
        if slept {
            asked.first_at = now;
            asked.started_at = asked.started_at.map(|_| now);
            return;
        }
        let is_late = |since: u64, within: u64| now.saturating_sub(since) > within;
        match asked.started_at {
            None => {
                let within =
                    if asked.is_local { STARTS_WITHIN_MS } else { REMOTE_STARTS_WITHIN_MS };
                if is_late(asked.first_at, within) {
                    self.give_up(NotSaid::NeverStarted, effects);
                }
            }
            Some(at) => {
                let Piece { line: Line { language, .. }, .. } = asked.piece;
                let takes = self.pace.takes_ms(language, asked.piece.text(), asked.rate);
                if is_late(at, takes.saturating_mul(2).saturating_add(ENDS_WITHIN_MS)) {
                    self.asked.pop_front();
                    // With it the browser may have got stuck on the next one.
                    match self.asked.is_empty() {
                        true => effects.push(MouthEffect::Silence),
                        false => self.take_back(now, effects),
                    }
                    self.one_went_wrong(NotSaid::NeverEnded, effects);
                }
            }
        }
    }
}
