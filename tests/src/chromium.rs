//! Starting a Chromium and being sure that it ends.
//!
//! The browser runs under a small shell that moves its standard input and output
//! to descriptors 3 and 4, where `--remote-debugging-pipe` expects them. This
//! needs no unsafe descriptor passing, and the same shell can stand inside a
//! namespace that a [`Launch::inside`] command made.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, pipe};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process_group};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::voices;

/// Removing the profile afterwards is the shell's part, because a test that is
/// killed outright runs no destructor: the pipe closes, the browser ends, and the
/// shell tidies up.
const UNDER_THE_PIPES: &str = r#""$@" 3<&0 4>&1 </dev/null >&2
test -z "$BELLA_E2E_THROW_AWAY" || rm -rf -- "$BELLA_E2E_THROW_AWAY""#;

/// What every launch gets: nothing of the browser's own may reach the network,
/// steal time from the page, or ask a question nobody answers.
const ALWAYS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-hang-monitor",
    "--disable-features=Translate,OptimizationHints,MediaRouter,GlobalMediaControls,\
     WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-pings",
    "--mute-audio",
    "--password-store=basic",
    "--force-color-profile=srgb",
];

#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error(
        "no Chromium was found: install the package `chromium` or name the program in the \
         variable CHROME"
    )]
    NotInstalled,
    #[error("{0}")]
    NoVoices(&'static str),
    #[error("{program} could not be started: {source}")]
    Spawn { program: String, source: std::io::Error },
    #[error("{what}: {source}")]
    Files { what: String, source: std::io::Error },
    #[error("{program} started but did not answer ({cause}); it said:\n{said}")]
    Mute { program: String, cause: String, said: String },
}

/// The folder in which a browser keeps everything it stores. Clones share it; a
/// temporary one goes when the last clone does.
#[derive(Clone, Debug)]
pub struct Profile {
    folder: Arc<TempDir>,
}

