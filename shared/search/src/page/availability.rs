use serde::Serialize;
use souk_domain::stock::Hint;
use utoipa::ToSchema;

use super::AvailabilityFact;

/// What a shopper is told about stock. A hint: checkout counts again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Availability {
    /// In words.
    pub label: String,
    /// How many are left, where they are few.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u64>,
}

impl Availability {
    /// The hint for this count; `None` is a SKU of which inventory has published nothing.
    pub fn of(available: Option<u64>) -> Self {
        match available.map(Hint::of) {
            None => Self { label: "Availability unknown".to_owned(), left: None },
            Some(Hint::OutOfStock) => Self { label: "Out of stock".to_owned(), left: Some(0) },
            Some(Hint::Few(left)) => Self { label: format!("Only {left} left"), left: Some(left) },
            Some(Hint::InStock) => Self { label: "In stock".to_owned(), left: None },
        }
    }
}

impl From<Option<&AvailabilityFact>> for Availability {
    fn from(fact: Option<&AvailabilityFact>) -> Self {
        Self::of(fact.map(|fact| fact.available))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_units_are_counted_out() {
        let label = |available| Availability::of(available).label;
        assert_eq!(label(None), "Availability unknown");
        assert_eq!(label(Some(0)), "Out of stock");
        assert_eq!(label(Some(1)), "Only 1 left");
        assert_eq!(label(Some(5)), "Only 5 left");
        assert_eq!(label(Some(6)), "In stock");
        assert_eq!(Availability::of(Some(6)).left, None);
    }
}
