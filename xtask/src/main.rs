//! `cargo xtask …`: the project's commands.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::{Arg, Parser, ValueExt};
use xtask::cache::Cache;
use xtask::report::Terminal;
use xtask::suite::{self, Stage};
use xtask::{fetch, repo, serve};

const HELP: &str = "\
cargo xtask serve            tools, weights and page, then a server on this machine
    --port N                 instead of 8080; 0 takes a free one
    --open                   opens the page in a browser
cargo xtask test [STAGE…]    fmt, clippy, native, wasm, page and e2e, or those named
cargo xtask fetch [MODEL…]   weights into the cache; without names, those of a first start
    --all                    every model of the manifest
    --verify                 reads and checks every byte again, whatever was checked before
    --manifest FILE          another list than models/manifest.toml
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
            "test" => test(arguments),
            "fetch" => fetch_weights(arguments),
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
