//! What she says, and when, told as scripts.

use super::*;
use crate::mouth::{SpeakingManner, SpeechRate};

/// A mouth with a browser that does what it is told.
struct Talk {
    mouth: Mouth,
    now: u64,
    /// What the browser holds.
    queue: Vec<Utterance>,
    /// Everything that was asked of it, a silence as `-`.
    log: Vec<String>,
}

fn voice(id: &str, tag: &str, is_local: bool) -> Voice {
    Voice { id: id.into(), name: id.into(), tag: tag.into(), is_local, is_default: false }
}

fn voices() -> Vec<Voice> {
    vec![voice("sam", "en-US", true), voice("yuna", "ko-KR", true), voice("far", "ko-KR", false)]
}

impl Talk {
    fn new() -> Self {
        let mut talk = Self::without_voices();
        talk.tell(MouthEvent::VoicesChanged(voices()));
        talk
    }

    fn without_voices() -> Self {
        let mouth = Mouth::new(Language::English);
        let mut talk = Self { mouth, now: 1_000_000, queue: Vec::new(), log: Vec::new() };
        talk.tell(MouthEvent::Beat);
        talk
    }

    fn tell(&mut self, event: MouthEvent<'_>) {
        for effect in self.mouth.step(event, Now { at_ms: self.now, random: 0 }) {
            match effect {
                MouthEffect::Speak(utterance) => {
                    self.log.push(utterance.text.clone());
                    self.queue.push(utterance);
                }
                MouthEffect::Silence => {
                    self.log.push("-".into());
                    self.queue.clear();
                }
            }
        }
    }

    fn reply(&mut self, text: &str) {
        self.tell(MouthEvent::ReplyBegan);
        self.tell(MouthEvent::ReplyGrew(text));
        self.tell(MouthEvent::ReplyEnded);
    }

    fn start(&mut self) -> UtteranceId {
        let id = self.queue.first().expect("something to say").id;
        self.tell(MouthEvent::Started { id });
        id
    }

    fn end(&mut self) {
        let id = self.queue.remove(0).id;
        self.tell(MouthEvent::Finished { id });
    }

    fn fail(&mut self, error: &str) {
        let id = self.queue.remove(0).id;
        self.tell(MouthEvent::Failed { id, error: error.into() });
    }

    /// Time goes by with its beats.
    fn wait(&mut self, ms: u64) {
        for _ in 0..ms / 500 {
            self.now += 500;
            self.tell(MouthEvent::Beat);
        }
    }

    fn say_all(&mut self) {
        while !self.queue.is_empty() {
            self.start();
            self.wait(1_000);
            self.end();
        }
    }

    fn saying(&self) -> Option<&str> {
        self.mouth.state().saying.as_ref().map(|line| line.text.as_str())
    }

    fn not_said(&self) -> Option<&'static str> {
        self.mouth.state().not_said.as_ref().map(NotSaid::kind)
    }

    #[track_caller]
    fn check(&mut self, expected: &[&str]) {
        assert_eq!(self.log, expected);
        self.log.clear();
    }
}

#[test]
fn sentences_are_said_while_the_reply_grows() {
    let mut talk = Talk::new();
    talk.tell(MouthEvent::ReplyBegan);
    talk.tell(MouthEvent::ReplyGrew("One is"));
    talk.check(&[]);
    talk.tell(MouthEvent::ReplyGrew("One is said. Tw"));
    talk.check(&["One is said."]);
    assert!(talk.mouth.state().is_speaking && talk.saying().is_none());
    talk.start();
    assert_eq!(talk.saying(), Some("One is said."));
    talk.tell(MouthEvent::ReplyGrew("One is said. Two is. Three is. Four"));
    talk.check(&["Two is."]);
    talk.end();
    talk.check(&["Three is."]);
    assert_eq!(talk.saying(), Some("One is said."), "until the next begins");
    talk.start();
    assert_eq!(talk.saying(), Some("Two is."));
    talk.tell(MouthEvent::ReplyEnded);
    talk.say_all();
    talk.check(&["Four"]);
    assert_eq!(*talk.mouth.state(), MouthState::default());
}

#[test]
fn each_sentence_has_a_voice_of_its_language() {
    let mut talk = Talk::new();
    talk.reply("Hello. 안녕하세요.");
    let spoken: Vec<_> = talk.queue.iter().map(|it| (it.voice.as_str(), it.tag.as_str())).collect();
    assert_eq!(spoken, [("sam", "en-US"), ("yuna", "ko-KR")]);
}

#[test]
fn the_rate_is_the_persons_times_the_moods_within_bounds() {
    for (rate, mood, expected) in [
        (SpeechRate::Normal, 1.0, 1.0),
        (SpeechRate::Faster, 1.1, 1.43),
        (SpeechRate::Faster, 9.0, 2.0),
        (SpeechRate::Slower, 0.1, 0.5),
        (SpeechRate::Slower, f32::NAN, 1.0),
    ] {
        let mut talk = Talk::new();
        talk.tell(MouthEvent::MannerChosen(SpeakingManner { rate, ..SpeakingManner::default() }));
        talk.tell(MouthEvent::MoodRate(mood));
        talk.tell(MouthEvent::Say("Hello."));
        assert!((talk.queue[0].rate - expected).abs() < 1e-4, "{rate:?} {mood}");
    }
}

