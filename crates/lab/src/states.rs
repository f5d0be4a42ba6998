//! What the frozen lower layers make of each row. They never change, so each row
//! goes through them once, and the result is kept in half precision.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::data::{Row, Rows};
use crate::encoder::{Encoder, EncoderError};
use crate::layer::parts;
use crate::parallel;
use crate::random::Random;
use crate::sentiment::Batch;

/// Sentences that go through the layers together: enough for the matrices to be
/// used often, few enough for their states to stay in the cache.
pub const SHARD: usize = 16;
/// Rows in one kept file.
const CHUNK: usize = 1024;

#[derive(Debug, thiserror::Error)]
pub enum StatesError {
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error("{}: {error}", path.display())]
    Kept { path: PathBuf, error: io::Error },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// \[tokens, width]
    states: Vec<f16>,
    tokens: usize,
    positive: bool,
}

/// The rows of a file after the lower layers. With a folder to keep them in, what
/// was once computed is read from there.
pub fn examples(
    encoder: &Encoder,
    rows: &Rows,
    threads: usize,
    keep: Option<&Path>,
) -> Result<Vec<Example>, StatesError> {
    let mut all = Vec::with_capacity(rows.rows.len());
    for (index, chunk) in rows.rows.chunks(CHUNK).enumerate() {
        let path = keep.map(|folder| {
            let (data, base) = (&rows.sha256[..12], &encoder.sha256[..12]);
            let name = format!("{}-{data}-{base}-{}-{index}", rows.name, encoder.lower.len());
            folder.join(name)
        });
        let kept = path.as_deref().and_then(|path| read_kept(path, chunk, encoder.width).ok());
        all.extend(match (kept, &path) {
            (Some(kept), _) => kept,
            (None, None) => compute(encoder, chunk, threads)?,
            (None, Some(path)) => {
                let computed = compute(encoder, chunk, threads)?;
                write_kept(path, &computed)
                    .map_err(|error| StatesError::Kept { path: path.clone(), error })?;
                computed
            }
        });
    }
    Ok(all)
}

fn compute(encoder: &Encoder, rows: &[Row], threads: usize) -> Result<Vec<Example>, EncoderError> {
    let shards: Vec<&[Row]> = rows.chunks(SHARD).collect();
    let examples = parallel::map(threads, &shards, |rows| shard(encoder, rows));
    let examples: Vec<Vec<Example>> = examples.into_iter().collect::<Result<_, _>>()?;
    Ok(examples.into_iter().flatten().collect())
}

fn shard(encoder: &Encoder, rows: &[Row]) -> Result<Vec<Example>, EncoderError> {
    let tokens = rows.iter().map(|row| encoder.tokens(&row.text));
    let tokens: Vec<Vec<u32>> = tokens.collect::<Result<_, _>>()?;
    let exact = encoder.lower_states(&tokens)?;
    let lengths: Vec<usize> = tokens.iter().map(Vec::len).collect();
    let example = |(part, row): (std::ops::Range<usize>, &Row)| {
        let mut states = vec![f16::ZERO; part.len()];
        states.convert_from_f32_slice(&exact[part]);
        Example { tokens: states.len() / encoder.width, states, positive: row.positive }
    };
    Ok(parts(&lengths, encoder.width).zip(rows).map(example).collect())
}

/// Examples one after the other, in full precision.
pub fn batch_of(examples: &[&Example]) -> Batch {
    batch_with(examples, || true)
}

/// The same with a share of their tokens left out by chance, so that no sentence
/// is learnt by heart: the model sees it another way each time. The first token
/// always stays.
pub fn forgetful_batch_of(examples: &[&Example], share: f32, random: &mut Random) -> Batch {
    batch_with(examples, || random.unit() >= share)
}

fn batch_with(examples: &[&Example], mut is_kept: impl FnMut() -> bool) -> Batch {
    let mut states = Vec::with_capacity(examples.iter().map(|example| example.states.len()).sum());
    let mut sentences = Vec::with_capacity(examples.len());
    for example in examples {
        let width = example.states.len() / example.tokens.max(1);
        let mut tokens = 0;
        for state in example.states.chunks_exact(width) {
            if tokens == 0 || is_kept() {
                let start = states.len();
                states.resize(start + width, 0.0);
                state.convert_to_f32_slice(&mut states[start..]);
                tokens += 1;
            }
        }
        sentences.push(tokens);
    }
    Batch { states, sentences, positive: examples.iter().map(|example| example.positive).collect() }
}

/// A kept file holds, for each row, its number of tokens and its states.
fn write_kept(path: &Path, examples: &[Example]) -> io::Result<()> {
    let unfinished = path.with_extension("part");
    let mut file = BufWriter::new(File::create(&unfinished)?);
    for example in examples {
        file.write_all(&(example.tokens as u32).to_le_bytes())?;
        for state in &example.states {
            file.write_all(&state.to_le_bytes())?;
        }
    }
    file.flush()?;
    std::fs::rename(unfinished, path)
}

fn read_kept(path: &Path, rows: &[Row], width: usize) -> io::Result<Vec<Example>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut example = |row: &Row| {
        let mut tokens = [0; 4];
        file.read_exact(&mut tokens)?;
        let tokens = u32::from_le_bytes(tokens) as usize;
        let mut bytes = Vec::new();
        let wanted = tokens * width * 2;
        if file.by_ref().take(wanted as u64).read_to_end(&mut bytes)? != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let states = bytes.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes)).collect();
        Ok(Example { states, tokens, positive: row.positive })
    };
    rows.iter().map(&mut example).collect()
}
