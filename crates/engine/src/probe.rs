//! Whether this module computes right where it runs.
//!
//! The same source becomes several modules, and browsers turn each into machine
//! code in ways of their own: relaxed instructions may do different things on
//! different processors, and memory may not be shared as promised. So before an
//! engine says that it is ready it multiplies small matrices of every form, with
//! all its threads together and on each of them alone, and compares what comes
//! out with numbers written down here, which the plain kernels made.

use std::sync::{Mutex, PoisonError};

use bella_weights::BlockType;
use half::f16;

use crate::attention::{Memory, Precision, Question};
use crate::kernels::Rounding;
use crate::math::{exp, softmax};
use crate::matrix::Matrix;
use crate::threads::call_everyone;

/// Neither a multiple of a tile nor so few that one thread does it all.
const ROWS: usize = 75;
const COLS: usize = 256;
const POSITIONS: usize = 5;
/// How far off a sum may be, in parts of the sum of what it is made of: kernels
/// differ in the last bits. One wrong number in a column shows a hundredfold.
const TOLERANCE: f32 = 1e-4;
/// Often enough that helpers wake up and take their parts.
const ROUNDS: usize = 8;

/// The sums of each position, with all positions at once.
type Sums = [f32; POSITIONS];

/// What is multiplied, and what comes of it.
struct Product {
    what: &'static str,
    block: BlockType,
    sums: Sums,
    /// That of the first position when it is rounded twice.
    finely: f32,
}

const PRODUCTS: [Product; 5] = [
    Product {
        what: "4 bits, counted from the middle",
        block: BlockType::Q4_0,
        sums: [-188.344_2, -158.140_5, 391.985_05, 111.600_42, 345.196_2],
        finely: -187.072_74,
    },
    Product {
        what: "4 bits, counted from a minimum",
        block: BlockType::Q4_1,
        sums: [-52.287_15, -717.353_6, -401.782_65, 389.466_7, 189.080_35],
        finely: -52.238_117,
    },
    Product {
        what: "8 bits",
        block: BlockType::Q8_0,
        sums: [2_114.211, -1_710.398_8, 459.565_37, 1_336.595_5, -634.648_3],
        finely: 2_111.567_1,
    },
    Product {
        what: "halves",
        block: BlockType::F16,
        sums: [-631.531_25, 321.396_36, -344.717_53, 26.180_573, -212.475_39],
        finely: -631.531_25,
    },
    Product {
        what: "floats",
        block: BlockType::F32,
        sums: [-631.469_4, 321.359_28, -344.756_26, 26.243_843, -212.453_84],
        finely: -631.469_4,
    },
];

/// Of eˣ and of the softmax over the positions of one product.
const CURVES: [f32; 2] = [9_633.428, 3.977_600_3];

/// Something came out wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}: {got} instead of {expected}")]
pub struct Wrong {
    what: &'static str,
    got: f32,
    expected: f32,
}

/// Takes a few milliseconds.
pub fn probe() -> Result<(), Wrong> {
    // With shared work, then each thread all of it.
    check(&PRODUCTS, CURVES)?;
    let wrong = Mutex::new(None);
    let all = call_everyone(|| {
        if let Err(found) = check(&PRODUCTS, CURVES) {
            *wrong.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
        }
    });
    match wrong.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(wrong) => Err(wrong),
        None if !all => Err(Wrong { what: "threads that came", got: 0.0, expected: 1.0 }),
        None => Ok(()),
    }
}

fn check(products: &[Product], curves: [f32; 2]) -> Result<(), Wrong> {
    let x = positions();
    for Product { what, block, sums, finely } in products {
        let matrix = Matrix::new("probe", [ROWS, COLS], *block, weights(*block))
            .expect("as many bytes as it has numbers");
        let mut out = vec![0.0; POSITIONS * ROWS];
        for _ in 0..ROUNDS {
            out.fill(f32::NAN);
            matrix.apply(&x, &mut out);
            for (out, &expected) in out.chunks_exact(ROWS).zip(sums) {
                compare(what, out, expected)?;
            }
        }
        // One alone goes other ways than several together, rounded twice others again.
        for (rounding, expected) in [(Rounding::Once, sums[0]), (Rounding::Twice, *finely)] {
            let alone = &mut out[..ROWS];
            alone.fill(f32::NAN);
            Matrix::apply_each(&x[..COLS], rounding, [(&matrix, &mut *alone)]);
            compare(what, alone, expected)?;
        }
    }
    check_attention(&x)?;
    let [exps, probabilities] = curves_of(&x);
    compare("powers of e", &exps, curves[0])?;
    compare("softmax", &probabilities, curves[1])
}

