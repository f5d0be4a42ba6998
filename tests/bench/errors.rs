//! What was heard on recordings, summed up by where they come from.

use std::collections::BTreeMap;

use crate::clips::Clip;
use bella_tests::text_error::{Rates, TextError};

#[derive(Debug, Default)]
pub struct Errors {
    sums: BTreeMap<String, TextError>,
}

impl Errors {
    pub(crate) fn add(&mut self, clip: &Clip, heard: &str) {
        let corpus = clip.name.split('/').next().unwrap_or_default().to_owned();
        *self.sums.entry(corpus).or_default() += TextError::of(&clip.text, heard);
    }

    pub fn by_corpus(&self) -> impl Iterator<Item = (&str, Rates)> {
        self.sums.iter().map(|(corpus, sum)| (corpus.as_str(), sum.rates()))
    }
}
