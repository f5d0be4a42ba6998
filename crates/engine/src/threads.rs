//! Several threads on one piece of work.
//!
//! The engine's thread cuts work into parts. Helpers take parts as they come
//! free, and so does the engine's thread itself; it goes on when all are done.
//! Without helpers (in browsers without shared memory, by wish, or because
//! somebody else has them) it simply does every part.
//!
//! A token takes some hundred pieces of work of a few microseconds each, so a
//! helper that has run out watches for more before it lies down: waking it up
//! takes longer than such a piece. For the same reason small work is cut into as
//! many parts as there are threads; large work into more, so that one who is held
//! up does not hold up all. [`crew`] hands them out.
#![allow(unsafe_code, reason = "parts of one slice are written by several threads")]

mod crew;

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crew::CREW;

/// How long everybody is waited for when everybody is called, in naps.
const NAP: Duration = Duration::from_millis(1);
const NAPS: usize = 2_000;
/// Of large work.
const PARTS_PER_THREAD: usize = 8;
/// What work costs is told in multiplications of the integer kernels, of which a
/// thread does some fifty in a nanosecond. So many are worth a part of their own:
/// handing it out and hearing that it is done takes half a microsecond.
const WORTHWHILE: usize = 1 << 16;
/// Beyond so many, an interruption is likely.
const LARGE: usize = 1 << 22;
/// What it costs to do something with one number that is no multiplication: to round
/// it, to norm it, to raise e to its power.
pub const PER_NUMBER: usize = 50;

/// Makes the calling thread a helper. Never returns.
pub fn help() -> ! {
    CREW.help()
}

/// How many threads are helping, or would if they were allowed to.
pub fn helpers() -> usize {
    CREW.helpers()
}

/// How many threads may work, the engine's own included.
pub fn use_at_most(threads: usize) {
    CREW.use_at_most(threads.max(1) - 1);
}

/// Threads that work, the engine's own included.
pub fn count() -> usize {
    CREW.count()
}

/// A helper died and will not finish what it took: whoever waits for it panics
/// instead of waiting for ever.
pub fn give_up() {
    CREW.give_up();
}

/// Calls `work` for each of `0..parts`, in any order, on any thread.
pub fn share(parts: usize, work: impl Fn(usize) + Sync) {
    CREW.share(parts, work);
}

