//! Whatever happens in whatever order: thousands of stories that nobody wrote, and
//! what holds in all of them.

use std::collections::{BTreeMap, BTreeSet};

use bella_companion::{
    EarEffect, EarEvent, EarPhase, HearingManner, MicrophoneTrouble, Sensitivity,
};
use bella_protocol::{
    Failure, Language, Outcome, Reply, Request, RequestId, Segment, Stretch, Transcript, Turn,
};

use crate::story::{Line, Scene, can_hear, manner, quiet};

const STORIES: u64 = 250;
const EVENTS: usize = 400;

/// SplitMix64: Steele, Lea and Flood, 2014.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn among<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What a page would have to keep in order, from the effects alone.
#[derive(Default)]
struct Page {
    is_open: bool,
    is_opening: bool,
    /// Streams that go on, and whether each is a transcription.
    streams: BTreeMap<RequestId, bool>,
    /// Requests that were begun, and what may still be answered.
    begun: BTreeSet<RequestId>,
    unanswered: BTreeSet<RequestId>,
    is_ducked: bool,
    screen: bool,
}

impl Page {
    /// What the event itself does to the page.
    fn sees(&mut self, event: &EarEvent) {
        match event {
            EarEvent::MicrophoneOpened { .. } => (self.is_open, self.is_opening) = (true, false),
            EarEvent::MicrophoneFailed(_) | EarEvent::MicrophoneLost(_) => {
                (self.is_open, self.is_opening) = (false, false);
            }
            EarEvent::EngineLost => self.unanswered.clear(),
            EarEvent::Answered { request, reply } if reply.is_last() => {
                self.unanswered.remove(request);
            }
            _ => {}
        }
    }

    fn carries_out(&mut self, effect: &EarEffect) {
        match effect {
            EarEffect::OpenMicrophone => {
                assert!(!self.is_open && !self.is_opening, "opened twice");
                self.is_opening = true;
            }
            EarEffect::CloseMicrophone => (self.is_open, self.is_opening) = (false, false),
            EarEffect::Begin { message, from_s } => {
                assert!(self.is_open, "nothing to stream from");
                assert!(*from_s >= 0.0 && from_s.is_finite());
                assert!(self.begun.insert(message.id), "an id twice");
                self.unanswered.insert(message.id);
                let transcribes = matches!(message.request, Request::Transcribe { .. });
                self.streams.insert(message.id, transcribes);
                let alike = self.streams.values().filter(|it| **it == transcribes).count();
                assert_eq!(alike, 1, "two of a kind at once");
            }
            EarEffect::End { target, .. } | EarEffect::Drop { target } => {
                assert!(self.streams.remove(target).is_some(), "ended twice, or never begun");
            }
            EarEffect::Send(sent) => {
                let Request::Cancel { target } = sent.request else { panic!("{sent:?}") };
                assert!(self.begun.contains(&target), "nobody knows it");
                assert!(!self.streams.contains_key(&target), "cancelled and streamed on");
                self.unanswered.remove(&target);
            }
            EarEffect::Heard { text, .. } => {
                assert!(text.chars().any(char::is_alphanumeric), "{text:?} is no message");
            }
            EarEffect::Duck => assert!(!std::mem::replace(&mut self.is_ducked, true)),
            EarEffect::Unduck => assert!(std::mem::take(&mut self.is_ducked)),
            EarEffect::Hush => self.is_ducked = false,
            EarEffect::KeepScreenOn(on) => {
                assert_ne!(std::mem::replace(&mut self.screen, *on), *on, "told twice");
            }
            EarEffect::HeardNothing | EarEffect::NotHeard(_) | EarEffect::NeedsToHear => {}
        }
    }
}

fn any_text(chance: &mut Chance) -> String {
    let texts = [
        "",
        " ",
        "...",
        "벨라야",
        "벨라야 불 켜 줘",
        "Hey Bella, what time is it?",
        "you",
        "♪",
        "어제 그 드라마 봤어? 나는 못 봤는데",
        "그만",
        "내일은 비가 올 거예요",
        "[Music]",
        "\u{1107}\u{1166}\u{11AF}",
        "🦀",
        "내일은 비가 올 거예요 아니 오늘 날씨",
    ];
    (*chance.among(&texts)).to_owned()
}

