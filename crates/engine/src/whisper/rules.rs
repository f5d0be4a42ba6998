//! What may come next: Whisper's own rules, as masks over its scores.

use super::tokens::{TIMESTAMPS_PER_SECOND, Tokens};
use crate::math::log_sum_exp;

/// Speech may begin this late in a window, in seconds. A later first timestamp
/// means that the model skipped something.
const LATEST_BEGINNING: f64 = 1.0;

/// Puts every token that must not follow `said` to −∞.
pub fn apply(tokens: &Tokens, timestamps: bool, said: &[u32], logits: &mut [f32]) {
    if said.is_empty() {
        forbid(logits, [tokens.blank, tokens.end]);
    }
    forbid(logits, tokens.marks.iter().copied());
    // What steers the model is never said by it.
    forbid(logits, tokens.end + 1..tokens.first_timestamp);
    if timestamps {
        keep_time(tokens, said, logits);
    } else {
        forbid(logits, tokens.first_timestamp..logits.len() as u32);
    }
}

/// Timestamps come in pairs around text, never go back, and are preferred as
/// soon as all of them together are likelier than any one word.
fn keep_time(tokens: &Tokens, said: &[u32], logits: &mut [f32]) {
    let first = tokens.first_timestamp;
    let past_last = logits.len() as u32;
    let mut latest = said.iter().rev().map(|&token| tokens.is_timestamp(token));
    let after_timestamp = latest.next() == Some(true);
    // The very first timestamp stands alone, as if another had been before it.
    let after_pair = after_timestamp && latest.next() != Some(false);
    if after_pair {
        forbid(logits, first..past_last);
    } else if after_timestamp {
        forbid(logits, 0..tokens.end);
    }

    if let Some(&last) = said.iter().rev().find(|&&token| tokens.is_timestamp(token)) {
        // A pair may be two of the same; a segment may not be empty.
        let completes_pair = after_timestamp && !after_pair;
        forbid(logits, first..if completes_pair { last } else { last + 1 });
    }
    if said.is_empty() {
        forbid(logits, 0..first);
        let latest = first + (LATEST_BEGINNING * TIMESTAMPS_PER_SECOND) as u32;
        forbid(logits, latest + 1..past_last);
    }

    let (words, times) = logits.split_at(first as usize);
    let best_word = words.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if log_sum_exp(times) > best_word {
        forbid(logits, 0..first);
    }
}

/// Whether text would rather begin with a mark, such as the bracket of
/// "[Music]", than with any one word, if marks were not forbidden.
pub fn prefers_remark(tokens: &Tokens, logits: &[f32]) -> bool {
    let score = |&mark: &u32| logits.get(mark as usize).copied().unwrap_or(f32::NEG_INFINITY);
    let marks: Vec<f32> = tokens.marks.iter().map(score).collect();
    let marks_together = log_sum_exp(&marks);
    let mut words = logits.iter().take(tokens.end as usize).zip(0..);
    words
        .all(|(&logit, token)| logit < marks_together || tokens.marks.binary_search(&token).is_ok())
}

fn forbid(logits: &mut [f32], tokens: impl IntoIterator<Item = u32>) {
    for token in tokens {
        if let Some(logit) = logits.get_mut(token as usize) {
            *logit = f32::NEG_INFINITY;
        }
    }
}
