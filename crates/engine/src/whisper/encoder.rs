//! The encoder: from a spectrogram to what was heard, as the decoder looks it up.
//!
//! ```text
//! mel [2n, mels] → conv 3 → GELU → conv 3, stride 2 → GELU → + positions → x [n, state]
//! layer:  x += attention(norm(x));  x += mlp(norm(x))
//! heard:  keys and values of norm(x), for each of the decoder's layers
//! ```
//!
//! A window takes seconds on a slow machine, so [`Listening`] goes through it in
//! blocks of rows, as many at a time as the caller has time for.

use super::attention::{Attention, LayerNorm, Mlp};
use super::decoder::Decoder;
use super::sizes::Sizes;
use crate::attention::{Memory, Precision};
use crate::error::{EngineError, Result};
use crate::math::{add_together, gelu};
use crate::matrix::Linear;
use crate::room::Room;
use crate::tensors::Tensors;
use crate::threads::{PER_NUMBER, share_rows};
use bella_weights::BlockType;

#[derive(Debug)]
pub struct Encoder {
    sizes: Sizes,
    /// mels → state, one frame to each side
    conv1: Convolution,
    /// state → state, every second one
    conv2: Convolution,
    /// \[context, state]
    positions: Vec<f32>,
    layers: Vec<Layer>,
    norm: LayerNorm,
    /// Of what attention remembers.
    precision: Precision,
}

#[derive(Debug)]
struct Layer {
    attention_norm: LayerNorm,
    attention: Attention,
    mlp_norm: LayerNorm,
    mlp: Mlp,
}

/// Three neighbours, one behind the other, times one matrix \[channels, 3 · inputs].
#[derive(Debug)]
struct Convolution {
    linear: Linear,
}

impl Encoder {
    pub fn take(tensors: &mut Tensors, sizes: Sizes, precision: Precision) -> Result<Self> {
        let state = sizes.audio.state;
        let layers = (0..sizes.audio.layers).map(|index| Layer::take(tensors, index, state));
        Ok(Self {
            layers: layers.collect::<Result<_>>()?,
            conv1: Convolution::take(tensors, "model.encoder.conv1", state, sizes.mels)?,
            conv2: Convolution::take(tensors, "model.encoder.conv2", state, state)?,
            positions: tensors
                .floats("model.encoder.embed_positions.weight", &[sizes.audio.context, state])?,
            norm: LayerNorm::take(tensors, "model.encoder.layer_norm", state)?,
            sizes,
            precision,
        })
    }

    /// Rows `from..to` of what enters the first layer. mel: \[2n, mels]
    fn stem(&self, mel: &[f32], from: usize, to: usize) -> Vec<f32> {
        // Output row r of the second convolution reads rows 2r−1 ..= 2r+1 of the
        // first; beyond its ends there is nothing.
        let end = mel.len() / self.sizes.mels;
        let (first, last) = ((2 * from).saturating_sub(1), (2 * to).min(end));
        let mut middle =
            self.conv1.apply(mel, self.sizes.mels, (first..last).map(|row| row as isize));
        share_rows(&mut middle, 1, PER_NUMBER, |_, values| {
            values.iter_mut().for_each(|value| *value = gelu(*value));
        });
        let centres = (from..to).map(|row| (2 * row) as isize - first as isize);
        let mut x = self.conv2.apply(&middle, self.sizes.audio.state, centres);
        let positions = &self.positions[from * self.sizes.audio.state..];
        share_rows(&mut x, 1, PER_NUMBER, |first, values| {
            for (value, position) in values.iter_mut().zip(&positions[first..]) {
                *value = gelu(*value) + position;
            }
        });
        x
    }

    pub fn memory_bytes(&self) -> usize {
        let layer = |layer: &Layer| layer.attention.memory_bytes() + layer.mlp.memory_bytes();
        let stem = self.conv1.linear.memory_bytes() + self.conv2.linear.memory_bytes();
        self.layers.iter().map(layer).sum::<usize>() + stem + size_of_val(&self.positions[..])
    }
}

impl Layer {
    fn take(tensors: &mut Tensors, index: usize, state: usize) -> Result<Self> {
        let layer = format!("model.encoder.layers.{index}");
        Ok(Self {
            attention_norm: LayerNorm::take(
                tensors,
                &format!("{layer}.self_attn_layer_norm"),
                state,
            )?,
            attention: Attention::take(tensors, &format!("{layer}.self_attn"), state)?,
            mlp_norm: LayerNorm::take(tensors, &format!("{layer}.final_layer_norm"), state)?,
            mlp: Mlp::take(tensors, &layer, state)?,
        })
    }
}

impl Convolution {
    fn take(tensors: &mut Tensors, name: &str, channels: usize, inputs: usize) -> Result<Self> {
        let weight = format!("{name}.weight");
        let stored = tensors.floats(&weight, &[channels, inputs, 3])?;
        // Stored per input, then neighbour; wanted per neighbour, then input,
        // because neighbours are rows that lie behind each other.
        let mut bytes = Vec::with_capacity(size_of_val(&stored[..]));
        for channel in stored.chunks_exact(3 * inputs) {
            for neighbour in 0..3 {
                bytes.extend(
                    (0..inputs).flat_map(|input| channel[3 * input + neighbour].to_le_bytes()),
                );
            }
        }
        let weight = tensors.packed(&weight, [channels, 3 * inputs], BlockType::F32, bytes)?;
        let bias = tensors.floats(&format!("{name}.bias"), &[channels])?;
        Ok(Self { linear: Linear { weight, bias: Some(bias) } })
    }

