//! Money in minor units. No floats, no silent overflow, one currency.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::quantity::Quantity;

/// A currency that the shop sells in. Others are refused where they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Currency {
    /// US dollar; its minor unit is the cent.
    #[serde(rename = "USD")]
    Usd,
}

impl Currency {
    /// The ISO 4217 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
        }
    }
}

/// An amount of at least zero and at most [`Money::MAX`] minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawMoney", into = "RawMoney")]
pub struct Money {
    amount: i64,
    currency: Currency,
}

/// An amount that the shop does not handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("amount must be from 0 to {} minor units", Money::MAX)]
pub struct MoneyError;

impl Money {
    /// The largest amount (minor units): what the payment gateway takes at most.
    pub const MAX: i64 = 99_999_999;

    /// Nothing.
    pub const ZERO: Self = Self { amount: 0, currency: Currency::Usd };

    /// An amount in minor units.
    ///
    /// # Errors
    /// [`MoneyError`] outside 0 to [`Money::MAX`].
    pub fn usd(amount: i64) -> Result<Self, MoneyError> {
        if (0..=Self::MAX).contains(&amount) { Ok(Self { amount, currency: Currency::Usd }) } else { Err(MoneyError) }
    }

    /// Minor units.
    pub fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError`] where it would exceed [`Money::MAX`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        Self::usd(self.amount.checked_add(other.amount).ok_or(MoneyError)?)
    }

    /// What is left.
    ///
    /// # Errors
    /// [`MoneyError`] where it would be less than nothing.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        Self::usd(self.amount.checked_sub(other.amount).ok_or(MoneyError)?)
    }

    /// The price of several units.
    ///
    /// # Errors
    /// [`MoneyError`] where it would exceed [`Money::MAX`].
    pub fn times(self, quantity: Quantity) -> Result<Self, MoneyError> {
        Self::usd(self.amount.checked_mul(i64::from(quantity.get())).ok_or(MoneyError)?)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}.{:02}", self.currency.code(), self.amount / 100, self.amount % 100)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMoney {
    amount: i64,
    currency: Currency,
}

impl TryFrom<RawMoney> for Money {
    type Error = MoneyError;
    fn try_from(raw: RawMoney) -> Result<Self, MoneyError> {
        Self::usd(raw.amount)
    }
}

impl From<Money> for RawMoney {
    fn from(money: Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_never_leaves_the_range() {
        let most = Money::usd(Money::MAX).unwrap();
        assert_eq!(most.plus(Money::usd(1).unwrap()), Err(MoneyError));
        assert_eq!(most.times(Quantity::new(2).unwrap()), Err(MoneyError));
        assert_eq!(Money::usd(1050).unwrap().times(Quantity::new(3).unwrap()), Money::usd(3150));
        assert_eq!(Money::usd(-1), Err(MoneyError));
    }

    #[test]
    fn it_reads_as_people_write_it() {
        assert_eq!(Money::usd(1205).unwrap().to_string(), "USD 12.05");
    }

    #[test]
    fn foreign_currencies_fractions_and_extra_fields_are_refused() {
        for bad in [
            r#"{"amount":1,"currency":"EUR"}"#,
            r#"{"amount":1.5,"currency":"USD"}"#,
            r#"{"amount":-1,"currency":"USD"}"#,
            r#"{"amount":1,"currency":"USD","scale":2}"#,
            r#"{"amount":1}"#,
        ] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
    }
}
