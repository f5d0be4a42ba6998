//! Whatever happens in whatever order, some things never do.

use std::collections::HashSet;

use super::*;
use crate::mouth::{SpeakingManner, SpeechRate};

const TEXT: &str = "안녕하세요, 저는 벨라예요! Here is **one** idea. Two. And https://a.b/c. \
    ```\ncode. more\n```\n| a | b |\n1. 하나예요. 둘이에요 그래서 그렇게 되었어요~ 그렇죠? \
    A very long sentence that goes on, and on, and on, with many words in it, so that it has to \
    be cut somewhere before it is said, because no voice should speak for such a long time. End";

/// Small, the same everywhere, and good enough to shuffle events.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// What a browser would hold, and what must always be true of it.
struct Watch {
    mouth: Mouth,
    held: VecDeque<UtteranceId>,
    seen: HashSet<UtteranceId>,
    is_hushed: bool,
    is_on: bool,
    now: u64,
}

impl Watch {
    fn tell(&mut self, event: MouthEvent<'_>) {
        let told = format!("{event:?}");
        match &event {
            MouthEvent::Hush => self.is_hushed = true,
            MouthEvent::ReplyBegan | MouthEvent::Say(_) => self.is_hushed = false,
            MouthEvent::MannerChosen(manner) => self.is_on = manner.is_on,
            _ => {}
        }
        for effect in self.mouth.step(event, Now { at_ms: self.now, random: 0 }) {
            match effect {
                MouthEffect::Silence => self.held.clear(),
                MouthEffect::Speak(utterance) => {
                    assert!(self.is_on && !self.is_hushed, "{told}: {utterance:?}");
                    assert!(self.seen.insert(utterance.id), "{told}: {utterance:?} again");
                    assert!(utterance.text.contains(char::is_alphanumeric), "{utterance:?}");
                    assert!(utterance.text.chars().count() < 200, "{utterance:?}");
                    assert!((0.5..=2.0).contains(&utterance.rate), "{utterance:?}");
                    assert!((0.0..=1.0).contains(&utterance.volume), "{utterance:?}");
                    self.held.push_back(utterance.id);
                }
            }
        }
        let state = self.mouth.state();
        assert!(self.held.len() <= 2, "{told}: the browser holds {:?}", self.held);
        assert!(state.saying.is_none() || state.is_speaking, "{told}: {state:?}");
        assert!(!state.is_speaking || !self.is_hushed, "{told}: {state:?}");
        assert!(self.held.is_empty() || state.is_speaking, "{told}: {state:?}");
    }

    /// One that the browser holds, or held, or never did.
    fn some_id(&self, chance: &mut Chance) -> UtteranceId {
        match self.held.get(chance.below(3) as usize) {
            Some(id) if !chance.one_in(8) => *id,
            _ => UtteranceId(chance.below(60) as u32),
        }
    }

    fn ended(&mut self, id: UtteranceId) {
        // As the mouth has it: the end of one is the end of those before it.
        if let Some(at) = self.held.iter().position(|held| *held == id) {
            self.held.drain(..=at);
        }
    }

    fn something_happens(&mut self, chance: &mut Chance) {
        let grown = (0..=chance.below(TEXT.len() as u64) as usize).rev();
        let grown = grown.into_iter().find(|at| TEXT.is_char_boundary(*at)).unwrap_or(0);
        match chance.below(17) {
            0 if chance.one_in(4) => self.tell(MouthEvent::ReplyBegan),
            0..=3 => self.tell(MouthEvent::ReplyGrew(&TEXT[..grown])),
            4 => self.tell(MouthEvent::ReplyEnded),
            5 => self.tell(MouthEvent::Say(&TEXT[..grown])),
            6 | 7 => {
                let id = self.some_id(chance);
                if let Some(at) = self.held.iter().position(|held| *held == id) {
                    self.held.drain(..at);
                }
                self.tell(MouthEvent::Started { id });
            }
            8 => {
                let (id, unit) = (self.some_id(chance), chance.below(400) as u32);
                self.tell(MouthEvent::Boundary { id, unit });
            }
            9 | 10 => {
                let id = self.some_id(chance);
                self.ended(id);
                self.tell(MouthEvent::Finished { id });
            }
            11 => {
                let id = self.some_id(chance);
                self.held.retain(|held| *held != id);
                let error = if chance.one_in(3) { "not-allowed" } else { "network" };
                self.tell(MouthEvent::Failed { id, error: error.into() });
            }
            12 => self.tell(MouthEvent::Duck),
            13 => self.tell(MouthEvent::Unduck),
            14 if chance.one_in(2) => self.tell(MouthEvent::Hush),
            14 => self.tell(MouthEvent::MoodRate(chance.below(5) as f32 - 1.0)),
            15 if chance.one_in(3) => {
                let rate = SpeechRate::ALL[chance.below(3) as usize];
                let is_on = !chance.one_in(3);
                let korean = chance.one_in(2).then(|| "far".to_owned());
                let manner = SpeakingManner { is_on, rate, korean, english: None };
                self.tell(MouthEvent::MannerChosen(manner));
            }
            15 => self.tell(MouthEvent::VoicesChanged(some_voices(chance))),
            _ => {
                self.now += chance.below(9_000);
                self.tell(MouthEvent::Beat);
            }
        }
    }
}

fn some_voices(chance: &mut Chance) -> Vec<Voice> {
    let all = [("sam", "en_US", true), ("yuna", "ko-KR", true), ("far", "ko", false)];
    let there = all.into_iter().filter(|_| !chance.one_in(4));
    there
        .map(|(id, tag, is_local)| Voice {
            id: id.into(),
            name: id.into(),
            tag: tag.into(),
            is_local,
            is_default: false,
        })
        .collect()
}

#[test]
fn her_mouth_keeps_its_word_whatever_happens() {
    for seed in 1..=150 {
        let mut chance = Chance(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let mut watch = Watch {
            mouth: Mouth::new(Language::Korean),
            held: VecDeque::new(),
            seen: HashSet::new(),
            is_hushed: false,
            is_on: true,
            now: 1_000_000,
        };
        watch.tell(MouthEvent::VoicesChanged(some_voices(&mut chance)));
        for _ in 0..300 {
            watch.something_happens(&mut chance);
        }
        // However it got there, a browser that does its part lets her finish.
        for _ in 0..400 {
            watch.now += 400;
            watch.tell(MouthEvent::Beat);
            if let Some(id) = watch.held.front().copied() {
                watch.tell(MouthEvent::Started { id });
                watch.ended(id);
                watch.tell(MouthEvent::Finished { id });
            }
        }
        assert!(!watch.mouth.state().is_speaking, "{seed}: {:?}", watch.mouth.state());
    }
}
