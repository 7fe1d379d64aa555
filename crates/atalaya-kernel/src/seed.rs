//! Chance: a seed gives one stream per draw, so results do not depend on threads or order.

/// A seed, and the streams that come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl Seed {
    /// The stream of draw `id`.
    pub fn stream(self, id: u64) -> Stream {
        // Two rounds part neighbouring ids.
        let mut stream = Stream { state: self.0 ^ id.wrapping_mul(0x9e37_79b9_7f4a_7c15) };
        stream.next_u64();
        Stream { state: stream.next_u64() ^ id }
    }
}

/// A stream of numbers: SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, "Fast splittable
/// pseudorandom number generators").
#[derive(Debug, Clone)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`, `n > 0`; the bias is below n / 2^64.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `[0, 1)`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of a list, which must not be empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of SplitMix64 from state 1234567, as its reference code prints them.
    #[test]
    fn agrees_with_the_reference_stream() {
        let mut stream = Stream { state: 1_234_567 };
        let first: Vec<u64> = (0..3).map(|_| stream.next_u64()).collect();
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        assert_eq!(Seed(7).stream(3).next_u64(), Seed(7).stream(3).next_u64());
        assert_ne!(Seed(7).stream(3).next_u64(), Seed(7).stream(4).next_u64());
        let mut stream = Seed(1).stream(0);
        let mean = (0..10_000).map(|_| stream.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
    }
}
