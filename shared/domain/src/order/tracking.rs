//! How a carrier's word about a parcel finds it: by carrier and tracking number, however a label writes them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Label, parcel::TEXT};
use crate::text::TextError;

/// A carrier, as its address here names it: what its labels say in lower case, with a hyphen for whatever is neither
/// letter nor digit. `Swift Parcel` and `SWIFT-PARCEL` are `swift-parcel`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CarrierId(String);

/// What identifies a parcel to its carrier and to us.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tracking {
    /// Who carries it.
    carrier: CarrierId,
    /// Its number in capital letters, without blanks and hyphens: people read it out and copy it in groups.
    number: String,
}

impl CarrierId {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(name: &str) -> Self {
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        Self(words.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
    }
}

impl FromStr for CarrierId {
    type Err = TextError;

    fn from_str(name: &str) -> Result<Self, TextError> {
        TEXT.parse(name).map(|name| Self::of(&name))
    }
}

impl TryFrom<String> for CarrierId {
    type Error = TextError;

    fn try_from(name: String) -> Result<Self, TextError> {
        name.parse()
    }
}

impl From<CarrierId> for String {
    fn from(id: CarrierId) -> Self {
        id.0
    }
}

impl fmt::Display for CarrierId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Tracking {
    /// Of a carrier's parcel with this number.
    pub fn new(carrier: CarrierId, number: &str) -> Self {
        let is_written = |c: &char| !c.is_whitespace() && *c != '-';
        Self { carrier, number: number.chars().filter(is_written).flat_map(char::to_uppercase).collect() }
    }

    /// Of the parcel that bears this label.
    pub fn of(label: &Label) -> Self {
        Self::new(CarrierId::of(&label.carrier), &label.tracking_number)
    }
}

/// The key of what is kept about it. No carrier's id has a `#` in it.
impl fmt::Display for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.carrier, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(carrier: &str, number: &str) -> Label {
        Label { carrier: carrier.to_owned(), tracking_number: number.to_owned() }
    }

    #[test]
    fn a_label_is_found_however_it_writes_its_carrier_and_number() {
        let key = |carrier, number| Tracking::of(&label(carrier, number)).to_string();
        for carrier in ["Swift Parcel", "SWIFT-PARCEL", " swift  parcel. "] {
            for number in ["1Z 999-aa", "1z999AA"] {
                assert_eq!(key(carrier, number), "swift-parcel#1Z999AA");
            }
        }
        assert_eq!(key("ヤマト運輸", "１"), "ヤマト運輸#１");
        assert_ne!(key("a", "b#c"), key("a#b", "c"));
    }

    #[test]
    fn an_address_names_a_carrier_as_its_labels_do() {
        let id: CarrierId = "Swift Parcel".parse().unwrap();
        assert_eq!((id.as_str(), "swift-parcel".parse().as_ref()), ("swift-parcel", Ok(&id)));
        assert_eq!(Tracking::new(id, "1z 9"), Tracking::of(&label("swift parcel", "1Z9")));
        for none in ["", "-", "a\nb", &"a".repeat(101)] {
            assert!(none.parse::<CarrierId>().is_err(), "{none:?}");
        }
    }
}
