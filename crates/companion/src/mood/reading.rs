//! What one turn tells of how the person feels.

use bella_protocol::Mood as Model;

use crate::{feeling_words, hangul};

/// With less than about 65 % of sureness the model takes a text for neither: it has no
/// third label, and questions about the world land here.
const NEITHER: f32 = 0.3;
/// So many letters, and a text is long enough for the model to be believed.
const ENOUGH_LETTERS: f32 = 12.0;
/// What a syllable of Hangul is worth in letters.
const OF_SYLLABLE: f32 = 2.0;
/// A question has a tone by chance only, unless it says how somebody feels.
const OF_QUESTION: f32 = 0.5;
/// How much the model adds where it agrees with what was said in so many words.
const OF_AGREEMENT: f32 = 0.3;
/// The least a feeling counts that was told in so many words.
const TOLD: f32 = 0.5;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    valence: f32,
    weight: f32,
}

impl Reading {
    /// From the words of a turn, and from what the model of feelings made of them, if
    /// it is there: without it, what is said in so many words is still heard.
    pub fn of(text: &str, model: Option<Model>) -> Self {
        let felt = model.map(lean).unwrap_or_default();
        match feeling_words::read(text) {
            Some(told) => {
                let valence = blend(told, felt);
                Self { valence, weight: TOLD + (1.0 - TOLD) * valence.abs() }
            }
            None => Self { valence: felt, weight: felt.abs() * trust(text) },
        }
    }

    /// From -1 to 1.
    pub fn valence(self) -> f32 {
        self.valence
    }

    /// How much it counts, from 0 to 1.
    pub fn weight(self) -> f32 {
        self.weight
    }
}

/// The probabilities are calibrated, so their difference is what the text can be
/// expected to be; what lies near the middle is nothing.
fn lean(Model { negative, positive }: Model) -> f32 {
    let lean = (positive - negative) / (positive + negative);
    if !lean.is_finite() {
        return 0.0;
    }
    let lean = lean.clamp(-1.0, 1.0);
    lean.signum() * ((lean.abs() - NEITHER) / (1.0 - NEITHER)).max(0.0)
}

/// Said in so many words it is so, and the model can only make it more. Against grief
/// it is known to be wrong; against joy it may have heard the rest of the sentence.
fn blend(told: f32, felt: f32) -> f32 {
    if told * felt >= 0.0 {
        told + OF_AGREEMENT * felt.abs() * (told.signum() - told)
    } else if told < 0.0 {
        told
    } else {
        (told + felt) / 2.0
    }
}

fn trust(text: &str) -> f32 {
    let of_letter = |letter: char| match letter {
        letter if hangul::is_syllable(letter) => OF_SYLLABLE,
        // "ㅋㅋ", "ㅠㅠ"
        letter if hangul::is_jamo(letter) => 0.0,
        letter if letter.is_alphabetic() => 1.0,
        _ => 0.0,
    };
    let letters: f32 = text.chars().map(of_letter).sum();
    let is_question = text.trim_end().ends_with(['?', '？']);
    (letters / ENOUGH_LETTERS).min(1.0) * if is_question { OF_QUESTION } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, positive: f32) -> Reading {
        Reading::of(text, Some(Model { negative: 1.0 - positive, positive }))
    }

    #[test]
    fn the_model_is_believed_as_far_as_it_is_sure() {
        let text = "the weather was like this all week";
        for (positive, valence) in [
            (0.5, 0.0),
            (0.6, 0.0),
            (0.35, 0.0),
            (0.825, 0.5),
            (0.175, -0.5),
            (1.0, 1.0),
            (0.0, -1.0),
        ] {
            let reading = read(text, positive);
            assert!((reading.valence() - valence).abs() < 1e-3, "{positive}: {reading:?}");
            assert!((reading.weight() - valence.abs()).abs() < 1e-3, "{positive}: {reading:?}");
        }
    }

    #[test]
    fn short_texts_and_questions_count_less() {
        let weight = |text| read(text, 0.98).weight();
        assert!(weight("응") < 0.2 && weight("ok") < 0.2 && weight("ㅋㅋ") == 0.0);
        assert!(weight("what a lovely evening") > 0.9);
        assert!(weight("정말 멋진 저녁이었어") > 0.9);
        assert!(weight("what is the capital of France?") < 0.5);
    }

    /// The model was trained on reviews of films.
    #[test]
    fn grief_is_heard_whatever_the_model_says() {
        for text in ["슬퍼", "너무 슬퍼요", "I'm so sad", "오늘 정말 외로워"] {
            assert!(read(text, 0.97).valence() <= -0.7, "{text}");
            assert!(read(text, 0.03).valence() < read(text, 0.97).valence(), "{text}");
            assert_eq!(Reading::of(text, None), read(text, 0.97), "{text}");
        }
    }

    #[test]
    fn joy_is_heard_unless_the_rest_says_otherwise() {
        assert!(read("I am so happy", 0.98).valence() > 0.9);
        assert!(read("I am happy that you finally shut up", 0.02).valence() < 0.0);
    }

    #[test]
    fn nonsense_from_the_model_is_nothing() {
        for (negative, positive) in [
            (f32::NAN, 0.5),
            (0.0, 0.0),
            (f32::INFINITY, f32::INFINITY),
            (1.0, -1.0),
            (f32::NEG_INFINITY, 1.0),
        ] {
            let reading =
                Reading::of("a sentence of the usual length", Some(Model { negative, positive }));
            assert!(reading.valence().is_finite() && reading.weight().is_finite());
            assert!(reading.valence().abs() <= 1.0 && reading.weight().abs() <= 1.0, "{reading:?}");
        }
        assert_eq!(Reading::of("what is this", None), Reading::default());
    }
}
