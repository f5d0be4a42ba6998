//! From what is heard to what is said, and who interrupts whom.

use bella_companion::mouth::{MouthEvent, UtteranceId, Voice};
use bella_companion::{
    Companion, Doing, EarEffect, EarEvent, Effect, Event, HeardGoes, Now, Skill,
};
use bella_protocol::{ModelSpec, Outcome, Reply, Request, RequestId, Task, Transcript};

use crate::story::{answered, holds, loaded, ready, said, text, waiting};

fn spec(id: &str, task: Task) -> ModelSpec {
    ModelSpec { id: id.into(), task, files: Vec::new(), base: None }
}

fn voice() -> Voice {
    Voice {
        id: "v".into(),
        name: "Voice".into(),
        tag: "en-US".into(),
        is_local: true,
        is_default: true,
    }
}

/// A companion at a clock of its own.
struct Play {
    bella: Companion,
    at_ms: u64,
}

impl Play {
    /// With a model, something to hear with, and a voice.
    fn new() -> Self {
        let mut play = Self { bella: ready(), at_ms: 1_000 };
        let models = vec![spec("whisper", Task::Transcribe)];
        play.tell(Event::SkillWished { skill: Skill::Hearing, models });
        play.tell(loaded(1, "whisper"));
        play.tell(Event::Mouth(MouthEvent::VoicesChanged(vec![voice()])));
        play
    }

    fn tell(&mut self, event: Event) -> Vec<Effect> {
        self.bella.step(event, Now { at_ms: self.at_ms, random: 1 })
    }

    fn after(&mut self, ms: u64, event: Event) -> Vec<Effect> {
        self.at_ms += ms;
        self.tell(event)
    }

    fn ear(&mut self, event: EarEvent) -> Vec<Effect> {
        self.after(10, Event::Ear(event))
    }

    /// Somebody holds the button for two seconds; gives the request that transcribes.
    fn says(&mut self) -> RequestId {
        self.ear(EarEvent::TalkPressed);
        let begun = self.ear(EarEvent::MicrophoneOpened { rate: 48_000 });
        let mut until_s = 0.0;
        for _ in 0..60 {
            self.at_ms += 33;
            until_s += 0.033;
            self.tell(Event::Ear(EarEvent::Sound { level: 0.1, peak: 0.3, until_s }));
        }
        self.ear(EarEvent::TalkReleased);
        for _ in 0..10 {
            self.at_ms += 33;
            until_s += 0.033;
            self.tell(Event::Ear(EarEvent::Sound { level: 0.0, peak: 0.0, until_s }));
        }
        let begin = begun.iter().find_map(|effect| match effect {
            Effect::Ear(EarEffect::Begin { message, .. }) => Some(message),
            _ => None,
        });
        let message = begin.unwrap_or_else(|| panic!("nothing is transcribed: {begun:?}"));
        assert!(matches!(message.request, Request::Transcribe { live: true, .. }));
        message.id
    }
}

fn transcript(request: RequestId, text: &str) -> Event {
    let transcript = Transcript { text: text.into(), language: None, segments: Vec::new() };
    answered(request.0, Reply::Done(Outcome::Transcript(transcript)))
}

#[test]
fn what_was_said_is_asked_and_marked_as_spoken() {
    let mut play = Play::new();
    let heard = play.says();
    assert_eq!(play.bella.state().doing(), Doing::Transcribing);
    let effects = play.tell(transcript(heard, " What is the capital of France?"));
    let asks = effects.iter().any(|effect| {
        matches!(effect, Effect::Send(sent) if matches!(sent.request, Request::Chat { .. }))
    });
    assert!(asks, "{effects:?}");
    holds(&play.bella, &["person: What is the capital of France?", "bella…: "]);
    assert!(play.bella.state().conversation[0].is_spoken);
}

