//! Names that operators give products, by the rule for texts that people write.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::text::{TextError, TextRule};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $read:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;
            fn from_str(text: &str) -> Result<Self, TextError> {
                let read: fn(&str) -> Result<String, TextError> = $read;
                read(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

names! {
    /// A free word on a product, such as `gift` or `made by hand`: in small letters, with one space between words, so
    /// that what reads alike is alike.
    Tag, |text| {
        let rule = TextRule::name(40);
        // First as it was written: before any work is done for a text that is far too long.
        let kept = rule.parse(text)?.to_lowercase();
        rule.parse(&kept.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    /// Who makes a product, as its maker writes it.
    Brand, |text| TextRule::name(100).parse(text);
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
    fn a_name_is_a_short_text_with_a_letter_or_a_digit() {
        assert!("x".repeat(40).parse::<Tag>().is_ok() && "x".repeat(100).parse::<Brand>().is_ok());
        for bad in ["", " ", "!?", "a\nb", "a\u{200B}b"] {
            assert!(bad.parse::<Tag>().is_err() && bad.parse::<Brand>().is_err(), "{bad:?}");
        }
        assert!("x".repeat(41).parse::<Tag>().is_err() && "x".repeat(101).parse::<Brand>().is_err());
    }

    #[test]
    fn a_brand_keeps_its_letters() {
        assert_eq!(" MAISON Éclat ".parse::<Brand>().unwrap().as_str(), "MAISON Éclat");
    }
}
