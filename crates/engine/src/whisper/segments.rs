//! Where a window's tokens are cut into segments, and where the next begins.

use super::tokens::Tokens;

/// A stretch of a window, its text still tokens.
#[derive(Debug, PartialEq)]
pub(super) struct Stretch<'a> {
    /// Seconds into the window.
    pub start: f64,
    pub end: f64,
    pub said: &'a [u32],
}

/// Cuts what was said in a window of `duration` seconds, and tells how many of
/// those seconds are done with: a sentence the window cut off is heard again.
pub(super) fn cut<'a>(tokens: &Tokens, said: &'a [u32], duration: f64) -> (Vec<Stretch<'a>>, f64) {
    let is_time = |at: usize| said.get(at).is_some_and(|&token| tokens.is_timestamp(token));
    let mut ends: Vec<usize> =
        (1..said.len()).filter(|&at| is_time(at - 1) && is_time(at)).collect();
    if ends.is_empty() {
        let last_time = said.iter().rev().find(|&&token| token > tokens.first_timestamp);
        let end = last_time.map_or(duration, |&token| tokens.seconds(token));
        return (vec![Stretch { start: 0.0, end, said }], duration);
    }
    // One timestamp alone at the end says that nothing follows it.
    let nothing_follows = is_time(said.len() - 1) && !is_time(said.len().wrapping_sub(2));
    if nothing_follows {
        ends.push(said.len());
    }
    let mut stretches = Vec::new();
    let mut from = 0;
    for &to in &ends {
        let stretch = &said[from..to];
        let time = |token: Option<&u32>| {
            token.map_or(0.0, |&token| tokens.seconds(token.max(tokens.first_timestamp)))
        };
        stretches.push(Stretch {
            start: time(stretch.first()),
            end: time(stretch.last()),
            said: stretch,
        });
        from = to;
    }
    let done = match stretches.last() {
        Some(last) if !nothing_follows => last.end,
        _ => duration,
    };
    (stretches, done)
}
