//! Free words on products.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::{TextError, TextRule};

const RULE: TextRule = TextRule::name(40);

/// A free word on a product, such as `gift` or `made by hand`: in small letters, with one space between words, so
/// that what reads alike is alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = TextError;
    fn from_str(text: &str) -> Result<Self, TextError> {
        // First as it was written: before any work is done for a text that is far too long.
        let kept = RULE.parse(text)?.to_lowercase();
        let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
        RULE.parse(&kept).map(Self)
    }
}

impl TryFrom<String> for Tag {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        text.parse()
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_alike_is_one_tag() {
        for text in ["made by hand", " Made  By\u{A0}Hand "] {
            assert_eq!(text.parse::<Tag>().unwrap().as_str(), "made by hand");
        }
        assert_eq!("CAFE\u{301}".parse::<Tag>().unwrap().as_str(), "café");
        let kept = "İstanbul".parse::<Tag>().unwrap();
        assert_eq!(kept.as_str().parse::<Tag>(), Ok(kept));
    }

    #[test]
    fn a_tag_is_a_short_text_with_a_letter_or_a_digit() {
        assert!("x".repeat(40).parse::<Tag>().is_ok());
        for bad in ["", " ", "!?", "a\nb", "a\u{200B}b", &"x".repeat(41)] {
            assert!(bad.parse::<Tag>().is_err(), "{bad:?}");
        }
    }
}