#[test]
fn a_whisper_goes_on_from_the_last_word() {
    let mut talk = Talk::new();
    talk.reply("One two three four five. The next. And another.");
    let id = talk.start();
    talk.tell(MouthEvent::Boundary { id, unit: 8 });
    talk.wait(500);
    talk.check(&["One two three four five.", "The next."]);
    talk.tell(MouthEvent::Duck);
    talk.check(&["-", "three four five."]);
    assert_eq!(talk.queue[0].volume, 0.2);
    talk.start();
    assert_eq!(talk.saying(), Some("One two three four five."), "the caption stays whole");
    talk.tell(MouthEvent::Duck);
    talk.check(&[]);
    talk.end();
    talk.check(&["The next."]);
    assert_eq!(talk.queue[0].volume, 0.2);
    talk.start();
    talk.tell(MouthEvent::Unduck);
    talk.check(&["And another."]);
    assert_eq!(talk.queue[1].volume, 1.0);
}

#[test]
fn a_voice_that_tells_nothing_is_followed_by_the_clock() {
    for (after_ms, expected) in [
        (500, "One two three four five six seven."),
        (1_500, "four five six seven."),
        (60_000, "seven."),
    ] {
        let mut talk = Talk::new();
        talk.reply("One two three four five six seven.");
        talk.start();
        talk.now += after_ms;
        talk.log.clear();
        talk.tell(MouthEvent::Duck);
        talk.check(&["-", expected]);
    }
}

#[test]
fn what_has_not_begun_is_whispered_whole() {
    let mut talk = Talk::new();
    talk.reply("One two three.");
    talk.now += 3_000;
    talk.tell(MouthEvent::Duck);
    talk.check(&["One two three.", "-", "One two three."]);
}

#[test]
fn after_hush_nothing_is_said_until_the_next_reply() {
    let mut talk = Talk::new();
    talk.tell(MouthEvent::ReplyBegan);
    talk.tell(MouthEvent::ReplyGrew("One. Two. Three. "));
    let id = talk.start();
    talk.log.clear();
    talk.tell(MouthEvent::Hush);
    talk.check(&["-"]);
    assert_eq!(*talk.mouth.state(), MouthState::default());
    talk.tell(MouthEvent::ReplyGrew("One. Two. Three. Four. Five. "));
    talk.tell(MouthEvent::Finished { id });
    talk.tell(MouthEvent::ReplyEnded);
    talk.tell(MouthEvent::Hush);
    talk.wait(10_000);
    talk.check(&[]);
    talk.reply("Again.");
    talk.check(&["Again."]);
}

#[test]
fn a_new_reply_takes_the_place_of_the_one_before() {
    let mut talk = Talk::new();
    talk.reply("Old. Older. Oldest.");
    talk.start();
    talk.log.clear();
    talk.reply("New.");
    talk.check(&["-", "New."]);
}

#[test]
fn a_reply_that_was_over_before_its_first_sentence_is_said_at_the_end() {
    let mut talk = Talk::new();
    talk.reply("Yes");
    talk.check(&["Yes"]);
    talk.reply("");
    talk.check(&["-"]);
    assert!(!talk.mouth.state().is_speaking);
}

#[test]
fn she_can_be_switched_off_and_on() {
    let off = SpeakingManner { is_on: false, ..SpeakingManner::default() };
    let mut talk = Talk::new();
    talk.tell(MouthEvent::ReplyBegan);
    talk.tell(MouthEvent::ReplyGrew("One. Two. "));
    talk.start();
    talk.log.clear();
    talk.tell(MouthEvent::MannerChosen(off));
    talk.check(&["-"]);
    talk.tell(MouthEvent::ReplyGrew("One. Two. Three. "));
    talk.tell(MouthEvent::Say("Nothing."));
    talk.check(&[]);
    assert_eq!(talk.not_said(), None);
    talk.tell(MouthEvent::MannerChosen(SpeakingManner::default()));
    talk.tell(MouthEvent::ReplyGrew("One. Two. Three. Four. "));
    talk.check(&["Four."]);
}

#[test]
fn voices_that_come_late_are_waited_for() {
    let mut talk = Talk::without_voices();
    talk.reply("Hello. There.");
    talk.wait(3_000);
    talk.check(&[]);
    talk.tell(MouthEvent::VoicesChanged(voices()));
    talk.check(&["Hello.", "There."]);
}

#[test]
fn voices_that_never_come_are_waited_for_once() {
    let mut talk = Talk::without_voices();
    talk.reply("Hello.");
    talk.wait(8_000);
    assert_eq!(talk.not_said(), Some("no-voices"));
    assert!(!talk.mouth.state().is_speaking);
    talk.reply("Again.");
    assert_eq!((talk.not_said(), talk.mouth.state().is_speaking), (Some("no-voices"), false));
    talk.tell(MouthEvent::VoicesChanged(voices()));
    assert_eq!(talk.not_said(), None);
    talk.reply("At last.");
    talk.check(&["At last."]);
}