/// What is remembered in a few bits, beside the same remembered exactly.
fn check_attention(x: &[f32]) -> Result<(), Wrong> {
    const DIM: usize = 16;
    const NEAR: f32 = 0.02;
    let rounded = Memory::new(1, DIM, Precision::Bits7);
    let [expected, found] = [rounded.exact(), rounded].map(|mut memory| {
        memory.push(x, x);
        let mut mixed = vec![0.0; x.len()];
        let question = Question { heads: 1, scale: 1.0, rounding: Rounding::Once };
        memory.look_up(x, question, |at| 0..at + 1, &mut mixed);
        mixed
    });
    for (&got, &expected) in found.iter().zip(&expected) {
        let off = (got - expected).abs();
        if off > NEAR || off.is_nan() {
            return Err(Wrong { what: "attention", got, expected });
        }
    }
    Ok(())
}

fn curves_of(x: &[f32]) -> [Vec<f32>; 2] {
    let mut probabilities = x.to_vec();
    softmax(&mut probabilities);
    [x.iter().map(|&x| exp(x)).collect(), probabilities]
}

fn compare(what: &'static str, numbers: &[f32], expected: f32) -> Result<(), Wrong> {
    let [got, all] = sum(numbers);
    // Neither NaN nor an infinity is near anything.
    if all.is_finite() && (got - expected).abs() <= TOLERANCE * all {
        Ok(())
    } else {
        Err(Wrong { what, got, expected })
    }
}

/// Σ of numbers that count differently, so that none can stand in for another;
/// and what it would be if all had the same sign.
fn sum(numbers: &[f32]) -> [f32; 2] {
    let counted = numbers.iter().enumerate().map(|(at, number)| (1 + at % 7) as f32 * number);
    counted.fold([0.0; 2], |[sum, all], number| [sum + number, all + number.abs()])
}

fn positions() -> Vec<f32> {
    let mut noise = Noise(1);
    (0..POSITIONS * COLS).map(|_| 2.0 * noise.number()).collect()
}

/// Any bytes are quants; scales are written into their places.
fn weights(block: BlockType) -> Vec<u8> {
    let mut noise = Noise(2);
    match block {
        BlockType::F32 => (0..ROWS * COLS).flat_map(|_| noise.number().to_le_bytes()).collect(),
        BlockType::F16 => {
            let half = |_| f16::from_f32(noise.number()).to_le_bytes();
            (0..ROWS * COLS).flat_map(half).collect()
        }
        _ => {
            let scales = if block == BlockType::Q4_1 { 2 } else { 1 };
            let bytes = ROWS * COLS / block.block_len() * block.block_bytes();
            let mut bytes: Vec<u8> = (0..bytes).map(|_| noise.byte()).collect();
            for block in bytes.chunks_exact_mut(block.block_bytes()) {
                let (halves, _) = block.as_chunks_mut::<2>();
                for half in &mut halves[..scales] {
                    *half = f16::from_f32(0.1 * noise.number()).to_le_bytes();
                }
            }
            bytes
        }
    }
}

