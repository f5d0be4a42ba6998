//! The trained weights as a GGUF file the engine loads.

use std::io::Write;

use bella_engine::bert::FEELING_ARCHITECTURE;
use bella_weights::gguf::{TensorSpec, Writer};
use bella_weights::{BlockType, FileError, Metadata};
use half::f16;

use crate::adapter::Adapter;
use crate::data::Rows;
use crate::encoder::Encoder;
use crate::layer::NAMES;
use crate::sentiment::Weights;
use crate::train::Recipe;

/// Rounds weights to what the file can hold, so that everything measured
/// afterwards is true of the file.
pub fn round(weights: &mut Weights) {
    for adapter in weights.layers.iter_mut().flatten() {
        for number in adapter.down.iter_mut().chain(&mut adapter.up) {
            *number = f16::from_f32(*number).to_f32();
        }
    }
}

/// What the file says about itself.
#[derive(Debug)]
pub struct Provenance<'a> {
    pub recipe: &'a Recipe,
    pub temperature: f32,
    pub data: &'a [&'a Rows],
}

pub fn write(
    encoder: &Encoder,
    weights: &Weights,
    provenance: &Provenance<'_>,
    out: impl Write,
) -> Result<(), FileError> {
    let mut specs = Vec::new();
    let mut contents: Vec<Vec<u8>> = Vec::new();
    let mut put = |name: String, shape: [usize; 2], numbers: &mut dyn Iterator<Item = f32>| {
        specs.push(TensorSpec { name, shape: shape.to_vec(), dtype: BlockType::F16 });
        contents.push(numbers.flat_map(|number| f16::from_f32(number).to_le_bytes()).collect());
    };
    let rank = weights.rank;
    for (layer, adapters) in (encoder.lower.len()..).zip(&weights.layers) {
        for (part, Adapter { down, up }) in NAMES.iter().zip(adapters) {
            let name = format!("encoder.layer.{layer}.{part}");
            let inputs = down.len() / rank;
            let mut transposed =
                (0..rank).flat_map(|row| down.iter().skip(row).step_by(rank).copied());
            put(format!("{name}.down.weight"), [rank, inputs], &mut transposed);
            put(format!("{name}.up.weight"), [up.len() / rank, rank], &mut up.iter().copied());
        }
    }
    for (name, numbers) in [("head.weight", &weights.head), ("head.bias", &weights.bias)] {
        let shape = vec![numbers.len()];
        specs.push(TensorSpec { name: name.to_owned(), shape, dtype: BlockType::F32 });
        contents.push(numbers.iter().flat_map(|number| number.to_le_bytes()).collect());
    }
    let mut writer = Writer::begin(out, &metadata(encoder, weights, provenance), &specs)?;
    for bytes in &contents {
        writer.append(bytes)?;
    }
    writer.finish()?.flush()?;
    Ok(())
}

fn metadata(encoder: &Encoder, weights: &Weights, provenance: &Provenance<'_>) -> Metadata {
    let Recipe { seed, epochs, batch, english_repeats, forget, rate, decay, .. } =
        *provenance.recipe;
    let hidden = encoder.upper.first().map_or(0, |layer| layer.linears[4].outputs());
    let mut metadata = Metadata::default();
    metadata.insert("general.architecture", FEELING_ARCHITECTURE);
    metadata.insert("general.name", "sentiment-ko-en");
    metadata.insert("general.license", "MIT OR Apache-2.0");
    metadata.insert("feeling.base.name", "multilingual-e5-small");
    metadata.insert("feeling.base.sha256", encoder.sha256.as_str());
    metadata.insert("feeling.base.layers", (encoder.lower.len() + encoder.upper.len()) as u32);
    metadata.insert("feeling.base.width", encoder.width as u32);
    metadata.insert("feeling.base.hidden", hidden as u32);
    metadata.insert("feeling.layers", weights.layers.len() as u32);
    metadata.insert("feeling.rank", weights.rank as u32);
    metadata.insert("feeling.temperature", provenance.temperature);
    metadata.insert("training.seed", seed);
    metadata.insert("training.epochs", epochs as u32);
    metadata.insert("training.batch", batch as u32);
    metadata.insert("training.english_repeats", english_repeats as u32);
    metadata.insert("training.forget", forget);
    metadata.insert("training.rate", rate);
    metadata.insert("training.decay", decay);
    for rows in provenance.data {
        metadata.insert(format!("training.data.{}.sha256", rows.name), rows.sha256.as_str());
    }
    metadata
}
