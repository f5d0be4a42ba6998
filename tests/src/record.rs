//! What a browser saw while a test ran: every request, console line and trouble
//! of a page, its workers and its service workers.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use crate::devtools::Event;

/// Who did something: a page, or something that works for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `page`, `iframe`, `worker`, `service_worker`, `shared_worker` …
    pub kind: String,
    pub url: String,
}

/// One request, from whoever made it.
#[derive(Clone, Debug)]
pub struct Request {
    pub from: Source,
    pub url: String,
    pub method: String,
    pub headers: Vec<(String, String)>,
    /// What it was for, in the browser's words: `Document`, `Script`, `Fetch` …
    pub purpose: String,
    /// `None` while it is under way, and for good when it failed before an answer.
    pub status: Option<u16>,
    pub answered_by: AnsweredBy,
    /// Why it failed, when it did.
    pub failure: Option<String>,
    /// Bytes that came over the wire, headers included.
    pub wire_bytes: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnsweredBy {
    #[default]
    Network,
    Cache,
    ServiceWorker,
}

impl Request {
    /// Scheme, host and port. `None` for what never touches a network: `data:`,
    /// `blob:`, and the browser's own pages.
    pub fn origin(&self) -> Option<&str> {
        let (scheme, rest) = self.url.split_once("://")?;
        if !matches!(scheme, "http" | "https" | "ws" | "wss") {
            return None;
        }
        let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some(&self.url[..scheme.len() + 3 + host])
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Something that must not happen on a page in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An exception or a rejected promise that nobody caught.
    Uncaught {
        from: Source,
        text: String,
    },
    ConsoleError {
        from: Source,
        text: String,
    },
    /// The page tried what its own content security policy forbids.
    Policy {
        from: Source,
        directive: String,
        blocked: String,
    },
    /// The browser's own complaint, such as a resource that failed to load.
    Complaint {
        from: Source,
        text: String,
    },
    Crashed {
        from: Source,
    },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Uncaught { from, text } => write!(f, "uncaught in the {}: {text}", from.kind),
            Trouble::ConsoleError { from, text } => {
                write!(f, "console error in the {}: {text}", from.kind)
            }
            Trouble::Policy { from, directive, blocked } => {
                write!(f, "the policy of the {} ({directive}) blocked {blocked}", from.kind)
            }
            Trouble::Complaint { from, text } => {
                write!(f, "the browser complains of the {}: {text}", from.kind)
            }
            Trouble::Crashed { from } => write!(f, "the {} crashed", from.kind),
        }
    }
}

/// Everything that happened in one browser context so far.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub requests: Vec<Request>,
    pub troubles: Vec<Trouble>,
    /// `kind: text`, as it would stand in the developer tools.
    pub console: Vec<String>,
    /// Where a request under way stands in `requests`.
    under_way: HashMap<(String, String), usize>,
}

impl Record {
    /// Takes in what the browser reported about a target that is `from`.
    pub(crate) fn take(&mut self, event: &Event, from: &Source) {
        let params = &event.params;
        match event.method.as_str() {
            "Network.requestWillBeSent" => self.request_starts(event, from),
            "Network.webSocketCreated" | "Network.webTransportCreated" => {
                self.channel_opens(event, from);
            }
            "Network.requestServedFromCache" => {
                self.of(event, |request| request.answered_by = AnsweredBy::Cache);
            }
            "Network.responseReceived" => {
                self.of(event, |request| request.is_answered(&params["response"]));
            }
            "Network.loadingFinished" => self.of(event, |request| {
                request.wire_bytes = params["encodedDataLength"].as_f64().unwrap_or(0.0) as u64;
            }),
            "Network.loadingFailed" => self.of(event, |request| {
                let blocked = params["blockedReason"].as_str();
                request.failure = Some(blocked.unwrap_or(text(&params["errorText"])).to_owned());
            }),
            "Runtime.consoleAPICalled" => self.console_line(params, from),
            "Runtime.exceptionThrown" => {
                let text = exception(&params["exceptionDetails"]);
                self.console.push(format!("uncaught: {text}"));
                self.troubles.push(Trouble::Uncaught { from: from.clone(), text });
            }
            "Log.entryAdded" => self.complaint(&params["entry"], from),
            "Audits.issueAdded" => self.issue(&params["issue"], from),
            // Said of service workers too, whenever the browser ends one it needs no more.
            "Inspector.targetCrashed" if from.kind != "service_worker" => {
                self.troubles.push(Trouble::Crashed { from: from.clone() })
            }
            _ => {}
        }
    }

    fn request_starts(&mut self, event: &Event, from: &Source) {
        let params = &event.params;
        // A redirect keeps the id: the answer so far belongs to the one before.
        if params["redirectResponse"].is_object() {
            self.of(event, |request| request.is_answered(&params["redirectResponse"]));
        }
        let asked = &params["request"];
        let headers = asked["headers"].as_object().into_iter().flatten();
        self.push(
            event,
            Request {
                from: from.clone(),
                url: text(&asked["url"]).into(),
                method: text(&asked["method"]).into(),
                headers: headers.map(|(name, value)| (name.clone(), text(value).into())).collect(),
                purpose: params["type"].as_str().unwrap_or("Other").into(),
                status: None,
                answered_by: AnsweredBy::Network,
                failure: None,
                wire_bytes: 0,
            },
        );
    }

