//! What can be done in the lab.

use std::ffi::OsString;
use std::path::PathBuf;

use bella_engine::EngineError;
use bella_weights::FileError;
use sha2::{Digest, Sha256};

use crate::calibration::{Judged, best_temperature, score};
use crate::card::Card;
use crate::data::{DataError, Rows, hex};
use crate::encoder::{Encoder, EncoderError};
use crate::export::{self, Provenance};
use crate::states::{Example, StatesError, examples};
use crate::train::{Recipe, judge, train};

/// What ships was made with this.
pub const RECIPE: Recipe = Recipe {
    seed: 20_210_412,
    layers: 6,
    rank: 16,
    epochs: 3,
    batch: 32,
    english_repeats: 2,
    forget: 0.15,
    rate: 1e-3,
    decay: 0.01,
};
/// One training row in so many is held out, to choose the temperature by.
const HOLD_OUT: usize = 20;

#[derive(Debug, thiserror::Error)]
pub enum LabError {
    #[error("{0}\n\n{USAGE}")]
    Usage(String),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    States(#[from] StatesError),
    #[error("{}: {error}", path.display())]
    Write { path: PathBuf, error: FileError },
    #[error(transparent)]
    Engine(#[from] EngineError),
}

const USAGE: &str = "\
train-sentiment   learn feelings from the rows of nsmc-train and sst2-train
  --base FOLDER   multilingual-e5-small: model.gguf and tokenizer.json
  --data FOLDER   the rows, as JSONL
  --out FILE      the model; its card is written beside it
  --keep FOLDER   keep what the frozen layers computed, for the next time
  --threads N     as many as there are processors; changes no result
for trials only:
  --rows N        the first N rows of each language
  --seed N --layers N --rank N --epochs N --batch N --english-repeats N
  --forget X --rate X --decay X";

#[derive(Debug)]
struct Options {
    base: PathBuf,
    data: PathBuf,
    out: PathBuf,
    keep: Option<PathBuf>,
    threads: usize,
    rows: usize,
    recipe: Recipe,
}

pub fn run(arguments: impl Iterator<Item = OsString>) -> Result<(), LabError> {
    let mut parser = lexopt::Parser::from_iter(arguments);
    let usage = |error: lexopt::Error| LabError::Usage(error.to_string());
    match parser.next().map_err(usage)? {
        Some(lexopt::Arg::Value(name)) if name == "train-sentiment" => {
            train_sentiment(&options(parser).map_err(usage)?)
        }
        Some(other) => Err(LabError::Usage(other.unexpected().to_string())),
        None => Err(LabError::Usage("which command?".to_owned())),
    }
}

fn options(mut parser: lexopt::Parser) -> Result<Options, lexopt::Error> {
    use lexopt::{Arg::Long, ValueExt};
    let mut options = Options {
        base: weights_folder().join("multilingual-e5-small"),
        data: shared_folder().join("eval"),
        out: PathBuf::from("models/sentiment-ko-en.gguf"),
        keep: None,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        rows: usize::MAX,
        recipe: RECIPE,
    };
    while let Some(argument) = parser.next()? {
        let Long(name) = argument else { return Err(argument.unexpected()) };
        let name = name.to_owned();
        let value = parser.value()?;
        let recipe = &mut options.recipe;
        match name.as_str() {
            "base" => options.base = value.into(),
            "data" => options.data = value.into(),
            "out" => options.out = value.into(),
            "keep" => options.keep = Some(value.into()),
            "threads" => options.threads = value.parse()?,
            "rows" => options.rows = value.parse()?,
            "seed" => recipe.seed = value.parse()?,
            "layers" => recipe.layers = value.parse()?,
            "rank" => recipe.rank = value.parse()?,
            "epochs" => recipe.epochs = value.parse()?,
            "batch" => recipe.batch = value.parse()?,
            "english-repeats" => recipe.english_repeats = value.parse()?,
            "forget" => recipe.forget = value.parse()?,
            "rate" => recipe.rate = value.parse()?,
            "decay" => recipe.decay = value.parse()?,
            _ => return Err(Long(&name).unexpected()),
        }
    }
    if !options.recipe.rank.is_multiple_of(16) || options.recipe.rank == 0 {
        return Err("--rank must be a multiple of 16".into());
    }
    if !(0.0..1.0).contains(&options.recipe.forget) {
        return Err("--forget is a share below 1".into());
    }
    if options.recipe.batch == 0 || options.recipe.epochs == 0 {
        return Err("--batch and --epochs must be at least 1".into());
    }
    Ok(options)
}

fn train_sentiment(options: &Options) -> Result<(), LabError> {
    let Options { recipe, threads, .. } = options;
    let read = |name: &str| {
        let mut rows = Rows::read(&options.data, name)?;
        rows.rows.truncate(options.rows);
        Ok::<Rows, DataError>(rows)
    };
    let (korean, english) = (read("nsmc-train")?, read("sst2-train")?);
    let encoder = Encoder::read(&options.base, recipe.layers)?;
    let examples_of = |rows: &Rows| {
        tell(&format!("{}: {} rows through the frozen layers", rows.name, rows.rows.len()));
        examples(&encoder, rows, *threads, options.keep.as_deref())
    };
    let (korean_examples, english_examples) = (examples_of(&korean)?, examples_of(&english)?);
    let (mut learning, mut held_out): (Vec<_>, Vec<Vec<_>>) = (Vec::new(), Vec::new());
    for (examples, repeats) in [(&korean_examples, 1), (&english_examples, recipe.english_repeats)]
    {
        let (held, rest) = hold_out(examples);
        held_out.push(held);
        learning.extend((0..repeats).flat_map(|_| rest.iter().copied()));
    }

    let mut recent_loss = None;
    let mut weights = train(&encoder, &learning, recipe, *threads, |step, steps, loss| {
        let recent = recent_loss.get_or_insert(loss);
        *recent = 0.98 * *recent + 0.02 * loss;
        if step % 50 == 0 || step + 1 == steps {
            tell(&format!("step {} of {steps}, loss {recent:.4}", step + 1));
        }
    });
    export::round(&mut weights);
    let judge = |examples: &[&Example]| judge(&encoder, &weights, examples, *threads);
    let held_out_judged: Vec<_> = held_out.iter().map(|held| judge(held)).collect();
    let temperature = best_temperature(&held_out_judged);

    let mut file = Vec::new();
    let provenance = Provenance { recipe, temperature, data: &[&korean, &english] };
    let at_out = |error| LabError::Write { path: options.out.clone(), error };
    export::write(&encoder, &weights, &provenance, &mut file).map_err(at_out)?;
    std::fs::write(&options.out, &file).map_err(|error| at_out(error.into()))?;

    let (korean_dev, english_dev) = (read("nsmc-dev")?, read("sst2-dev")?);
    let mut judged: Vec<Vec<Judged>> = Vec::new();
    for rows in [&korean_dev, &english_dev] {
        judged.push(judge(&examples_of(rows)?.iter().collect::<Vec<_>>()));
    }
    let scores: Vec<_> = [&korean_dev, &english_dev]
        .into_iter()
        .zip(&judged)
        .map(|(rows, judged)| (rows, score(judged, temperature)))
        .collect();
    let card = Card {
        recipe,
        base_sha256: &encoder.sha256,
        file_bytes: file.len(),
        file_sha256: &hex(&Sha256::digest(&file)),
        trained_on: &[&korean, &english],
        held_out: held_out.iter().map(Vec::len).sum(),
        temperature,
        scores: &scores,
        together: score(&judged.concat(), temperature),
    };
    let card_path = options.out.with_extension("md");
    std::fs::write(&card_path, card.text())
        .map_err(|error| LabError::Write { path: card_path, error: error.into() })?;
    for (rows, score) in card.scores.iter().map(|(rows, score)| (&rows.name[..], score)) {
        tell(&format!("{rows}: {score:?}"));
    }
    tell(&format!("both: {:?}; temperature {temperature}", card.together));
    Ok(())
}

/// Every so-manieth example apart from the rest.
fn hold_out(examples: &[Example]) -> (Vec<&Example>, Vec<&Example>) {
    let (held, rest): (Vec<_>, Vec<_>) =
        examples.iter().enumerate().partition(|(index, _)| index % HOLD_OUT == 0);
    let plain = |(_, example)| example;
    (held.into_iter().map(plain).collect(), rest.into_iter().map(plain).collect())
}

/// Progress goes to standard error, as of any long command.
fn tell(what: &str) {
    eprintln!("{what}");
}

fn weights_folder() -> PathBuf {
    let set =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let bella = set("BELLA_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("bella")))
        .or_else(|| set("HOME").map(|home| home.join(".cache/bella")));
    bella.unwrap_or_default().join("weights")
}

fn shared_folder() -> PathBuf {
    std::env::var_os("BELLA_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from)
}
