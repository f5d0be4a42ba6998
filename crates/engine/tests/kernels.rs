//! Every kernel against the definition, over weights and positions of all kinds.

use bella_engine::attention::{Memory, Precision, Question};
use bella_engine::kernels::floats;
use bella_engine::kernels::values::mix_plainly;
use bella_engine::kernels::{
    Activations, BLOCK, Packed, Rounding, Values, mix, multiply, multiply_plainly, multiply_rows,
};
use bella_engine::matrix::Matrix;
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

    let twice = Activations::rounded(&x, cols, Rounding::Twice);
    let mut finely = vec![f32::NAN; positions * rows];
    multiply(&packed, &twice, &mut finely);
    let mut unpacked = vec![0.0; rows * cols];
    for (at, row) in unpacked.chunks_exact_mut(cols).enumerate() {
        packed.unpack_row(at, row);
    }
    let of_packed = plain(&unpacked, &x, rows, cols);

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
    for (at, (finely, exact)) in finely.iter().zip(&of_packed).enumerate() {
        assert!((finely - exact).abs() <= 5e-4 * size, "{told}: at {at} {finely} is not {exact}");
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

/// Keys are packed one by one, and some taken back again.
#[test]
fn a_matrix_that_grows_is_the_matrix_it_has_grown_to() {
    let mut noise = Noise(7);
    for (rows, cols) in [(1, 8), (9, 24), (17, 64), (40, 33)] {
        let numbers = numbers(rows * cols, &mut noise);
        let mut packed = Packed::growing(cols);
        for aside in 0..rows {
            packed.truncate(aside);
            packed.push(&numbers[aside * cols..][..cols]);
            packed.push(&vec![1e6; cols]);
        }
        packed.truncate(rows);
        let mut row = vec![0.0; cols];
        for (at, numbers) in numbers.chunks_exact(cols).enumerate() {
            packed.unpack_row(at, &mut row);
            let off = row.iter().zip(numbers).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off <= 0.009, "row {at} of {rows} × {cols} is off by {off}");
        }
        // The rows from the eighth on alone are the same rows.
        let rounded = Activations::new(&numbers[..cols], cols);
        let (mut all, first) = (vec![0.0; rows], rows / 8 * 8);
        multiply(&packed, &rounded, &mut all);
        let mut rest = vec![0.0; rows - first];
        multiply_rows(&packed, first, &rounded, &mut rest);
        assert_eq!(rest, all[first..], "{rows} × {cols}");
    }
}

#[test]
fn values_are_mixed_as_they_were_given() {
    let mut noise = Noise(8);
    for (dim, count, rows) in [(8, 1, 1), (12, 31, 3), (64, 70, 4), (64, 32, 5), (80, 100, 2)] {
        let numbers = numbers(dim * count, &mut noise);
        let mut values = Values::new(dim);
        for value in numbers.chunks_exact(dim) {
            values.push(value);
            values.push(&vec![f32::NAN; dim]);
            values.truncate(values.len() - 1);
        }
        // Blocks of 32 values before `first` are not looked at.
        for first in 0..count.div_ceil(BLOCK) {
            let seen = count - first * BLOCK;
            let weights: Vec<f32> = (0..rows * seen).map(|_| noise.number().abs()).collect();
            let scaled = |row: &[f32]| -> Vec<f32> {
                row.iter().zip(&values.scales()[first * BLOCK..]).map(|(w, s)| w * s).collect()
            };
            let scaled: Vec<f32> = weights.chunks_exact(seen).flat_map(scaled).collect();
            let rounded = Activations::new(&scaled, seen);
            let (mut best, mut portable) = (vec![f32::NAN; rows * dim], vec![0.0; rows * dim]);
            mix(&values, first, &rounded, &mut best);
            mix_plainly(&values, first, &rounded, &mut portable);
            for (row, weights) in weights.chunks_exact(seen).enumerate() {
                for number in 0..dim {
                    let value = |at: usize| numbers[(first * BLOCK + at) * dim + number];
                    let exact: f32 = weights.iter().enumerate().map(|(at, w)| w * value(at)).sum();
                    let (best, portable) = (best[row * dim + number], portable[row * dim + number]);
                    let told = format!("{count} values of {dim}, from {first}, {row}, {number}");
                    assert!((best - portable).abs() < 1e-4, "{told}: {best} is not {portable}");
                    let near = 0.02 * (seen as f32).sqrt();
                    assert!((best - exact).abs() < near, "{told}: {best} is far from {exact}");
                }
            }
        }
    }
}

/// How work is cut depends on how fast the machine is just then. What comes out must
/// not.
#[test]
fn values_are_mixed_the_same_alone_and_with_others() {
    let mut noise = Noise(10);
    for (dim, count, rows) in [(64, 31, 3), (64, 300, 17), (80, 1500, 33), (64, 4500, 20)] {
        let mut values = Values::new(dim);
        for value in numbers(dim * count, &mut noise).chunks_exact(dim) {
            values.push(value);
        }
        let weights: Vec<f32> = (0..rows * count).map(|_| noise.number().abs()).collect();
        let mut together = vec![f32::NAN; rows * dim];
        mix(&values, 0, &Activations::new(&weights, count), &mut together);
        for (row, weights) in weights.chunks_exact(count).enumerate() {
            let mut alone = vec![f32::NAN; dim];
            mix(&values, 0, &Activations::new(weights, count), &mut alone);
            assert_eq!(alone, together[row * dim..][..dim], "row {row} of {rows} × {count}");
        }
    }
}

