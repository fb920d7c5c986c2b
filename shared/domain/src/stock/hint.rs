//! What a shopper is told of how much there is, while they look around.

/// Up to so many units are counted out; with more, nobody needs to hurry.
const FEW: u64 = 5;

/// What is said of a number of units. Numbers of which the same is said are the same to a shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// There is none.
    OutOfStock,
    /// There are only these.
    Few(u64),
    /// There are enough.
    InStock,
}

impl Hint {
    /// What is said of so many units.
    pub fn of(available: u64) -> Self {
        match available {
            0 => Self::OutOfStock,
            1..=FEW => Self::Few(available),
            _ => Self::InStock,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_units_are_counted_out_and_many_are_all_the_same() {
        assert_eq!(Hint::of(0), Hint::OutOfStock);
        assert_eq!((Hint::of(1), Hint::of(5)), (Hint::Few(1), Hint::Few(5)));
        assert_eq!((Hint::of(6), Hint::of(6_000)), (Hint::InStock, Hint::InStock));
    }
}