fn any_reply(chance: &mut Chance, heard_s: f64) -> Reply {
    let near_s = heard_s - chance.below(40) as f64 / 10.0;
    match chance.below(14) {
        0..3 => Reply::Partial(any_text(chance)),
        3 => Reply::Segment(Segment { start: 0.0, end: 1.0, text: any_text(chance) }),
        4..6 => Reply::Voice(Turn::Began { at: near_s }),
        6..8 => Reply::Voice(Turn::Ended(Stretch { start: near_s - 1.0, end: near_s })),
        8..11 => Reply::Done(Outcome::Transcript(Transcript {
            text: any_text(chance),
            language: chance.one_in(2).then_some(Language::Korean),
            segments: Vec::new(),
        })),
        11 => Reply::Failed(
            chance
                .among(&[
                    Failure::NotLoaded { model: "whisper".into() },
                    Failure::BadRequest { detail: "odd".into() },
                    Failure::Crashed { detail: "unreachable executed".into() },
                ])
                .clone(),
        ),
        12 => Reply::Voice(Turn::Began { at: f64::NAN }),
        _ => chance
            .among(&[
                Reply::Done(Outcome::Cancelled),
                Reply::Done(Outcome::Voices(Vec::new())),
                Reply::Done(Outcome::Taken),
                Reply::Text("what".into()),
            ])
            .clone(),
    }
}

fn any_model(chance: &mut Chance, name: &str) -> Option<String> {
    (!chance.one_in(5)).then(|| format!("{name}{}", chance.below(2)))
}

fn any_event(chance: &mut Chance, page: &Page, heard_s: f64) -> EarEvent {
    match chance.below(40) {
        0..5 => EarEvent::TalkPressed,
        5..9 => EarEvent::TalkReleased,
        9 => EarEvent::TalkCancelled,
        10..12 => EarEvent::HandsFreeChosen(!chance.one_in(3)),
        12 => EarEvent::MannerChosen(HearingManner {
            language: chance.one_in(2).then_some(Language::English),
            needs_wake_phrase: chance.one_in(3),
            sensitivity: *chance.among(&Sensitivity::ALL),
            barge_in: !chance.one_in(3),
        }),
        13..16 => {
            EarEvent::MicrophoneOpened { rate: *chance.among(&[48_000, 44_100, 16_000, 48_000, 0]) }
        }
        16 => EarEvent::MicrophoneFailed(MicrophoneTrouble::Denied),
        17 => EarEvent::MicrophoneLost(MicrophoneTrouble::Unplugged),
        18..20 => EarEvent::Beat,
        20 => EarEvent::CanHear {
            transcribe: any_model(chance, "whisper"),
            vad: any_model(chance, "silero"),
        },
        21 if chance.one_in(4) => EarEvent::EngineLost,
        22..25 => {
            let says = !chance.one_in(3);
            EarEvent::BellaSpeaks(says.then(|| "내일은 비가 올 거예요.".to_owned()))
        }
        25 => EarEvent::TroubleDismissed,
        _ => {
            let waiting: Vec<RequestId> = page.unanswered.iter().copied().collect();
            let known = RequestId(chance.below(50) as u32);
            let request = if waiting.is_empty() { known } else { *chance.among(&waiting) };
            EarEvent::Answered { request, reply: any_reply(chance, heard_s) }
        }
    }
}

/// Hands an event over and checks what holds after each.
fn happens(scene: &mut Scene, page: &mut Page, event: EarEvent) {
    if let EarEvent::Answered { request, .. } = &event
        && !scene.ears.waits_for(*request)
    {
        assert_eq!(scene.step(event), [], "nobody waits for it");
        return;
    }
    page.sees(&event);
    for effect in scene.step(event) {
        page.carries_out(&effect);
    }
    holds(scene, page);
}

fn sounds(scene: &mut Scene, page: &mut Page, count: usize, level: f32) {
    for _ in 0..count {
        for effect in scene.sound(level) {
            page.carries_out(&effect);
        }
        holds(scene, page);
    }
}

fn holds(scene: &Scene, page: &Page) {
    let state = scene.state();
    assert_eq!(state.is_open, page.is_open, "open for both or for neither");
    if !page.is_open {
        assert!(page.streams.is_empty(), "streamed from nowhere");
        assert!(!page.screen);
    }
    let records = page.streams.values().any(|transcribes| *transcribes);
    if state.phase == EarPhase::Recording {
        assert!(records, "recording what?");
    }
    if state.phase == EarPhase::Idle {
        assert!(!records && !page.screen, "idle, and it listens");
    }
    if state.hold.is_some() {
        let is_for_it = state.phase == EarPhase::Recording || page.is_opening;
        assert!(is_for_it, "a button that does nothing: {state:?}");
    }
    for request in &page.unanswered {
        assert!(scene.ears.waits_for(*request), "{request:?} is forgotten");
    }
}

