//! Scores of which only the highest are exact, against all of them exactly.

use bella_engine::kernels::{BLOCK, Planes};
use bella_weights::{BlockType, dequantise};
// In a browser the same tests run under the browser's harness.
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Reproducible, and nothing like a pattern.
struct Noise(u64);

impl Noise {
    /// From −1 to 1.
    fn number(&mut self) -> f32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    fn numbers(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.number()).collect()
    }
}

const COLS: usize = 6 * BLOCK;

/// As a quantiser makes them: the largest of a block at the end of its range.
fn eight_bits(weights: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for block in weights.chunks_exact(BLOCK) {
        let largest = block.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
        let scale = half::f16::from_f32(largest / 127.0);
        let inverse = if scale.to_f32() > 0.0 { 1.0 / scale.to_f32() } else { 0.0 };
        bytes.extend(scale.to_le_bytes());
        let quants = block.iter().map(|weight| (weight * inverse).round().clamp(-127.0, 127.0));
        bytes.extend(quants.map(|quant| (quant as i8).to_le_bytes()[0]));
    }
    bytes
}

fn planes(weights: &[f32]) -> (Planes, Vec<f32>) {
    let bytes = eight_bits(weights);
    let shape = [weights.len() / COLS, COLS];
    let planes = Planes::new("test", shape, BlockType::Q8_0, &bytes).expect("fits");
    let mut exact = vec![0.0; weights.len()];
    dequantise(BlockType::Q8_0, &bytes, &mut exact).expect("whole blocks");
    (planes.expect("eight bits have planes"), exact)
}

fn highest(of: &[f32]) -> f32 {
    of.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// Everything down to `reach` below the highest is as the whole product has it, and
/// the rest below that, not far from where it belongs.
#[track_caller]
fn check(told: &str, weights: &[f32], x: &[f32], reach: f32) {
    let (planes, _) = planes(weights);
    let mut all = vec![f32::NAN; weights.len() / COLS];
    planes.multiply(x, &mut all);
    let mut some = vec![f32::NAN; all.len()];
    planes.multiply_down_to(|highest| highest - reach, x, &mut some);
    let floor = highest(&all) - reach;
    let size = (x.iter().map(|x| x * x).sum::<f32>()
        * weights.iter().map(|weight| weight * weight).sum::<f32>()
        / all.len() as f32)
        .sqrt();
    for (at, (some, all)) in some.iter().zip(&all).enumerate() {
        let exact = (some - all).abs() <= 1e-6 * size;
        assert!(exact || *all < floor, "{told}: at {at} {some} is not {all}");
        assert!((some - all).abs() <= 0.2 * size, "{told}: at {at} {some} is far from {all}");
        assert!(exact || *some < floor, "{told}: at {at} {some} looks as if it were above {floor}");
    }
}

#[test]
fn weights_of_eight_bits_are_kept_exactly() {
    let weights = Noise(3).numbers(9 * COLS);
    let (planes, exact) = planes(&weights);
    let mut row = vec![0.0; COLS];
    for (at, exact) in exact.chunks_exact(COLS).enumerate() {
        planes.unpack_row(at, &mut row);
        let off = row.iter().zip(exact).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off <= 1e-6, "row {at} is off by {off}");
    }
}

#[test]
fn the_whole_product_is_that_of_the_weights() {
    let mut noise = Noise(4);
    for rows in [1, 8, 21] {
        let (planes, exact) = planes(&noise.numbers(rows * COLS));
        let x = noise.numbers(2 * COLS);
        let mut out = vec![f32::NAN; 2 * rows];
        planes.multiply(&x, &mut out);
        for (x, out) in x.chunks_exact(COLS).zip(out.chunks_exact(rows)) {
            for (row, out) in exact.chunks_exact(COLS).zip(out) {
                let dot: f32 = row.iter().zip(x).map(|(w, x)| w * x).sum();
                // What rounding the position to eight bits may cost.
                assert!((dot - out).abs() < 0.15, "{out} is not {dot}");
            }
        }
    }
}

#[test]
fn the_highest_scores_are_exact_and_the_others_stay_below() {
    let mut noise = Noise(7);
    for round in 0..40 {
        let weights = noise.numbers(203 * COLS);
        let x = noise.numbers(COLS);
        for reach in [0.0, 3.0, f32::INFINITY] {
            check(&format!("round {round}, {reach}"), &weights, &x, reach);
        }
    }
}

#[test]
fn nor_do_rows_of_other_sizes_or_lonely_numbers_hide_the_highest() {
    let mut noise = Noise(8);
    let mut weights = noise.numbers(64 * COLS);
    for (at, row) in weights.chunks_exact_mut(COLS).enumerate() {
        let size = [1.0, 0.01, 30.0, 0.0][at % 4];
        row.iter_mut().for_each(|weight| *weight *= size);
        // One weight of a row as large as all others together: little is left of those.
        row[at] *= if at % 3 == 0 { 100.0 } else { 1.0 };
    }
    let even = noise.numbers(COLS);
    let mut lonely = noise.numbers(COLS);
    lonely[17] = 60.0;
    let nothing = vec![0.0; COLS];
    for (told, x) in [("even", even), ("lonely", lonely), ("nothing", nothing)] {
        check(told, &weights, &x, 0.0);
        check(told, &weights, &x, 5.0);
    }
}

#[test]
fn what_is_not_a_number_stays_visible() {
    let (planes, _) = planes(&Noise(9).numbers(16 * COLS));
    let mut x = vec![1.0; COLS];
    x[40] = f32::NAN;
    let mut out = vec![0.0; 16];
    planes.multiply_down_to(|highest| highest, &x, &mut out);
    assert!(out.iter().all(|out| !out.is_finite()), "{out:?}");
}

#[test]
fn other_types_have_no_planes() {
    for ty in [BlockType::Q4_0, BlockType::Q5_0, BlockType::F16, BlockType::F32] {
        let bytes = vec![0; BLOCK / ty.block_len() * ty.block_bytes()];
        assert!(Planes::new("test", [1, BLOCK], ty, &bytes).expect("fits").is_none(), "{ty:?}");
    }
}
