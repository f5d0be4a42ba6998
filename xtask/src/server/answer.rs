//! One request in, one response out.

use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use hyper::header::{
    ACCEPT_RANGES, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
};
use hyper::{Method, Request, Response, StatusCode};

use super::body::FileBody;
use super::fault::{Asked, Fault};
use super::headers::media_type;
use super::journal::{Exchange, Ticket};
use super::site::{Site, Target};
use super::{HungUp, range};

type Answer = Response<FileBody>;

pub(super) async fn answer<B>(site: Arc<Site>, request: Request<B>) -> Result<Answer, HungUp> {
    let asked = asked(&site, &request);
    let ticket = site.journal().begin(Exchange {
        method: asked.method.clone(),
        path: asked.path.clone(),
        range: asked.range.clone(),
        if_range: asked.if_range.clone(),
        authorization: asked.authorization.clone(),
        status: 0,
        sent: 0,
        ended: false,
    });
    let fault = site.fault(&asked);
    if let Some(delay) = fault.delay {
        tokio::time::sleep(delay).await;
    }
    if fault.hang_up {
        site.journal().update(ticket, |exchange| exchange.ended = true);
        return Err(HungUp);
    }
    let (redirect, headers) = (fault.redirect.clone(), fault.headers.clone());
    let mut answer = match fault.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        Some(status) => plain(status, ""),
        None => found(&site, &request, fault, ticket),
    };
    if let Some(Ok(to)) = redirect.as_deref().map(HeaderValue::from_str) {
        answer = plain(StatusCode::FOUND, "");
        answer.headers_mut().insert(LOCATION, to);
    }
    site.headers().add_to(answer.headers_mut());
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    let streams = matches!(answer.body(), FileBody::File { .. });
    site.journal().update(ticket, |exchange| {
        exchange.status = answer.status().as_u16();
        exchange.ended |= !streams;
    });
    Ok(answer)
}

fn asked<B>(site: &Site, request: &Request<B>) -> Asked {
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(|| request.uri().path().to_owned(), ToString::to_string);
    Asked {
        method: request.method().to_string(),
        range: text(request, &RANGE),
        if_range: text(request, &IF_RANGE),
        authorization: text(request, &AUTHORIZATION),
        nth: site.journal().count(&path),
        path,
    }
}

fn found<B>(site: &Site, request: &Request<B>, fault: Fault, ticket: Ticket) -> Answer {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD.\n");
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return answer;
    }
    let path = match site.find(request.uri().path()) {
        Target::File(path) => path,
        Target::Redirect(to) => {
            let mut answer = plain(StatusCode::PERMANENT_REDIRECT, "");
            if let Ok(to) = HeaderValue::from_str(&to) {
                answer.headers_mut().insert(LOCATION, to);
            }
            return answer;
        }
        Target::Nothing => return not_found(site, request, fault, ticket),
    };
    match file(site, request, &path, fault, ticket) {
        Ok(answer) => answer,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            plain(StatusCode::NOT_FOUND, "There is nothing here.\n")
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "This file cannot be read.\n"),
    }
}

fn not_found<B>(site: &Site, request: &Request<B>, fault: Fault, ticket: Ticket) -> Answer {
    let page = site.not_found_page().map(|page| file(site, request, &page, fault, ticket));
    match page {
        Some(Ok(mut answer)) => {
            *answer.status_mut() = StatusCode::NOT_FOUND;
            answer
        }
        _ => plain(StatusCode::NOT_FOUND, "There is nothing here.\n"),
    }
}

fn file<B>(
    site: &Site,
    request: &Request<B>,
    path: &Path,
    fault: Fault,
    ticket: Ticket,
) -> io::Result<Answer> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let length = fault.shorten_to.map_or(metadata.len(), |limit| limit.min(metadata.len()));
    let tag = fault.etag.clone().unwrap_or_else(|| entity_tag(&metadata));

    let (status, range) = match wanted(request, &tag, length, &fault) {
        Wanted::Unchanged => (StatusCode::NOT_MODIFIED, 0..0),
        Wanted::Outside => (StatusCode::RANGE_NOT_SATISFIABLE, 0..0),
        Wanted::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Wanted::Whole => (StatusCode::OK, 0..length),
    };
    let content_range = match status {
        StatusCode::PARTIAL_CONTENT => {
            Some(format!("bytes {}-{}/{length}", range.start, range.end - 1))
        }
        StatusCode::RANGE_NOT_SATISFIABLE => Some(format!("bytes */{length}")),
        _ => None,
    };
    let carries = matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT);
    let size = range.end - range.start;
    let body = if carries && request.method() == Method::GET && size > 0 {
        FileBody::file(file, range, fault, Arc::clone(site.journal()), ticket)
    } else {
        FileBody::empty()
    };

    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // Always asked again, answered with 304: a rebuilt page is never stale.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if let Some(value) = content_range.and_then(|value| HeaderValue::from_str(&value).ok()) {
        headers.insert(CONTENT_RANGE, value);
    }
    if carries {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(size));
    }
    Ok(answer)
}

enum Wanted {
    Whole,
    Part(Range<u64>),
    Outside,
    Unchanged,
}

fn wanted<B>(request: &Request<B>, tag: &str, length: u64, fault: &Fault) -> Wanted {
    let known = text(request, &IF_NONE_MATCH);
    let matches = |known: &str| {
        known
            .split(',')
            .map(str::trim)
            .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    };
    if known.as_deref().is_some_and(matches) {
        return Wanted::Unchanged;
    }
    // No dates are sent, so a date in If-Range can only be another server's.
    let same = text(request, &IF_RANGE).is_none_or(|known| known == tag);
    let is_get = request.method() == Method::GET;
    if fault.ignore_range || !same || !is_get {
        return Wanted::Whole;
    }
    match range::asked(text(request, &RANGE).as_deref(), length) {
        range::Asked::Whole => Wanted::Whole,
        range::Asked::Part(part) => Wanted::Part(part),
        range::Asked::Outside => Wanted::Outside,
    }
}

/// Size and time tell two versions of a file apart without reading it.
fn entity_tag(metadata: &Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("\"{:x}-{:x}\"", metadata.len(), modified.map_or(0, |since| since.as_nanos()))
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    let mut answer =
        Response::new(if text.is_empty() { FileBody::empty() } else { FileBody::text(text) });
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

fn text<B>(request: &Request<B>, name: &HeaderName) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
