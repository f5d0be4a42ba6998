//! Measures the built page's engine in a real Chromium, and its rivals beside it.
//!
//! `cargo xtask bench` builds and fetches what this needs, and says where it is.
//!
//! - [`arguments`]: what is wanted
//! - [`site`]: one folder with the page, the rivals and everybody's weights
//! - [`ours`], [`wllama`], [`transformers`]: the sides, each asked at its own door
//! - [`clips`]: what they are given to hear; [`errors`]: how far what
//!   they heard is from what was said
//! - [`own`]: this device by itself; [`waits`]: how long a person waits who spoke; [`table`]: what came of it
//! - [`rivals`]: by turns, side against side; [`duel`]: what came of that
//! - [`machine`]: where and when it was

mod arguments;
mod clips;
mod duel;
mod errors;
mod machine;
mod ours;
mod own;
mod requantised;
mod rivals;
mod site;
mod table;
mod transformers;
mod waits;
mod wllama;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use arguments::Arguments;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(arguments) = Arguments::read(lexopt::Parser::from_env())? else {
        io::stdout().write_all(arguments::HELP.as_bytes())?;
        return Ok(());
    };
    if arguments.rivals { rivals::run(&arguments) } else { own::run(&arguments) }
}

/// Told while it goes on; a reader that has gone is nobody's trouble.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}
