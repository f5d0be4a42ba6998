//! Silero's small network (github.com/snakers4/silero-vad, version 6): a short-time
//! spectrum, four convolutions over it, and one LSTM cell that remembers.

use crate::error::{EngineError, Result};
use crate::math::{add, dot};
use crate::tensors::Tensors;

/// Samples a second; the network knows no other rate.
pub const SAMPLE_RATE: usize = 16_000;
/// Samples of a frame: 32 ms.
pub const FRAME: usize = 512;
/// Samples of the frame before that the network sees as well.
const CONTEXT: usize = 64;
/// The spectrum is taken over windows this long …
const WINDOW: usize = 256;
/// … this far apart, with the end mirrored so that four of them fit.
const HOP: usize = 128;
const MIRRORED: usize = 64;
/// Frequencies of the spectrum.
const BINS: usize = WINDOW / 2 + 1;
/// Width of the LSTM cell.
const WIDTH: usize = 128;

#[derive(Debug)]
pub struct Silero {
    /// \[2 · BINS, WINDOW]: cosines, then sines
    spectrum: Vec<f32>,
    convolutions: [Convolution; 4],
    /// \[4 · WIDTH, WIDTH]: input, forget, candidate and output gate
    cell_input: Vec<f32>,
    cell_hidden: Vec<f32>,
    /// \[4 · WIDTH], both biases in one
    cell_bias: Vec<f32>,
    /// \[WIDTH]
    output: Vec<f32>,
    output_bias: f32,
}

/// What a stream remembers from one frame to the next.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The end of the last frame, then samples that make no whole frame yet.
    samples: Vec<f32>,
    hidden: [f32; WIDTH],
    cell: [f32; WIDTH],
}

impl Default for Memory {
    fn default() -> Self {
        Self { samples: vec![0.0; CONTEXT], hidden: [0.0; WIDTH], cell: [0.0; WIDTH] }
    }
}

impl Silero {
    pub fn new(tensors: &mut Tensors) -> Result<Self> {
        let mut convolution = |index: usize, outputs: usize, inputs: usize, stride: usize| {
            Convolution::take(tensors, &format!("conv{index}"), [outputs, inputs], stride)
        };
        let convolutions = [
            convolution(1, 128, BINS, 1)?,
            convolution(2, 64, 128, 2)?,
            convolution(3, 64, 64, 2)?,
            convolution(4, 128, 64, 1)?,
        ];
        let gates = 4 * WIDTH;
        let mut cell_bias = tensors.floats("lstm_cell.bias_ih", &[gates])?;
        add(&mut cell_bias, &tensors.floats("lstm_cell.bias_hh", &[gates])?);
        Ok(Self {
            spectrum: tensors.floats("stft_conv.weight", &[2 * BINS, 1, WINDOW])?,
            convolutions,
            cell_input: tensors.floats("lstm_cell.weight_ih", &[gates, WIDTH])?,
            cell_hidden: tensors.floats("lstm_cell.weight_hh", &[gates, WIDTH])?,
            cell_bias,
            output: tensors.floats("final_conv.weight", &[1, WIDTH, 1])?,
            output_bias: tensors.floats("final_conv.bias", &[1])?[0],
        })
    }

    /// Takes the next samples, as many as there are, and tells for every frame
    /// they complete how probable speech is in it. Samples that are no numbers
    /// are refused before anything is remembered of them.
    pub fn listen(&self, memory: &mut Memory, samples: &[f32]) -> Result<Vec<f32>> {
        if let Some(at) = samples.iter().position(|sample| !sample.is_finite()) {
            let detail = format!("audio: sample {at} is {}", samples[at]);
            return Err(EngineError::BadRequest { detail });
        }
        let mut probabilities = Vec::with_capacity(samples.len() / FRAME + 1);
        // Frame by frame, so that an hour of sound is not held a second time.
        let mut rest = samples;
        while !rest.is_empty() {
            let missing = CONTEXT + FRAME - memory.samples.len();
            let (now, later) = rest.split_at(missing.min(rest.len()));
            rest = later;
            memory.samples.extend_from_slice(now);
            if memory.samples.len() == CONTEXT + FRAME {
                probabilities.push(self.frame(memory));
                memory.samples.drain(..FRAME);
            }
        }
        Ok(probabilities)
    }

    /// The last frame, filled up with silence, if one has begun.
    pub fn finish(&self, memory: &mut Memory) -> Option<f32> {
        if memory.samples.len() == CONTEXT {
            return None;
        }
        memory.samples.resize(CONTEXT + FRAME, 0.0);
        let probability = self.frame(memory);
        *memory = Memory::default();
        Some(probability)
    }

