//! Bella's mood: moved by how the person's turns feel, and calm again after a while.
//!
//! What a turn tells is a [`Reading`]; from the mood follow her [`Face`], how fast she
//! speaks ([`Feeling::pace`]) and one sentence for the model ([`Feeling::tone`]).
//!
//! ```
//! use bella_companion::{Face, Mood, Reading, Tone};
//!
//! let mut mood = Mood::default();
//! mood.felt(Reading::of("오늘 좀 외로웠어. 슬퍼.", None), 0);
//! assert_eq!((mood.at(0).face(), mood.at(0).tone()), (Face::Tender, Tone::Comfort));
//! let an_hour = 60 * 60 * 1000;
//! assert_eq!(mood.at(an_hour).face(), Face::Calm);
//! ```

mod reading;

pub use reading::Reading;

/// After this long half of a mood is gone: she does not brood over breakfast at noon,
/// and still remembers it while the kettle boils.
const HALF_LIFE_MS: f32 = 5.0 * 60.0 * 1000.0;
/// How far a turn that leaves no doubt takes her towards itself. Below 1, so that a
/// second one still tells something.
const PULL: f32 = 0.8;

/// Where each face begins, and where it ends once it is there. The distance keeps it
/// from flickering between two turns that tell nearly the same.
const BEGINS: f32 = 0.4;
const ENDS: f32 = 0.2;
const CONCERN_BEGINS: f32 = 0.75;
const CONCERN_ENDS: f32 = 0.5;

/// How much slower she speaks with somebody who is down, and quicker with somebody
/// who is glad, at most.
const SLOWEST: f32 = 0.12;
const QUICKEST: f32 = 0.08;
/// Nobody hears a smaller change, and a voice need not be told of it.
const STEPS_OF_PACE: f32 = 50.0;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mood {
    /// At `at_ms`, from -1 to 1.
    valence: f32,
    face: Face,
    at_ms: u64,
}

/// The mood at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Feeling {
    valence: f32,
    face: Face,
}

/// What shows in her face. She is company and no mirror: with a sad person she does
/// not look sad, she looks at them; and there is no angry face, for whoever is angry
/// needs no second one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Face {
    /// Glad with somebody who is: smiling eyes, warm cheeks.
    Glad,
    /// At rest and friendly.
    #[default]
    Calm,
    /// With somebody who is down: soft eyes, a small smile, a little closer.
    Tender,
    /// With somebody who is in a bad way: attentive, the smile put aside.
    Concerned,
}

/// In what tone the model is to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tone {
    #[default]
    Neutral,
    Comfort,
    ShareJoy,
}

impl Mood {
    /// Once for each turn of the person. A turn moves her the more, the surer it is and
    /// the farther from where she stands.
    pub fn felt(&mut self, reading: Reading, now_ms: u64) {
        let Feeling { valence, face } = self.at(now_ms);
        let pull = PULL * reading.weight();
        let valence = (valence + pull * (reading.valence() - valence)).clamp(-1.0, 1.0);
        *self = Self { valence, face: face.moved_to(valence), at_ms: now_ms };
    }

    /// A clock that was put back does not bring back what has passed; she stays as she
    /// is until the next turn or until time has caught up.
    pub fn at(&self, now_ms: u64) -> Feeling {
        let elapsed = now_ms.saturating_sub(self.at_ms) as f32;
        let valence = self.valence * (-elapsed / HALF_LIFE_MS).exp2();
        Feeling { valence, face: self.face.moved_to(valence) }
    }
}

impl Feeling {
    /// From -1, somebody is in a bad way, to 1.
    pub fn valence(self) -> f32 {
        self.valence
    }

    pub fn face(self) -> Face {
        self.face
    }

    /// By how much her usual rate of speech is to be multiplied.
    pub fn pace(self) -> f32 {
        let most = if self.valence < 0.0 { SLOWEST } else { QUICKEST };
        ((1.0 + most * self.valence) * STEPS_OF_PACE).round() / STEPS_OF_PACE
    }

    /// It changes only when the face does: each change makes the model read the whole
    /// conversation again.
    pub fn tone(self) -> Tone {
        match self.face {
            Face::Glad => Tone::ShareJoy,
            Face::Calm => Tone::Neutral,
            Face::Tender | Face::Concerned => Tone::Comfort,
        }
    }
}

impl Face {
    pub const ALL: [Face; 4] = [Face::Glad, Face::Calm, Face::Tender, Face::Concerned];

    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Face::Glad => "glad",
            Face::Calm => "calm",
            Face::Tender => "tender",
            Face::Concerned => "concerned",
        }
    }

    fn moved_to(self, valence: f32) -> Self {
        match self {
            _ if valence >= BEGINS => Face::Glad,
            _ if valence <= -CONCERN_BEGINS => Face::Concerned,
            Face::Concerned if valence <= -CONCERN_ENDS => Face::Concerned,
            _ if valence <= -BEGINS => Face::Tender,
            Face::Concerned | Face::Tender if valence <= -ENDS => Face::Tender,
            Face::Glad if valence >= ENDS => Face::Glad,
            _ => Face::Calm,
        }
    }
}

impl Tone {
    pub const ALL: [Tone; 3] = [Tone::Neutral, Tone::Comfort, Tone::ShareJoy];

    /// A stable name, for tests and styles.
    pub fn name(self) -> &'static str {
        match self {
            Tone::Neutral => "neutral",
            Tone::Comfort => "comfort",
            Tone::ShareJoy => "share-joy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    fn sure(positive: f32) -> Reading {
        let model = bella_protocol::Mood { negative: 1.0 - positive, positive };
        Reading::of("a sentence of the usual length", Some(model))
    }