impl Profile {
    /// An empty one.
    pub fn new() -> Result<Self, LaunchError> {
        let folder = tempfile::Builder::new()
            .prefix("bella-e2e-")
            .tempdir()
            .map_err(|source| LaunchError::Files { what: "a profile folder".into(), source })?;
        Ok(Self { folder: Arc::new(folder) })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// What the page hears.
#[derive(Clone, Debug, Default)]
pub enum Microphone {
    /// The person said no.
    #[default]
    Denied,
    /// Chromium's own test sound: a beep every second.
    Beeps,
    /// A WAV file, from the moment the page opens the device. One file for the
    /// life of the browser: Chromium has no way to change it.
    Plays(PathBuf),
}

/// How a browser is to be started.
#[derive(Clone, Debug)]
pub struct Launch {
    profile: Option<Profile>,
    window: (u32, u32),
    scale: f64,
    language: String,
    microphone: Microphone,
    has_voices: bool,
    flags: Vec<String>,
    inside: Vec<OsString>,
}

impl Default for Launch {
    fn default() -> Self {
        Self {
            profile: None,
            window: (1280, 800),
            scale: 1.0,
            language: "en-US".into(),
            microphone: Microphone::default(),
            has_voices: false,
            flags: Vec::new(),
            inside: Vec::new(),
        }
    }
}

impl Launch {
    /// Keeps what is stored after this browser ends, for the next one to find.
    #[must_use]
    pub fn profile(mut self, profile: &Profile) -> Self {
        self.profile = Some(profile.clone());
        self
    }

    #[must_use]
    pub fn window(mut self, width: u32, height: u32) -> Self {
        self.window = (width, height);
        self
    }

    #[must_use]
    pub fn scale(mut self, pixels_per_point: f64) -> Self {
        self.scale = pixels_per_point;
        self
    }

    /// The person's language as the browser reports it, such as `ko-KR`.
    #[must_use]
    pub fn language(mut self, tag: &str) -> Self {
        self.language = tag.into();
        self
    }

    #[must_use]
    pub fn microphone(mut self, microphone: Microphone) -> Self {
        self.microphone = microphone;
        self
    }

    /// An English voice and a Korean one, which take as long as they would aloud. The
    /// page speaks only once it was clicked or a key was pressed, as it would anywhere.
    #[must_use]
    pub fn with_voices(self) -> Self {
        Self { has_voices: true, ..voices::give_to(self) }
    }

    #[must_use]
    pub fn flag(mut self, flag: impl Into<String>) -> Self {
        self.flags.push(flag.into());
        self
    }

    /// Starts the browser through another command, which gets the whole command
    /// line as its last arguments and must keep standard input and output.
    #[must_use]
    pub fn inside<S: Into<OsString>>(mut self, command: impl IntoIterator<Item = S>) -> Self {
        self.inside = command.into_iter().map(Into::into).collect();
        self
    }

    /// Starts the browser in a mount namespace of its own, after `setup` (a shell
    /// script) has arranged that namespace: what it mounts nobody else sees.
    #[must_use]
    pub fn in_mount_namespace(self, setup: &str) -> Self {
        let unshare = if geteuid().is_root() { "-m" } else { "-Urm" };
        let script = format!("set -e\n{setup}\nexec \"$@\"");
        // In there everybody is root, and Chromium has no sandbox for root.
        self.flag("--no-sandbox").inside(["unshare", unshare, "sh", "-c", &script, "sh"])
    }

    pub fn start(self) -> Result<Browser, LaunchError> {
        let program = find()?;
        if let Some(what) = voices::missing().filter(|_| self.has_voices) {
            return Err(LaunchError::NoVoices(what));
        }
        let (profile, throw_away) = match self.profile.clone() {
            Some(profile) => (profile, false),
            None => (Profile::new()?, true),
        };
        let (process, answers, commands) = self.spawn(&program, &profile, throw_away)?;
        Browser::over(process, answers, commands)
    }

    fn spawn(
        &self,
        program: &Path,
        profile: &Profile,
        throw_away: bool,
    ) -> Result<(Process, PipeReader, PipeWriter), LaunchError> {
        let spawn_error =
            |source| LaunchError::Spawn { program: program.display().to_string(), source };
        let (commands_out, commands) = pipe().map_err(spawn_error)?;
        let (answers, answers_in) = pipe().map_err(spawn_error)?;
        let log = profile.path().join("chromium.log");
        let said = File::create(&log)
            .map_err(|source| LaunchError::Files { what: log.display().to_string(), source })?;

        let mut line = self.inside.clone();
        line.extend(["sh", "-c", UNDER_THE_PIPES, "sh"].map(OsString::from));
        line.push(program.into());
        line.extend(self.arguments(profile).into_iter().map(OsString::from));
        line.push("about:blank".into());

        let child = Command::new(&line[0])
            .args(&line[1..])
            .env(
                "BELLA_E2E_THROW_AWAY",
                if throw_away { profile.path().as_os_str() } else { "".as_ref() },
            )
            // Certificate stores and font caches belong to the profile too.
            .env("HOME", profile.path())
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_CACHE_HOME")
            .stdin(Stdio::from(commands_out))
            .stdout(Stdio::from(answers_in))
            .stderr(Stdio::from(said))
            .process_group(0)
            .spawn()
            .map_err(spawn_error)?;
        let process =
            Process { child, program: program.to_owned(), log, _profile: profile.clone() };
        Ok((process, answers, commands))
    }

    fn arguments(&self, profile: &Profile) -> Vec<String> {
        let mut flags: Vec<String> = ALWAYS.iter().map(ToString::to_string).collect();
        flags.push(format!("--user-data-dir={}", profile.path().join("data").display()));
        flags.push(format!("--window-size={},{}", self.window.0, self.window.1));
        flags.push(format!("--force-device-scale-factor={}", self.scale));
        flags.push(format!("--lang={}", self.language));
        flags.push(format!("--accept-lang={}", self.language));
        if geteuid().is_root() {
            flags.push("--no-sandbox".into());
        }
        flags.push("--use-fake-device-for-media-stream".into());
        match &self.microphone {
            Microphone::Denied => flags.push("--use-fake-ui-for-media-stream=deny".into()),
            Microphone::Beeps => flags.push("--use-fake-ui-for-media-stream".into()),
            Microphone::Plays(clip) => {
                flags.push("--use-fake-ui-for-media-stream".into());
                flags.push(format!("--use-file-for-fake-audio-capture={}%noloop", clip.display()));
            }
        }
        flags.extend(self.flags.iter().cloned());
        flags
    }
}

/// The program to test with: what CHROME names, else the first of the usual names
/// on the path.
pub fn find() -> Result<PathBuf, LaunchError> {
    if let Some(named) = env::var_os("CHROME").filter(|named| !named.is_empty()) {
        return Ok(named.into());
    }
    on_path(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
        .ok_or(LaunchError::NotInstalled)
}

/// The first of these programs that is installed.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    names
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

/// A started browser with everything it started in turn.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    program: PathBuf,
    log: PathBuf,
    /// Held so that the folder outlives the browser.
    _profile: Profile,
}

impl Process {
    pub(crate) fn mute(&self, cause: impl ToString) -> LaunchError {
        LaunchError::Mute {
            program: self.program.display().to_string(),
            cause: cause.to_string(),
            said: fs::read_to_string(&self.log).unwrap_or_default(),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As a power cut would: no goodbye to any of its processes.
    pub(crate) fn kill(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }

    /// Waits for an end that was asked for; answers whether it came.
    pub(crate) fn ends_within(&mut self, within: Duration) -> bool {
        let until = Instant::now() + within;
        while Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
