//! Counting values among even edges, many at a time and in whole numbers.
//!
//! A value's place, `(x - first) * density`, tells its bin unless it is too near to a whole number: it is computed with a known
//! error, in float32 where values are stored so, and edges lie only nearly at whole numbers. Those few, and all where edges
//! are closer than numbers tell apart, go to [`Binner::bin`].

use super::binning::Binner;
use super::load::Number;

/// Values whose places are computed together.
const TOGETHER: usize = 16;
/// Counters of a slot: equal values one after another do not wait for each other.
const COUNTERS: usize = 4;
/// Values of a row for each slot, from which on the counters are worth being emptied.
const WORTH: usize = 4;
/// The most bins: 16 KiB of counters.
const MOST_BINS: usize = 1022;
/// Places in float32 may be so uncertain; from there on, doubles are the faster way.
const MOST_DOUBT: f64 = 1.0 / 64.0;

/// A float in which places are computed.
pub(super) trait Real: Copy {
    /// Slots of values, 0 and the number of bins + 1 being outside, unless one of them is uncertain.
    fn slots(tally: &Tally, xs: &[Self; TOGETHER]) -> Option<[u32; TOGETHER]>;
}

/// Even edges, for values of one type.
#[derive(Clone, Copy)]
struct Even<F> {
    /// The first edge and half a bin.
    origin: F,
    /// Bins per unit.
    density: F,
    bins: F,
    /// How far a place may be from the middle of its bin.
    sure: F,
}

macro_rules! real {
    ($float:ty, $bits:ty, $magic:expr, $even:ident) => {
        impl Even<$float> {
            /// Without branches, so that it becomes SIMD. Added to a number whose last bit is worth 1, a place is rounded.
            #[inline]
            #[allow(clippy::cast_possible_truncation)] // slots are few
            fn slots(&self, xs: &[$float; TOGETHER]) -> Option<[u32; TOGETHER]> {
                const MAGIC: $float = $magic;
                let Even { origin, density, bins, sure } = *self;
                let mut slots = [0; TOGETHER];
                let mut furthest: $bits = 0;
                for (slot, x) in slots.iter_mut().zip(xs) {
                    let place = (x - origin) * density;
                    // What is missing falls before the first bin.
                    let place = if place > -1.0 { place } else { -1.0 };
                    let place = if place < bins { place } else { bins };
                    let rounded = place + MAGIC;
                    furthest = furthest.max((place - (rounded - MAGIC)).abs().to_bits());
                    *slot = rounded.to_bits().wrapping_sub(MAGIC.to_bits()).wrapping_add(1) as u32;
                }
                (<$float>::from_bits(furthest) < sure).then_some(slots)
            }
        }

        impl Real for $float {
            #[inline]
            fn slots(tally: &Tally, xs: &[Self; TOGETHER]) -> Option<[u32; TOGETHER]> {
                tally.$even?.slots(xs)
            }
        }
    };
}

// One and a half times 2 to the number of bits of the fraction: so it is for whole numbers above and below.
real!(f32, u32, 12_582_912.0, single);
real!(f64, u64, 6_755_399_441_055_744.0, double);

/// Counts of one cell's values, held until another cell's come.
pub(super) struct Tally<'a> {
    binner: &'a Binner<'a>,
    double: Option<Even<f64>>,
    single: Option<Even<f32>>,
    /// Of each slot: below, the bins, above.
    counters: Vec<[u32; COUNTERS]>,
    cell: usize,
    filled: bool,
}

impl<'a> Tally<'a> {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // floats made from larger ones
    pub(super) fn new(binner: &'a Binner<'a>) -> Self {
        let bins = binner.len() as f64;
        let double = binner.evenly().filter(|_| binner.len() <= MOST_BINS).map(|(first, density, slack)| {
            let origin = first + 0.5 / density;
            (Even { origin, density, bins, sure: 0.5 - slack - doubt(origin, density, bins, f64::EPSILON) }, slack)
        });
        let single = double.and_then(|(Even { origin, density, .. }, slack)| {
            let doubt = slack + doubt(origin, density, bins, f32::EPSILON.into());
            let largest = origin.abs() + (bins + 1.0) / density;
            let fits = largest < f64::from(f32::MAX) / 4.0 && (density as f32).is_normal() && doubt < MOST_DOUBT;
            let sure = (0.5 - doubt - f64::from(f32::EPSILON)) as f32;
            fits.then_some(Even { origin: origin as f32, density: density as f32, bins: bins as f32, sure })
        });
        let double = double.map(|(even, _)| even);
        let slots = if double.is_some() { binner.len() + 2 } else { 0 };
        Tally { binner, double, single, counters: vec![[0; COUNTERS]; slots], cell: 0, filled: false }
    }

    /// Whether a row of so many values is better counted here.
    pub(super) fn pays(&self, len: usize) -> bool {
        self.double.is_some() && len >= WORTH * self.counters.len()
    }

