//! The state machine of her mouth: what she wants to say.
//!
//! - `told`: what the browser makes of it

mod told;

use std::collections::VecDeque;

use super::pace::Pace;
use super::{
    Line, MouthEffect, MouthEvent, MouthState, NotSaid, SpeakingManner, Utterance, UtteranceId,
    Voice, leaves_device, voice,
};
use crate::spoken::Reader;
use crate::{Language, Now, sentences};

/// What the browser holds: the one that is being said and one ahead.
const IN_BROWSER: usize = 2;
/// While she whispers there is none ahead: it would be whispered too.
const IN_BROWSER_DUCKED: usize = 1;
const WHISPER: f32 = 0.2;
const SLOWEST: f32 = 0.5;
const FASTEST: f32 = 2.0;

#[derive(Debug)]
pub struct Mouth {
    state: MouthState,
    manner: SpeakingManner,
    mood_rate: f32,
    voices: Vec<Voice>,
    /// Since when something waits for the first voices.
    waits_since: Option<u64>,
    has_no_voices: bool,
    reading: Option<Reading>,
    /// What the last line was in.
    language: Language,
    waiting: VecDeque<Piece>,
    /// What the browser holds, in its order.
    asked: VecDeque<Asked>,
    pace: Pace,
    failures: u32,
    next_id: u32,
    last_beat: u64,
}

/// A reply that is read while it grows.
#[derive(Debug)]
struct Reading {
    reader: Reader,
    taken: usize,
    /// What has come since, and is no sentence yet.
    rest: String,
}

/// A line, or what is left of it.
#[derive(Clone, Debug)]
struct Piece {
    line: Line,
    from: usize,
}

impl Piece {
    fn text(&self) -> &str {
        &self.line.text[self.from..]
    }
}

#[derive(Debug)]
struct Asked {
    id: UtteranceId,
    piece: Piece,
    rate: f32,
    is_local: bool,
    /// Since when it is the next to be said.
    first_at: u64,
    started_at: Option<u64>,
    heard_unit: Option<u32>,
}

impl Mouth {
    /// `language`: what is spoken before anything shows another.
    pub fn new(language: Language) -> Self {
        Self {
            state: MouthState::default(),
            manner: SpeakingManner::default(),
            mood_rate: 1.0,
            voices: Vec::new(),
            waits_since: None,
            has_no_voices: false,
            reading: None,
            language,
            waiting: VecDeque::new(),
            asked: VecDeque::new(),
            pace: Pace::new(),
            failures: 0,
            next_id: 0,
            last_beat: 0,
        }
    }

    pub fn state(&self) -> &MouthState {
        &self.state
    }

    /// Takes one event. The effects are to be carried out in their order.
    pub fn step(&mut self, event: MouthEvent<'_>, now: Now) -> Vec<MouthEffect> {
        let now = now.at_ms;
        let mut effects = Vec::new();
        match event {
            MouthEvent::ReplyBegan => self.begin_reply(&mut effects),
            MouthEvent::ReplyGrew(text) => self.read_on(text),
            MouthEvent::ReplyEnded => self.read_to_the_end(),
            MouthEvent::Say(text) => self.say(text),
            MouthEvent::Started { id } => self.started(id, now),
            MouthEvent::Boundary { id, unit } => self.came_to(id, unit),
            MouthEvent::Finished { id } => self.finished(id, now),
            MouthEvent::Failed { id, error } => self.failed(id, error, now, &mut effects),
            MouthEvent::Duck => self.duck(now, &mut effects),
            MouthEvent::Unduck => self.state.is_ducked = false,
            MouthEvent::Hush => {
                self.reading = None;
                self.state.is_ducked = false;
                self.fall_silent(&mut effects);
            }
            MouthEvent::MannerChosen(manner) => self.choose_manner(manner, &mut effects),
            MouthEvent::MoodRate(rate) => self.mood_rate = rate,
            MouthEvent::VoicesChanged(voices) => self.meet_voices(voices),
            MouthEvent::Beat => self.look_after(now, &mut effects),
        }
        self.feed(now, &mut effects);
        self.show();
        effects
    }

    fn show(&mut self) {
        self.state.is_speaking = !self.asked.is_empty() || !self.waiting.is_empty();
        if self.asked.is_empty() {
            self.state.saying = None;
        }
    }

    fn begin_reply(&mut self, effects: &mut Vec<MouthEffect>) {
        self.fall_silent(effects);
        self.state.is_ducked = false;
        self.state.not_said = None;
        self.failures = 0;
        self.reading =
            Some(Reading { reader: Reader::new(self.language), taken: 0, rest: String::new() });
    }

