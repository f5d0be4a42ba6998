//! Several threads on one piece of work.
//!
//! The engine's thread cuts work into parts. Helpers take parts as they come
//! free, and so does the engine's thread itself; it goes on when all are done.
//! Without helpers (in browsers without shared memory, by wish, or because
//! somebody else has them) it simply does every part.
//!
//! A token takes some hundred pieces of work of a few microseconds each, so a
//! helper that has run out watches for more before it lies down: waking it up
//! takes longer than such a piece.
#![allow(unsafe_code, reason = "parts of one slice are written by several threads")]

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// Looks for work before lying down: some tens of microseconds, a little more
/// than what passes between two tokens.
const LOOKS: u32 = 60_000;
/// How long everybody is waited for when everybody is called, in naps.
const NAP: Duration = Duration::from_millis(1);
const NAPS: usize = 2_000;
/// More parts than threads, so that one who is held up does not hold up all.
const PARTS_PER_THREAD: usize = 3;
/// Multiplications, or what costs as much, that are worth a part of their own.
const WORTHWHILE: usize = 1 << 14;

/// One piece of work at a time, and who works on it.
struct Crew {
    /// Held by whoever has work to share.
    work: Mutex<()>,
    /// Which piece of work it is (upper half) and how many parts nobody has taken
    /// yet (lower half). Both in one word: a helper that comes late takes no part
    /// of what it has not seen.
    open: AtomicU64,
    /// What to call for a part, and with what: a [`Call`] taken to pieces. Valid
    /// from when parts are taken until the last is done.
    call: [AtomicUsize; 2],
    done: AtomicU32,
    /// Helpers there are, and how many of them may work.
    helpers: AtomicUsize,
    wanted: AtomicUsize,
    /// Whether a part of this piece of work has panicked.
    panicked: AtomicBool,
    /// Helpers that lie down, and are woken when there is work.
    asleep: AtomicUsize,
    bed: Mutex<()>,
    wake: Condvar,
    /// Where those lie who may not work.
    want: Condvar,
    /// Whether a helper is gone for good.
    broken: AtomicBool,
}

/// A closure without its type.
#[derive(Clone, Copy)]
struct Call {
    run: unsafe fn(*const (), usize),
    with: *const (),
}

static CREW: Crew = Crew {
    work: Mutex::new(()),
    open: AtomicU64::new(0),
    call: [const { AtomicUsize::new(0) }; 2],
    done: AtomicU32::new(0),
    helpers: AtomicUsize::new(0),
    wanted: AtomicUsize::new(usize::MAX),
    panicked: AtomicBool::new(false),
    asleep: AtomicUsize::new(0),
    bed: Mutex::new(()),
    wake: Condvar::new(),
    want: Condvar::new(),
    broken: AtomicBool::new(false),
};

/// Makes the calling thread a helper. Never returns.
pub fn help() -> ! {
    let number = CREW.helpers.fetch_add(1, Ordering::SeqCst);
    CREW.help(number)
}

/// How many threads are helping, or would if they were allowed to.
pub fn helpers() -> usize {
    CREW.helpers.load(Ordering::SeqCst)
}

/// How many threads may work, the engine's own included.
pub fn use_at_most(threads: usize) {
    let _awake = CREW.bed.lock().unwrap_or_else(PoisonError::into_inner);
    CREW.wanted.store(threads.max(1) - 1, Ordering::SeqCst);
    CREW.want.notify_all();
}

/// Threads that work, the engine's own included.
pub fn count() -> usize {
    1 + helpers().min(CREW.wanted.load(Ordering::Relaxed))
}

/// A helper died and will not finish what it took: whoever waits for it panics
/// instead of waiting for ever.
pub fn give_up() {
    CREW.broken.store(true, Ordering::SeqCst);
}