/// Calls `work` on every thread once, on all at the same time: false if one of them
/// does not come.
pub fn call_everyone(work: impl Fn() + Sync) -> bool {
    let everyone = count();
    let (come, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    share(everyone, |_| {
        // Nobody takes a second part before all have taken their first.
        come.fetch_add(1, Ordering::SeqCst);
        for _ in 0..NAPS {
            if come.load(Ordering::SeqCst) == everyone {
                break;
            }
            std::thread::sleep(NAP);
        }
        if come.load(Ordering::SeqCst) == everyone {
            work();
            done.fetch_add(1, Ordering::SeqCst);
        }
    });
    done.load(Ordering::SeqCst) == everyone
}

/// Into how many parts work of such a cost is cut.
fn parts_of(cost: usize) -> usize {
    let threads = count();
    if threads == 1 {
        return 1;
    }
    let each = (cost / LARGE / threads).clamp(1, PARTS_PER_THREAD);
    (threads * each).min(cost / WORTHWHILE).max(1)
}

/// Cuts `0..units` into stretches, whole multiples of `step` but for the last,
/// and calls `work` for each. `cost` is that of a unit: small work is not shared.
pub fn share_range(units: usize, step: usize, cost: usize, work: impl Fn(Range<usize>) + Sync) {
    let steps = units.div_ceil(step);
    let parts = parts_of(units.saturating_mul(cost)).min(steps);
    if parts <= 1 {
        return work(0..units);
    }
    // Stretches differ by a step at most, or the thread with one more of them would
    // be waited for.
    let start_of = |part: usize| (part * steps / parts * step).min(units);
    share(parts, |part| work(start_of(part)..start_of(part + 1)));
}

/// Works on whole rows of `rows`\[n, width]; `work` is told the first row it gets.
pub fn share_rows<T: Send>(
    rows: &mut [T],
    width: usize,
    cost: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let count = rows.len() / width;
    let all = Apart { start: rows.as_mut_ptr(), len: rows.len() };
    share_range(count, 1, cost, |range| {
        // SAFETY: ranges are disjoint and within the rows, which are borrowed
        // until every part is done.
        work(range.start, unsafe { all.part(range.start * width..range.end * width) });
    });
}

/// Works on the same columns of each of `outs`\[n, width], in stretches of whole
/// multiples of `step`.
pub fn share_columns<const N: usize>(
    outs: [&mut [f32]; N],
    width: usize,
    step: usize,
    cost: usize,
    work: impl Fn([Columns<'_>; N]) + Sync,
) {
    let all = outs.map(|out| Apart { start: out.as_mut_ptr(), len: out.len() });
    share_range(width, step, cost, |range| {
        work(all.each_ref().map(|all| Columns { all, width, range: range.clone() }));
    });
}

/// Works on columns of several `outs`\[n, width], each of a width of its own, as if they
/// stood side by side; `work` is told of which one it gets some.
pub fn share_columns_of_each(
    outs: Vec<(&mut [f32], usize)>,
    step: usize,
    cost: usize,
    work: impl Fn(usize, Columns<'_>) + Sync,
) {
    let apart = |(out, width): (&mut [f32], usize)| {
        (Apart { start: out.as_mut_ptr(), len: out.len() }, width)
    };
    // Each is borrowed until every part is done.
    let all: Vec<_> = outs.into_iter().map(apart).collect();
    let steps = all.iter().map(|(_, width)| width.div_ceil(step)).sum();
    share_range(steps, 1, step * cost, |range| {
        let mut first = 0;
        for (which, (all, width)) in all.iter().enumerate() {
            let end = first + width.div_ceil(step);
            let own = range.start.clamp(first, end) - first..range.end.clamp(first, end) - first;
            if !own.is_empty() {
                let range = own.start * step..(own.end * step).min(*width);
                work(which, Columns { all, width: *width, range });
            }
            first = end;
        }
    });
}

/// Works on blocks of `out`\[n, width], of so many rows and columns or what is left at
/// an edge, column after column of them. `cost` is that of a block.
pub fn share_blocks(
    out: &mut [f32],
    width: usize,
    [high, wide]: [usize; 2],
    cost: usize,
    work: impl Fn(Block<'_>) + Sync,
) {
    let rows = out.len() / width;
    let in_a_column = rows.div_ceil(high);
    let all = Apart { start: out.as_mut_ptr(), len: out.len() };
    share_range(in_a_column * width.div_ceil(wide), 1, cost, |range| {
        for block in range {
            let (row, column) = (block % in_a_column * high, block / in_a_column * wide);
            work(Block {
                all: &all,
                width,
                rows: row..rows.min(row + high),
                columns: column..width.min(column + wide),
            });
        }
    });
}

/// Some rows of some columns of a matrix whose other numbers belong to others.
#[derive(Debug)]
pub struct Block<'a> {
    all: &'a Apart<f32>,
    width: usize,
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Block<'_> {
    pub fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    pub fn columns(&self) -> Range<usize> {
        self.columns.clone()
    }

    /// Writes all of it. `from`\[rows, columns]
    pub fn fill_from(&mut self, from: &[f32]) {
        assert_eq!(from.len(), self.rows.len() * self.columns.len(), "a number for each");
        for (row, from) in self.rows.clone().zip(from.chunks_exact(self.columns.len())) {
            let start = row * self.width + self.columns.start;
            // SAFETY: this block belongs to this part alone, and it is borrowed.
            unsafe { self.all.part(start..start + from.len()) }.copy_from_slice(from);
        }
    }
}

/// Some columns of a matrix whose other columns belong to others.
#[derive(Debug)]
pub struct Columns<'a> {
    all: &'a Apart<f32>,
    width: usize,
    range: Range<usize>,
}

impl Columns<'_> {
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.all.len / self.width
    }

    /// One's own numbers of `row`.
    pub fn row(&mut self, row: usize) -> &mut [f32] {
        self.at(row, self.range.start, self.range.len())
    }

    /// The numbers of `row` from `column` on, `count` of them.
    pub fn at(&mut self, row: usize, column: usize, count: usize) -> &mut [f32] {
        assert!(
            self.range.start <= column && column + count <= self.range.end,
            "one's own columns"
        );
        let start = row * self.width + column;
        // SAFETY: these columns belong to this part alone, and it is borrowed.
        unsafe { self.all.part(start..start + count) }
    }
}

/// A slice that is handed out in parts.
#[derive(Debug)]
struct Apart<T> {
    start: *mut T,
    len: usize,
}

// SAFETY: it only hands out parts, to one thread each.
unsafe impl<T: Send> Sync for Apart<T> {}

impl<T> Apart<T> {
    /// # Safety
    /// No two parts that live at the same time may overlap, and none may outlive
    /// the slice.
    #[allow(clippy::mut_from_ref, reason = "the caller keeps parts disjoint")]
    unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len, "within the slice");
        // SAFETY: within the slice, and by the caller's promise nobody else's.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;
    use std::sync::Mutex;
    use std::sync::atomic::AtomicU32;

    use super::*;

    /// Helpers of a test process stay until it ends, as they do in the browser.
    fn with_helpers() {
        static STARTED: std::sync::Once = std::sync::Once::new();
        STARTED.call_once(|| {
            for _ in 0..3 {
                std::thread::spawn(|| help());
            }
        });
        while helpers() < 3 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn every_part_is_done_exactly_once() {
        with_helpers();
        for round in 0..20_000 {
            let parts = 1 + round % 67;
            let counts: Vec<AtomicU32> = (0..parts).map(|_| AtomicU32::new(0)).collect();
            share(parts, |part| {
                counts[part].fetch_add(1, Ordering::Relaxed);
            });
            assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1), "{counts:?}");
        }
    }

    #[test]
    fn work_is_found_after_a_rest() {
        with_helpers();
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(3));
            let mut rows = vec![0; 64];
            share_rows(&mut rows, 1, WORTHWHILE, |first, rows| rows.fill(first + 1));
            assert!(rows.iter().all(|&row| row > 0), "{rows:?}");
        }
    }

    #[test]
    fn rows_and_columns_are_cut_without_gaps() {
        with_helpers();
        for width in [1, 7, 8, 33, 64] {
            let mut rows = vec![0usize; 11 * width];
            share_rows(&mut rows, width, WORTHWHILE, |first, rows| {
                for (at, row) in rows.chunks_exact_mut(width).enumerate() {
                    row.fill(first + at);
                }
            });
            assert!(rows.iter().enumerate().all(|(at, &row)| row == at / width), "{rows:?}");

            let mut columns = vec![0.0; 3 * width];
            share_columns([&mut columns], width, 8, WORTHWHILE, |[mut columns]| {
                let range = columns.range();
                assert!(range.start.is_multiple_of(8));
                for row in 0..3 {
                    columns.row(row).fill(row as f32 + 1.0);
                }
            });
            let expected = |at: usize| (at / width) as f32 + 1.0;
            assert!(columns.iter().enumerate().all(|(at, &value)| value == expected(at)));
        }
    }

    #[test]
    fn columns_side_by_side_are_cut_without_gaps() {
        with_helpers();
        for widths in [[1, 1, 1], [576, 192, 192], [7, 33, 64], [40, 8, 1]] {
            let mut outs = widths.map(|width| vec![0.0; 2 * width]);
            let sides = outs.iter_mut().zip(widths).map(|(out, width)| (&mut out[..], width));
            share_columns_of_each(sides.collect(), 8, WORTHWHILE, |which, mut columns| {
                assert!(columns.range().start.is_multiple_of(8));
                for row in 0..columns.rows() {
                    columns.row(row).iter_mut().for_each(|value| *value += which as f32 + 1.0);
                }
            });
            for (which, out) in outs.iter().enumerate() {
                assert!(
                    out.iter().all(|&value| value == which as f32 + 1.0),
                    "{widths:?}: {out:?}"
                );
            }
        }
    }

    #[test]
    fn blocks_are_cut_without_gaps() {
        with_helpers();
        for (rows, width, size) in [(1, 9, [64, 3]), (143, 48, [64, 16]), (7, 5, [2, 2])] {
            let mut out = vec![0.0; rows * width];
            share_blocks(&mut out, width, size, WORTHWHILE, |mut block| {
                let columns = block.columns();
                let at = |row, column| (row * width + column) as f32 + 1.0;
                let all = block.rows().flat_map(|row| columns.clone().map(move |c| at(row, c)));
                let numbers: Vec<f32> = all.collect();
                block.fill_from(&numbers);
            });
            assert!(out.iter().zip(1..).all(|(&out, at)| out == at as f32), "{out:?}");
        }
    }

    #[test]
    fn small_work_has_a_part_for_each_thread_and_large_work_more() {
        with_helpers();
        assert_eq!(parts_of(WORTHWHILE), 1);
        assert_eq!(parts_of(3 * WORTHWHILE), 3);
        assert_eq!(parts_of(LARGE), count());
        assert_eq!(parts_of(100 * LARGE), PARTS_PER_THREAD * count());
    }

    #[test]
    fn no_thread_has_more_to_do_than_a_step() {
        with_helpers();
        for (units, step) in [(576, 8), (960, 8), (1536, 8), (49_152, 32), (9, 1), (61, 16)] {
            let stretches = Mutex::new(Vec::new());
            share_range(units, step, LARGE, |range| {
                stretches.lock().expect("nobody panics").push(range);
            });
            let mut stretches = stretches.into_inner().expect("nobody panics");
            stretches.sort_by_key(|range| range.start);
            let ends: Vec<usize> = stretches.iter().map(|range| range.end).collect();
            let starts: Vec<usize> = stretches.iter().map(|range| range.start).collect();
            assert_eq!((starts[0], ends[ends.len() - 1]), (0, units));
            assert_eq!(starts[1..], ends[..ends.len() - 1], "no gaps");
            let steps: Vec<usize> =
                stretches.iter().map(|range| range.len().div_ceil(step)).collect();
            let (least, most) = (steps.iter().min(), steps.iter().max());
            assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{steps:?}");
        }
    }

    #[test]
    fn everyone_is_called_once_or_it_is_noticed() {
        use std::collections::HashSet;
        with_helpers();
        let threads = Mutex::new(HashSet::new());
        // Another test may have the helpers just now; then it is this thread alone.
        let all = call_everyone(|| {
            let id = std::thread::current().id();
            assert!(threads.lock().expect("nobody panics").insert(id), "called twice");
        });
        let called = threads.into_inner().expect("nobody panics").len();
        assert!(called == count() || !all, "{called} of {}", count());
    }

    #[test]
    fn a_panic_in_a_part_is_a_panic_of_the_whole() {
        with_helpers();
        let caught = catch_unwind(|| share(64, |part| assert_ne!(part, 11, "the eleventh")));
        assert!(caught.is_err());
    }

    #[test]
    #[should_panic(expected = "one's own columns")]
    fn columns_of_others_are_out_of_reach() {
        let mut out = [0.0; 16];
        let all = Apart { start: out.as_mut_ptr(), len: out.len() };
        Columns { all: &all, width: 8, range: 0..4 }.at(1, 3, 2);
    }
}
