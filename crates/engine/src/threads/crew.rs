//! Who works, and how a piece of work is handed out.
//!
//! Pieces are small, a few microseconds some of them, so what passes between
//! threads is counted: whoever shares work opens it with one store, a part is
//! taken by one exchange, and a helper reports it with one addition. What is
//! written by different threads lies on different lines of the cache.

use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, TryLockError};

/// Looks for work before lying down: about a millisecond, which is several times
/// what a browser takes to hear its messages between two steps.
const LOOKS: u32 = 250_000;
/// A bit for each part of a piece of work.
const MOST_PARTS: usize = u32::BITS as usize;

/// One piece of work at a time, and who works on it.
pub(super) struct Crew {
    /// Held by whoever has work to share: how many parts helpers will have done, all
    /// in all, when it is over.
    work: Line<Mutex<u32>>,
    board: Line<Board>,
    /// Parts helpers have done, all in all.
    done: Line<AtomicU32>,
    people: Line<People>,
    /// Whether a part of this piece of work has panicked.
    panicked: AtomicBool,
    /// Whether a helper is gone for good.
    broken: AtomicBool,
}

/// On a line of the cache of its own; some processors fetch two at once.
#[repr(align(128))]
struct Line<T>(T);

/// What helpers watch.
struct Board {
    /// The parts nobody has taken yet.
    open: AtomicU32,
    /// How many of them each thread begins with: always the same ones, so that it
    /// finds the weights it multiplied last time in its own cache.
    each: AtomicU32,
    /// Helpers that may work.
    wanted: AtomicUsize,
    /// What to call for a part. Valid from when parts are opened until all are done.
    call: UnsafeCell<Call>,
}

/// Helpers there are, and where they sleep.
struct People {
    helpers: AtomicUsize,
    /// Helpers that lie down, and are woken when there is work.
    asleep: AtomicUsize,
    bed: Mutex<()>,
    wake: Condvar,
    /// Where those lie who may not work.
    want: Condvar,
}

/// A closure without its type.
#[derive(Clone, Copy)]
struct Call {
    run: unsafe fn(*const (), usize),
    with: *const (),
}

// SAFETY: `call` is written by whoever holds `work` while no part is open or being
// done, and read by those who have taken a part and not yet reported it.
unsafe impl Sync for Board {}

pub(super) static CREW: Crew = Crew {
    work: Line(Mutex::new(0)),
    board: Line(Board {
        open: AtomicU32::new(0),
        each: AtomicU32::new(1),
        wanted: AtomicUsize::new(usize::MAX),
        call: UnsafeCell::new(Call { run: |_, _| {}, with: std::ptr::null() }),
    }),
    done: Line(AtomicU32::new(0)),
    people: Line(People {
        helpers: AtomicUsize::new(0),
        asleep: AtomicUsize::new(0),
        bed: Mutex::new(()),
        wake: Condvar::new(),
        want: Condvar::new(),
    }),
    panicked: AtomicBool::new(false),
    broken: AtomicBool::new(false),
};

