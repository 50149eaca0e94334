//! The same targets in wasm, as `scripts/fuzz/replay.mjs` calls them: a place for the input, one call, and what the panic
//! said.

use crate::TARGETS;
use std::cell::RefCell;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Makes room for an input; says where.
#[unsafe(no_mangle)]
pub extern "C" fn fuzz_input(len: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        input.clear();
        input.resize(len, 0);
        input.as_mut_ptr()
    })
}

/// Feeds the input to a target, by its place in the list.
#[unsafe(no_mangle)]
pub extern "C" fn fuzz_run(target: usize) {
    std::panic::set_hook(Box::new(|panic| MESSAGE.with_borrow_mut(|message| *message = panic.to_string())));
    INPUT.with_borrow(|input| (TARGETS[target].run)(input));
}

/// Where the last panic's message begins.
#[unsafe(no_mangle)]
pub extern "C" fn fuzz_message() -> *const u8 {
    MESSAGE.with_borrow(|message| message.as_ptr())
}

/// Bytes of the last panic's message.
#[unsafe(no_mangle)]
pub extern "C" fn fuzz_message_len() -> usize {
    MESSAGE.with_borrow(String::len)
}
