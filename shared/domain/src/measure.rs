//! Weights and lengths: written with any common unit, kept in one, exact to a thousandth of it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A unit, and how many millionths of a thousandth of the kept unit it has.
struct Unit {
    names: &'static [&'static str],
    is: u128,
}

/// One thousandth of the kept unit, in what [`Unit::is`] counts.
const THOUSANDTH: u128 = 1_000_000;

const WEIGHTS: [Unit; 5] = [
    Unit { names: &["g", "gram", "grams"], is: 1_000 * THOUSANDTH },
    Unit { names: &["kg", "kilogram", "kilograms"], is: 1_000_000 * THOUSANDTH },
    Unit { names: &["mg", "milligram", "milligrams"], is: THOUSANDTH },
    Unit { names: &["oz", "ounce", "ounces"], is: 28_349_523_125 },
    Unit { names: &["lb", "lbs", "pound", "pounds"], is: 453_592_370_000 },
];

const LENGTHS: [Unit; 5] = [
    Unit { names: &["mm", "millimetre", "millimetres", "millimeter", "millimeters"], is: 1_000 * THOUSANDTH },
    Unit { names: &["cm", "centimetre", "centimetres", "centimeter", "centimeters"], is: 10_000 * THOUSANDTH },
    Unit { names: &["m", "metre", "metres", "meter", "meters"], is: 1_000_000 * THOUSANDTH },
    Unit { names: &["in", "inch", "inches"], is: 25_400 * THOUSANDTH },
    Unit { names: &["ft", "foot", "feet"], is: 304_800 * THOUSANDTH },
];

/// A text that is no measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number with a unit, like {example}, above 0 and at most {most}")]
pub struct MeasureError {
    example: &'static str,
    most: &'static str,
}

macro_rules! measures {
    ($($(#[$doc:meta])* $name:ident, $units:expr, $unit:literal, $most:literal, $told:literal, $example:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u64);

        impl $name {
            /// What it is kept and told in.
            pub const UNIT: &str = $unit;

            /// How many of [`Self::UNIT`], to three decimals.
            pub fn value(self) -> f64 {
                self.0 as f64 / 1_000.0
            }
        }

        impl FromStr for $name {
            type Err = MeasureError;
            fn from_str(text: &str) -> Result<Self, MeasureError> {
                let thousandths = thousandths(text, &$units).filter(|count| (1..=$most * 1_000).contains(count));
                thousandths.map(Self).ok_or(MeasureError { example: $example, most: $told })
            }
        }

        impl TryFrom<String> for $name {
            type Error = MeasureError;
            fn try_from(text: String) -> Result<Self, MeasureError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(measure: $name) -> Self {
                measure.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 % 1_000 {
                    0 => write!(f, "{} {}", self.0 / 1_000, Self::UNIT),
                    part => {
                        let decimals = format!("{part:03}");
                        write!(f, "{}.{} {}", self.0 / 1_000, decimals.trim_end_matches('0'), Self::UNIT)
                    }
                }
            }
        }
    )+};
}

measures! {
    /// What something weighs, in grams.
    Weight, WEIGHTS, "g", 100_000_000, "100000 kg", "1.2 kg";
    /// How long, wide or high something is, in millimetres.
    Length, LENGTHS, "mm", 1_000_000, "1000 m", "30 cm";
}

/// How many thousandths of the kept unit, to the nearest.
fn thousandths(text: &str, units: &[Unit]) -> Option<u64> {
    let text = text.trim();
    let number = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, name) = text.split_at(number);
    let name = name.trim_start().to_ascii_lowercase();
    let unit = units.iter().find(|unit| unit.names.contains(&name.as_str()))?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let is_short =
        |digits: &str, most| (1..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_short(whole, 12) || !is_short(decimals, 9) {
        return None;
    }
    let billionths: u128 = format!("{whole}{decimals:0<9}").parse().ok()?;
    let parts = billionths * unit.is;
    let one = 1_000_000_000 * THOUSANDTH;
    u64::try_from((parts + one / 2) / one).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whatever_the_unit_one_is_kept() {
        for (text, kept) in [
            ("1.2 kg", "1200 g"),
            ("1200g", "1200 g"),
            ("0.5 G", "0.5 g"),
            ("12 oz", "340.194 g"),
            ("1 lb", "453.592 g"),
            ("16 ounces", "453.592 g"),
            ("250 mg", "0.25 g"),
            ("100000 kg", "100000000 g"),
        ] {
            assert_eq!(text.parse::<Weight>().map(|weight| weight.to_string()).as_deref(), Ok(kept), "{text}");
        }
        for (text, kept) in
            [("30 cm", "300 mm"), ("1 in", "25.4 mm"), ("1.5 m", "1500 mm"), ("2 ft", "609.6 mm"), ("7 MM", "7 mm")]
        {
            assert_eq!(text.parse::<Length>().map(|length| length.to_string()).as_deref(), Ok(kept), "{text}");
        }
    }

    #[test]
    fn what_is_no_measure_is_refused() {
        for bad in [
            "",
            "kg",
            "1",
            "1 stone",
            "-1 kg",
            "0 g",
            "0.0001 g",
            "1e3 g",
            "1,5 kg",
            "1. kg",
            ".5 kg",
            "1.2.3 g",
            "100001 kg",
        ] {
            assert!(bad.parse::<Weight>().is_err(), "{bad}");
        }
        assert!("1 kg".parse::<Length>().is_err() && "1001 m".parse::<Length>().is_err());
    }

    proptest! {
        #[test]
        fn what_is_kept_is_kept_again_as_it_is(whole in 0_u64..100_000_000, part in 1_u64..1_000) {
            let text = format!("{whole}.{part:03} g");
            let weight: Weight = text.parse().unwrap();
            prop_assert_eq!(weight.to_string().parse(), Ok(weight));
            prop_assert_eq!(weight.value(), (whole * 1_000 + part) as f64 / 1_000.0);
        }
    }
}
