use std::fmt;

use serde::{Deserialize, Serialize};

// Its `Debug` hides all but the country: addresses are never logged.
/// Where an order goes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The recipient.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// Street and number.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub line1: String,
    /// Flat, floor, company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub line2: Option<String>,
    /// Town.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub city: String,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub region: Option<String>,
    /// Postal code; the country decides its form.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 16))]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2, upper case.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{2}$"))]
    pub country: String,
}

/// A part of an address that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct AddressError {
    /// Which part.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The longest part of an address, in characters.
const MAX_PART: usize = 200;
const MAX_POSTAL_CODE: usize = 16;

impl Address {
    /// Checks that each part is there, of sensible length and without control characters.
    ///
    /// # Errors
    /// [`AddressError`] for the first part that is not.
    pub fn validate(&self) -> Result<(), AddressError> {
        let parts = [
            ("name", Some(&self.name), MAX_PART),
            ("line1", Some(&self.line1), MAX_PART),
            ("line2", self.line2.as_ref(), MAX_PART),
            ("city", Some(&self.city), MAX_PART),
            ("region", self.region.as_ref(), MAX_PART),
            ("postal_code", Some(&self.postal_code), MAX_POSTAL_CODE),
        ];
        for (field, value, max) in parts {
            let Some(value) = value else { continue };
            let problem = if value.trim().is_empty() {
                "must not be empty"
            } else if value.chars().count() > max {
                "is too long"
            } else if value.chars().any(char::is_control) {
                "has a control character"
            } else {
                continue;
            };
            return Err(AddressError { field, problem });
        }
        if self.country.len() != 2 || !self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(AddressError { field: "country", problem: "must be two capital letters (ISO 3166-1)" });
        }
        Ok(())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(in {})", self.country)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address {
            name: "Ada".into(),
            line1: "1 Analytical Row".into(),
            line2: None,
            city: "London".into(),
            region: None,
            postal_code: "N1 9GU".into(),
            country: "GB".into(),
        }
    }

    #[test]
    fn a_part_that_is_empty_long_or_strange_is_named() {
        assert_eq!(address().validate(), Ok(()));
        let field = |address: Address| address.validate().unwrap_err().field;
        assert_eq!(field(Address { name: " ".into(), ..address() }), "name");
        assert_eq!(field(Address { city: "x".repeat(201), ..address() }), "city");
        assert_eq!(Address { city: "é".repeat(200), postal_code: "1".repeat(16), ..address() }.validate(), Ok(()));
        assert_eq!(field(Address { line2: Some("a\nb".into()), ..address() }), "line2");
        assert_eq!(field(Address { country: "gb".into(), ..address() }), "country");
    }

    #[test]
    fn debug_output_holds_no_address() {
        assert_eq!(format!("{:?}", address()), "Address(in GB)");
    }
}
