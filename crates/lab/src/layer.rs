//! One layer of BERT, forwards with a tape and backwards along it.
//!
//! Sentences lie one after the other without padding: x is \[tokens, width], and
//! `sentences` tells how many tokens each has. Only attention looks at that.

use crate::adapter::{Adapter, Frozen, PackedAdapter};
use crate::arithmetic::{LayerNorm, NormTape, add_scaled, gelu};
use crate::attention::{AttentionTape, Heads};

/// The linear parts in the order of [`NAMES`].
pub const LINEARS: usize = 6;
/// Their names in a weight file, after `encoder.layer.<n>.`.
pub const NAMES: [&str; LINEARS] = [
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
];

#[derive(Debug)]
pub struct Layer {
    pub heads: Heads,
    pub linears: [Frozen; LINEARS],
    pub attention_norm: LayerNorm,
    pub output_norm: LayerNorm,
}

/// What the way back needs.
#[derive(Debug)]
pub struct Tape {
    x: Vec<f32>,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    attention: Vec<AttentionTape>,
    mixed: Vec<f32>,
    attention_norm: NormTape,
    middle: Vec<f32>,
    gelu_slope: Vec<f32>,
    wide: Vec<f32>,
    output_norm: NormTape,
    /// x · down of every adapter
    low: [Vec<f32>; LINEARS],
}

impl Layer {
    /// Without adapters the tape is good for nothing but being dropped.
    pub fn forward(
        &self,
        adapters: Option<&[PackedAdapter; LINEARS]>,
        x: Vec<f32>,
        sentences: &[usize],
    ) -> (Vec<f32>, Tape) {
        let [query, key, value, attended, widen, narrow] = &self.linears;
        let adapter = |index: usize| adapters.map(|adapters| &adapters[index]);
        let (q, low_q) = query.forward(adapter(0), &x);
        let (k, low_k) = key.forward(adapter(1), &x);
        let (v, low_v) = value.forward(adapter(2), &x);
        let mut mixed = vec![0.0; x.len()];
        let mut attention = Vec::with_capacity(sentences.len());
        for part in parts(sentences, self.width()) {
            let [q, k, v] = [&q, &k, &v].map(|rows| &rows[part.clone()]);
            attention.push(self.heads.forward(q, k, v, &mut mixed[part]));
        }
        let (mut middle, low_attended) = attended.forward(adapter(3), &mixed);
        add_scaled(&mut middle, &x, 1.0);
        let attention_norm = self.attention_norm.forward(&mut middle);
        let (mut wide, low_widen) = widen.forward(adapter(4), &middle);
        let mut gelu_slope = vec![0.0; wide.len()];
        gelu(&mut wide, &mut gelu_slope);
        let (mut out, low_narrow) = narrow.forward(adapter(5), &wide);
        add_scaled(&mut out, &middle, 1.0);
        let output_norm = self.output_norm.forward(&mut out);
        let low = [low_q, low_k, low_v, low_attended, low_widen, low_narrow];
        let tape = Tape {
            x,
            q,
            k,
            v,
            attention,
            mixed,
            attention_norm,
            middle,
            gelu_slope,
            wide,
            output_norm,
            low,
        };
        (out, tape)
    }

    /// Takes the slope at the output, adds to the adapters' slopes, and returns
    /// the slope at the input, where `further` layers want it.
    pub fn backward(
        &self,
        adapters: &[PackedAdapter; LINEARS],
        tape: &Tape,
        mut slope: Vec<f32>,
        sentences: &[usize],
        slopes: &mut [Adapter; LINEARS],
        further: bool,
    ) -> Option<Vec<f32>> {
        let [query, key, value, attended, widen, narrow] = &self.linears;
        let [query_slopes, key_slopes, value_slopes, attended_slopes, widen_slopes, narrow_slopes] =
            slopes;
        let [low_q, low_k, low_v, low_attended, low_widen, low_narrow] = &tape.low;

        self.output_norm.backward(&tape.output_norm, &mut slope);
        let mut wide_slope = vec![0.0; tape.wide.len()];
        narrow.backward(
            &adapters[5],
            (&tape.wide, low_narrow),
            &slope,
            narrow_slopes,
            Some(&mut wide_slope),
        );
        for (slope, gelu) in wide_slope.iter_mut().zip(&tape.gelu_slope) {
            *slope *= gelu;
        }
        // `slope` goes on past the feed-forward part, which adds its own share.
        widen.backward(
            &adapters[4],
            (&tape.middle, low_widen),
            &wide_slope,
            widen_slopes,
            Some(&mut slope),
        );

        self.attention_norm.backward(&tape.attention_norm, &mut slope);
        let mut mixed_slope = vec![0.0; tape.mixed.len()];
        let into = (&tape.mixed[..], &low_attended[..]);
        attended.backward(&adapters[3], into, &slope, attended_slopes, Some(&mut mixed_slope));
        let [mut q_slope, mut k_slope, mut v_slope] = [(); 3].map(|()| vec![0.0; tape.x.len()]);
        for (part, attention) in parts(sentences, self.width()).zip(&tape.attention) {
            let inputs = [&tape.q, &tape.k, &tape.v].map(|rows| &rows[part.clone()]);
            let [q, k, v] =
                [&mut q_slope, &mut k_slope, &mut v_slope].map(|rows| &mut rows[part.clone()]);
            self.heads.backward(attention, inputs, &mixed_slope[part], [q, k, v]);
        }
        let mut x_slope = further.then_some(slope);
        for (linear, adapter, low, y_slope, slopes) in [
            (query, &adapters[0], low_q, &q_slope, query_slopes),
            (key, &adapters[1], low_k, &k_slope, key_slopes),
            (value, &adapters[2], low_v, &v_slope, value_slopes),
        ] {
            linear.backward(adapter, (&tape.x, low), y_slope, slopes, x_slope.as_deref_mut());
        }
        x_slope
    }

    fn width(&self) -> usize {
        self.heads.count * self.heads.width
    }
}

/// The stretch of numbers that belongs to each sentence.
pub fn parts(sentences: &[usize], width: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    sentences.iter().scan(0, move |start, &tokens| {
        let part = *start..*start + tokens * width;
        *start = part.end;
        Some(part)
    })
}
