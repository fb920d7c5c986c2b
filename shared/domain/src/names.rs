//! Names that operators give products, by the rule for texts that people write.

use crate::text::{TextError, TextRule, judged_text};

judged_text!(
    /// A free word on a product, such as `gift` or `made by hand`: in small letters, with one space between words, so
    /// that what reads alike is alike.
    Tag,
    TextError,
    |text| {
        let rule = TextRule::name(40);
        // First as it was written: before any work is done for a text that is far too long.
        let kept = rule.parse(text)?.to_lowercase();
        rule.parse(&kept.split_whitespace().collect::<Vec<_>>().join(" "))
    }
);

judged_text!(
    /// Who makes a product, as its maker writes it.
    Brand,
    TextError,
    |text| TextRule::name(100).parse(text)
);

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
