//! One file from one address, resumed as often as it takes.

use std::collections::HashSet;
use std::io::{ErrorKind, Read};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bella_weights::manifest::Content;
use ureq::http::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, HeaderName, IF_RANGE,
    LAST_MODIFIED, RANGE,
};

use super::part::Part;
use super::trouble::{Reason, Trouble};
use crate::report::Meter;

/// Someone without a way to the address must not wait long for the next source.
const CONNECT: Duration = Duration::from_secs(5);
/// A server that has gone silent.
const SILENCE: Duration = Duration::from_secs(30);
/// Attempts in a row that bring nothing new, before the source is given up.
const FRUITLESS: u32 = 3;
/// Where not even the size is known. Larger than anything a browser can load.
const LARGEST: u64 = 16 << 30;

/// All addresses of one run. A host that could not be reached once is not tried
/// again: waiting for it at every file would be the better part of a fetch.
pub(super) struct Hubs {
    agent: ureq::Agent,
    out_of_reach: Mutex<HashSet<String>>,
}

impl Hubs {
    pub(super) fn new() -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(SILENCE))
            .timeout_recv_response(Some(SILENCE))
            .user_agent(concat!("bella/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Self { agent, out_of_reach: Mutex::default() }
    }

    pub(super) fn download(
        &self,
        url: &str,
        expected: &Content,
        part: &mut Part,
        meter: &mut Meter<'_>,
    ) -> Result<(), Trouble> {
        let host = url.split('/').nth(2).unwrap_or(url);
        let out_of_reach = || self.out_of_reach.lock().unwrap_or_else(PoisonError::into_inner);
        if out_of_reach().contains(host) {
            return Err(Reason::Unreachable("like a moment ago".to_owned()).into());
        }
        let result = download(&self.agent, url, expected, part, meter);
        if let Err(Trouble::Source(Reason::Unreachable(_))) = &result {
            out_of_reach().insert(host.to_owned());
        }
        result
    }
}

/// How one attempt failed.
enum Failed {
    /// Another attempt may bring more.
    Broken(String),
    /// It would only fail again.
    Final(Trouble),
}

impl<T: Into<Trouble>> From<T> for Failed {
    fn from(trouble: T) -> Self {
        Failed::Final(trouble.into())
    }
}

/// Fills `part` from where it is. Whether the bytes are the right ones is seen
/// afterwards, by whoever asked.
fn download(
    agent: &ureq::Agent,
    url: &str,
    expected: &Content,
    part: &mut Part,
    meter: &mut Meter<'_>,
) -> Result<(), Trouble> {
    let mut furthest = part.length();
    let mut fruitless = 0;
    let mut connected = false;
    loop {
        match attempt(agent, url, expected, part, meter, &mut connected) {
            Ok(()) => return Ok(part.finish()?),
            Err(Failed::Final(trouble)) => return Err(trouble),
            Err(Failed::Broken(error)) => {
                fruitless = if part.length() > furthest { 0 } else { fruitless + 1 };
                furthest = furthest.max(part.length());
                if fruitless >= FRUITLESS {
                    return Err(Reason::Broke { at: part.length(), error }.into());
                }
                std::thread::sleep(Duration::from_millis(300 << fruitless));
            }
        }
    }
}

fn attempt(
    agent: &ureq::Agent,
    url: &str,
    expected: &Content,
    part: &mut Part,
    meter: &mut Meter<'_>,
    connected: &mut bool,
) -> Result<(), Failed> {
    let limit = expected.bytes().unwrap_or(LARGEST);
    if part.length() > limit {
        part.restart(None)?;
    }
    // Without a hash to check the whole against, only the server's own word can
    // tell that the rest belongs to what is here.
    if part.validator().is_none() && expected.sha256().is_none() {
        part.restart(None)?;
    }
    let have = part.length();
    if have > 0 && Some(have) == expected.bytes() {
        return Ok(());
    }
    // A compressed transfer has other offsets than the file.
    let mut request = agent.get(url).header(ACCEPT_ENCODING, "identity");
    if have > 0 {
        request = request.header(RANGE, format!("bytes={have}-"));
        if let Some(validator) = part.validator() {
            request = request.header(IF_RANGE, validator);
        }
    }
    let mut response = request.call().map_err(|error| {
        if *connected || spoke(&error) {
            Failed::Broken(error.to_string())
        } else {
            unreachable(&error).into()
        }
    })?;
    *connected = true;

    let headers = response.headers();
    let announced = match response.status().as_u16() {
        200 => {
            let announced = text(headers, &CONTENT_LENGTH).and_then(|length| length.parse().ok());
            part.restart(validator(headers))?;
            announced
        }
        206 => match text(headers, &CONTENT_RANGE).and_then(content_range) {
            Some((start, total)) if start == have => total,
            _ => {
                part.restart(None)?;
                return Err(Failed::Broken(
                    "it sent another part than the one asked for".to_owned(),
                ));
            }
        },
        416 if have > 0 => {
            part.restart(None)?;
            return Err(Failed::Broken("it has become shorter".to_owned()));
        }
        status @ (408 | 425 | 429 | 500..) => {
            return Err(Failed::Broken(format!("it answered with status {status}")));
        }
        status => return Err(Reason::Status(status).into()),
    };
    if let (Some(expected), Some(offered)) = (expected.bytes(), announced)
        && expected != offered
    {
        return Err(Reason::WrongSize { expected, offered }.into());
    }

    let mut body = response.body_mut().with_config().limit(u64::MAX).reader();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) => return Err(Failed::Broken(error.to_string())),
        };
        if part.length() + count as u64 > limit {
            part.restart(None)?;
            return Err(Reason::TooLong { limit }.into());
        }
        part.append(&buffer[..count])?;
        meter.reached(part.length());
    }
    match announced.or(expected.bytes()) {
        Some(total) if part.length() < total => {
            Err(Failed::Broken(format!("it ended at {} of {total} bytes", part.length())))
        }
        _ => Ok(()),
    }
}

/// Whether somebody was there and then fell silent, rather than nobody at all.
fn spoke(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(at) => !matches!(at, ureq::Timeout::Resolve | ureq::Timeout::Connect),
        ureq::Error::Protocol(_) => true,
        ureq::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
        ),
        _ => false,
    }
}

fn unreachable(error: &ureq::Error) -> Reason {
    Reason::Unreachable(match error {
        ureq::Error::HostNotFound => "its name is not known here".to_owned(),
        ureq::Error::Timeout(_) => "it does not answer".to_owned(),
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    })
}

/// What If-Range may carry: a strong tag, or failing that the date.
fn validator(headers: &HeaderMap) -> Option<String> {
    let strong = text(headers, &ETAG).filter(|tag| !tag.starts_with("W/"));
    strong.or_else(|| text(headers, &LAST_MODIFIED)).map(str::to_owned)
}

/// Start and total of `bytes 10-19/100`; the total may be unknown.
fn content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    Some((start.parse().ok()?, total))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
