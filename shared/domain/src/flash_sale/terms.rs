use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use crate::{
    ids::Sku,
    money::{Money, Unpayable},
};

/// The most units of one sale. They are 4,167 shards, so the set of empty ones that every function
/// reads once a second stays around ten kilobytes, and preparing or closing them takes seconds.
pub const MAX_UNITS: u32 = 100_000;
/// The most shoppers that a sale admits per second: five times what the claims are laid out for.
pub const MAX_ADMISSION_RATE: u32 = 100_000;
/// How many shoppers per second a sale admits unless the operator says otherwise.
pub const DEFAULT_ADMISSION_RATE: u32 = 20_000;
/// The most shoppers that a sale can be told to expect.
pub const MAX_EXPECTED_SHOPPERS: u32 = 100_000_000;
/// How many shoppers a sale expects unless the operator says otherwise: up to so many, all are counted.
pub const DEFAULT_EXPECTED_SHOPPERS: u32 = 10_000;

/// What an operator asks for. [`FlashSaleTerms::new`] judges it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FlashSaleDraft {
    /// What is sold.
    pub sku: Sku,
    /// How many units of it.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100000))]
    pub units: u32,
    /// The price of one unit.
    pub price: Money,
    /// When it opens.
    pub opens_at: Timestamp,
    /// When it closes by itself; else the operator closes it.
    #[serde(default)]
    pub closes_at: Option<Timestamp>,
    /// How many shoppers it admits per second.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100000))]
    pub admission_rate: Option<u32>,
    /// How many shoppers are expected, to within a factor of ten: it sets how large a sample is counted.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100000000))]
    pub expected_shoppers: Option<u32>,
}

/// The terms of a sale, within their bounds. Times are whole milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashSaleTerms {
    sku: Sku,
    units: u32,
    price: Money,
    #[serde(with = "millisecond::required")]
    opens_at: Timestamp,
    #[serde(default, with = "millisecond::optional", skip_serializing_if = "Option::is_none")]
    closes_at: Option<Timestamp>,
    admission_rate: u32,
    expected_shoppers: u32,
}

/// Terms that no sale may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// No units, or too many.
    #[error("must be from 1 to {MAX_UNITS}")]
    Units,
    /// Nobody could pay it.
    #[error(transparent)]
    Price(#[from] Unpayable),
    /// It would close before it opened.
    #[error("must be after opens_at")]
    ClosesAt,
    /// Nobody would be admitted, or too many.
    #[error("must be from 1 to {MAX_ADMISSION_RATE} shoppers per second")]
    AdmissionRate,
    /// Nobody, or more than there are.
    #[error("must be from 1 to {MAX_EXPECTED_SHOPPERS}")]
    ExpectedShoppers,
}

impl TermsError {
    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Price(_) => "price",
            Self::ClosesAt => "closes_at",
            Self::AdmissionRate => "admission_rate",
            Self::ExpectedShoppers => "expected_shoppers",
        }
    }
}

impl FlashSaleTerms {
    /// The terms that an operator asks for.
    ///
    /// # Errors
    /// [`TermsError`] names the first field that is out of its bounds.
    pub fn new(draft: FlashSaleDraft) -> Result<Self, TermsError> {
        let within = |value, most, error| if (1..=most).contains(&value) { Ok(value) } else { Err(error) };
        let units = within(draft.units, MAX_UNITS, TermsError::Units)?;
        let price = draft.price.payable()?;
        let opens_at = whole_milliseconds(draft.opens_at);
        let closes_at = draft.closes_at.map(whole_milliseconds);
        if closes_at.is_some_and(|closes_at| closes_at <= opens_at) {
            return Err(TermsError::ClosesAt);
        }
        let rate = draft.admission_rate.unwrap_or(DEFAULT_ADMISSION_RATE);
        let expected = draft.expected_shoppers.unwrap_or(DEFAULT_EXPECTED_SHOPPERS);
        Ok(Self {
            sku: draft.sku,
            units,
            price,
            opens_at,
            closes_at,
            admission_rate: within(rate, MAX_ADMISSION_RATE, TermsError::AdmissionRate)?,
            expected_shoppers: within(expected, MAX_EXPECTED_SHOPPERS, TermsError::ExpectedShoppers)?,
        })
    }

    /// What is sold.
    pub fn sku(&self) -> &Sku {
        &self.sku
    }

    /// How many units of it.
    pub fn units(&self) -> u32 {
        self.units
    }