#[test]
fn what_was_said_goes_into_the_composer_where_that_was_chosen() {
    let mut play = Play::new();
    play.tell(Event::HeardGoes(HeardGoes::IntoComposer));
    let heard = play.says();
    let effects = play.tell(transcript(heard, "Hello there"));
    assert!(effects.contains(&Effect::Write("Hello there".into())), "{effects:?}");
    holds(&play.bella, &[]);
}

#[test]
fn nothing_heard_is_told_for_a_while_and_is_no_message() {
    let mut play = Play::new();
    let heard = play.says();
    play.tell(transcript(heard, ""));
    assert!(play.bella.state().unheard.is_some());
    holds(&play.bella, &[]);
    play.after(20_000, Event::Beat);
    assert_eq!(play.bella.state().unheard, None);
}

#[test]
fn whoever_writes_instead_need_not_be_told_that_nothing_was_heard() {
    let mut play = Play::new();
    let heard = play.says();
    play.tell(transcript(heard, ""));
    play.tell(Event::Said("hello".into()));
    assert_eq!(play.bella.state().unheard, None);
}

#[test]
fn speaking_into_an_answer_ends_it_and_nothing_that_was_said_is_lost() {
    let mut play = Play::new();
    play.tell(said("Tell me a story"));
    let asked = play.bella.state().phase.clone();
    play.tell(text(2, "Once upon a time"));
    let heard = play.says();
    play.tell(transcript(heard, "Rather a poem."));
    assert_ne!(play.bella.state().phase, asked);
    holds(
        &play.bella,
        &[
            "person: Tell me a story",
            "bella, stopped: Once upon a time",
            "person: Rather a poem.",
            "bella…: ",
        ],
    );
}

#[test]
fn a_sentence_with_a_breath_in_it_is_one_message() {
    let mut play = Play::new();
    let heard = play.says();
    play.tell(transcript(heard, "And so, my fellow Americans,"));
    holds(&play.bella, &["person: And so, my fellow Americans,", "bella…: "]);
    play.ear(EarEvent::MicrophoneLost(bella_companion::MicrophoneTrouble::Unplugged));
    let heard = play.says();
    play.tell(transcript(heard, "ask not."));
    holds(&play.bella, &["person: And so, my fellow Americans, ask not.", "bella…: "]);
}

#[test]
fn what_is_said_while_a_message_waits_joins_it() {
    let mut play = Play::new();
    play.tell(Event::ModelPutAway);
    play.tell(said("Hello."));
    let heard = play.says();
    play.tell(transcript(heard, "Are you there?"));
    assert_eq!(waiting(&play.bella), Some("Hello. Are you there?"));
}

#[test]
fn a_sentence_is_said_as_soon_as_it_is_whole_and_a_press_silences_her() {
    let mut play = Play::new();
    play.tell(said("Hi"));
    play.tell(text(2, "Hello there."));
    let spoken = play.tell(text(2, " How are"));
    let says = |effects: &[Effect]| {
        effects.iter().any(|effect| {
            matches!(effect, Effect::Mouth(bella_companion::mouth::MouthEffect::Speak(it))
                if it.text.contains("Hello there."))
        })
    };
    assert!(says(&spoken), "{spoken:?}");
    play.tell(Event::Mouth(MouthEvent::Started { id: UtteranceId(0) }));
    let caption = play.bella.state().mouth.saying.as_ref().map(|line| line.text.clone());
    assert_eq!(caption.as_deref(), Some("Hello there."));
    let silenced = play.ear(EarEvent::TalkPressed);
    let is_silent = silenced.iter().any(|effect| {
        matches!(effect, Effect::Mouth(bella_companion::mouth::MouthEffect::Silence))
    });
    assert!(is_silent, "{silenced:?}");
}

#[test]
fn without_anything_to_hear_with_a_press_asks_for_it() {
    let mut bella = ready();
    let effects = bella.step(Event::Ear(EarEvent::TalkPressed), Now::default());
    assert!(effects.contains(&Effect::Ear(EarEffect::NeedsToHear)), "{effects:?}");
}
