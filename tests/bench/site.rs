//! One folder of the address space with everything that is measured: the built
//! page as it is, a page of the bench's own, the rivals, and everybody's weights.
//!
//! ```text
//! site/            the files of the built page …
//!   bench.html     … and a page that isolates memory but forbids nothing
//!   bench/         what drives the rivals on it
//!   rivals/        where npm put them
//!   models/        weights laid out as the rivals want them
//! ```

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use bella_tests::host::Serving;
use xtask::server::Headers;

/// What drives the rivals.
const PAGE: [(&str, &str); 3] = [
    ("bench.html", include_str!("page/index.html")),
    ("bench/transformers.js", include_str!("page/transformers.js")),
    ("bench/wllama.js", include_str!("page/wllama.js")),
];

/// Models of transformers.js: their names at home, and their files.
const ONNX: [&str; 2] = ["whisper-tiny", "whisper-base"];

#[derive(Debug)]
pub struct Site {
    folder: PathBuf,
    serving: Serving,
}

impl Site {
    /// Lays everything out anew below `out`.
    pub fn lay_out(out: &Path) -> Result<Self, String> {
        let mut serving = Serving::bella()?;
        let folder = out.join("site");
        let laid = lay_out(&folder, &serving, out);
        laid.map_err(|error| format!("{}: {error}", folder.display()))?;
        serving.page.clone_from(&folder);
        serving.headers = Headers::IsolatedOnly;
        Ok(Self { folder, serving })
    }

    pub fn models(&self) -> PathBuf {
        self.folder.join("models")
    }

    pub fn serving(&self) -> Serving {
        self.serving.clone()
    }
}

/// Links where it can: the files are large, and all of them stay where they are.
fn lay_out(folder: &Path, serving: &Serving, out: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder.join("bench"))?;
    for entry in fs::read_dir(&serving.page)? {
        let entry = entry?;
        symlink(fs::canonicalize(entry.path())?, folder.join(entry.file_name()))?;
    }
    for (name, content) in PAGE {
        fs::write(folder.join(name), content)?;
    }
    let rivals = out.join("rivals");
    if rivals.is_dir() {
        symlink(fs::canonicalize(rivals)?, folder.join("rivals"))?;
    }
    fs::create_dir(folder.join("models"))?;
    let Some(weights) = &serving.weights else { return Ok(()) };
    for model in ONNX {
        let from = weights.join(format!("rival-{model}"));
        if from.is_dir() {
            lay_out_onnx(&from, &folder.join("models").join(model))?;
        }
    }
    Ok(())
}

/// Settings in the model's folder, graphs one below.
fn lay_out_onnx(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to.join("onnx"))?;
    for entry in fs::read_dir(from)? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        let is_graph = path.extension().is_some_and(|end| end == "onnx");
        let folder = if is_graph { to.join("onnx") } else { to.to_owned() };
        symlink(fs::canonicalize(&path)?, folder.join(name))?;
    }
    Ok(())
}
