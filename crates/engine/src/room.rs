//! Room for what passes between the parts of a layer.
//!
//! Every layer needs the same sizes again. What one gives back the next one takes as
//! it is: it need not be filled with zeros first, and each thread finds the part it
//! writes in its own cache.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

#[derive(Debug, Default)]
pub struct Room {
    free: RefCell<Vec<Vec<f32>>>,
}

/// Numbers that are given back in the end.
#[derive(Debug)]
pub struct Lent<'a> {
    /// At least as many as were asked for.
    numbers: Vec<f32>,
    len: usize,
    room: &'a Room,
}

impl Room {
    /// So many numbers, whatever they are. There are never more pieces than were lent
    /// at once, however their sizes change: one that is too small makes way.
    pub fn lend(&self, len: usize) -> Lent<'_> {
        let mut free = self.free.borrow_mut();
        let by_size = |&(_, numbers): &(usize, &Vec<f32>)| numbers.len();
        let pieces = || free.iter().enumerate();
        let fitting = pieces().filter(|(_, numbers)| numbers.len() >= len).min_by_key(by_size);
        let chosen = fitting.or_else(|| pieces().max_by_key(by_size)).map(|(at, _)| at);
        let chosen = chosen.map(|at| free.swap_remove(at));
        let numbers = match chosen.filter(|numbers| numbers.len() >= len) {
            Some(numbers) => numbers,
            None => vec![0.0; len],
        };
        Lent { numbers, len, room: self }
    }
}

impl Deref for Lent<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.numbers[..self.len]
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[..self.len]
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.room.free.borrow_mut().push(std::mem::take(&mut self.numbers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_lent_again() {
        let room = Room::default();
        room.lend(8).fill(1.0);
        let (again, another, larger) = (room.lend(8), room.lend(8), room.lend(9));
        assert_eq!((again[0], another[0]), (1.0, 0.0));
        assert_eq!((again.len(), another.len(), larger.len()), (8, 8, 9));
    }

    #[test]
    fn sizes_that_change_do_not_pile_up() {
        let room = Room::default();
        for len in (1..200).chain((1..200).rev()) {
            let pair = [room.lend(len), room.lend(2 * len)];
            assert_eq!(pair.each_ref().map(|lent| lent.len()), [len, 2 * len]);
        }
        let free = room.free.borrow();
        assert_eq!(free.len(), 2);
        assert!(free.iter().all(|numbers| numbers.len() <= 2 * 199));
    }
}