    /// The price of one unit.
    pub fn price(&self) -> Money {
        self.price
    }

    /// When it opens.
    pub fn opens_at(&self) -> Timestamp {
        self.opens_at
    }

    /// When it closes by itself.
    pub fn closes_at(&self) -> Option<Timestamp> {
        self.closes_at
    }

    /// How many shoppers it admits per second.
    pub fn admission_rate(&self) -> u32 {
        self.admission_rate
    }

    /// How many shoppers are expected.
    pub fn expected_shoppers(&self) -> u32 {
        self.expected_shoppers
    }
}

/// Times are stored in milliseconds: what was given and what is read must be the same.
fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> FlashSaleDraft {
        FlashSaleDraft {
            sku: "console".parse().unwrap(),
            units: 10_000,
            price: Money::usd(49_900).unwrap(),
            opens_at: Timestamp::from_second(1_800_000_000).unwrap(),
            closes_at: None,
            admission_rate: None,
            expected_shoppers: None,
        }
    }

    fn refusal(change: impl FnOnce(&mut FlashSaleDraft)) -> Option<&'static str> {
        let mut draft = draft();
        change(&mut draft);
        FlashSaleTerms::new(draft).err().map(TermsError::field)
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let terms = FlashSaleTerms::new(draft()).unwrap();
        assert_eq!((terms.admission_rate(), terms.expected_shoppers(), terms.closes_at()), (20_000, 10_000, None));
        assert_eq!((terms.sku().as_str(), terms.units(), terms.price().amount()), ("console", 10_000, 49_900));
    }

    #[test]
    fn every_field_has_its_bounds_and_the_error_names_it() {
        for (units, wanted) in [(0, Some("units")), (1, None), (100_000, None), (100_001, Some("units"))] {
            assert_eq!(refusal(|draft| draft.units = units), wanted, "{units}");
        }
        for (rate, wanted) in
            [(0, Some("admission_rate")), (1, None), (100_000, None), (100_001, Some("admission_rate"))]
        {
            assert_eq!(refusal(|draft| draft.admission_rate = Some(rate)), wanted, "{rate}");
        }
        let field = Some("expected_shoppers");
        for (expected, wanted) in [(0, field), (1, None), (100_000_000, None), (100_000_001, field)] {
            assert_eq!(refusal(|draft| draft.expected_shoppers = Some(expected)), wanted, "{expected}");
        }
        assert_eq!(refusal(|draft| draft.price = Money::usd(49).unwrap()), Some("price"));
        let after_opening = |ms| {
            move |draft: &mut FlashSaleDraft| {
                draft.closes_at = Timestamp::from_millisecond(draft.opens_at.as_millisecond() + ms).ok();
            }
        };
        assert_eq!(refusal(after_opening(-1)), Some("closes_at"));
        assert_eq!(refusal(after_opening(0)), Some("closes_at"));
        assert_eq!(refusal(after_opening(1)), None);
        assert_eq!(TermsError::Units.to_string(), "must be from 1 to 100000");
    }

    #[test]
    fn what_is_stored_is_what_is_read() {
        let mut draft = draft();
        draft.opens_at = Timestamp::new(1_800_000_000, 123_456_789).unwrap();
        draft.closes_at = Some(Timestamp::new(1_800_000_060, 999_999).unwrap());
        let terms = FlashSaleTerms::new(draft).unwrap();
        assert_eq!(terms.opens_at().as_millisecond(), 1_800_000_000_123);
        assert_eq!(terms.closes_at().map(Timestamp::as_millisecond), Some(1_800_000_060_000));
        let stored = serde_json::to_value(&terms).unwrap();
        assert_eq!(stored["opens_at"], 1_800_000_000_123_i64);
        assert_eq!(serde_json::from_value::<FlashSaleTerms>(stored).unwrap(), terms);
    }

    #[test]
    fn an_operator_writes_times_as_text_and_no_unknown_fields() {
        let body = serde_json::json!({
            "sku": "console", "units": 5, "price": {"amount": 100, "currency": "USD"}, "opens_at": "2027-01-15T08:00:00Z"
        });
        let read: FlashSaleDraft = serde_json::from_value(body.clone()).unwrap();
        assert_eq!((read.units, read.opens_at), (5, draft().opens_at));
        for (field, value) in [("per_shopper", 2), ("units", -1)] {
            let mut bad = body.clone();
            bad[field] = value.into();
            assert!(serde_json::from_value::<FlashSaleDraft>(bad).is_err(), "{field}");
        }
    }
}