    fn channel_opens(&mut self, event: &Event, from: &Source) {
        self.push(
            event,
            Request {
                from: from.clone(),
                url: text(&event.params["url"]).into(),
                method: "CONNECT".into(),
                headers: Vec::new(),
                purpose: event
                    .method
                    .trim_start_matches("Network.")
                    .trim_end_matches("Created")
                    .into(),
                status: None,
                answered_by: AnsweredBy::Network,
                failure: None,
                wire_bytes: 0,
            },
        );
    }

    fn push(&mut self, event: &Event, request: Request) {
        self.under_way.insert(key(event), self.requests.len());
        self.requests.push(request);
    }

    fn of(&mut self, event: &Event, change: impl FnOnce(&mut Request)) {
        if let Some(&at) = self.under_way.get(&key(event)) {
            change(&mut self.requests[at]);
        }
    }

    fn console_line(&mut self, params: &Value, from: &Source) {
        let kind = text(&params["type"]);
        let words: Vec<String> =
            params["args"].as_array().into_iter().flatten().map(argument).collect();
        let text = words.join(" ");
        self.console.push(format!("{kind} ({}): {text}", from.kind));
        if matches!(kind, "error" | "assert") {
            self.troubles.push(Trouble::ConsoleError { from: from.clone(), text });
        }
    }

    fn complaint(&mut self, entry: &Value, from: &Source) {
        let text = format!("{} {}", text(&entry["text"]), text(&entry["url"]));
        self.console.push(format!(
            "{} ({}): {text}",
            entry["level"].as_str().unwrap_or("log"),
            from.kind
        ));
        // Violations of the policy come as issues too, and those say more.
        let is_told_apart = text.contains("Content Security Policy");
        if entry["level"] == "error" && !is_told_apart {
            self.troubles.push(Trouble::Complaint { from: from.clone(), text });
        }
    }

    fn issue(&mut self, issue: &Value, from: &Source) {
        let details = &issue["details"]["contentSecurityPolicyIssueDetails"];
        if details.is_object() && details["isReportOnly"] != true {
            let blocked = details["blockedURL"]
                .as_str()
                .or(details["contentSecurityPolicyViolationType"].as_str());
            self.troubles.push(Trouble::Policy {
                from: from.clone(),
                directive: text(&details["violatedDirective"]).into(),
                blocked: blocked.unwrap_or("something").into(),
            });
        }
    }
}

impl Request {
    fn is_answered(&mut self, response: &Value) {
        self.status = response["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        if response["fromServiceWorker"] == true {
            self.answered_by = AnsweredBy::ServiceWorker;
        } else if response["fromDiskCache"] == true {
            self.answered_by = AnsweredBy::Cache;
        }
    }
}

fn key(event: &Event) -> (String, String) {
    (event.session.clone().unwrap_or_default(), text(&event.params["requestId"]).into())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// One argument of a console call, as the developer tools would print it.
fn argument(argument: &Value) -> String {
    match &argument["value"] {
        Value::String(text) => text.clone(),
        Value::Null => argument["description"]
            .as_str()
            .or(argument["unserializableValue"].as_str())
            .unwrap_or("undefined")
            .to_owned(),
        plain => plain.to_string(),
    }
}

/// An exception in one line or more: message and stack where there is one.
pub(crate) fn exception(details: &Value) -> String {
    let thrown = &details["exception"];
    let what = thrown["description"].as_str().map_or_else(|| argument(thrown), str::to_owned);
    match details["url"].as_str() {
        Some(url) => format!("{} {what} ({url}:{})", text(&details["text"]), details["lineNumber"]),
        None => format!("{} {what}", text(&details["text"])),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request_to(url: &str) -> Request {
        let mut record = Record::default();
        let from = Source { kind: "page".into(), url: String::new() };
        let params = json!({ "requestId": "1", "request": { "url": url, "method": "GET" } });
        let event = Event { method: "Network.requestWillBeSent".into(), session: None, params };
        record.take(&event, &from);
        record.requests.remove(0)
    }

    #[test]
    fn the_origin_of_a_request_is_where_it_goes_on_the_network() {
        let check = |url, expected| assert_eq!(request_to(url).origin(), expected, "{url}");
        check("http://localhost:8080/a/b?c#d", Some("http://localhost:8080"));
        check("https://example.org", Some("https://example.org"));
        check("https://example.org?q", Some("https://example.org"));
        check("wss://example.org/socket", Some("wss://example.org"));
        check("data:text/plain,http://example.org", None);
        check("blob:http://localhost:8080/1-2-3", None);
        check("about:blank", None);
    }
}
