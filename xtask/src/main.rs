//! `cargo xtask …`: the project's commands.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};

use lexopt::{Arg, Parser, ValueExt};
use xtask::cache::Cache;
use xtask::native::{self, NativeError};
use xtask::report::{Report, Terminal};
use xtask::site::{self, Weights};
use xtask::suite::{self, Stage};
use xtask::tools::Tools;
use xtask::{bench, build, fetch, repo, serve};

const HELP: &str = "\
cargo xtask serve            tools, weights and page, then a server on this machine
    --port N                 instead of 8080; 0 takes a free one
    --open                   opens the page in a browser
cargo xtask build            the page in target/site, for any static host
    --weights                the models of a first start beside it; else they come from the hub
cargo xtask test [STAGE…]    fmt, clippy, native, wasm, page and e2e, or those named
cargo xtask fetch [MODEL…]   weights into the cache; without names, those of a first start
    --all                    every model of the manifest
    --verify                 reads and checks every byte again, whatever was checked before
    --manifest FILE          another list than models/manifest.toml
cargo xtask run TASK …       transcribe, chat, embed, feel or vad, without a browser:
                             files or JSONL in, JSON out; `run --help` has more
cargo xtask bench            measures the built page's engine in Chromium
    --rivals                 other engines from npm beside it, by turns
    --only NAME…             figures whose names begin so
    --quick                  fewer rounds
    --page FOLDER            a page that is built already
cargo xtask lab …            training and evaluation; without arguments it says what
";

fn main() -> ExitCode {
    match run(Parser::from_env()) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Parser) -> Result<ExitCode, Box<dyn Error>> {
    match arguments.next()? {
        Some(Arg::Value(command)) => match command.string()?.as_str() {
            "serve" => serve_page(arguments),
            "build" => build_site(arguments),
            "test" => test(arguments),
            "fetch" => fetch_weights(arguments),
            "run" => natively(arguments, native::run),
            "bench" => bench(arguments),
            "lab" => natively(arguments, native::lab),
            other => Err(format!("there is no command {other:?}\n\n{HELP}").into()),
        },
        Some(Arg::Short('h') | Arg::Long("help")) | None => {
            io::stdout().write_all(HELP.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

fn serve_page(mut arguments: Parser) -> Result<ExitCode, Box<dyn Error>> {
    let mut port = serve::DEFAULT_PORT;
    let mut open = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("port") => port = arguments.value()?.parse()?,
            Arg::Long("open") => open = true,
            other => return Err(other.unexpected().into()),
        }
    }
    serve::serve(port, open, &Terminal::new())?;
    Ok(ExitCode::SUCCESS)
}

fn build_site(mut arguments: Parser) -> Result<ExitCode, Box<dyn Error>> {
    let mut with_weights = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("weights") => with_weights = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let terminal = Terminal::new();
    let cache = Cache::from_environment()?;
    let manifest = fetch::read_manifest(&repo::manifest())?;
    let weights = with_weights
        .then(|| -> Result<_, Box<dyn Error>> {
            let models = fetch::select(&manifest, &[])?;
            fetch::Fetcher::new(&cache, &terminal).models(&models)?;
            Ok(Weights { folder: cache.weights(), models })
        })
        .transpose()?;
    let page = build::page(&Tools::ready(&cache, &terminal)?, &terminal)?;
    let site = repo::site();
    site::make(&page, weights.as_ref(), &site)
        .map_err(|error| format!("{}: {error}", site.display()))?;
    terminal.say(&format!("the site is in {}", site.display()));
    Ok(ExitCode::SUCCESS)
}

fn test(mut arguments: Parser) -> Result<ExitCode, Box<dyn Error>> {
    let mut stages: Vec<Stage> = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(stage) => stages.push(stage.string()?.parse()?),
            other => return Err(other.unexpected().into()),
        }
    }
    if stages.is_empty() {
        stages.extend(Stage::ALL);
    }
    let outcomes = suite::run_stages(&stages, &Terminal::new())?;
    io::stdout().write_all(suite::summary(&outcomes).as_bytes())?;
    let good = outcomes.iter().all(|outcome| outcome.tally.is_good());
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

type Native = fn(&[OsString], &dyn Report) -> Result<ExitStatus, NativeError>;

fn natively(mut arguments: Parser, program: Native) -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<OsString> = arguments.raw_args()?.collect();
    Ok(exit_code(program(&arguments, &Terminal::new())?))
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn bench(mut arguments: Parser) -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<OsString> = arguments.raw_args()?.collect();
    Ok(exit_code(bench::run(&arguments, &Terminal::new())?))
}

fn fetch_weights(mut arguments: Parser) -> Result<ExitCode, Box<dyn Error>> {
    let mut ids = Vec::new();
    let mut all = false;
    let mut verify = false;
    let mut manifest = repo::manifest();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(id) => ids.push(id.string()?),
            Arg::Long("all") => all = true,
            Arg::Long("verify") => verify = true,
            Arg::Long("manifest") => manifest = PathBuf::from(arguments.value()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let manifest = fetch::read_manifest(&manifest)?;
    let models =
        if all { manifest.models.iter().collect() } else { fetch::select(&manifest, &ids)? };
    let cache = Cache::from_environment()?;
    let terminal = Terminal::new();
    let mut fetcher = fetch::Fetcher::new(&cache, &terminal);
    if verify {
        fetcher = fetcher.rereading();
    }
    fetcher.models(&models)?;
    Ok(ExitCode::SUCCESS)
}