    /// Turns as (minute, how positive the model reads it, the face that follows).
    #[track_caller]
    fn plays(story: &[(u64, f32, Face)]) {
        let mut mood = Mood::default();
        for &(minute, positive, expected) in story {
            mood.felt(sure(positive), minute * MINUTE);
            let feeling = mood.at(minute * MINUTE);
            assert_eq!(feeling.face(), expected, "minute {minute}: {feeling:?} of {story:?}");
        }
    }

    #[test]
    fn one_strong_turn_moves_her_at_once() {
        plays(&[(0, 0.98, Face::Glad)]);
        plays(&[(0, 0.02, Face::Tender)]);
        plays(&[(0, 0.98, Face::Glad), (1, 0.01, Face::Tender), (1, 0.98, Face::Glad)]);
    }

    #[test]
    fn several_turns_weigh_more_than_one() {
        plays(&[(0, 0.85, Face::Calm), (1, 0.85, Face::Calm), (1, 0.85, Face::Glad)]);
        plays(&[(0, 0.03, Face::Tender), (1, 0.03, Face::Concerned)]);
    }

    #[test]
    fn lukewarm_turns_leave_her_as_she_is() {
        let half_sure = [0.5, 0.6, 0.4, 0.65, 0.35, 0.5, 0.62, 0.6, 0.64];
        plays(&half_sure.map(|positive| (0, positive, Face::Calm)));
        plays(&[(0, 0.02, Face::Tender), (0, 0.6, Face::Tender), (0, 0.5, Face::Tender)]);
    }

    #[test]
    fn a_face_holds_on_where_it_would_not_have_begun() {
        let between = (BEGINS + ENDS) / 2.0;
        let nearly = (CONCERN_BEGINS + CONCERN_ENDS) / 2.0;
        for (from, valence, expected) in [
            (Face::Calm, between, Face::Calm),
            (Face::Glad, between, Face::Glad),
            (Face::Glad, -between, Face::Calm),
            (Face::Calm, -between, Face::Calm),
            (Face::Tender, -between, Face::Tender),
            (Face::Tender, between, Face::Calm),
            (Face::Tender, -nearly, Face::Tender),
            (Face::Concerned, -nearly, Face::Concerned),
            (Face::Concerned, -0.45, Face::Tender),
            (Face::Concerned, -between, Face::Tender),
            (Face::Concerned, 0.0, Face::Calm),
            (Face::Concerned, 1.0, Face::Glad),
            (Face::Glad, -1.0, Face::Concerned),
        ] {
            assert_eq!(from.moved_to(valence), expected, "{from:?} at {valence}");
        }
    }

    #[test]
    fn a_mood_passes() {
        let mut mood = Mood::default();
        mood.felt(sure(0.0), 0);
        mood.felt(sure(0.0), 0);
        let faces: Vec<Face> =
            [0, 2, 5, 8, 15, 60].map(|minute| mood.at(minute * MINUTE).face()).into();
        assert_eq!(
            faces,
            [Face::Concerned, Face::Concerned, Face::Tender, Face::Tender, Face::Calm, Face::Calm]
        );
        let half = mood.at(5 * MINUTE).valence() / mood.at(0).valence();
        assert!((half - 0.5).abs() < 1e-3, "{half}");
        assert!(mood.at(u64::MAX).valence().abs() < 1e-6);
    }

    #[test]
    fn a_clock_that_goes_backwards_does_no_harm() {
        let mut mood = Mood::default();
        mood.felt(sure(0.98), 100 * MINUTE);
        assert_eq!(mood.at(0), mood.at(100 * MINUTE));
        mood.felt(sure(0.98), 10 * MINUTE);
        assert_eq!(mood.at(10 * MINUTE).face(), Face::Glad);
        assert_eq!(mood.at(40 * MINUTE).face(), Face::Calm, "time runs from the turn on");
    }

    #[test]
    fn she_never_leaves_her_bounds() {
        let mut mood = Mood::default();
        for round in 0..200_u64 {
            let positive = if round % 90 < 45 { 1.0 } else { 0.0 };
            mood.felt(sure(positive), round);
            let feeling = mood.at(round);
            assert!((-1.0..=1.0).contains(&feeling.valence()), "{feeling:?}");
            assert!((0.88..=1.12).contains(&feeling.pace()), "{feeling:?}");
        }
    }

    #[test]
    fn she_speaks_slower_with_the_sad_and_quicker_with_the_glad() {
        for (valence, expected) in [
            (-1.0, 0.88),
            (-0.5, 0.94),
            (-0.05, 1.0),
            (0.0, 1.0),
            (0.05, 1.0),
            (0.5, 1.04),
            (1.0, 1.08),
        ] {
            let pace = Feeling { valence, face: Face::Calm }.pace();
            assert!((pace - expected).abs() < 1e-6, "{valence}: {pace}");
        }
    }

    #[test]
    fn each_face_has_a_tone() {
        for (face, tone) in [
            ("glad", "share-joy"),
            ("calm", "neutral"),
            ("tender", "comfort"),
            ("concerned", "comfort"),
        ] {
            let face = Face::ALL.into_iter().find(|it| it.name() == face);
            let feeling = Feeling { valence: 0.0, face: face.expect("a face of that name") };
            assert_eq!(feeling.tone().name(), tone);
        }
    }
}
