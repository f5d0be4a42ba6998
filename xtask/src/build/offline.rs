//! What the service worker must know of the page it keeps: every file by its
//! content, and the headers that go with them.
//!
//! `dist/sw.js` is `public/sw.js` behind a constant made here, and a browser takes
//! any change of it for a new version. The headers are those of the server, so
//! that the page lives under the same rules whoever hands it out. Where neither
//! the server nor the service worker has sent any yet, the page brings the policy
//! along as a `<meta>`.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use bella_weights::manifest::Sha256;
use sha2::Digest;

use super::{BuildError, HOME, at};
use crate::server::headers::{
    CONTENT_SECURITY_POLICY, ISOLATED, NOT_IN_META, POLICY_HEADER, media_type,
};

const SERVICE_WORKER: &str = "sw.js";
/// The page's first lines; the policy has to stand before whatever it rules.
const HEAD: &str = "<meta charset=\"utf-8\">";

/// Writes the policy into the page, and beside it the service worker `source`.
/// Repeating it after something has changed is fine.
pub fn write(page: &Path, source: &str) -> Result<(), BuildError> {
    let home = page.join(HOME);
    let meta = meta();
    let html = fs::read_to_string(&home).map_err(at(&home))?;
    if !html.contains(&meta) {
        if !html.contains(HEAD) {
            return Err(at(&home)(io::Error::other(format!("{HEAD} is not in it"))));
        }
        let head = format!("{HEAD}{meta}");
        fs::write(&home, html.replacen(HEAD, &head, 1)).map_err(at(&home))?;
    }
    let service_worker = page.join(SERVICE_WORKER);
    let text = format!("{}\n{source}", constant(page, &meta)?);
    fs::write(&service_worker, text).map_err(at(&service_worker))
}

/// A browser complains of what it ignores in a `<meta>`.
fn meta() -> String {
    let policy: Vec<&str> = CONTENT_SECURITY_POLICY
        .split("; ")
        .filter(|directive| !NOT_IN_META.iter().any(|name| directive.starts_with(name)))
        .collect();
    format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">", policy.join("; "))
}

/// As JavaScript. All of it is plain ASCII, in which Rust and JavaScript agree on
/// how a string is quoted.
fn constant(page: &Path, meta: &str) -> Result<String, BuildError> {
    let mut text = String::from("const PAGE = {\n  files: {\n");
    let mut paths = Vec::new();
    list(page, "", &mut paths)?;
    paths.sort();
    for path in paths.iter().filter(|path| *path != SERVICE_WORKER) {
        let file = page.join(path);
        let hash = Sha256(sha2::Sha256::digest(fs::read(&file).map_err(at(&file))?).into());
        let media_type = media_type(&file);
        let _ = writeln!(text, "    {path:?}: {{ hash: \"{hash}\", type: {media_type:?} }},");
    }
    text += "  },\n  headers: {\n";
    for (name, value) in ISOLATED.iter().filter(|(name, _)| *name != POLICY_HEADER) {
        let _ = writeln!(text, "    {name:?}: {value:?},");
    }
    let _ = writeln!(text, "  }},\n  policy: {CONTENT_SECURITY_POLICY:?},\n  meta: {meta:?},\n}};");
    Ok(text)
}

/// The path of every file, with slashes.
fn list(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<(), BuildError> {
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{path}/"), paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}
