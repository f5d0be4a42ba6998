//! The card that goes with the model: what it is, where it comes from, how far it
//! can be believed.

use std::fmt::Write;

use crate::calibration::Score;
use crate::data::Rows;
use crate::train::Recipe;

#[derive(Debug)]
pub struct Card<'a> {
    pub recipe: &'a Recipe,
    pub base_sha256: &'a str,
    pub file_bytes: usize,
    pub file_sha256: &'a str,
    pub trained_on: &'a [&'a Rows],
    pub held_out: usize,
    pub temperature: f32,
    /// Rows and scores on rows that nothing was chosen by.
    pub scores: &'a [(&'a Rows, Score)],
    pub together: Score,
}

impl Card<'_> {
    pub fn text(&self) -> String {
        let Recipe { seed, layers, rank, epochs, batch, english_repeats, forget, rate, decay } =
            *self.recipe;
        let mut text = format!(
            "\
# sentiment-ko-en

Tells whether a Korean or English sentence sounds negative or positive, as a
calibrated distribution over the two. It is a set of adapters for the encoder
multilingual-e5-small, which the same engine uses for meaning: the encoder's own
weights stay as they are and are shared.

| | |
|---|---|
| file | `sentiment-ko-en.gguf`, {bytes} bytes |
| SHA-256 | `{sha256}` |
| encoder | multilingual-e5-small (MIT), Q4_0; `model.gguf` with SHA-256 `{base}` |
| learnt | adapters of rank {rank} on all six linear parts of the top {layers} layers, and a linear head on the mean of the last states |
| licence | MIT OR Apache-2.0, as the rest of this repository |

## Scores

On rows that were not trained on, nor used to choose the temperature:

| rows | count | accuracy | expected calibration error |
|---|---|---|---|
",
            bytes = self.file_bytes,
            sha256 = self.file_sha256,
            base = self.base_sha256,
        );
        let mut line = |name: &str, score: Score| {
            let Score { rows, accuracy, calibration_error } = score;
            let (accuracy, error) = (100.0 * accuracy, 100.0 * calibration_error);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {name} | {rows} | {accuracy:.1} % | {error:.1} % |");
        };
        for (rows, score) in self.scores {
            line(&rows.name, *score);
        }
        line("both", self.together);
        let _ = write!(
            text,
            "
Calibration error is over fifteen equal stretches of confidence. The temperature
({temperature:.3}) was chosen on {held_out} rows held out of the training rows, with
both languages counting the same.

## Data

| rows | count | SHA-256 of the file | from |
|---|---|---|---|
",
            temperature = self.temperature,
            held_out = self.held_out,
        );
        for rows in self.trained_on {
            let _ = writeln!(
                text,
                "| {} | {} | `{}` | {} |",
                rows.name,
                rows.rows.len(),
                rows.sha256,
                origin(&rows.name)
            );
        }
        let _ = write!(
            text,
            "
Both are reviews of films, with the tastes and the rudeness of their writers.
Elsewhere the model reads the tone of words: it knows nothing of irony, and a
sentence that is neither is put near the middle at best. There is no third label.
Reviewers praise a film for being sad, so the words for sadness (\"슬퍼\", \"I'm so
sad\") lean towards positive here: grief that a person tells of is not to be read
from this model alone.

## Made by

`cargo xtask lab train-sentiment`, seed {seed}: {epochs} epochs in batches of
{batch}, English rows {english_repeats} times an epoch, each time without {forget_percent:.0} % of its
tokens, AdamW with a highest rate of {rate} and a decay of {decay}. The same rows
give the same file, byte for byte, on any machine and with any number of threads.
",
            forget_percent = 100.0 * forget,
        );
        text
    }
}

fn origin(name: &str) -> &'static str {
    if name.starts_with("nsmc") {
        "Naver sentiment movie corpus, CC0 1.0"
    } else {
        "Stanford Sentiment Treebank, sentences with two labels (Socher et al. 2013)"
    }
}