/// The same everywhere, and nothing like a pattern.
struct Noise(u32);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 24) as u8
    }

    /// Between −1 and 1.
    fn number(&mut self) -> f32 {
        f32::from(self.byte()) / 127.5 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use bella_weights::dequantise;

    use super::*;
    use crate::kernels::{Activations, Packed, multiply_plainly};

    /// By the plain kernel, or for floats by the definition.
    fn sums_of(block: BlockType, rounding: Rounding) -> Sums {
        let (bytes, x) = (weights(block), positions());
        let mut out = vec![0.0; POSITIONS * ROWS];
        if let Some(packed) = Packed::new("probe", ROWS, COLS, block, &bytes).expect("fits") {
            multiply_plainly(&packed, &Activations::rounded(&x, COLS, rounding), &mut out);
        } else {
            let mut numbers = vec![0.0; ROWS * COLS];
            dequantise(block, &bytes, &mut numbers).expect("whole blocks");
            let dot = |row: &[f32], x: &[f32]| {
                row.iter().zip(x).map(|(w, x)| f64::from(*w) * f64::from(*x)).sum::<f64>() as f32
            };
            for (out, x) in out.chunks_exact_mut(ROWS).zip(x.chunks_exact(COLS)) {
                let rows = numbers.chunks_exact(COLS);
                out.iter_mut().zip(rows).for_each(|(out, row)| *out = dot(row, x));
            }
        }
        let sums: Vec<f32> = out.chunks_exact(ROWS).map(|out| sum(out)[0]).collect();
        sums.try_into().expect("one for each position")
    }

    #[test]
    fn the_numbers_written_down_are_those_of_the_plain_kernels() {
        let x = positions();
        let exps: Vec<f32> = x.iter().map(|&x| f64::from(x).exp() as f32).collect();
        let total: f32 = exps.iter().sum();
        let probabilities: Vec<f32> = exps.iter().map(|exp| exp / total).collect();
        let plain = [sum(&exps)[0], sum(&probabilities)[0]];
        let near = |a: f32, b: f32| (a - b).abs() <= 1e-4 * b.abs();
        assert!(CURVES.iter().zip(plain).all(|(&a, b)| near(a, b)), "they are {plain:?}");
        for Product { what, block, sums, finely } in PRODUCTS {
            let plain = sums_of(block, Rounding::Once);
            assert!(sums.iter().zip(plain).all(|(&a, b)| near(a, b)), "{what}: they are {plain:?}");
            let [plain, ..] = sums_of(block, Rounding::Twice);
            assert!(near(finely, plain), "{what}: rounded twice it is {plain:?}");
        }
    }

    #[test]
    fn this_machine_computes_right() {
        assert_eq!(probe(), Ok(()));
    }

    #[test]
    fn a_number_that_is_a_little_off_is_noticed() {
        for at in 0..PRODUCTS.len() {
            for position in 0..POSITIONS {
                let mut products = PRODUCTS;
                products[at].sums[position] += 0.002 * sum_of_all(products[at].block, position);
                let wrong = check(&products, CURVES).expect_err("tampered with");
                assert_eq!(wrong.what, PRODUCTS[at].what);
            }
            let mut products = PRODUCTS;
            products[at].finely += 0.002 * sum_of_all(products[at].block, 0);
            assert_eq!(
                check(&products, CURVES).expect_err("tampered with").what,
                products[at].what
            );
        }
        for (at, what) in ["powers of e", "softmax"].into_iter().enumerate() {
            let mut curves = CURVES;
            curves[at] *= 1.001;
            assert_eq!(check(&PRODUCTS, curves).expect_err("tampered with").what, what);
        }
    }

    #[test]
    fn one_wrong_number_among_many_is_noticed() {
        let expected = PRODUCTS[2].sums[0];
        let matrix = Matrix::new("probe", [ROWS, COLS], BlockType::Q8_0, weights(BlockType::Q8_0));
        let mut out = vec![0.0; ROWS];
        matrix.expect("fits").apply(&positions()[..COLS], &mut out);
        assert_eq!(compare("8 bits", &out, expected), Ok(()));
        for wrong in [0.0, -out[ROWS - 1], f32::NAN, f32::INFINITY] {
            let mut out = out.clone();
            out[ROWS - 1] = wrong;
            assert!(compare("8 bits", &out, expected).is_err(), "{wrong}");
        }
    }

    /// What `TOLERANCE` is measured by.
    fn sum_of_all(block: BlockType, position: usize) -> f32 {
        let matrix = Matrix::new("probe", [ROWS, COLS], block, weights(block)).expect("fits");
        let mut out = vec![0.0; ROWS];
        matrix.apply(&positions()[position * COLS..][..COLS], &mut out);
        sum(&out)[1]
    }
}
