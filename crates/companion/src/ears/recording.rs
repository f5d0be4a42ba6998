//! Something that is said, from its first sound until it is in words.

use bella_protocol::{Failure, RequestId, Transcript};

use crate::{echo, hangul, wake};

#[derive(Debug)]
pub(super) struct Recording {
    pub request: RequestId,
    pub kind: Kind,
    pub from_s: f64,
    pub since_ms: u64,
    /// Where it ended; streamed until then.
    pub until_s: Option<f64>,
    /// Found, and not to change any more.
    segments: Vec<String>,
    /// What seems to follow.
    partial: String,
    /// What of it is to be shown.
    pub shown: String,
    /// Whether her own voice was found in it.
    pub echoes: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Talk(Talk),
    Turn(Turn),
}

/// Said with the button held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Talk {
    /// The button was let go, and it ends here.
    pub tail: Option<Tail>,
    /// Whether it began as a turn, so that her own voice may be in it.
    pub may_echo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tail {
    pub until_s: f64,
    pub since_ms: u64,
}

/// Said into the room.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Turn {
    /// When the voice began.
    pub at_s: f64,
    /// How long there was one, known at the end.
    pub voice_s: f64,
    pub watcher: Watcher,
    pub needs_phrase: bool,
}

/// Who tells when a turn is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watcher {
    Model,
    Loudness,
}

/// How a recording came out.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    Words(Transcript),
    Failed(Failure),
    /// The engine fell silent over it.
    Broken,
}

impl Recording {
    pub(super) fn new(request: RequestId, kind: Kind, from_s: f64, since_ms: u64) -> Self {
        Self {
            request,
            kind,
            from_s,
            since_ms,
            until_s: None,
            segments: Vec::new(),
            partial: String::new(),
            shown: String::new(),
            echoes: false,
        }
    }

    pub(super) fn turn(&self) -> Option<Turn> {
        match self.kind {
            Kind::Turn(turn) => Some(turn),
            Kind::Talk(_) => None,
        }
    }

    pub(super) fn talk(&self) -> Option<Talk> {
        match self.kind {
            Kind::Talk(talk) => Some(talk),
            Kind::Turn(_) => None,
        }
    }

    /// Since when her own voice would be heard in it. What was before the voice of a
    /// turn is quieter than that.
    pub(super) fn listens_from_s(&self) -> f64 {
        self.turn().map_or(self.from_s, |turn| turn.at_s)
    }

    pub(super) fn may_echo(&self) -> bool {
        self.talk().is_none_or(|talk| talk.may_echo)
    }

    pub(super) fn seems(&mut self, partial: String) {
        self.partial = partial;
    }

    pub(super) fn is_found(&mut self, segment: String) {
        self.segments.push(segment);
        self.partial.clear();
    }

    /// What is certain of it.
    pub(super) fn found(&self) -> String {
        self.segments.join(" ")
    }

    /// Looks at what is known of it so far, beside what she was saying meanwhile.
    pub(super) fn look(&mut self, said: &[&str]) -> Glimpse {
        let parts = self.segments.iter().chain([&self.partial]);
        let parts: Vec<&str> = parts.map(|part| part.trim()).filter(|p| !p.is_empty()).collect();
        let own = echo::without(&parts.join(" "), said);
        self.echoes |= own.echoes;
        let call = match self.turn() {
            Some(turn) if turn.needs_phrase => Some(wake::judge(&own.words)),
            _ => None,
        };
        let interrupts = own.interrupts();
        let (shown, is_for_her) = match &call {
            None => (own.words.clone(), true),
            Some(wake::Call::Called { rest }) => (rest.clone(), true),
            Some(_) => (String::new(), false),
        };
        self.shown = hangul::compose(&shown);
        Glimpse {
            interrupts: interrupts && is_for_her,
            // What is nothing but her own voice may still become a call.
            is_for_others: call == Some(wake::Call::NotCalled) && own.has_words(),
            is_echo: own.echoes && !own.has_words(),
        }
    }
}

/// What can be said of words that are not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Glimpse {
    /// They are words to her, to be silent for.
    pub interrupts: bool,
    /// They certainly do not begin with her name, and would have to.
    pub is_for_others: bool,
    /// They are her own.
    pub is_echo: bool,
}
