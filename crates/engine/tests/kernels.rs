//! Every kernel against the definition, over weights and positions of all kinds.

use bella_engine::kernels::floats::{self, Stored, Turned};
use bella_engine::kernels::{Activations, BLOCK, Packed, multiply, multiply_plainly};
use bella_weights::{BlockType, dequantise};
// In a browser the same tests run under the browser's harness.
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Reproducible, and nothing like a pattern.
struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 56) as u8
    }

    fn number(&mut self) -> f32 {
        f32::from(self.byte()) / 127.5 - 1.0
    }
}

const TYPES: [BlockType; 8] = [
    BlockType::Q4_0,
    BlockType::Q4_1,
    BlockType::Q5_0,
    BlockType::Q5_1,
    BlockType::Q8_0,
    BlockType::Q4K,
    BlockType::Q5K,
    BlockType::Q6K,
];

/// Blocks of random quants with scales of a plausible size.
fn random_weights(ty: BlockType, rows: usize, cols: usize, noise: &mut Noise) -> Vec<u8> {
    let blocks = rows * cols / ty.block_len();
    let scale_at: &[usize] = match ty {
        BlockType::Q4_0 | BlockType::Q5_0 | BlockType::Q8_0 => &[0],
        BlockType::Q6K => &[208],
        _ => &[0, 2],
    };
    let mut bytes: Vec<u8> = (0..blocks * ty.block_bytes()).map(|_| noise.byte()).collect();
    for block in bytes.chunks_exact_mut(ty.block_bytes()) {
        for &at in scale_at {
            let scale = half::f16::from_f32(0.01 * noise.number());
            block[at..at + 2].copy_from_slice(&scale.to_le_bytes());
        }
    }
    bytes
}

fn plain(weights: &[f32], x: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    let dot = |row: &[f32], x: &[f32]| {
        row.iter().zip(x).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum::<f64>()
    };
    let rows: Vec<&[f32]> = weights.chunks_exact(cols).take(rows).collect();
    x.chunks_exact(cols)
        .flat_map(|x| rows.iter().map(|row| dot(row, x) as f32).collect::<Vec<_>>())
        .collect()
}

fn check(ty: BlockType, rows: usize, cols: usize, positions: usize) {
    let mut noise = Noise(rows as u64 * 31 + cols as u64);
    let bytes = random_weights(ty, rows, cols, &mut noise);
    let x: Vec<f32> = (0..positions * cols).map(|_| 3.0 * noise.number()).collect();
    let packed =
        Packed::new("test", rows, cols, ty, &bytes).expect("fits").expect("has a packed form");
    let mut weights = vec![0.0; rows * cols];
    dequantise(ty, &bytes, &mut weights).expect("whole blocks");

    let told = format!("{ty:?}, {rows} × {cols}, {positions} positions");
    let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    let mut row = vec![0.0; cols];
    for (at, weights) in weights.chunks_exact(cols).enumerate() {
        packed.unpack_row(at, &mut row);
        let off = row.iter().zip(weights).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off <= largest * 0.009, "{told}: row {at} is off by {off} of {largest}");
    }

    let rounded = Activations::new(&x, cols);
    let mut by_portable = vec![f32::NAN; positions * rows];
    multiply_plainly(&packed, &rounded, &mut by_portable);
    let mut by_best = vec![f32::NAN; positions * rows];
    multiply(&packed, &rounded, &mut by_best);

    let exact = plain(&weights, &x, rows, cols);
    // What a sum of so many random products comes to.
    let rms = |x: &[f32]| (x.iter().map(|x| x * x).sum::<f32>() / x.len() as f32).sqrt();
    let size = rms(&weights) * rms(&x) * (cols as f32).sqrt();
    for (at, ((best, portable), exact)) in by_best.iter().zip(&by_portable).zip(&exact).enumerate()
    {
        assert!((best - portable).abs() <= 2e-4 * size, "{told}: at {at} {best} is not {portable}");
        assert!(
            (portable - exact).abs() <= 0.05 * size,
            "{told}: at {at} {portable} is far from {exact}"
        );
    }
}

#[test]
fn all_types_and_odd_sizes_come_out_right() {
    for ty in TYPES {
        for (rows, blocks, positions) in [(1, 1, 1), (7, 2, 3), (8, 3, 4), (9, 1, 5), (33, 4, 9)] {
            check(ty, rows, blocks * ty.block_len(), positions);
        }
    }
}

#[test]
fn blocks_of_zeros_and_zero_positions_give_zero() {
    for ty in TYPES {
        let cols = ty.block_len();
        let bytes = vec![0; 8 * ty.block_bytes()];
        let packed =
            Packed::new("test", 8, cols, ty, &bytes).expect("fits").expect("has a packed form");
        let mut out = [f32::NAN; 8];
        multiply(&packed, &Activations::new(&vec![1.0; cols], cols), &mut out);
        assert_eq!(out, [0.0; 8], "{ty:?}, zero weights");
        let bytes = random_weights(ty, 8, cols, &mut Noise(1));
        let packed =
            Packed::new("test", 8, cols, ty, &bytes).expect("fits").expect("has a packed form");
        multiply(&packed, &Activations::new(&vec![0.0; cols], cols), &mut out);
        assert_eq!(out, [0.0; 8], "{ty:?}, zero positions");
    }
}

