//! `cargo xtask build`: the page in a folder that any static host can serve as it is,
//! at its root or below any path.
//!
//! Addresses in the page are relative, the service worker sends the headers that such
//! a host does not, and what the host has no weights of comes from the model hub.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bella_weights::manifest::Model;

use crate::build::HOME;

/// What hosts hand out for addresses they know nothing of. The page's own routes are
/// such until its service worker is there; the page sees by itself which it is.
pub(crate) const NOT_FOUND: &str = "404.html";

/// Weights to be laid beside the page.
#[derive(Clone, Debug)]
pub struct Weights<'a> {
    /// Where they are, as `<model>/<file>`.
    pub folder: PathBuf,
    pub models: Vec<&'a Model>,
}

/// Makes the folder `site` anew from the built page.
pub fn make(page: &Path, weights: Option<&Weights<'_>>, site: &Path) -> io::Result<()> {
    match fs::remove_dir_all(site) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    copy_folder(page, site)?;
    fs::copy(page.join(HOME), site.join(NOT_FOUND))?;
    let Some(Weights { folder, models }) = weights else { return Ok(()) };
    for model in models {
        let place = site.join("weights").join(&model.id);
        fs::create_dir_all(&place)?;
        for file in &model.files {
            fs::copy(folder.join(&model.id).join(&file.name), place.join(&file.name))?;
        }
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