thread_local! {
    /// Whether this thread is busy with a part: what it would share meanwhile, it
    /// does itself.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

impl Crew {
    /// Makes the calling thread a helper.
    pub fn help(&self) -> ! {
        BUSY.set(true);
        let number = self.people.0.helpers.fetch_add(1, Ordering::SeqCst);
        // Called by a pointer, or the compiler would make one function of both, which
        // is never left: browsers put a better compiled function in place of another
        // only when it is called again.
        let watch: fn(&Self, usize) -> bool = std::hint::black_box(Self::watch);
        loop {
            let wanted = watch(self, number);
            self.lie_down(number, wanted);
        }
    }

    pub fn helpers(&self) -> usize {
        self.people.0.helpers.load(Ordering::SeqCst)
    }

    pub fn use_at_most(&self, helpers: usize) {
        let _awake = self.people.0.bed.lock().unwrap_or_else(PoisonError::into_inner);
        self.board.0.wanted.store(helpers, Ordering::SeqCst);
        self.people.0.want.notify_all();
    }

    /// Threads that work, the engine's own included.
    pub fn count(&self) -> usize {
        1 + self.helpers().min(self.board.0.wanted.load(Ordering::Relaxed))
    }

    pub fn give_up(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    /// Calls `work` for each of `0..parts`, in any order, on any thread.
    pub fn share<F: Fn(usize) + Sync>(&self, parts: usize, work: F) {
        let threads = self.count();
        if parts > 1 && threads > 1 && !BUSY.get() {
            // Nobody waits for helpers: tests run side by side, and so may engines.
            // A panic leaves nothing behind that the next piece of work would trip over.
            let mine = match self.work.0.try_lock() {
                Ok(mine) => Some(mine),
                Err(TryLockError::Poisoned(mine)) => Some(mine.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            };
            if let Some(mut done) = mine {
                let work = |first: usize| (first..parts).step_by(MOST_PARTS).for_each(&work);
                return self.hand_out(parts.min(MOST_PARTS), threads, &work, &mut done);
            }
        }
        (0..parts).for_each(work);
    }

    fn hand_out<F: Fn(usize) + Sync>(
        &self,
        parts: usize,
        threads: usize,
        work: &F,
        done: &mut u32,
    ) {
        unsafe fn run<F: Fn(usize)>(with: *const (), part: usize) {
            // SAFETY: `with` is the closure below, which outlives every part.
            unsafe { (*with.cast::<F>())(part) }
        }
        let board = &self.board.0;
        let call = Call { run: run::<F>, with: std::ptr::from_ref(work).cast() };
        // SAFETY: this thread holds `work`, and all parts of earlier work are done.
        unsafe { *board.call.get() = call };
        let each = parts.div_ceil(threads) as u32;
        if board.each.load(Ordering::Relaxed) != each {
            board.each.store(each, Ordering::Relaxed);
        }
        // Even a panic must not leave while others hold on to the closure.
        let mut all_done = AllDone { crew: self, done, of_others: parts as u32 };
        board.open.store(u32::MAX >> (MOST_PARTS - parts), Ordering::SeqCst);
        let People { asleep, bed, wake, .. } = &self.people.0;
        if asleep.load(Ordering::SeqCst) > 0 {
            drop(bed.lock().unwrap_or_else(PoisonError::into_inner));
            wake.notify_all();
        }
        BUSY.set(true);
        while let Some(part) = self.take_part(0) {
            all_done.of_others -= 1;
            work(part);
        }
        drop(all_done);
        if self.panicked.load(Ordering::Relaxed) {
            self.panicked.store(false, Ordering::Relaxed);
            panic!("a part of shared work panicked");
        }
    }

    /// The next part that nobody has taken, from `first` on and round.
    fn take_part(&self, first: u32) -> Option<usize> {
        let open = &self.board.0.open;
        let mut left = open.load(Ordering::Acquire);
        while left != 0 {
            let part = (first + left.rotate_right(first).trailing_zeros()) % u32::BITS;
            let others = left & !(1 << part);
            match open.compare_exchange(left, others, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(part as usize),
                Err(now) => left = now,
            }
        }
        None
    }

    /// Takes parts until there have been none for a while, or until this helper is not
    /// wanted any more; tells whether it still is.
    fn watch(&self, number: usize) -> bool {
        let board = &self.board.0;
        let mut looks = 0;
        while looks < LOOKS {
            if number >= board.wanted.load(Ordering::Relaxed) {
                return false;
            }
            let first = (number as u32 + 1) * board.each.load(Ordering::Relaxed);
            match self.take_part(first % u32::BITS) {
                Some(part) => {
                    self.do_part(part);
                    looks = 0;
                }
                None => {
                    looks += 1;
                    std::hint::spin_loop();
                }
            }
        }
        true
    }

    /// One that was taken.
    fn do_part(&self, part: usize) {
        let _done = PartDone { crew: self };
        // SAFETY: this part was open, so the work it belongs to is not over before it
        // is done.
        unsafe {
            let Call { run, with } = *self.board.0.call.get();
            run(with, part);
        }
    }

    /// Until there is work, or until this one is wanted.
    fn lie_down(&self, number: usize, wanted: bool) {
        let People { asleep, bed, wake, want, .. } = &self.people.0;
        let guard = bed.lock().unwrap_or_else(PoisonError::into_inner);
        if !wanted {
            let unwanted = |_: &mut ()| number >= self.board.0.wanted.load(Ordering::SeqCst);
            drop(want.wait_while(guard, unwanted));
            return;
        }
        asleep.fetch_add(1, Ordering::SeqCst);
        // Work that came in between was not announced to this one.
        if self.board.0.open.load(Ordering::SeqCst) == 0 {
            drop(wake.wait(guard));
        }
        asleep.fetch_sub(1, Ordering::SeqCst);
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
        self.crew.done.0.fetch_add(1, Ordering::Release);
    }
}

/// Waits until nobody works on a piece of work any more.
struct AllDone<'a> {
    crew: &'a Crew,
    /// How many parts helpers had done before, and have in the end.
    done: &'a mut u32,
    /// Parts this thread did not take.
    of_others: u32,
}

impl Drop for AllDone<'_> {
    fn drop(&mut self) {
        let Board { open, .. } = &self.crew.board.0;
        BUSY.set(false);
        if open.load(Ordering::Relaxed) != 0 {
            // After a panic parts are still open: nobody is to take them.
            self.of_others -= open.swap(0, Ordering::AcqRel).count_ones();
        }
        *self.done = self.done.wrapping_add(self.of_others);
        let mut looks = 0u32;
        while self.crew.done.0.load(Ordering::Acquire) != *self.done {
            assert!(!self.crew.broken.load(Ordering::Relaxed), "a thread that helped has died");
            std::hint::spin_loop();
            looks = looks.wrapping_add(1);
            if looks.is_multiple_of(LOOKS) {
                std::thread::yield_now();
            }
        }
    }
}