    fn read_on(&mut self, text: &str) {
        let Some(Reading { reader, taken, rest }) = &mut self.reading else { return };
        let mut lines = Vec::new();
        if let Some(end) = sentences::complete(text, *taken) {
            lines = reader.read(&text[*taken..end]);
            *taken = end;
        }
        text.get(*taken..).unwrap_or_default().clone_into(rest);
        self.queue(lines);
    }

    fn read_to_the_end(&mut self) {
        if let Some(Reading { mut reader, rest, .. }) = self.reading.take() {
            let lines = reader.finish(&rest);
            self.queue(lines);
        }
    }

    fn say(&mut self, text: &str) {
        if self.reading.is_none() && self.asked.is_empty() && self.waiting.is_empty() {
            // What was wrong with an earlier reply is old news.
            self.state.not_said = None;
            self.failures = 0;
        }
        let lines = Reader::new(self.language).finish(text);
        self.queue(lines);
    }

    /// What is read while she is to be quiet is not said later either.
    fn queue(&mut self, lines: Vec<Line>) {
        if let Some(last) = lines.last() {
            self.language = last.language;
        }
        if self.manner.is_on {
            self.waiting.extend(lines.into_iter().map(|line| Piece { line, from: 0 }));
        }
    }

    /// Gives the browser as much as it should hold.
    fn feed(&mut self, now: u64, effects: &mut Vec<MouthEffect>) {
        if self.voices.is_empty() {
            return self.wait_for_voices(now);
        }
        let most = if self.state.is_ducked { IN_BROWSER_DUCKED } else { IN_BROWSER };
        while self.asked.len() < most
            && let Some(piece) = self.waiting.pop_front()
        {
            self.ask(piece, now, effects);
        }
    }

    fn wait_for_voices(&mut self, now: u64) {
        if self.waiting.is_empty() {
            self.waits_since = None;
        } else if self.has_no_voices {
            self.waiting.clear();
            self.state.not_said = Some(NotSaid::NoVoices);
        } else {
            self.waits_since.get_or_insert(now);
        }
    }

    fn ask(&mut self, piece: Piece, now: u64, effects: &mut Vec<MouthEffect>) {
        let language = piece.line.language;
        let voice = match voice::choose(&self.voices, language, self.manner.voice(language)) {
            Ok(voice) => voice,
            Err(why) => {
                self.state.not_said = Some(why);
                return;
            }
        };
        let id = UtteranceId(self.next_id);
        self.next_id = self.next_id.wrapping_add(1);
        let rate = self.manner.rate.factor() * self.mood_rate;
        // A mood that is no number says nothing about the pace.
        let rate = if rate.is_finite() { rate.clamp(SLOWEST, FASTEST) } else { 1.0 };
        effects.push(MouthEffect::Speak(Utterance {
            id,
            text: piece.text().to_owned(),
            voice: voice.id.clone(),
            tag: voice.tag.clone(),
            rate,
            volume: if self.state.is_ducked { WHISPER } else { 1.0 },
        }));
        self.asked.push_back(Asked {
            id,
            piece,
            rate,
            is_local: voice.is_local,
            first_at: now,
            started_at: None,
            heard_unit: None,
        });
    }

    fn fall_silent(&mut self, effects: &mut Vec<MouthEffect>) {
        self.waiting.clear();
        if !self.asked.is_empty() {
            self.asked.clear();
            effects.push(MouthEffect::Silence);
        }
    }

    fn give_up(&mut self, why: NotSaid, effects: &mut Vec<MouthEffect>) {
        self.reading = None;
        self.fall_silent(effects);
        self.state.not_said = Some(why);
        self.failures = 0;
    }

    fn choose_manner(&mut self, manner: SpeakingManner, effects: &mut Vec<MouthEffect>) {
        self.manner = manner;
        if !self.manner.is_on {
            self.fall_silent(effects);
        }
        self.voices_are_others();
    }

    fn meet_voices(&mut self, voices: Vec<Voice>) {
        self.voices = voices;
        self.has_no_voices &= self.voices.is_empty();
        self.voices_are_others();
    }

    fn voices_are_others(&mut self) {
        self.state.leaves_device = leaves_device(&self.manner, &self.voices);
        let is_outdated = self.state.not_said.as_ref().is_some_and(NotSaid::is_about_voices);
        if !self.manner.is_on || is_outdated {
            self.state.not_said = None;
        }
    }
}

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
