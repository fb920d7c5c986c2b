//! How many units of a SKU one line asks for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// From 1 to [`Quantity::MAX`] units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

/// A number of units that no line may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("quantity must be from 1 to {}", Quantity::MAX)]
pub struct QuantityError;

impl Quantity {
    /// The most units of a SKU that one shopper buys at once.
    pub const MAX: u32 = 999;

    /// One unit.
    pub const ONE: Self = Self(1);

    /// A number of units.
    ///
    /// # Errors
    /// [`QuantityError`] outside 1 to [`Quantity::MAX`].
    pub fn new(units: u32) -> Result<Self, QuantityError> {
        if (1..=Self::MAX).contains(&units) { Ok(Self(units)) } else { Err(QuantityError) }
    }

    /// The number of units.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Quantity {
    type Error = QuantityError;
    fn try_from(units: u32) -> Result<Self, QuantityError> {
        Self::new(units)
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_asks_for_1_to_999_units() {
        for bad in [0, 1000, u32::MAX] {
            assert_eq!(Quantity::new(bad), Err(QuantityError), "{bad}");
        }
        assert_eq!((Quantity::ONE.get(), Quantity::new(999).unwrap().get()), (1, 999));
    }

    #[test]
    fn it_is_stored_and_shown_as_its_number() {
        let three = Quantity::new(3).unwrap();
        assert_eq!(serde_json::to_string(&three).unwrap(), "3");
        assert_eq!(serde_json::from_str::<Quantity>("3").unwrap(), three);
        assert!(serde_json::from_str::<Quantity>("0").is_err());
        assert_eq!(three.to_string(), "3");
    }
}
