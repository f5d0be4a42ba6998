//! What can be wrong with the microphone, as data: the page's catalogue has the words.

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MicrophoneTrouble {
    /// None is connected, or the one that was chosen is not.
    Missing,
    /// The person, the browser or the system said no.
    Denied,
    /// It is there, and something else holds it or keeps it from starting.
    Busy,
    /// It was allowed and open, and then the permission was taken back.
    Revoked,
    /// It was pulled out, or it ended, while it was open.
    Unplugged,
    /// It is open, and nothing comes.
    NoFrames,
    /// The page came over a way on which browsers open no microphone, or this
    /// browser has none to give.
    NotSecure,
    /// Whatever else the browser says, under the browser's own name for it.
    Other { name: String, detail: String },
}

impl MicrophoneTrouble {
    /// From the name of what `getUserMedia` threw. Older browsers had names of
    /// their own for the same things.
    pub fn from_exception(name: &str, detail: &str) -> Self {
        match name {
            "NotAllowedError" | "PermissionDeniedError" | "PermissionDismissedError" => {
                Self::Denied
            }
            // A device that was chosen by its id and is gone cannot be satisfied.
            "NotFoundError"
            | "DevicesNotFoundError"
            | "OverconstrainedError"
            | "ConstraintNotSatisfiedError" => Self::Missing,
            // An abort is a device that was granted and did not start in time.
            "NotReadableError" | "TrackStartError" | "AbortError" => Self::Busy,
            // Over plain http there is not even an object to ask: a TypeError.
            "SecurityError" | "NotSupportedError" | "TypeError" => Self::NotSecure,
            _ => Self::Other { name: name.into(), detail: detail.into() },
        }
    }

    /// A stable name of the kind, for tests and styles.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Denied => "denied",
            Self::Busy => "busy",
            Self::Revoked => "revoked",
            Self::Unplugged => "unplugged",
            Self::NoFrames => "no-frames",
            Self::NotSecure => "not-secure",
            Self::Other { .. } => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_is_known_by_its_name() {
        for (name, expected) in [
            ("NotAllowedError", "denied"),
            ("PermissionDismissedError", "denied"),
            ("NotFoundError", "missing"),
            ("OverconstrainedError", "missing"),
            ("NotReadableError", "busy"),
            ("TrackStartError", "busy"),
            ("AbortError", "busy"),
            ("SecurityError", "not-secure"),
            ("NotSupportedError", "not-secure"),
            ("TypeError", "not-secure"),
            ("InvalidStateError", "other"),
            ("notallowederror", "other"),
            ("", "other"),
        ] {
            assert_eq!(MicrophoneTrouble::from_exception(name, "why").kind(), expected, "{name}");
        }
    }

    #[test]
    fn what_nobody_knows_keeps_its_name() {
        assert_eq!(
            MicrophoneTrouble::from_exception("InvalidStateError", "not fully active"),
            MicrophoneTrouble::Other {
                name: "InvalidStateError".into(),
                detail: "not fully active".into()
            }
        );
    }
}
