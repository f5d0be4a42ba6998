//! The hash that the model hub declares of a file.
//!
//! The hub sends the download on to another host, and a browser hides the answer
//! that does so, with the hash in its headers. So the list of the folder is asked
//! for instead, which any page may read.

use serde::Deserialize;

/// A file of a repository on the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Where the list of its folder is.
    pub list: String,
    /// Its name there, with its folders.
    path: String,
}

/// One line of a list.
#[derive(Deserialize)]
struct Line {
    path: String,
    lfs: Option<LargeFile>,
}

#[derive(Deserialize)]
struct LargeFile {
    oid: String,
}

impl Address {
    /// `None` for an address of another form than `…/owner/name/resolve/revision/path`.
    pub fn of(url: &str) -> Option<Self> {
        let url = url.split(['?', '#']).next()?;
        let scheme = url.find("://")? + 3;
        let (host, path) = url.split_at(scheme + url[scheme..].find('/')?);
        let mut parts = path[1..].splitn(5, '/');
        let (owner, name, verb) = (parts.next()?, parts.next()?, parts.next()?);
        let (revision, path) = (parts.next()?, parts.next()?);
        if verb != "resolve" || path.is_empty() {
            return None;
        }
        let folder =
            path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("/{folder}"));
        let list = format!("{host}/api/models/{owner}/{name}/tree/{revision}{folder}");
        Some(Self { list, path: path.to_owned() })
    }

    /// What a list says of it. Small files are declared by another kind of hash,
    /// which is of no use here.
    pub fn sha256(&self, list: &str) -> Option<String> {
        let lines: Vec<Line> = serde_json::from_str(list).ok()?;
        let line = lines.into_iter().find(|line| line.path == self.path)?;
        as_sha256(&line.lfs?.oid)
    }
}

/// What a header or a list calls a hash, if it is one.
pub fn as_sha256(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('"');
    let is_hash = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_folder_is_found() {
        let list = |url| Address::of(url).map(|address| address.list);
        assert_eq!(
            list("https://hub.test/owner/name/resolve/main/model.gguf?download=true").as_deref(),
            Some("https://hub.test/api/models/owner/name/tree/main")
        );
        assert_eq!(
            list("https://hub.test/owner/name/resolve/v1/onnx/int8/model.onnx").as_deref(),
            Some("https://hub.test/api/models/owner/name/tree/v1/onnx/int8")
        );
        for other in ["weights/a/b", "https://hub.test/a/b/blob/main/c", "https://hub.test", ""] {
            assert_eq!(list(other), None, "{other}");
        }
    }

    #[test]
    fn the_list_tells_the_hash_of_a_large_file() {
        let address = Address::of("https://hub.test/o/n/resolve/main/d/model.gguf").expect("one");
        let hash = "AB".repeat(32);
        let list = format!(
            r#"[{{"type":"file","oid":"1","size":5,"path":"d/small.json"}},
                {{"type":"file","oid":"2","size":9,"path":"d/model.gguf",
                  "lfs":{{"oid":"{hash}","size":9,"pointerSize":135}}}}]"#
        );
        assert_eq!(address.sha256(&list), Some(hash.to_lowercase()));
        let small = Address::of("https://hub.test/o/n/resolve/main/d/small.json").expect("one");
        assert_eq!(small.sha256(&list), None);
        for nonsense in ["", "{}", "[1]", r#"{"error":"not found"}"#] {
            assert_eq!(address.sha256(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_tag_is_no_hash() {
        assert_eq!(as_sha256(&format!("\"{}\"", "0f".repeat(32))), Some("0f".repeat(32)));
        assert_eq!(as_sha256("\"62-1a2b\""), None);
        assert_eq!(as_sha256(&format!("W/\"{}\"", "0f".repeat(32))), None);
    }
}
