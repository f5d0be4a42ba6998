//! Matrix products that come out the same to the last bit on every machine.
//!
//! Training repeats its sums millions of times, so a difference in one rounding
//! ends in another model. Two rules make the result independent of the width of
//! the machine's vectors and of the number of threads: every output is summed
//! over `k` in order, one fused multiply-add after the other, and vectors run
//! only across outputs. An eight-lane and a sixteen-lane machine thus do the same
//! arithmetic. (Without fused multiply-add in hardware it is slow, and still the
//! same.)

/// A matrix as it lies in memory, or its transpose: only the steps differ.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    data: &'a [f32],
    rows: usize,
    cols: usize,
    row_step: usize,
    col_step: usize,
}

impl<'a> View<'a> {
    /// `data` holds rows of `cols` numbers.
    pub fn new(data: &'a [f32], cols: usize) -> Self {
        assert_eq!(data.len() % cols, 0, "whole rows of {cols}");
        Self { data, rows: data.len() / cols, cols, row_step: cols, col_step: 1 }
    }

    pub fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.cols,
            cols: self.rows,
            row_step: self.col_step,
            col_step: self.row_step,
        }
    }

    fn at(&self, row: usize, col: usize) -> f32 {
        self.data[row * self.row_step + col * self.col_step]
    }
}

/// The right-hand side of a product, in the order in which it is read: panels of
/// neighbouring columns, each from top to bottom.
#[derive(Debug)]
pub struct Packed {
    /// \[cols / width]\[rows]\[width]
    panels: Vec<f32>,
    rows: usize,
    cols: usize,
    width: usize,
}

/// Columns of a panel: two vectors of sixteen, or one where there are no more.
const WIDE: usize = 32;
const NARROW: usize = 16;
/// Rows worked on together: with a wide panel their sums fill half of the
/// thirty-two registers, and each number of the panel is used this often.
const TILE_ROWS: usize = 8;

impl Packed {
    /// The number of columns must be a multiple of sixteen.
    pub fn new(matrix: View<'_>) -> Self {
        let View { rows, cols, .. } = matrix;
        assert_eq!(cols % NARROW, 0, "{cols} columns make no whole panels");
        let width = if cols.is_multiple_of(WIDE) { WIDE } else { NARROW };
        let mut panels = Vec::with_capacity(rows * cols);
        for first in (0..cols).step_by(width) {
            for row in 0..rows {
                panels.extend((first..first + width).map(|col| matrix.at(row, col)));
            }
        }
        Self { panels, rows, cols, width }
    }

    pub fn cols(&self) -> usize {
        self.cols
    }
}

/// out\[n, cols] += a\[n, rows] · b\[rows, cols]
pub fn multiply_add(a: View<'_>, b: &Packed, out: &mut [f32]) {
    multiply_add_with(Vectors::of_this_machine(), a, b, out);
}

/// Which vectors do the work. The result does not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vectors {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Vectors {
    fn of_this_machine() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Plain
    }
}

fn multiply_add_with(vectors: Vectors, a: View<'_>, b: &Packed, out: &mut [f32]) {
    assert_eq!(a.cols, b.rows, "inner sizes");
    assert_eq!(out.len(), a.rows * b.cols, "size of the result");
    let tiles = tiles(a);
    let mut sums = [[0.0; WIDE]; TILE_ROWS];
    // A panel stays in the first cache while all rows pass by it.
    for (index, panel) in b.panels.chunks_exact(b.rows * b.width).enumerate() {
        let first_col = index * b.width;
        let row_tiles = tiles.chunks_exact(a.cols).zip(out.chunks_mut(TILE_ROWS * b.cols));
        for (a_tile, out) in row_tiles {
            match b.width {
                WIDE => tile::<WIDE>(vectors, a_tile, panel.as_chunks().0, &mut sums),
                _ => tile::<NARROW>(vectors, a_tile, panel.as_chunks().0, &mut sums),
            }
            for (out, sums) in out.chunks_exact_mut(b.cols).zip(&sums) {
                for (out, sum) in out[first_col..][..b.width].iter_mut().zip(sums) {
                    *out += sum;
                }
            }
        }
    }
}