    /// Counts a row of a cell; what was counted of another goes to the counts first.
    pub(super) fn put<T: Number>(&mut self, cell: usize, xs: &[T], counts: &mut [f64]) {
        if self.filled && cell != self.cell {
            self.flush(counts);
        }
        (self.cell, self.filled) = (cell, true);
        let single = self.single.is_some();
        let (blocks, rest) = xs.as_chunks::<TOGETHER>();
        for block in blocks {
            let told =
                if single { T::Real::slots(self, &block.map(T::real)) } else { f64::slots(self, &block.map(T::value)) };
            match told {
                Some(slots) => self.count(&slots),
                None => self.count_singly(block),
            }
        }
        self.count_singly(rest);
    }

    #[inline]
    fn count(&mut self, slots: &[u32; TOGETHER]) {
        for four in slots.as_chunks::<COUNTERS>().0 {
            for (i, slot) in four.iter().enumerate() {
                if let Some(counters) = self.counters.get_mut(*slot as usize) {
                    counters[i] += 1;
                }
            }
        }
    }

    fn count_singly<T: Number>(&mut self, xs: &[T]) {
        for x in xs {
            let slot = self.binner.bin(x.value()).map_or(0, |bin| bin + 1);
            if let Some(counters) = self.counters.get_mut(slot) {
                counters[0] += 1;
            }
        }
    }

    /// Adds what is held to the counts.
    pub(super) fn flush(&mut self, counts: &mut [f64]) {
        if !std::mem::take(&mut self.filled) {
            return;
        }
        let bins = self.binner.len();
        let own = counts.get_mut(self.cell * bins..).unwrap_or_default();
        for (count, counters) in own.iter_mut().zip(self.counters.get(1..=bins).unwrap_or_default()) {
            *count += counters.iter().map(|&n| f64::from(n)).sum::<f64>();
        }
        self.counters.fill([0; COUNTERS]);
    }
}

/// How far a computed place may be from the true one, as far as it matters, in arithmetic of that precision: subtracting,
/// multiplying, and the density each round by a part of the place, the origin by a part of its own. Twice that, for what rounds
/// here.
fn doubt(origin: f64, density: f64, bins: f64, epsilon: f64) -> f64 {
    epsilon * (3.0 * (bins + 2.0) + origin.abs() * density)
}

#[cfg(test)]
mod tests {
    use super::super::binning::edges_of;
    use super::*;
    use proptest::prelude::*;

    fn tallied<T: Number>(binner: &Binner, xs: &[T]) -> Vec<f64> {
        let mut tally = Tally::new(binner);
        let mut counts = vec![0.0; binner.len()];
        tally.put(0, xs, &mut counts);
        tally.flush(&mut counts);
        counts
    }

    fn plain(binner: &Binner, xs: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut counts = vec![0.0; binner.len()];
        for bin in xs.filter_map(|x| binner.bin(x)) {
            counts[bin] += 1.0;
        }
        counts
    }

    /// Places in units of the range, and how many steps of the float to go from there.
    fn near() -> impl Strategy<Value = Vec<(f64, i32)>> {
        let place = prop_oneof![8 => -0.1f64..1.1, 1 => Just(f64::NAN), 1 => -1e30f64..1e30, 1 => Just(f64::INFINITY)];
        proptest::collection::vec((place, -2i32..3), 0..100)
    }

    proptest! {
        #[test]
        fn as_one_by_one(count in 1u64..300, low in prop_oneof![-1e3f64..1e3, -1e9f64..1e9], width in 1e-9f64..1e3,
                         at in near(), exact in any::<bool>()) {
            let edges = edges_of(count, low, low + width);
            prop_assume!(edges.is_sorted_by(|a, b| a < b));
            let binner = Binner::new(&edges);
            let bin = width / count as f64;
            let xs: Vec<f64> = at.iter().map(|&(place, steps)| {
                // On edges, and beside them, or anywhere.
                let x = low + if exact { (place * count as f64).round() * bin } else { place * width };
                (0..steps.abs()).fold(x, |x, _| if steps < 0 { x.next_down() } else { x.next_up() })
            }).collect();
            prop_assert_eq!(tallied(&binner, &xs), plain(&binner, xs.iter().copied()));
            let stored: Vec<[u8; 4]> = at.iter().zip(&xs).map(|(&(_, steps), &x)| {
                let x = x as f32;
                (0..steps.abs()).fold(x, |x, _| if steps < 0 { x.next_down() } else { x.next_up() }).to_le_bytes()
            }).collect();
            let values = stored.iter().map(|x| f64::from(f32::from_le_bytes(*x)));
            prop_assert_eq!(tallied(&binner, &stored), plain(&binner, values));
        }
    }

    #[test]
    fn ranges_that_float32_does_not_hold() {
        for (low, high) in [(-3e38, 3e38), (0.0, 1e-44), (1e30, 1.1e30), (-1e300, 1e300)] {
            let edges = edges_of(10, low, high);
            let binner = Binner::new(&edges);
            let stored: Vec<[u8; 4]> = (-20..40)
                .map(|i| ((low + f64::from(i) * 0.05 * (high - low)) as f32).to_le_bytes())
                .chain([f32::MAX, f32::MIN, 0.0, f32::NAN, f32::INFINITY, 1e-45].map(f32::to_le_bytes))
                .collect();
            let values = stored.iter().map(|x| f64::from(f32::from_le_bytes(*x)));
            assert_eq!(tallied(&binner, &stored), plain(&binner, values), "{low} to {high}");
        }
    }
}
