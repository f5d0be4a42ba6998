//! Small detours around frozen layers ("LoRA: Low-Rank Adaptation of Large
//! Language Models", Hu et al. 2021): y = x · Wᵀ + (x · downᵀ) · upᵀ, where W stays
//! as it is and is shared with whoever else uses the encoder.

use crate::error::Result;
use crate::math::add;
use crate::matrix::Matrix;
use crate::tensors::Tensors;

/// What leads around one linear part.
#[derive(Debug)]
pub(super) struct Adapter {
    /// \[rank, inputs]
    down: Matrix,
    /// \[outputs, rank]
    up: Matrix,
}

impl Adapter {
    fn take(
        tensors: &mut Tensors,
        name: &str,
        rank: usize,
        [outputs, inputs]: [usize; 2],
    ) -> Result<Self> {
        Ok(Self {
            down: tensors.matrix(&format!("{name}.down.weight"), rank, inputs)?,
            up: tensors.matrix(&format!("{name}.up.weight"), outputs, rank)?,
        })
    }

    /// out\[n, outputs] += (x\[n, inputs] · downᵀ) · upᵀ
    pub(super) fn add_to(&self, x: &[f32], out: &mut [f32]) {
        let n = x.len() / self.down.cols();
        let mut low = vec![0.0; n * self.down.rows()];
        self.down.apply(x, &mut low);
        let mut detour = vec![0.0; out.len()];
        self.up.apply(&low, &mut detour);
        add(out, &detour);
    }

    fn memory_bytes(&self) -> usize {
        self.down.memory_bytes() + self.up.memory_bytes()
    }
}

/// One for every linear part of a layer.
#[derive(Debug)]
pub(super) struct LayerAdapters {
    pub(super) query: Adapter,
    pub(super) key: Adapter,
    pub(super) value: Adapter,
    pub(super) attention_output: Adapter,
    pub(super) widen: Adapter,
    pub(super) narrow: Adapter,
}

impl LayerAdapters {
    pub(super) fn take(
        tensors: &mut Tensors,
        layer: usize,
        rank: usize,
        [width, hidden]: [usize; 2],
    ) -> Result<Self> {
        let mut adapter = |name: &str, shape: [usize; 2]| {
            Adapter::take(tensors, &format!("encoder.layer.{layer}.{name}"), rank, shape)
        };
        Ok(Self {
            query: adapter("attention.self.query", [width, width])?,
            key: adapter("attention.self.key", [width, width])?,
            value: adapter("attention.self.value", [width, width])?,
            attention_output: adapter("attention.output.dense", [width, width])?,
            widen: adapter("intermediate.dense", [hidden, width])?,
            narrow: adapter("output.dense", [width, hidden])?,
        })
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let all = [
            &self.query,
            &self.key,
            &self.value,
            &self.attention_output,
            &self.widen,
            &self.narrow,
        ];
        all.map(Adapter::memory_bytes).iter().sum()
    }
}