#[test]
fn what_no_voice_here_can_say_is_passed_over() {
    let mut talk = Talk::without_voices();
    let far = voice("far", "ko-KR", false);
    talk.tell(MouthEvent::VoicesChanged(vec![voice("sam", "en-US", true), far]));
    talk.reply("One. 둘이에요. Three.");
    talk.check(&["One.", "Three."]);
    assert_eq!(talk.not_said(), Some("only-remote"));
    let korean = Some("far".to_owned());
    talk.tell(MouthEvent::MannerChosen(SpeakingManner { korean, ..SpeakingManner::default() }));
    assert_eq!(talk.not_said(), None);
    assert!(talk.mouth.state().leaves_device);
    talk.tell(MouthEvent::ReplyBegan);
    talk.log.clear();
    talk.reply("둘이에요.");
    talk.check(&["둘이에요."]);
}

#[test]
fn what_does_not_begin_is_given_up_and_the_next_reply_is_tried() {
    let mut talk = Talk::new();
    talk.reply("One. Two.");
    talk.wait(5_500);
    talk.check(&["One.", "Two."]);
    talk.wait(1_500);
    talk.check(&["-"]);
    assert_eq!(talk.not_said(), Some("never-started"));
    assert!(!talk.mouth.state().is_speaking);
    talk.reply("Three.");
    talk.check(&["Three."]);
    assert_eq!(talk.not_said(), None);
}

#[test]
fn a_voice_from_the_network_is_given_more_time() {
    let mut talk = Talk::new();
    let korean = Some("far".to_owned());
    talk.tell(MouthEvent::MannerChosen(SpeakingManner { korean, ..SpeakingManner::default() }));
    talk.reply("하나예요.");
    talk.wait(11_000);
    assert_eq!(talk.not_said(), None);
    talk.wait(2_000);
    assert_eq!(talk.not_said(), Some("never-started"));
}

#[test]
fn what_does_not_end_is_left_and_the_next_is_said() {
    let mut talk = Talk::new();
    talk.reply("One. Two. Three.");
    talk.start();
    talk.log.clear();
    talk.wait(10_000);
    talk.check(&["-", "Two.", "Three."]);
    assert_eq!((talk.not_said(), talk.mouth.state().is_speaking), (Some("never-ended"), true));
    talk.start();
    talk.wait(10_000);
    assert_eq!(talk.not_said(), Some("never-ended"));
    assert!(!talk.mouth.state().is_speaking, "twice in a row is enough");
}

#[test]
fn a_page_that_slept_does_not_blame_the_voice() {
    let mut talk = Talk::new();
    talk.reply("One.");
    talk.start();
    talk.now += 3_600_000;
    talk.tell(MouthEvent::Beat);
    assert_eq!(talk.not_said(), None);
    talk.wait(2_000);
    talk.end();
    assert!(!talk.mouth.state().is_speaking);
}

#[test]
fn an_utterance_that_failed_is_passed_over_and_two_end_it() {
    let mut talk = Talk::new();
    talk.reply("One. Two. Three. Four. Five.");
    talk.fail("synthesis-failed");
    assert_eq!((talk.not_said(), talk.saying()), (Some("failed"), None));
    talk.start();
    talk.end();
    talk.fail("network");
    talk.log.clear();
    talk.fail("network");
    talk.check(&["-"]);
    assert!(!talk.mouth.state().is_speaking);
}

#[test]
fn without_a_touch_of_the_page_nothing_more_is_tried() {
    let mut talk = Talk::new();
    talk.reply("One. Two. Three.");
    talk.log.clear();
    talk.fail("not-allowed");
    talk.check(&["-"]);
    assert_eq!(talk.not_said(), Some("not-allowed"));
    talk.tell(MouthEvent::Say("Now?"));
    talk.check(&["Now?"]);
    assert_eq!(talk.not_said(), None);
}

#[test]
fn an_end_that_was_not_told_is_understood_from_the_next_beginning() {
    let mut talk = Talk::new();
    talk.reply("One. Two. Three.");
    talk.start();
    talk.queue.remove(0);
    talk.start();
    assert_eq!(talk.saying(), Some("Two."));
    talk.check(&["One.", "Two.", "Three."]);
}

#[test]
fn what_is_told_of_utterances_long_gone_means_nothing() {
    let mut talk = Talk::new();
    talk.reply("One.");
    let id = talk.start();
    talk.tell(MouthEvent::Hush);
    talk.reply("Two.");
    talk.log.clear();
    talk.tell(MouthEvent::Started { id });
    talk.tell(MouthEvent::Boundary { id, unit: 9 });
    talk.tell(MouthEvent::Failed { id, error: "not-allowed".into() });
    talk.check(&[]);
    assert_eq!((talk.saying(), talk.not_said()), (None, None));
    assert!(talk.mouth.state().is_speaking);
}
