//! How often people tell their feelings in so many words, and how far that agrees with
//! what a model learns from reviews.

use bella_companion::feeling_words;

use crate::{rows, text_of};

/// So many rows are enough; this runs unoptimised.
const MOST_ROWS: usize = 10_000;

#[derive(Debug, Default)]
struct Told {
    rows: usize,
    /// Of those that tell of something glad or sad: how many praise, and how many there are.
    glad: [usize; 2],
    sad: [usize; 2],
}

impl Told {
    fn in_collection(name: &str) -> Option<Self> {
        let mut told = Self::default();
        for row in rows(name)?.iter().take(MOST_ROWS) {
            told.rows += 1;
            let praises = usize::from(row.get("label").is_some_and(|label| label == 1));
            let Some(valence) = feeling_words::read(text_of(row)) else { continue };
            let [praising, all] = if valence > 0.0 { &mut told.glad } else { &mut told.sad };
            *praising += praises;
            *all += 1;
        }
        eprintln!(
            "{name}: {} rows, {:.1} % tell a feeling; glad: {} of {} praise, sad: {} of {}",
            told.rows,
            100.0 * told.coverage(),
            told.glad[0],
            told.glad[1],
            told.sad[0],
            told.sad[1],
        );
        Some(told)
    }

    fn coverage(&self) -> f64 {
        (self.glad[1] + self.sad[1]) as f64 / self.rows as f64
    }
}

fn share([of, all]: [usize; 2]) -> f64 {
    of as f64 / all as f64
}

/// A review is about a film. Where one tells of a feeling all the same, gladness is
/// praise, and sadness is praise about as often as not: what the model learnt from.
#[test]
fn in_reviews_the_sad_are_as_often_pleased_as_not() {
    if let Some(told) = Told::in_collection("nsmc-train.jsonl") {
        assert!(told.coverage() < 0.05, "{told:?}");
        assert!(share(told.glad) > 0.75, "{told:?}");
        assert!((0.4..0.7).contains(&share(told.sad)), "{told:?}");
    }
    Told::in_collection("nsmc-dev.jsonl");
    if let Some(told) = Told::in_collection("sst2-dev.jsonl") {
        assert!(told.coverage() < 0.01, "{told:?}");
    }
}

/// Those few, looked at by hand, are told; and people do not tell an assistant much else.
#[test]
fn friends_are_told_and_assistants_are_not() {
    if let Some(told) = Told::in_collection("chatbot-ko.jsonl") {
        assert!((0.04..0.06).contains(&told.coverage()), "{told:?}");
        assert!(told.sad[1] > 8 * told.glad[1], "most of them are lovelorn: {told:?}");
    }
    for name in ["slurp-en.jsonl", "3i4k-ko.jsonl", "snips-en.jsonl", "ha-intents-en.jsonl"] {
        if let Some(told) = Told::in_collection(name) {
            assert!(told.coverage() < 0.01, "{told:?}");
        }
    }
}