/// The left-hand side in the order in which it is read: \[rows / 8]\[cols]\[8].
/// Rows that the last tile lacks are zeros; their sums go nowhere.
fn tiles(a: View<'_>) -> Vec<[f32; TILE_ROWS]> {
    let mut tiles = vec![[0.0; TILE_ROWS]; a.rows.div_ceil(TILE_ROWS) * a.cols];
    for (index, tile) in tiles.chunks_exact_mut(a.cols).enumerate() {
        let first = index * TILE_ROWS;
        let rows = TILE_ROWS.min(a.rows - first);
        if a.row_step == 1 {
            for (k, to) in tile.iter_mut().enumerate() {
                to[..rows].copy_from_slice(&a.data[k * a.col_step + first..][..rows]);
            }
            continue;
        }
        for row in 0..rows {
            let from = &a.data[(first + row) * a.row_step..][..a.cols];
            for (to, &from) in tile.iter_mut().zip(from) {
                to[row] = from;
            }
        }
    }
    tiles
}

/// sums = aᵀ · panel: all rows of the tile, all columns of the panel.
#[inline]
fn tile<const WIDTH: usize>(
    vectors: Vectors,
    a: &[[f32; TILE_ROWS]],
    panel: &[[f32; WIDTH]],
    sums: &mut [[f32; WIDE]; TILE_ROWS],
) {
    match vectors {
        Vectors::Plain => plain_tile(a, panel, sums),
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "the processor was asked whether it has them")]
        Vectors::Avx2 => unsafe { x86::avx2_tile(a, panel, sums) },
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code, reason = "the processor was asked whether it has them")]
        Vectors::Avx512 => unsafe { x86::avx512_tile(a, panel, sums) },
    }
}

