//! One thing measured on two sides by turns, and what came of it.

use bella_measure::median;
use serde::Serialize;

use crate::say;

/// The samples of both sides, in the order in which they were taken: the first of
/// ours, the first of theirs, the second of ours …
#[derive(Clone, Debug, Serialize)]
pub struct Duel {
    pub unit: &'static str,
    pub ours: Vec<f64>,
    pub rival: Vec<f64>,
    pub rival_name: String,
    #[serde(skip)]
    pub better: Better,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
}

impl Duel {
    /// Tokens a second.
    pub fn of_rates(rival_name: impl Into<String>) -> Self {
        Self::new("tokens/s", Better::More, rival_name.into())
    }

    /// Milliseconds.
    pub fn of_times(rival_name: impl Into<String>) -> Self {
        Self::new("ms", Better::Less, rival_name.into())
    }

    fn new(unit: &'static str, better: Better, rival_name: String) -> Self {
        Self { unit, ours: Vec::new(), rival: Vec::new(), rival_name, better }
    }

    pub fn add(&mut self, ours: f64, rival: f64) {
        self.ours.push(ours);
        self.rival.push(rival);
    }

    /// How many times better ours is, median to median. `None` before anything
    /// was measured.
    pub fn ratio(&self) -> Option<f64> {
        self.quotient(median(&self.ours)?, median(&self.rival)?)
    }

    fn quotient(&self, ours: f64, rival: f64) -> Option<f64> {
        let quotient = match self.better {
            Better::More => ours / rival,
            Better::Less => rival / ours,
        };
        quotient.is_finite().then_some(quotient)
    }

    /// Pair by pair.
    pub fn tell(&self, figure: &str) {
        let Self { unit, rival_name, .. } = self;
        let Some(ratio) = self.ratio() else { return };
        let (ours, rival) = (median(&self.ours).unwrap_or(0.0), median(&self.rival).unwrap_or(0.0));
        let pairs: Vec<String> = self
            .ours
            .iter()
            .zip(&self.rival)
            .filter_map(|(ours, rival)| self.quotient(*ours, *rival))
            .map(|quotient| format!("{quotient:.2}"))
            .collect();
        say(format_args!(
            "  {figure}: {ratio:.2}x  ({ours:.1} against {rival:.1} {unit} of {rival_name}; pairs {})",
            pairs.join(", ")
        ));
    }
}