    fn frame(&self, memory: &mut Memory) -> f32 {
        let mut x = self.magnitudes(&memory.samples);
        for convolution in &self.convolutions {
            x = convolution.apply(&x);
        }
        self.remember(memory, &x);
        let heard = memory.hidden.map(|hidden| hidden.max(0.0));
        sigmoid(dot(&self.output, &heard) + self.output_bias)
    }

    /// samples\[CONTEXT + FRAME] → \[4 windows, BINS]
    fn magnitudes(&self, samples: &[f32]) -> Vec<f32> {
        let mut mirrored = samples.to_vec();
        mirrored.extend(samples.iter().rev().skip(1).take(MIRRORED));
        let (cosines, sines) = self.spectrum.split_at(BINS * WINDOW);
        let mut magnitudes = Vec::with_capacity(4 * BINS);
        for window in mirrored.windows(WINDOW).step_by(HOP) {
            let waves = cosines.chunks_exact(WINDOW).zip(sines.chunks_exact(WINDOW));
            magnitudes.extend(waves.map(|(cosine, sine)| {
                let (real, imaginary) = (dot(cosine, window), dot(sine, window));
                (real * real + imaginary * imaginary).sqrt()
            }));
        }
        magnitudes
    }

    /// One step of the LSTM cell ("Long Short-Term Memory", Hochreiter and
    /// Schmidhuber 1997). x is \[WIDTH].
    fn remember(&self, memory: &mut Memory, x: &[f32]) {
        let mut gates = self.cell_bias.clone();
        let weights = self.cell_input.chunks_exact(WIDTH).zip(self.cell_hidden.chunks_exact(WIDTH));
        for (gate, (input, hidden)) in gates.iter_mut().zip(weights) {
            *gate += dot(input, x) + dot(hidden, &memory.hidden);
        }
        for unit in 0..WIDTH {
            let [input, forget, candidate, output] =
                [0, 1, 2, 3].map(|gate| gates[gate * WIDTH + unit]);
            let cell = sigmoid(forget) * memory.cell[unit] + sigmoid(input) * candidate.tanh();
            memory.cell[unit] = cell;
            memory.hidden[unit] = sigmoid(output) * cell.tanh();
        }
    }

    pub fn memory_bytes(&self) -> usize {
        let convolutions: usize =
            self.convolutions.iter().map(|c| c.weight.len() + c.bias.len()).sum();
        let rest = self.spectrum.len() + self.cell_input.len() + self.cell_hidden.len();
        (convolutions + rest + self.cell_bias.len() + self.output.len()) * size_of::<f32>()
    }
}

/// A convolution over time, three steps wide, with silence around, then the
/// positive part.
#[derive(Debug)]
struct Convolution {
    /// \[outputs, inputs, 3]
    weight: Vec<f32>,
    /// \[outputs]
    bias: Vec<f32>,
    inputs: usize,
    stride: usize,
}

impl Convolution {
    const TAPS: usize = 3;

    fn take(
        tensors: &mut Tensors,
        name: &str,
        [outputs, inputs]: [usize; 2],
        stride: usize,
    ) -> Result<Self> {
        Ok(Self {
            weight: tensors.floats(&format!("{name}.weight"), &[outputs, inputs, Self::TAPS])?,
            bias: tensors.floats(&format!("{name}.bias"), &[outputs])?,
            inputs,
            stride,
        })
    }

    /// x\[steps, inputs] → \[⌈steps / stride⌉, outputs]
    fn apply(&self, x: &[f32]) -> Vec<f32> {
        let steps = x.len() / self.inputs;
        let mut out = Vec::with_capacity(steps.div_ceil(self.stride) * self.bias.len());
        // What the three taps see, in the order of the weights.
        let mut seen = vec![0.0; self.inputs * Self::TAPS];
        for centre in (0..steps).step_by(self.stride) {
            for tap in 0..Self::TAPS {
                let step = (centre + tap).checked_sub(1).filter(|&step| step < steps);
                for input in 0..self.inputs {
                    seen[input * Self::TAPS + tap] =
                        step.map_or(0.0, |step| x[step * self.inputs + input]);
                }
            }
            let weights = self.weight.chunks_exact(seen.len()).zip(&self.bias);
            out.extend(weights.map(|(weight, bias)| (dot(weight, &seen) + bias).max(0.0)));
        }
        out
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}