fn plain_tile<const WIDTH: usize>(
    a: &[[f32; TILE_ROWS]],
    panel: &[[f32; WIDTH]],
    sums: &mut [[f32; WIDE]; TILE_ROWS],
) {
    *sums = [[0.0; WIDE]; TILE_ROWS];
    for (a, b) in a.iter().zip(panel) {
        for (sums, &a) in sums.iter_mut().zip(a) {
            for (sum, &b) in sums.iter_mut().zip(b) {
                *sum = a.mul_add(b, *sum);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    #![allow(unsafe_code, reason = "loads and stores of whole vectors, from arrays of their size")]

    use std::arch::x86_64::*;

    use super::{TILE_ROWS, WIDE};

    /// `WIDTH` is one vector of sixteen or two; the compiler keeps the sums of
    /// both in registers.
    #[target_feature(enable = "avx512f")]
    pub(super) fn avx512_tile<const WIDTH: usize>(
        a: &[[f32; TILE_ROWS]],
        panel: &[[f32; WIDTH]],
        sums: &mut [[f32; WIDE]; TILE_ROWS],
    ) {
        const { assert!(WIDTH == 16 || WIDTH == 32) };
        let mut acc = [[_mm512_setzero_ps(); 2]; TILE_ROWS];
        for (a, b) in a.iter().zip(panel) {
            // SAFETY: a panel's row is 16 or 32 numbers long.
            let low = unsafe { _mm512_loadu_ps(b.as_ptr()) };
            let high =
                if WIDTH == 32 { unsafe { _mm512_loadu_ps(b.as_ptr().add(16)) } } else { low };
            for ([first, second], &a) in acc.iter_mut().zip(a) {
                let a = _mm512_set1_ps(a);
                *first = _mm512_fmadd_ps(a, low, *first);
                if WIDTH == 32 {
                    *second = _mm512_fmadd_ps(a, high, *second);
                }
            }
        }
        for (sums, acc) in sums.iter_mut().zip(acc) {
            // SAFETY: a row of sums is 32 numbers long.
            unsafe {
                _mm512_storeu_ps(sums.as_mut_ptr(), acc[0]);
                _mm512_storeu_ps(sums.as_mut_ptr().add(16), acc[1]);
            }
        }
    }

    /// Sixteen registers hold the sums of one vector of eight columns at a time.
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn avx2_tile<const WIDTH: usize>(
        a: &[[f32; TILE_ROWS]],
        panel: &[[f32; WIDTH]],
        sums: &mut [[f32; WIDE]; TILE_ROWS],
    ) {
        const { assert!(WIDTH == 16 || WIDTH == 32) };
        for first in (0..WIDTH).step_by(8) {
            let mut acc = [_mm256_setzero_ps(); TILE_ROWS];
            for (a, b) in a.iter().zip(panel) {
                // SAFETY: `first` leaves eight numbers of the row.
                let b = unsafe { _mm256_loadu_ps(b.as_ptr().add(first)) };
                for (acc, &a) in acc.iter_mut().zip(a) {
                    *acc = _mm256_fmadd_ps(_mm256_set1_ps(a), b, *acc);
                }
            }
            for (sums, acc) in sums.iter_mut().zip(acc) {
                // SAFETY: `first` leaves eight numbers of the row.
                unsafe { _mm256_storeu_ps(sums.as_mut_ptr().add(first), acc) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1000) as f32 / 500.0 - 1.0).collect()
    }

    fn plain(a: View<'_>, b: View<'_>) -> Vec<f32> {
        let mut out = Vec::new();
        for row in 0..a.rows {
            for col in 0..b.cols {
                out.push((0..a.cols).fold(0.0, |sum, k| a.at(row, k).mul_add(b.at(k, col), sum)));
            }
        }
        out
    }

    #[test]
    fn equals_the_plain_sum_to_the_last_bit() {
        for (n, k, cols) in [(1, 16, 16), (7, 33, 16), (8, 64, 32), (19, 40, 96), (16, 384, 48)] {
            let (a, b) = (numbers(n * k, 1), numbers(k * cols, 2));
            let mut out = vec![0.0; n * cols];
            multiply_add(View::new(&a, k), &Packed::new(View::new(&b, cols)), &mut out);
            assert_eq!(out, plain(View::new(&a, k), View::new(&b, cols)), "{n} × {k} × {cols}");
        }
    }

    #[test]
    fn every_width_of_vector_gives_the_same_bits() {
        let (a, b) = (numbers(13 * 100, 3), numbers(100 * 64, 4));
        let packed = Packed::new(View::new(&b, 64));
        let with = |vectors| {
            let mut out = vec![0.0; 13 * 64];
            multiply_add_with(vectors, View::new(&a, 100), &packed, &mut out);
            out
        };
        let plainest = with(Vectors::Plain);
        assert_eq!(with(Vectors::of_this_machine()), plainest);
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            assert_eq!(with(Vectors::Avx2), plainest);
        }
    }

    #[test]
    fn transposes_without_copying() {
        let (a, b) = (numbers(20 * 6, 5), numbers(20 * 32, 6));
        let a = View::new(&a, 6).transposed();
        let mut out = vec![1.0; 6 * 32];
        multiply_add(a, &Packed::new(View::new(&b, 32)), &mut out);
        let expected: Vec<f32> = plain(a, View::new(&b, 32)).iter().map(|sum| 1.0 + sum).collect();
        assert_eq!(out, expected);
        let b_transposed: Vec<f32> = (0..32)
            .flat_map(|col| (0..20).map(move |k| (k, col)))
            .map(|(k, col)| b[k * 32 + col])
            .collect();
        let mut again = vec![1.0; 6 * 32];
        multiply_add(a, &Packed::new(View::new(&b_transposed, 20).transposed()), &mut again);
        assert_eq!(again, expected);
    }
}
