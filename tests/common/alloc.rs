//! An allocator that counts, thread by thread: what a test's own thread holds, and the most that it held.
//!
//! A test binary that measures makes it its own: `#[global_allocator] static ALLOCATOR: Counting = Counting;`

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// The system's allocator, with a count per thread.
pub struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // While a thread ends its counters are gone; nobody measures then.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(held.get())));
    });
}

fn signed(size: usize) -> isize {
    isize::try_from(size).unwrap_or(isize::MAX)
}

// SAFETY: every call goes to the system's allocator as it is; counting touches no memory of it and does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(signed(layout.size()));
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-signed(layout.size()));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // Both blocks may be there for a moment.
        count(signed(new_size));
        count(-signed(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

/// A result, and the most bytes that it took on the way.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.with(Cell::get);
    MOST.with(|most| most.set(before));
    let value = work();
    (value, usize::try_from(MOST.with(Cell::get) - before).unwrap_or(0))
}

/// What nobody has promised to hold: the slack of every measurement.
pub const SLACK: usize = 4 << 20;
/// Nothing hostile may take longer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Works within `expected` bytes and [`SLACK`], and within a moment.
pub fn frugally<T>(what: &str, expected: usize, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let (value, most) = peak(work);
    assert!(most <= expected + SLACK, "{what}: took {most} bytes, expected at most {expected} + {SLACK}");
    assert!(start.elapsed() < PATIENCE, "{what}: took {:?}", start.elapsed());
    value
}
