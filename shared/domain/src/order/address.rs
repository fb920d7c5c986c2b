use std::fmt;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

use super::{Actor, country::Country};
use crate::{ids::UserId, text::TextRule};

// Its `Debug` hides all but the country: addresses are never logged.
/// Where an order goes. What is stored may be older than the rules: [`Address::checked`] is for what comes in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The recipient, up to 100 visible characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 400))]
    pub name: String,
    /// Street and number, up to 100 visible characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 400))]
    pub line1: String,
    /// Flat, floor, company, up to 100 visible characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 400))]
    pub line2: Option<String>,
    /// Town, up to 100 visible characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 400))]
    pub city: String,
    /// State, province or county, up to 100 visible characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 400))]
    pub region: Option<String>,
    /// Postal code in the country's form, where one is known; absent or empty where the country has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 16))]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{2}$"))]
    pub country: String,
}

/// A part of an address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct AddressError {
    /// Which part.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

/// An address that an order had before, and how it came to another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressChange {
    /// When.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
    /// As what somebody changed it.
    pub by: Actor,
    /// Who.
    pub user_id: UserId,
    /// Where the order went until then.
    pub before: Address,
}

/// A recipient or a place has a letter or a digit in it.
const NAME: TextRule = TextRule::name(100);

impl Address {
    /// The address as it is kept: texts in their normal form, the postal code as its country writes it.
    ///
    /// # Errors
    /// [`AddressError`] for the first part that is not one of an address.
    pub fn checked(self) -> Result<Self, AddressError> {
        let text =
            |field, value: &str| NAME.parse(value).map_err(|error| AddressError { field, problem: error.to_string() });
        let some = |field, value: Option<String>| value.map(|value| text(field, &value)).transpose();
        let country = Country::of(&self.country).ok_or_else(|| AddressError {
            field: "country",
            problem: "must be a country's two capital letters (ISO 3166-1)".to_owned(),
        })?;
        Ok(Self {
            name: text("name", &self.name)?,
            line1: text("line1", &self.line1)?,
            line2: some("line2", self.line2)?,
            city: text("city", &self.city)?,
            region: some("region", self.region)?,
            postal_code: country
                .postal_code(self.postal_code.as_deref())
                .map_err(|problem| AddressError { field: "postal_code", problem })?,
            country: self.country,
        })
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
            postal_code: Some("N1 9GU".into()),
            country: "GB".into(),
        }
    }

    #[test]
    fn a_part_that_is_empty_long_or_strange_is_named() {
        assert_eq!(address().checked(), Ok(address()));
        let field = |address: Address| address.checked().unwrap_err().field;
        assert_eq!(field(Address { name: " ".into(), ..address() }), "name");
        assert_eq!(field(Address { name: "\u{200B}".into(), ..address() }), "name");
        assert_eq!(field(Address { line1: "--".into(), ..address() }), "line1");
        assert_eq!(field(Address { city: "x".repeat(101), ..address() }), "city");
        assert!(Address { city: "é".repeat(100), ..address() }.checked().is_ok());
        assert_eq!(field(Address { line2: Some("a\nb".into()), ..address() }), "line2");
        assert_eq!(field(Address { region: Some("\u{202E}b".into()), ..address() }), "region");
        assert_eq!(field(Address { postal_code: None, ..address() }), "postal_code");
        for country in ["gb", "ZZ", "", "GBR"] {
            assert_eq!(field(Address { country: country.into(), ..address() }), "country");
        }
    }

    #[test]
    fn an_address_is_kept_in_its_normal_form() {
        let written = Address {
            name: " Zoe\u{308} ".into(),
            line2: Some("Flat 2 ".into()),
            postal_code: Some("n19gu".into()),
            ..address()
        };
        let kept = written.checked().unwrap();
        assert_eq!((kept.name.as_str(), kept.line2.as_deref()), ("Zoë", Some("Flat 2")));
        assert_eq!(kept.postal_code.as_deref(), Some("N1 9GU"));
        assert_eq!(kept.clone().checked(), Ok(kept));
        let in_hong_kong = Address { postal_code: None, country: "HK".into(), ..address() };
        assert!(in_hong_kong.checked().is_ok());
    }

    /// The digests of requests are made of it: the same address was, is and stays the same text.
    #[test]
    fn an_address_is_written_down_as_before_its_code_could_be_absent() {
        let text = r#"{"name":"Ada","line1":"1 Analytical Row","city":"London","postal_code":"N1 9GU","country":"GB"}"#;
        assert_eq!(serde_json::to_string(&address()).unwrap(), text);
        assert_eq!(serde_json::from_str::<Address>(text).unwrap(), address());
    }

    #[test]
    fn debug_output_holds_no_address() {
        assert_eq!(format!("{:?}", address()), "Address(in GB)");
    }
}