/// Everybody goes home: nothing may be left open.
fn ends(scene: &mut Scene, page: &mut Page) {
    for event in [
        EarEvent::BellaSpeaks(None),
        EarEvent::TalkReleased,
        EarEvent::HandsFreeChosen(false),
        EarEvent::TalkCancelled,
    ] {
        happens(scene, page, event);
    }
    assert!(page.streams.is_empty(), "streamed on: {:?}", page.streams);
    for request in std::mem::take(&mut page.unanswered) {
        let reply = Reply::Done(Outcome::Cancelled);
        happens(scene, page, EarEvent::Answered { request, reply });
    }
    assert!(!page.is_ducked, "she whispers for ever");
    if page.is_opening {
        happens(scene, page, EarEvent::MicrophoneOpened { rate: 48_000 });
    }
    for _ in 0..70 {
        sounds(scene, page, 30, 0.000_5);
        happens(scene, page, EarEvent::Beat);
    }
    assert!(!page.is_open && !page.is_opening, "open, and nobody wants it");
    assert_eq!(scene.state().partial, "");
    assert_eq!(scene.state().transcribing, 0);
}

#[test]
fn in_no_order_of_events_is_anything_left_open_or_lost_count_of() {
    let mut heard = 0;
    let mut began = 0;
    for seed in 0..STORIES {
        let mut chance = Chance(seed);
        let mut scene = Scene::new(manner());
        let mut page = Page::default();
        happens(&mut scene, &mut page, can_hear(Some("whisper0"), Some("silero0")));
        for _ in 0..EVENTS {
            match chance.below(4) {
                0 => {
                    let loud = *chance.among(&[0.000_5, 0.1, 0.02, 1.0]);
                    let count = chance.below(40);
                    sounds(&mut scene, &mut page, count, loud);
                }
                1 => scene.now_ms += *chance.among(&[1, 50, 250, 1_000, 9_000]),
                _ => {}
            }
            let heard_s = f64::from(scene.sounds) / 30.0;
            let event = any_event(&mut chance, &page, heard_s);
            if let EarEvent::Answered { reply: Reply::Done(Outcome::Transcript(_)), .. } = event {
                heard += 1;
            }
            happens(&mut scene, &mut page, event);
        }
        began += page.begun.len();
        ends(&mut scene, &mut page);
    }
    // The stories went somewhere.
    assert!(began > 3_000 && heard > 3_000, "{began} begun, {heard} heard");
}

#[test]
fn nothing_that_is_said_between_turns_of_one_stream_is_skipped() {
    // Turns close to each other: each begins where the one before ended, or later, and
    // no voice lies between the two.
    let mut chance = Chance(7);
    let mut scene = Scene::new(manner());
    for event in [
        can_hear(Some("whisper"), None),
        EarEvent::HandsFreeChosen(true),
        EarEvent::MicrophoneOpened { rate: 48_000 },
    ] {
        scene.step(event);
    }
    scene.play(&quiet(3.0));
    let mut voices = Vec::new();
    let mut recorded: Vec<(f64, f64)> = Vec::new();
    let mut begun = 0.0;
    for turn in 0..200 {
        let spoken_s = 0.4 + chance.below(20) as f64 / 10.0;
        let pause_s = 0.8 + chance.below(20) as f64 / 10.0;
        let from_s = f64::from(scene.sounds) / 30.0;
        voices.push((from_s, from_s + (spoken_s * 30.0).round() / 30.0));
        for line in [Line::Sounds(spoken_s, 0.1), Line::Sounds(pause_s, 0.000_5)] {
            for effect in scene.play(&line) {
                match effect {
                    EarEffect::Begin { from_s, message } => {
                        begun = from_s;
                        assert_eq!(message.id, RequestId(turn));
                    }
                    EarEffect::End { until_s: Some(until_s), .. } => {
                        recorded.push((begun, until_s))
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        let transcript = Transcript { text: String::new(), language: None, segments: Vec::new() };
        let reply = Reply::Done(Outcome::Transcript(transcript));
        scene.step(EarEvent::Answered { request: RequestId(turn), reply });
    }
    assert_eq!(recorded.len(), voices.len());
    for ((begun, ended), (from_s, until_s)) in recorded.iter().zip(&voices) {
        assert!(begun <= from_s && ended >= until_s, "{begun}-{ended} for {from_s}-{until_s}");
    }
    assert!(recorded.windows(2).all(|pair| pair[0].1 <= pair[1].0), "overlapping");
}