/// The largest products there can be, all of one sign.
#[test]
fn extreme_values_do_not_overflow() {
    let mut values = Values::new(8);
    for sign in [1.0, -1.0].into_iter().cycle().take(64) {
        values.push(&[127.0 * sign; 8]);
    }
    let weights: Vec<f32> = [[1.0, 0.0], [0.0, 1.0]].map(|pair| pair.repeat(32)).concat();
    let mut mixed = [0.0; 16];
    mix(&values, 0, &Activations::new(&weights, 64), &mut mixed);
    let expected = 127.0 * 32.0;
    assert!(mixed[..8].iter().all(|x| (x - expected).abs() < 1.0), "{mixed:?}");
    assert!(mixed[8..].iter().all(|x| (x + expected).abs() < 1.0), "{mixed:?}");
}

#[test]
fn a_value_that_is_no_number_is_never_hidden() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut memory = Memory::new(1, 8, Precision::Bits7);
        memory.push(&[1.0; 16], &[[1.0; 7].as_slice(), &[bad], &[1.0; 8]].concat());
        let mut mixed = [0.0; 8];
        let question = Question { heads: 1, scale: 1.0, rounding: Rounding::Once };
        memory.look_up(&[1.0; 8], question, |_| 0..2, &mut mixed);
        assert!(mixed.iter().all(|x| x.is_nan()), "{bad}: {mixed:?}");
    }
}

/// Against the exact memory, with heads that share keys, windows and outliers.
#[test]
fn what_is_found_in_a_rounded_memory_is_nearly_what_is_found_in_an_exact_one() {
    let mut noise = Noise(9);
    for (dim, heads, query_heads, count, asked, window, outlier, precision) in [
        (8, 1, 1, 1, 1, 99, 1.0, Precision::Bits7),
        (64, 3, 9, 40, 1, 99, 1.0, Precision::Bits7),
        (64, 3, 9, 75, 75, 99, 1.0, Precision::Bits7),
        (64, 3, 9, 150, 40, 37, 1.0, Precision::Bits7),
        (80, 2, 2, 33, 3, 32, 1.0, Precision::Bits14),
        (64, 2, 4, 120, 7, 99, 200.0, Precision::Bits14),
    ] {
        let width = heads * dim;
        let (mut keys, values) =
            (numbers(count * width, &mut noise), numbers(count * width, &mut noise));
        // As a bias has it: the same number of every key, many times as large.
        keys.iter_mut().skip(3).step_by(dim).for_each(|key| *key = outlier + 0.1 * *key);
        let queries = numbers(asked * query_heads * dim, &mut noise);
        let start = count - asked;
        let visible = |at: usize| (start + at + 1).saturating_sub(window)..start + at + 1;
        let found = |mut memory: Memory, rounding: Rounding| {
            memory.push(&keys, &values);
            memory.push(&keys, &values);
            memory.truncate(count);
            let mut mixed = vec![f32::NAN; queries.len()];
            let scale = 1.0 / (dim as f32).sqrt();
            let question = Question { heads: query_heads, scale, rounding };
            memory.look_up(&queries, question, visible, &mut mixed);
            mixed
        };
        let rounded = |early: usize| Memory::new(heads, dim, precision).with_early(early);
        let exact = found(rounded(0).exact(), Rounding::Once);
        for (early, rounding, most) in [
            (0, Rounding::Once, 0.02),
            (0, Rounding::Twice, 0.02),
            (20, Rounding::Once, 0.02),
            (20, Rounding::Twice, 0.02),
            (count, Rounding::Twice, if window < 99 { 0.02 } else { 5e-4 }),
            (count + 50, Rounding::Twice, if window < 99 { 0.02 } else { 5e-4 }),
        ] {
            let found = found(rounded(early), rounding);
            let off = found.iter().zip(&exact).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            let told = format!("{count} × {dim}, {precision:?}, {early} early, {rounding:?}");
            assert!(off < most, "{told}: off by {off}");
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
    let bytes = matrix.iter().flat_map(|number| number.to_le_bytes()).collect();
    let matrix = Matrix::unpacked("test", [rows, cols], BlockType::F32, bytes).expect("fits");
    let mut out = vec![f32::NAN; positions * rows];
    floats::multiply(&matrix, &x, &mut out);
    for (at, (out, exact)) in out.iter().zip(&exact).enumerate() {
        assert!(
            (out - exact).abs() <= 1e-5 * cols as f32,
            "{rows} × {cols}, {positions} positions: at {at} {out} is not {exact}"
        );
    }
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
