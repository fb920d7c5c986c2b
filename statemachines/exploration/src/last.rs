//! Several properties ask the same of one state, one after the other.

use std::cell::Cell;

/// The last question with its answer.
pub struct Last<Q, A>(Cell<Option<(Q, A)>>);

impl<Q: Copy + PartialEq, A: Copy> Last<Q, A> {
    /// Nothing was asked yet.
    pub const fn new() -> Self {
        Self(Cell::new(None))
    }

    /// The answer to a question: the last one, or a new one that is found.
    pub fn or_find(&self, question: Q, find: impl FnOnce() -> A) -> A {
        match self.0.get() {
            Some((last, answer)) if last == question => answer,
            _ => {
                let answer = find();
                self.0.set(Some((question, answer)));
                answer
            }
        }
    }
}

impl<Q: Copy + PartialEq, A: Copy> Default for Last<Q, A> {
    fn default() -> Self {
        Self::new()
    }
}
