//! What is wanted of a run.

use std::error::Error;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

pub const HELP: &str = "\
bella-bench --out FOLDER [--rivals] [--quick] [--only NAME…]
    --out FOLDER    where the results go, and with --rivals what is measured
    --rivals        other engines beside ours, installed in FOLDER/rivals
    --quick         fewer rounds: to see where one stands, not to quote
    --only NAME…    figures whose names begin so
BELLA_DIST, BELLA_WEIGHTS and CHROME say where page, weights and browser are.
";

#[derive(Debug, Default)]
pub struct Arguments {
    pub out: PathBuf,
    pub rivals: bool,
    pub quick: bool,
    only: Vec<String>,
}

impl Arguments {
    /// `None` when all that is wanted is help.
    pub fn read(mut parser: Parser) -> Result<Option<Self>, Box<dyn Error>> {
        let mut arguments = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("out") => arguments.out = parser.value()?.into(),
                Arg::Long("rivals") => arguments.rivals = true,
                Arg::Long("quick") => arguments.quick = true,
                Arg::Long("only") => {
                    for name in parser.values()? {
                        arguments.only.push(name.string()?);
                    }
                }
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                other => return Err(other.unexpected().into()),
            }
        }
        if arguments.out.as_os_str().is_empty() {
            return Err("--out FOLDER is missing; --help has more".into());
        }
        Ok(Some(arguments))
    }

    /// Whether any of these figures is wanted.
    pub fn wants(&self, figures: &[&str]) -> bool {
        let named = |figure: &&str| self.only.iter().any(|name| figure.starts_with(name.as_str()));
        self.only.is_empty() || figures.iter().any(named)
    }

    /// How often each pair is measured.
    pub fn rounds(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }
}
