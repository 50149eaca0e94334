//! Sixteen bytes at once: a SIMD register in wasm, elsewhere an array that the compiler makes one of.

/// Bytes of a register.
pub(super) const LANES: usize = 16;

/// For each n, which byte of a register stands where, if its first n are repeated.
#[allow(clippy::indexing_slicing)] // done by the compiler, which would say so
const REPEATING: [[u8; LANES]; LANES] = {
    let mut table = [[0; LANES]; LANES];
    let mut n = 1;
    while n < LANES {
        let mut i = 0;
        while i < LANES {
            #[allow(clippy::cast_possible_truncation)] // below sixteen
            let from = (i % n) as u8;
            table[n][i] = from;
            i += 1;
        }
        n += 1;
    }
    table
};

fn repeating(n: usize) -> &'static [u8; LANES] {
    REPEATING.get(n).unwrap_or(&[0; LANES])
}

#[cfg(target_arch = "wasm32")]
mod simd {
    use super::repeating;
    use core::arch::wasm32::{i8x16_shuffle, i8x16_swizzle, u64x2, u64x2_extract_lane, v128};

    /// Sixteen bytes.
    #[derive(Clone, Copy)]
    pub(in crate::codec) struct Register(v128);

    impl Default for Register {
        fn default() -> Self {
            Register(u64x2(0, 0))
        }
    }

    impl Register {
        /// The bytes of memory.
        #[inline]
        pub(in crate::codec) fn of(bytes: &[u8; 16]) -> Self {
            let [low, high] = halves(bytes);
            Register(u64x2(low, high))
        }

        /// Back to memory.
        #[inline]
        pub(in crate::codec) fn bytes(self) -> [u8; 16] {
            let (low, high) = (u64x2_extract_lane::<0>(self.0), u64x2_extract_lane::<1>(self.0));
            (u128::from(low) | u128::from(high) << 64).to_le_bytes()
        }

        /// Its first n bytes, 1 to 15 of them, again and again.
        #[inline]
        pub(in crate::codec) fn repeating(self, n: usize) -> Self {
            Register(i8x16_swizzle(self.0, Register::of(repeating(n)).0))
        }

        /// Byte of the one, byte of the other, and so on: two registers.
        #[inline]
        pub(in crate::codec) fn interleaved(self, other: Self) -> [Self; 2] {
            let (a, b) = (self.0, other.0);
            [
                Register(i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(a, b)),
                Register(i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(a, b)),
            ]
        }
    }

    fn halves(bytes: &[u8; 16]) -> [u64; 2] {
        let n = u128::from_le_bytes(*bytes);
        #[allow(clippy::cast_possible_truncation)] // the two halves
        [n as u64, (n >> 64) as u64]
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod simd {
    use super::repeating;

    /// Sixteen bytes.
    #[derive(Clone, Copy, Default)]
    pub(in crate::codec) struct Register([u8; 16]);

    impl Register {
        /// The bytes of memory.
        #[inline]
        pub(in crate::codec) fn of(bytes: &[u8; 16]) -> Self {
            Register(*bytes)
        }

        /// Back to memory.
        #[inline]
        pub(in crate::codec) fn bytes(self) -> [u8; 16] {
            self.0
        }

        /// Its first n bytes, 1 to 15 of them, again and again.
        #[inline]
        pub(in crate::codec) fn repeating(self, n: usize) -> Self {
            Register(repeating(n).map(|from| self.0.get(usize::from(from)).copied().unwrap_or_default()))
        }

        /// Byte of the one, byte of the other, and so on: two registers.
        #[inline]
        pub(in crate::codec) fn interleaved(self, other: Self) -> [Self; 2] {
            let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af] = self.0;
            let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf] = other.0;
            [
                Register([a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7]),
                Register([a8, b8, a9, b9, aa, ba, ab, bb, ac, bc, ad, bd, ae, be, af, bf]),
            ]
        }
    }
}

pub(super) use simd::Register;