/// Calls `work` for each of `0..parts`, in any order, on any thread.
pub fn share<F: Fn(usize) + Sync>(parts: usize, work: F) {
    if parts > 1 && count() > 1 {
        // Nobody waits for helpers: tests run side by side, and so may engines.
        // A panic leaves nothing behind that the next piece of work would trip over.
        match CREW.work.try_lock() {
            Err(TryLockError::WouldBlock) => {}
            _mine => return CREW.share(parts, &work),
        }
    }
    (0..parts).for_each(work);
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

/// Cuts `0..units` into stretches, whole multiples of `step` but for the last,
/// and calls `work` for each. A unit costs about `cost` multiplications: small
/// work is not shared.
pub fn share_range(units: usize, step: usize, cost: usize, work: impl Fn(Range<usize>) + Sync) {
    let most = units.saturating_mul(cost) / WORTHWHILE;
    let parts = match count() {
        1 => 1,
        threads => (threads * PARTS_PER_THREAD).min(most).max(1),
    };
    if parts == 1 {
        return work(0..units);
    }
    let stretch = units.div_ceil(parts).next_multiple_of(step);
    share(units.div_ceil(stretch), |part| {
        let start = part * stretch;
        work(start..units.min(start + stretch));
    });
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

/// Works on columns of `out`\[n, width], in stretches of whole multiples of `step`.
pub fn share_columns(
    out: &mut [f32],
    width: usize,
    step: usize,
    cost: usize,
    work: impl Fn(Columns<'_>) + Sync,
) {
    let all = Apart { start: out.as_mut_ptr(), len: out.len() };
    share_range(width, step, cost, |range| work(Columns { all: &all, width, range }));
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

impl Crew {
    fn share<F: Fn(usize) + Sync>(&self, parts: usize, work: &F) {
        unsafe fn run<F: Fn(usize)>(with: *const (), part: usize) {
            // SAFETY: `with` is the closure below, which outlives every part.
            unsafe { (*with.cast::<F>())(part) }
        }
        let parts = u32::try_from(parts).expect("a few parts for each thread");
        self.call[0].store(run::<F> as *const () as usize, Ordering::Relaxed);
        self.call[1].store(std::ptr::from_ref(work).expose_provenance(), Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.panicked.store(false, Ordering::Relaxed);
        let round = (self.open.load(Ordering::Relaxed) >> 32).wrapping_add(1);
        // Even a panic must not leave while others hold on to the closure.
        let all_done = AllDone { crew: self, parts };
        self.open.store(round << 32 | u64::from(parts), Ordering::SeqCst);
        if self.asleep.load(Ordering::SeqCst) > 0 {
            drop(self.bed.lock().unwrap_or_else(PoisonError::into_inner));
            self.wake.notify_all();
        }
        while self.take_part() {}
        drop(all_done);
        assert!(!self.panicked.load(Ordering::Relaxed), "a part of shared work panicked");
    }

    /// Does one part, if there is one nobody has taken.
    fn take_part(&self) -> bool {
        let open = self.open.load(Ordering::Acquire);
        let left = open as u32;
        if left == 0 {
            return false;
        }
        // A failure means that somebody else was quicker: worth another look.
        if self.open.compare_exchange(open, open - 1, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
            let call = self.call();
            let _done = PartDone { crew: self };
            // SAFETY: this part was open, so the work it belongs to is not over
            // before it is done.
            unsafe { (call.run)(call.with, left as usize - 1) };
        }
        true
    }

    fn call(&self) -> Call {
        let [run, with] = [0, 1].map(|at| self.call[at].load(Ordering::Relaxed));
        let run = std::ptr::with_exposed_provenance::<()>(run);
        Call {
            // SAFETY: it was such a function, put there before parts were opened.
            run: unsafe { std::mem::transmute::<*const (), unsafe fn(*const (), usize)>(run) },
            with: std::ptr::with_exposed_provenance(with),
        }
    }

    fn help(&self, number: usize) -> ! {
        let mut looks = 0;
        loop {
            let wanted = number < self.wanted.load(Ordering::Relaxed);
            if wanted && self.take_part() {
                looks = 0;
            } else if wanted && looks < LOOKS {
                looks += 1;
                std::hint::spin_loop();
            } else {
                self.lie_down(number, wanted);
                looks = 0;
            }
        }
    }

    /// Until there is work, or until this one is wanted.
    fn lie_down(&self, number: usize, wanted: bool) {
        let bed = self.bed.lock().unwrap_or_else(PoisonError::into_inner);
        if !wanted {
            let unwanted = |_: &mut ()| number >= self.wanted.load(Ordering::SeqCst);
            drop(self.want.wait_while(bed, unwanted));
            return;
        }
        self.asleep.fetch_add(1, Ordering::SeqCst);
        // Work that came in between was not announced to this one.
        if self.open.load(Ordering::SeqCst) as u32 == 0 {
            drop(self.wake.wait(bed));
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
    }
}

struct PartDone<'a> {
    crew: &'a Crew,
}

impl Drop for PartDone<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.crew.panicked.store(true, Ordering::Relaxed);
        }
        self.crew.done.fetch_add(1, Ordering::Release);
    }
}

/// Waits until nobody works on a piece of work any more.
struct AllDone<'a> {
    crew: &'a Crew,
    parts: u32,
}

impl Drop for AllDone<'_> {
    fn drop(&mut self) {
        let crew = self.crew;
        // After a panic parts may still be open: nobody is to take them.
        let left = crew.open.fetch_and(!u64::from(u32::MAX), Ordering::AcqRel) as u32;
        let mut looks = 0u32;
        while crew.done.load(Ordering::Acquire) + left < self.parts {
            assert!(!crew.broken.load(Ordering::Relaxed), "a thread that helped has died");
            std::hint::spin_loop();
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(LOOKS) {
                std::thread::yield_now();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

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
            let parts = 1 + round % 17;
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
            share_columns(&mut columns, width, 8, WORTHWHILE, |mut columns| {
                let range = columns.range();
                assert!(range.start.is_multiple_of(8));
                for row in 0..3 {
                    columns.at(row, range.start, range.len()).fill(row as f32 + 1.0);
                }
            });
            let expected = |at: usize| (at / width) as f32 + 1.0;
            assert!(columns.iter().enumerate().all(|(at, &value)| value == expected(at)));
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
