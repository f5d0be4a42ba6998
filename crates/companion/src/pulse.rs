//! Whether the engine still answers.
//!
//! A worker that runs out of memory or loops for ever often ends without a word:
//! no error event, no message. So while something is asked of it, silence is
//! noticed, questioned once, and then taken for death.

use std::collections::HashSet;

use bella_protocol::RequestId;

/// A cold engine comes over the network first, which may be slow.
const START_LIMIT_MS: u64 = 180_000;
/// Silence after which a sign of life is asked for.
const QUIET_MS: u64 = 10_000;
/// How long the answer to that may take. One step of a large model on a weak
/// phone is seconds; nothing alive is silent for this long.
const DEAF_MS: u64 = 45_000;
/// Beats are expected far more often than this. When one comes so late, it was
/// the page that slept (a closed lid, a tab in the background) and not the engine.
const SLEPT_MS: u64 = 20_000;

#[derive(Debug)]
pub struct Pulse {
    ready: bool,
    pending: HashSet<RequestId>,
    heard_at: u64,
    asked_at: Option<u64>,
    last_beat: u64,
}

/// What to do after one look at the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Fine,
    /// Ask for a sign of life.
    Ask,
    /// Give it up.
    Dead,
}

impl Pulse {
    /// Of an engine just started.
    pub fn new(now_ms: u64) -> Self {
        Self {
            ready: false,
            pending: HashSet::new(),
            heard_at: now_ms,
            asked_at: None,
            last_beat: now_ms,
        }
    }

    pub fn sent(&mut self, request: RequestId, now_ms: u64) {
        if self.pending.is_empty() {
            // Silence counts from the question, not from the last answer.
            self.heard_at = now_ms;
        }
        self.pending.insert(request);
    }

    pub fn ready(&mut self, now_ms: u64) {
        self.ready = true;
        self.heard(now_ms);
    }

    pub fn heard(&mut self, now_ms: u64) {
        self.heard_at = now_ms;
        self.asked_at = None;
    }

    pub fn ended(&mut self, request: RequestId) {
        self.pending.remove(&request);
    }

    /// To be called every few seconds.
    pub fn beat(&mut self, now_ms: u64) -> Beat {
        let since = |then: u64| now_ms.saturating_sub(then);
        if since(self.last_beat) > SLEPT_MS {
            self.heard(now_ms);
        }
        self.last_beat = now_ms;
        match (self.ready, self.asked_at) {
            (false, _) if since(self.heard_at) > START_LIMIT_MS => Beat::Dead,
            (false, _) => Beat::Fine,
            (true, Some(asked_at)) if since(asked_at) > DEAF_MS => Beat::Dead,
            (true, None) if !self.pending.is_empty() && since(self.heard_at) > QUIET_MS => {
                self.asked_at = Some(now_ms);
                Beat::Ask
            }
            _ => Beat::Fine,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beats every five seconds from `from` to `to` (in seconds); the verdicts
    /// that were not [`Beat::Fine`], with their second.
    fn watch(pulse: &mut Pulse, from: u64, to: u64) -> Vec<(u64, Beat)> {
        (from..=to)
            .step_by(5)
            .map(|second| (second, pulse.beat(second * 1000)))
            .filter(|(_, beat)| *beat != Beat::Fine)
            .collect()
    }

    fn busy() -> Pulse {
        let mut pulse = Pulse::new(0);
        pulse.ready(0);
        pulse.sent(RequestId(1), 0);
        pulse
    }

    #[test]
    fn an_idle_engine_may_be_silent_for_ever() {
        let mut pulse = busy();
        pulse.ended(RequestId(1));
        assert_eq!(watch(&mut pulse, 5, 3600), []);
    }

    #[test]
    fn a_busy_and_silent_one_is_asked_once_and_then_given_up() {
        let verdicts = watch(&mut busy(), 5, 65);
        assert_eq!(verdicts, [(15, Beat::Ask), (65, Beat::Dead)]);
    }

    #[test]
    fn a_sign_of_life_is_enough() {
        let mut pulse = busy();
        assert_eq!(watch(&mut pulse, 5, 55), [(15, Beat::Ask)]);
        pulse.heard(56_000);
        assert_eq!(watch(&mut pulse, 60, 65), []);
        assert_eq!(watch(&mut pulse, 70, 70), [(70, Beat::Ask)]);
    }

    #[test]
    fn a_page_that_slept_does_not_blame_the_engine() {
        let mut pulse = busy();
        assert_eq!(watch(&mut pulse, 5, 15), [(15, Beat::Ask)]);
        assert_eq!(pulse.beat(8 * 3_600_000), Beat::Fine);
    }

    #[test]
    fn an_engine_that_never_starts_is_given_up() {
        let mut pulse = Pulse::new(0);
        assert_eq!(watch(&mut pulse, 5, 185), [(185, Beat::Dead)]);
    }
}
