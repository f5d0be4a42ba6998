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
    numbers: Vec<f32>,
    room: &'a Room,
}

impl Room {
    /// So many numbers, whatever they are.
    pub fn lend(&self, len: usize) -> Lent<'_> {
        let mut free = self.free.borrow_mut();
        let fitting = free.iter().position(|numbers| numbers.len() == len);
        let numbers = fitting.map_or_else(|| vec![0.0; len], |at| free.swap_remove(at));
        Lent { numbers, room: self }
    }
}

impl Deref for Lent<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.numbers
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.numbers
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
}
