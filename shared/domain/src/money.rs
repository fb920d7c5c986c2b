//! Money in minor units. No floats, no silent overflow, and no sum of two currencies.

mod currency;

use std::fmt;

pub use currency::{Currency, CurrencyError};
use serde::{Deserialize, Serialize};

use crate::quantity::Quantity;

/// An amount of at least zero and at most what the gateway takes of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawMoney", into = "RawMoney")]
pub struct Money {
    amount: i64,
    currency: Currency,
}

/// An amount that the shop does not handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Less than nothing, or more than the gateway takes.
    #[error("amount must be from 0 to {most} minor units")]
    Amount {
        /// The most (minor units).
        most: i64,
    },
    /// Amounts of two currencies have no sum.
    #[error("{0} and {1} cannot be added")]
    Currencies(Currency, Currency),
}

/// An amount that nobody can pay through the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unpayable {
    /// The gateway charges no less. There is no free order: an order is paid.
    #[error("must be at least {minimum}, the least that the gateway charges")]
    TooLittle {
        /// The least.
        minimum: Money,
    },
    /// The gateway knows no such fraction.
    #[error("must be a multiple of {step}, the least fraction of {} that the gateway charges", .step.currency())]
    Fraction {
        /// Of what it must be a multiple.
        step: Money,
    },
}

impl Money {
    /// An amount in minor units.
    ///
    /// # Errors
    /// [`MoneyError::Amount`] outside 0 to the currency's [maximum](Currency::maximum).
    pub fn new(amount: i64, currency: Currency) -> Result<Self, MoneyError> {
        let most = currency.maximum();
        if (0..=most).contains(&amount) { Ok(Self { amount, currency }) } else { Err(MoneyError::Amount { most }) }
    }

    /// An amount in US cents.
    ///
    /// # Errors
    /// As [`Money::new`].
    pub fn usd(amount: i64) -> Result<Self, MoneyError> {
        Self::new(amount, Currency::USD)
    }

    /// Nothing, in this currency.
    pub fn nothing(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Another amount of the same currency.
    ///
    /// # Errors
    /// As [`Money::new`].
    pub fn of_same(self, amount: i64) -> Result<Self, MoneyError> {
        Self::new(amount, self.currency)
    }

    /// Minor units.
    pub fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// True of nothing.
    pub fn is_nothing(self) -> bool {
        self.amount == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError`] where it would exceed what the gateway takes, or the currencies differ.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.of_same(self.amount.saturating_add(other.amount))
    }

    /// What is left.
    ///
    /// # Errors
    /// [`MoneyError`] where it would be less than nothing, or the currencies differ.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        self.of_same(self.amount.saturating_sub(other.amount))
    }

    /// The price of several units.
    ///
    /// # Errors
    /// [`MoneyError`] where it would exceed what the gateway takes.
    pub fn times(self, quantity: Quantity) -> Result<Self, MoneyError> {
        self.of_same(self.amount.saturating_mul(i64::from(quantity.get())))
    }

    /// The same amount, where the gateway can charge it.
    ///
    /// # Errors
    /// [`Unpayable`].
    pub fn payable(self) -> Result<Self, Unpayable> {
        let of = |amount| Self { amount, currency: self.currency };
        if self.amount < self.currency.minimum() {
            return Err(Unpayable::TooLittle { minimum: of(self.currency.minimum()) });
        }
        if self.amount % self.currency.step() != 0 {
            return Err(Unpayable::Fraction { step: of(self.currency.step()) });
        }
        Ok(self)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::Currencies(self.currency, other.currency))
        }
    }

    /// Whole units, and what is left of one as people write it: `12` and `05`, or `12` and nothing.
    pub fn written(self) -> (i64, Option<String>) {
        let (counted, written) = (self.currency.decimals(), self.currency.written_decimals());
        let whole = 10_i64.pow(counted);
        let rest = self.amount % whole / 10_i64.pow(counted - written);
        let rest = (written > 0).then(|| format!("{rest:0width$}", width = written as usize));
        (self.amount / whole, rest)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.written() {
            (whole, Some(rest)) => write!(f, "{} {whole}.{rest}", self.currency),
            (whole, None) => write!(f, "{} {whole}", self.currency),
        }
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
        Self::new(raw.amount, raw.currency)
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

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, code.parse().unwrap()).unwrap()
    }

    #[test]
    fn arithmetic_never_leaves_the_range() {
        let too_much = Err(MoneyError::Amount { most: 99_999_999 });
        let most = money(99_999_999, "USD");
        assert_eq!(most.plus(money(1, "USD")), too_much);
        assert_eq!(most.times(Quantity::new(2).unwrap()), too_much);
        assert_eq!(money(1050, "USD").times(Quantity::new(3).unwrap()), Money::usd(3150));
        assert_eq!(Money::usd(-1), too_much);
        assert_eq!(money(5, "USD").minus(money(6, "USD")), too_much);
        assert_eq!(money(Currency::MOST, "IDR").amount(), Currency::MOST);
    }

    #[test]
    fn amounts_of_two_currencies_have_no_sum() {
        let (yen, dinars) = (money(500, "JPY"), money(500, "KWD"));
        assert!(matches!(yen.plus(dinars), Err(MoneyError::Currencies(..))));
        assert!(matches!(yen.minus(dinars), Err(MoneyError::Currencies(..))));
    }

    #[test]
    fn it_reads_as_people_write_it() {
        for (amount, code, text) in [
            (1205, "USD", "USD 12.05"),
            (1205, "JPY", "JPY 1205"),
            (1230, "KWD", "KWD 1.230"),
            (500, "ISK", "ISK 5"),
            (5, "EUR", "EUR 0.05"),
        ] {
            assert_eq!(money(amount, code).to_string(), text);
        }
    }

    #[test]
    fn what_the_gateway_does_not_charge_is_not_payable() {
        let refused = |amount, code| money(amount, code).payable().err().map(|why| why.to_string());
        for (amount, code) in
            [(50, "USD"), (50, "JPY"), (17_500, "HUF"), (10, "KWD"), (100, "ISK"), (99_999_999, "USD")]
        {
            assert_eq!(refused(amount, code), None, "{amount} {code}");
        }
        let least = "must be at least USD 0.50, the least that the gateway charges";
        assert_eq!(refused(49, "USD").as_deref(), Some(least));
        for (amount, code) in [(0, "USD"), (49, "JPY"), (17_499, "HUF"), (5, "KWD"), (1234, "KWD"), (150, "UGX")] {
            assert!(refused(amount, code).is_some(), "{amount} {code}");
        }
    }

    #[test]
    fn unknown_currencies_fractions_and_extra_fields_are_refused() {
        for bad in [
            r#"{"amount":1,"currency":"XXX"}"#,
            r#"{"amount":1,"currency":"usd"}"#,
            r#"{"amount":1.5,"currency":"USD"}"#,
            r#"{"amount":-1,"currency":"USD"}"#,
            r#"{"amount":100000000,"currency":"JPY"}"#,
            r#"{"amount":1,"currency":"USD","scale":2}"#,
            r#"{"amount":1}"#,
        ] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
        assert_eq!(serde_json::from_str::<Money>(r#"{"amount":7,"currency":"KWD"}"#).unwrap(), money(7, "KWD"));
    }
}
