use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A currency that the gateway takes, by its ISO 4217 code. Others are refused where they are read.
///
/// What is known of each stands in Stripe's list of supported currencies, <https://docs.stripe.com/currencies>:
/// the codes under "Supported presentment currencies", decimals under "Zero-decimal currencies", "Three-decimal
/// currencies" and "Special cases", bounds under "Minimum and maximum charge amounts". As read in November 2026.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(&'static str);

/// No currency that the gateway takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the ISO 4217 code of a currency that the gateway takes, such as USD")]
pub struct CurrencyError;

const CODES: [&str; 139] = [
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CVE",
    "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF",
    "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP",
    "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP", "SLE",
    "SOS", "SRD", "STD", "SZL", "THB", "TJS", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW",
];

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self("USD");
    /// The most minor units of any currency.
    pub const MOST: i64 = 999_999_999_999;

    /// Its ISO 4217 code.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// How many decimals its amounts have at the gateway: one dollar is 100 minor units, one yen 1, one Kuwaiti
    /// dinar 1,000.
    pub fn decimals(self) -> u32 {
        match self.0 {
            "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV" | "XAF"
            | "XOF" | "XPF" => 0,
            "BHD" | "JOD" | "KWD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }

    /// How many decimals people write: two fewer where the gateway counts hundredths that nobody has.
    pub fn written_decimals(self) -> u32 {
        if self.step() == 100 { self.decimals() - 2 } else { self.decimals() }
    }

    /// Of how many minor units an amount must be a multiple: the gateway's partners know no third decimal, and of
    /// two currencies only whole units.
    pub fn step(self) -> i64 {
        match self.0 {
            "ISK" | "UGX" => 100,
            _ if self.decimals() == 3 => 10,
            _ => 1,
        }
    }

    /// The least that can be charged (minor units). Of a currency that the gateway pays out in no account, it converts
    /// the charge and holds the account's minimum against it, which the shop cannot know: then the least there is.
    pub fn minimum(self) -> i64 {
        match self.0 {
            "USD" | "AUD" | "BRL" | "CAD" | "CHF" | "EUR" | "INR" | "NZD" | "SGD" | "JPY" => 50,
            "GBP" => 30,
            "BGN" => 100,
            "AED" | "MYR" | "PLN" | "RON" => 200,
            "DKK" => 250,
            "NOK" | "SEK" => 300,
            "HKD" => 400,
            "MXN" | "THB" => 1_000,
            "CZK" => 1_500,
            "HUF" => 17_500,
            _ => self.step(),
        }
    }

    /// The most that can be charged (minor units): eight digits, twelve of rupiahs.
    pub fn maximum(self) -> i64 {
        if self.0 == "IDR" { Self::MOST } else { 99_999_999 }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        CODES.iter().map(|code| Self(code))
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;
    fn from_str(code: &str) -> Result<Self, CurrencyError> {
        Self::all().find(|known| known.0 == code).ok_or(CurrencyError)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_can_be_charged_at_least_is_payable_and_below_the_most() {
        let distinct: BTreeSet<_> = Currency::all().map(Currency::code).collect();
        assert_eq!(distinct.len(), Currency::all().count());
        for currency in Currency::all() {
            let (least, most) = (currency.minimum(), currency.maximum());
            assert!(least >= 1 && least % currency.step() == 0 && least < most, "{currency}");
            assert!(most <= Currency::MOST, "{currency}");
        }
    }

    #[test]
    fn a_code_is_read_as_iso_writes_it() {
        assert_eq!("KWD".parse::<Currency>().map(Currency::decimals), Ok(3));
        for bad in ["usd", "XYZ", "", "US", "USDX"] {
            assert_eq!(bad.parse::<Currency>(), Err(CurrencyError), "{bad}");
        }
    }
}
