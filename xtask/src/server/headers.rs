//! Isolation, content security, media types.
//!
//! The only place where they are written down: the build takes them from here for
//! the page's service worker, see `build/offline.rs`.

use std::path::Path;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// What goes with every response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headers {
    /// All of them: cross-origin isolation, so that the page may share memory
    /// between threads, and a policy under which it can run only its own code.
    Isolated,
    /// Isolation without the policy, for pages of a measurement: code of others
    /// runs there that wants blobs for workers.
    IsolatedOnly,
    /// None, like a plain static host: the page has to manage without.
    Bare,
}

/// Only its own code and styles; weights from this server or, when a person asks
/// for it, from the model hub; no other address at all, unless a person adds one, which
/// only the page's service worker knows of. Text becomes code or markup in the one
/// way that `public/trusted.js` allows.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; \
    worker-src 'self'; \
    connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co; \
    style-src 'self'; \
    img-src 'self' data: blob:; \
    font-src 'self'; \
    media-src 'self' blob:; \
    manifest-src 'self'; \
    base-uri 'none'; \
    form-action 'none'; \
    frame-ancestors 'none'; \
    require-trusted-types-for 'script'; \
    trusted-types default";

pub(crate) const POLICY_HEADER: &str = "content-security-policy";

/// Directives that count in a header only.
pub(crate) const NOT_IN_META: [&str; 1] = ["frame-ancestors"];

/// The microphone and the Pi's cable, and nothing else a browser could offer.
const PERMISSIONS_POLICY: &str = "microphone=(self), serial=(self), usb=(self), \
    screen-wake-lock=(self), camera=(), geolocation=(), display-capture=(), payment=(), midi=(), \
    hid=(), accelerometer=(), gyroscope=(), idle-detection=(), local-fonts=(), \
    magnetometer=(), publickey-credentials-get=(), xr-spatial-tracking=()";

/// How many of them isolate.
const ISOLATION: usize = 3;

pub(crate) const ISOLATED: [(&str, &str); 7] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    (POLICY_HEADER, CONTENT_SECURITY_POLICY),
    ("permissions-policy", PERMISSIONS_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
];

impl Headers {
    pub(super) fn add_to(self, headers: &mut HeaderMap) {
        let sent = match self {
            Headers::Isolated => ISOLATED.as_slice(),
            Headers::IsolatedOnly => ISOLATED.split_at(ISOLATION).0,
            Headers::Bare => &[],
        };
        for &(name, value) in sent {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
}

/// By the name alone: the files are ours.
pub(crate) fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" | "md" | "toml" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "wav" => "audio/wav",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
