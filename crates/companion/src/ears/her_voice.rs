//! What she says meanwhile, so that she can be interrupted, and not by herself.

use std::collections::VecDeque;

/// Sentences that are remembered.
const MOST_SENTENCES: usize = 12;
/// So long after its end a sentence still comes back from the walls. People answer
/// soon after, and with her own words ("tea or coffee?"): those are theirs.
const ECHO_S: f64 = 0.15;

#[derive(Debug, Default)]
pub(super) struct HerVoice {
    sentences: VecDeque<Sentence>,
}

#[derive(Debug)]
struct Sentence {
    text: String,
    /// In seconds of sound.
    from_s: f64,
    /// `None` while she says it.
    until_s: Option<f64>,
}

impl HerVoice {
    pub(super) fn says(&mut self, sentence: Option<String>, at_s: f64) {
        self.ends(at_s);
        if let Some(text) = sentence {
            self.sentences.push_back(Sentence { text, from_s: at_s, until_s: None });
        }
        let forgotten = self.sentences.len().saturating_sub(MOST_SENTENCES);
        self.sentences.drain(..forgotten);
    }

    fn ends(&mut self, at_s: f64) {
        if let Some(last) = self.sentences.back_mut() {
            last.until_s.get_or_insert(at_s);
        }
    }

    /// Seconds of sound begin anew.
    pub(super) fn starts_over(&mut self) {
        self.sentences.retain_mut(|sentence| {
            sentence.from_s = 0.0;
            sentence.until_s.is_none()
        });
    }

    pub(super) fn is_speaking(&self) -> bool {
        self.sentences.back().is_some_and(|last| last.until_s.is_none())
    }

    /// Whether she was speaking then.
    pub(super) fn was_speaking(&self, at_s: f64) -> bool {
        self.sentences
            .iter()
            .any(|it| it.from_s <= at_s && it.until_s.is_none_or(|until_s| at_s < until_s))
    }

    /// When she fell silent, if that was before then.
    pub(super) fn silent_since(&self, at_s: f64) -> Option<f64> {
        let ends = self.sentences.iter().filter_map(|sentence| sentence.until_s);
        ends.filter(|&until_s| until_s <= at_s).reduce(f64::max)
    }

    /// What of hers can be heard in a recording.
    pub(super) fn said_within(&self, from_s: f64, until_s: Option<f64>) -> Vec<&str> {
        let within = |it: &&Sentence| {
            it.until_s.is_none_or(|end_s| end_s + ECHO_S >= from_s)
                && until_s.is_none_or(|until_s| it.from_s <= until_s)
        };
        self.sentences.iter().filter(within).map(|sentence| &sentence.text[..]).collect()
    }
}
