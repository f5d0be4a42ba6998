//! Numbers that look random and are the same in every run (SplitMix64).

pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// Between -1 and 1, with a few outliers as real weights have.
    pub fn weights(&mut self, count: usize) -> Vec<f32> {
        let mut one = || {
            let even = self.next() as i32 as f32 / i32::MAX as f32;
            if self.next().is_multiple_of(50) { even * 20.0 } else { even }
        };
        (0..count).map(|_| one()).collect()
    }
}
