//! What came of asking a server for its models.

use serde::Deserialize;

use super::address::Address;

/// How far a request came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    Answered {
        status: u16,
        /// Nothing where it broke off or was longer than such lists are.
        body: Option<Vec<u8>>,
    },
    /// It sends visitors on to another address.
    SentOn,
    /// The page's policy has something against it.
    Forbidden,
    /// The person or the browser does not let pages into the local network.
    NetworkDenied,
    /// It answers, but not to pages of others.
    NotForPages,
    /// No answer in the time there was.
    Silent,
    /// The browser says no more than that it failed.
    Broke,
}

/// What a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Answered {
        models: usize,
    },
    /// Something answers there, and it is no such server.
    OtherAnswer,
    Status(u16),
    KeyRefused,
    KeyWanted,
    SentOn,
    /// Not before the page is opened again.
    NotYet,
    NetworkDenied,
    NotForPages,
    Silent,
    /// Browsers keep pages that came encrypted from asking what is not.
    NotEncrypted,
    /// It may be off, or it may not answer to pages of others.
    Broke,
}

impl Verdict {
    pub fn of(
        reached: &Reached,
        address: &Address,
        has_key: bool,
        page_is_encrypted: bool,
    ) -> Self {
        match reached {
            Reached::Answered { status: 401 | 403, .. } if has_key => Verdict::KeyRefused,
            Reached::Answered { status: 401 | 403, .. } => Verdict::KeyWanted,
            Reached::Answered { status: 200..=299, body } => {
                match body.as_deref().and_then(count_models) {
                    Some(models) => Verdict::Answered { models },
                    None => Verdict::OtherAnswer,
                }
            }
            Reached::Answered { status, .. } => Verdict::Status(*status),
            Reached::SentOn => Verdict::SentOn,
            Reached::Forbidden => Verdict::NotYet,
            Reached::NetworkDenied => Verdict::NetworkDenied,
            Reached::NotForPages => Verdict::NotForPages,
            Reached::Silent => Verdict::Silent,
            // This device is as good as encrypted.
            Reached::Broke
                if page_is_encrypted && !address.is_encrypted() && !address.is_here() =>
            {
                Verdict::NotEncrypted
            }
            Reached::Broke => Verdict::Broke,
        }
    }

    /// For tests, which do not read words.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Answered { .. } => "answered",
            Verdict::OtherAnswer => "other-answer",
            Verdict::Status(_) => "status",
            Verdict::KeyRefused => "key-refused",
            Verdict::KeyWanted => "key-wanted",
            Verdict::SentOn => "sent-on",
            Verdict::NotYet => "not-yet",
            Verdict::NetworkDenied => "network-denied",
            Verdict::NotForPages => "not-for-pages",
            Verdict::Silent => "silent",
            Verdict::NotEncrypted => "not-encrypted",
            Verdict::Broke => "broke",
        }
    }
}

/// How many models a list names, if it is such a list.
fn count_models(body: &[u8]) -> Option<usize> {
    #[derive(Deserialize)]
    struct List {
        data: Vec<Model>,
    }
    #[derive(Deserialize)]
    struct Model {
        id: String,
    }
    let list: List = serde_json::from_slice(body).ok()?;
    list.data.iter().all(|model| !model.id.is_empty()).then_some(list.data.len())
}

#[cfg(test)]
mod tests {
    use super::super::address::Parts;
    use super::*;

    fn address(origin: &str, hostname: &str) -> Address {
        let protocol = if origin.starts_with("https") { "https:" } else { "http:" };
        let parts = Parts {
            origin: origin.to_owned(),
            protocol: protocol.to_owned(),
            hostname: hostname.to_owned(),
            has_credentials: false,
            path: "/".to_owned(),
            has_more: false,
        };
        Address::read(origin, |_| Some(parts.clone())).expect(origin)
    }

    #[track_caller]
    fn check(reached: &Reached, has_key: bool, expected: Verdict) {
        let here = address("http://localhost:1", "localhost");
        assert_eq!(Verdict::of(reached, &here, has_key, false), expected, "{reached:?}");
    }

    fn answered(status: u16, body: &str) -> Reached {
        Reached::Answered { status, body: Some(body.as_bytes().to_vec()) }
    }

    #[test]
    fn an_answer_is_counted_only_when_it_is_a_list_of_models() {
        let ollama = r#"{"object":"list","data":[
            {"id":"llama3.2:1b","object":"model","created":1,"owned_by":"library"},
            {"id":"qwen3:4b","object":"model","created":2,"owned_by":"library"}]}"#;
        for (body, expected) in [
            (ollama, Verdict::Answered { models: 2 }),
            (r#"{"data":[]}"#, Verdict::Answered { models: 0 }),
            (r#"{"data":[{"name":"no id"}]}"#, Verdict::OtherAnswer),
            (r#"{"data":[{"id":""}]}"#, Verdict::OtherAnswer),
            (r#"{"data":7}"#, Verdict::OtherAnswer),
            (r#"{"models":[]}"#, Verdict::OtherAnswer),
            ("<!doctype html>", Verdict::OtherAnswer),
            ("", Verdict::OtherAnswer),
        ] {
            check(&answered(200, body), false, expected);
        }
        check(&Reached::Answered { status: 200, body: None }, false, Verdict::OtherAnswer);
        check(&answered(200, &"[".repeat(100_000)), false, Verdict::OtherAnswer);
    }

    #[test]
    fn a_refusal_depends_on_whether_there_was_a_key() {
        check(&answered(401, ""), true, Verdict::KeyRefused);
        check(&answered(403, ""), true, Verdict::KeyRefused);
        check(&answered(401, ""), false, Verdict::KeyWanted);
        check(&answered(404, ""), true, Verdict::Status(404));
        check(&answered(500, ""), false, Verdict::Status(500));
    }

    #[test]
    fn a_line_that_breaks_is_explained_as_far_as_can_be_known() {
        let here = address("http://127.0.0.1:1", "127.0.0.1");
        let house = address("http://192.168.0.7", "192.168.0.7");
        let far = address("https://a.example", "a.example");
        for (address, page_is_encrypted, expected) in [
            (&here, true, Verdict::Broke),
            (&house, true, Verdict::NotEncrypted),
            (&house, false, Verdict::Broke),
            (&far, true, Verdict::Broke),
        ] {
            let verdict = Verdict::of(&Reached::Broke, address, false, page_is_encrypted);
            assert_eq!(verdict, expected, "{address:?}");
        }
        check(&Reached::Forbidden, false, Verdict::NotYet);
        check(&Reached::Silent, false, Verdict::Silent);
    }
}
