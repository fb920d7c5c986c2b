//! Numbers in queries, headers and paths: one way to write each.

use std::{
    any::TypeId,
    num::{ParseFloatError, ParseIntError},
    str::FromStr,
};

/// Digits without a sign, a blank or a zero in front.
pub(super) fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'))
}

/// The same, perhaps with a point and more digits.
fn is_decimal(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    is_whole(whole) && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// A value out of a client's text. What is a number by its type, which tells itself by its error, is read to the letter:
/// the standard library takes `+5`, `05` and `inf` as well.
pub(super) fn parse<T: FromStr<Err: std::fmt::Display + 'static>>(text: &str) -> Result<T, String> {
    let error = TypeId::of::<T::Err>();
    if error == TypeId::of::<ParseIntError>() && !is_whole(text) {
        return Err("must be a whole number in plain digits".to_owned());
    }
    if error == TypeId::of::<ParseFloatError>() && !is_decimal(text) {
        return Err("must be a number in plain digits, perhaps with a point".to_owned());
    }
    text.parse().map_err(|error: T::Err| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_plain_digits() {
        assert_eq!((parse::<u16>("0"), parse::<u16>("5"), parse::<i64>("100")), (Ok(0), Ok(5), Ok(100)));
        for bad in ["", "+5", "-5", "05", "00", " 5", "5 ", "5.0", "1e2", "٣", "0x5", "5_0", "65536"] {
            assert!(parse::<u16>(bad).is_err(), "{bad}");
        }
        assert!(parse::<i64>("-5").is_err() && parse::<usize>("+5").is_err());
    }

    #[test]
    fn decimals_have_a_point_and_no_exponent() {
        assert_eq!((parse::<f64>("4"), parse::<f64>("4.5"), parse::<f64>("0.25")), (Ok(4.0), Ok(4.5), Ok(0.25)));
        for bad in ["", "+4", "-4", "04.5", ".5", "4.", "4e0", "inf", "NaN", "infinity", "4,5", "4.5.6", " 4"] {
            assert!(parse::<f64>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_are_left_alone() {
        assert_eq!(parse::<String>("+5").as_deref(), Ok("+5"));
        assert_eq!(parse::<bool>("true"), Ok(true));
        assert!(parse::<bool>("True").is_err());
    }
}
