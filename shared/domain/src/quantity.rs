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
