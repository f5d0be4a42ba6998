//! The engine the tab runs, without a browser: any model on any data.
//!
//! - [`arguments`]: what is wanted
//! - [`input`]: files, folders and JSONL, an item at a time
//! - [`sound`]: recordings to samples
//! - [`engine`]: models loaded, requests asked, as the worker does it
//! - [`tasks`]: what is asked of an item, and what is told about it

mod arguments;
mod engine;
mod input;
mod sound;
mod tasks;

use std::io::{self, Write};
use std::process::ExitCode;

use arguments::Arguments;
use engine::Engine;
use serde_json::{Map, Value};

type Fields = Map<String, Value>;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One object a line, and what was wrong with an item in its place: one bad file
/// among thousands ends nothing, but it is told by the exit code.
fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Some(arguments) = Arguments::read(lexopt::Parser::from_env())? else {
        io::stdout().write_all(arguments::HELP.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut engine = Engine::new();
    engine.load(&arguments)?;
    let mut all_good = true;
    for item in input::items(&arguments.inputs, arguments.task) {
        let (mut fields, result) = match item {
            Ok(item) => {
                let result = tasks::run(&mut engine, &arguments, &item);
                (item.fields, result.map_err(|error| error.to_string()))
            }
            Err(error) => (Fields::new(), Err(error.to_string())),
        };
        match result {
            Ok(found) => fields.extend(found),
            Err(error) => {
                all_good = false;
                fields.insert("error".to_owned(), error.into());
            }
        }
        let mut line = serde_json::to_vec(&fields)?;
        line.push(b'\n');
        let mut out = io::stdout().lock();
        match out.write_all(&line).and_then(|()| out.flush()) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            written => written?,
        }
    }
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