/// One huge number among small ones takes the scale of its block, and of no other.
#[test]
fn an_outlier_harms_its_own_block_only() {
    let (rows, cols) = (8, 128);
    let bytes = random_weights(BlockType::Q8_0, rows, cols, &mut Noise(5));
    let packed =
        Packed::new("test", rows, cols, BlockType::Q8_0, &bytes).expect("fits").expect("packs");
    let mut x = vec![0.01; cols];
    x[40] = 1e6;
    let rounded = Activations::new(&x, cols);
    assert_eq!(rounded.row(0)[1].quants.iter().filter(|quant| **quant != 0).count(), 1);
    assert_eq!(rounded.row(0)[0].quants, [127; BLOCK]);
    let mut out = vec![0.0; rows];
    multiply(&packed, &rounded, &mut out);
    assert!(out.iter().all(|out| out.is_finite()));
}

#[test]
fn what_is_not_a_number_is_never_hidden() {
    let (rows, cols) = (8, 64);
    let bytes = random_weights(BlockType::Q4_1, rows, cols, &mut Noise(6));
    let packed =
        Packed::new("test", rows, cols, BlockType::Q4_1, &bytes).expect("fits").expect("packs");
    let mut x = vec![1.0; cols];
    x[3] = f32::NAN;
    let mut out = vec![0.0; rows];
    multiply(&packed, &Activations::new(&x, cols), &mut out);
    assert!(out.iter().all(|out| out.is_nan()), "{out:?}");
}

/// The largest products there can be, so that no kernel may saturate.
#[test]
fn extreme_quants_do_not_overflow() {
    let (rows, cols) = (8, 64);
    for (ty, fill) in [(BlockType::Q4_0, 0xFF), (BlockType::Q8_0, 0x7F)] {
        let mut bytes = vec![fill; rows * cols / ty.block_len() * ty.block_bytes()];
        for block in bytes.chunks_exact_mut(ty.block_bytes()) {
            block[..2].copy_from_slice(&half::f16::ONE.to_le_bytes());
        }
        let packed = Packed::new("test", rows, cols, ty, &bytes).expect("fits").expect("packs");
        let rounded = Activations::new(&vec![1.0; 2 * cols], cols);
        let (mut best, mut portable) = (vec![0.0; 2 * rows], vec![0.0; 2 * rows]);
        multiply(&packed, &rounded, &mut best);
        multiply_plainly(&packed, &rounded, &mut portable);
        for (best, portable) in best.iter().zip(&portable) {
            assert!(
                (best - portable).abs() <= 1e-5 * portable.abs(),
                "{ty:?}: {best} is not {portable}"
            );
        }
    }
}

fn numbers(count: usize, noise: &mut Noise) -> Vec<f32> {
    (0..count).map(|_| noise.number()).collect()
}

fn check_floats(rows: usize, cols: usize, positions: usize) {
    let mut noise = Noise(rows as u64 * 31 + cols as u64);
    let (matrix, x) = (numbers(rows * cols, &mut noise), numbers(positions * cols, &mut noise));
    let exact = plain(&matrix, &x, rows, cols);
    let mut turned = vec![0.0; rows * cols];
    for row in 0..rows {
        for col in 0..cols {
            turned[col * rows + row] = matrix[row * cols + col];
        }
    }
    let mut out = vec![f32::NAN; positions * rows];
    let mut compare = |told: &str, multiply: &dyn Fn(&mut [f32])| {
        out.fill(f32::NAN);
        multiply(&mut out);
        for (at, (out, exact)) in out.iter().zip(&exact).enumerate() {
            assert!(
                (out - exact).abs() <= 1e-5 * cols as f32,
                "{told}, {rows} × {cols}, {positions} positions: at {at} {out} is not {exact}"
            );
        }
    };
    let stored = Stored { numbers: &matrix, rows, cols };
    compare("stored", &|out| floats::multiply(&stored, &x, out));
    let turned = Turned { numbers: &turned, rows, cols };
    compare("turned", &|out| floats::multiply(&turned, &x, out));
}

#[test]
fn floats_of_all_sizes_come_out_right() {
    for (rows, cols, positions) in
        [(1, 1, 1), (7, 3, 4), (8, 64, 5), (9, 1, 8), (33, 70, 9), (64, 1500, 6), (1500, 64, 3)]
    {
        check_floats(rows, cols, positions);
    }
}

#[test]
fn halves_of_any_number_add_up() {
    for count in [1, 15, 16, 17, 64, 65, 384, 1000] {
        let mut noise = Noise(count as u64);
        let halves: Vec<half::f16> =
            (0..count).map(|_| half::f16::from_f32(noise.number())).collect();
        let x = numbers(count, &mut noise);
        let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        let exact: f64 = halves.iter().zip(&x).map(|(half, x)| half.to_f64() * f64::from(*x)).sum();
        for sum in [floats::dot_halves(&bytes, &x), floats::dot_halves_plainly(&bytes, &x)] {
            assert!(
                (f64::from(sum) - exact).abs() < 1e-6 * count as f64,
                "{count}: {sum}, not {exact}"
            );
        }
    }
}