    /// One output row for each of `centres`, rows of x\[n, width].
    fn apply(&self, x: &[f32], width: usize, centres: impl Iterator<Item = isize>) -> Vec<f32> {
        let mut neighbours = Vec::new();
        for centre in centres {
            for row in centre - 1..=centre + 1 {
                let inside =
                    usize::try_from(row).ok().and_then(|row| x.get(row * width..(row + 1) * width));
                match inside {
                    Some(row) => neighbours.extend_from_slice(row),
                    None => neighbours.resize(neighbours.len() + width, 0.0),
                }
            }
        }
        let mut out = vec![0.0; neighbours.len() / (3 * width) * self.linear.rows()];
        self.linear.apply(&neighbours, &mut out);
        out
    }
}

/// What the decoder looks up: keys and values of its cross-attention, per layer.
#[derive(Debug)]
pub struct Heard {
    pub layers: Vec<Memory>,
}

/// One window on its way through the encoder.
#[derive(Debug)]
pub struct Listening {
    mel: Vec<f32>,
    /// Positions: half as many as frames.
    rows: usize,
    /// \[rows, state]
    x: Vec<f32>,
    queries: Vec<f32>,
    memory: Memory,
    heard: Heard,
    room: Room,
    stage: Stage,
    /// How far the stage has come.
    row: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Stem,
    /// Queries, keys and values of a layer, for all rows before any is mixed.
    Project(usize),
    Mix(usize),
    /// Keys and values for a layer of the decoder.
    Hand(usize),
    Done,
}

impl Listening {
    /// mel: \[2n, mels], n at most the encoder's context.
    pub fn new(encoder: &Encoder, decoder: &Decoder, mel: Vec<f32>) -> Result<Self> {
        let audio = encoder.sizes.audio;
        let rows = mel.len() / encoder.sizes.mels / 2;
        if rows == 0 || rows > audio.context || mel.len() != 2 * rows * encoder.sizes.mels {
            let detail = format!("{} numbers are no window of a spectrogram", mel.len());
            return Err(EngineError::BadAudio { detail });
        }
        let layers = (0..decoder.layers()).map(|_| decoder.new_memory());
        Ok(Self {
            mel,
            rows,
            x: Vec::with_capacity(rows * audio.state),
            queries: Vec::with_capacity(rows * audio.state),
            memory: audio.new_memory(encoder.precision),
            heard: Heard { layers: layers.collect() },
            room: Room::default(),
            stage: Stage::Stem,
            row: 0,
        })
    }

    /// Does about `budget` multiplications, at least one row of them, and tells
    /// how many it did; `None` when there is nothing left to do.
    pub fn advance(&mut self, encoder: &Encoder, decoder: &Decoder, budget: f64) -> Option<f64> {
        let per_row = self.multiplications_per_row(&encoder.sizes)?;
        let count = ((budget / per_row) as usize).clamp(1, self.rows - self.row);
        let (from, to) = (self.row, self.row + count);
        let state = encoder.sizes.audio.state;
        let block = from * state..to * state;
        let room = &self.room;
        match self.stage {
            Stage::Stem => self.x.extend(encoder.stem(&self.mel, from, to)),
            Stage::Project(index) => {
                let layer = &encoder.layers[index];
                let normed = layer.attention_norm.apply(&self.x[block], room);
                let queries = layer.attention.query_and_remember(&normed, &mut self.memory, room);
                self.queries.extend_from_slice(&queries);
            }
            Stage::Mix(index) => {
                let layer = &encoder.layers[index];
                let x = &mut self.x[block.clone()];
                let (queries, rows) = (&self.queries[block], self.rows);
                add_together(x, &layer.attention.look_up(queries, &self.memory, |_| rows, room));
                let normed = layer.mlp_norm.apply(x, room);
                add_together(x, &layer.mlp.forward(&normed, room));
            }
            Stage::Hand(index) => {
                let x = &self.x[block];
                decoder.remember(index, x, &mut self.heard.layers[index], room);
            }
            Stage::Done => return None,
        }
        self.row = to;
        if to == self.rows {
            self.finish_stage(encoder, decoder);
        }
        Some(count as f64 * per_row)
    }

    fn finish_stage(&mut self, encoder: &Encoder, decoder: &Decoder) {
        self.row = 0;
        self.stage = match self.stage {
            Stage::Stem => {
                self.mel = Vec::new();
                Stage::Project(0)
            }
            Stage::Project(layer) => Stage::Mix(layer),
            Stage::Mix(layer) => {
                self.queries.clear();
                self.memory.truncate(0);
                if layer + 1 < encoder.layers.len() {
                    Stage::Project(layer + 1)
                } else {
                    self.x = encoder.norm.apply(&self.x, &self.room).to_vec();
                    Stage::Hand(0)
                }
            }
            Stage::Hand(layer) if layer + 1 < decoder.layers() => Stage::Hand(layer + 1),
            Stage::Hand(_) | Stage::Done => Stage::Done,
        };
    }

    fn multiplications_per_row(&self, sizes: &Sizes) -> Option<f64> {
        let state = sizes.audio.state;
        let squares = state * state;
        let count = match self.stage {
            Stage::Stem => 2 * 3 * sizes.mels * state + 3 * squares,
            Stage::Project(_) => 3 * squares,
            Stage::Mix(_) => 9 * squares + 2 * self.rows * state,
            Stage::Hand(_) => 2 * squares,
            Stage::Done => return None,
        };
        Some(count as f64)
    }

    pub fn into_heard(self) -> Heard {
        self.heard
    }

    /// What the last layer gave, normed, \[rows, state]; whole once done.
    pub fn output(&self) -> &[f32] {
        &self.x
    }
}
