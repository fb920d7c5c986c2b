use serde::{Deserialize, Serialize};

use crate::text::{TextError, TextRule};

/// The longest, in visible characters: it is read off a shelf.
const RULE: TextRule = TextRule::name(32);

/// Where units lie in their warehouse, as its staff write it on the shelf: `A-12-3`. What is stored may be older than
/// the rule: [`Place::parse`] is for what comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 128, example = "A-12-3"))]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// The place that this text names: one line of up to 32 visible characters, with a letter or a digit in it.
    ///
    /// # Errors
    /// [`TextError`] for the first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        RULE.parse(text).map(Self)
    }

    /// As it is written on the shelf.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_short_line_that_names_something() {
        for text in ["A-12-3", "Regal 7, Fach 2", "東棚－３", "7"] {
            assert_eq!(Place::parse(&format!(" {text} ")).unwrap().as_str(), text);
        }
        let refused = |text: &str| Place::parse(text).unwrap_err();
        assert_eq!(refused(" "), TextError::Empty);
        assert_eq!(refused("--"), TextError::Nameless);
        assert_eq!(refused("A\n1"), TextError::Control);
        assert_eq!(refused(&"A".repeat(33)), TextError::TooLong(32));
    }

    #[test]
    fn what_is_stored_is_read_as_it_is() {
        let long = "A".repeat(100);
        assert_eq!(serde_json::from_value::<Place>(long.clone().into()).unwrap().as_str(), long);
    }
}
