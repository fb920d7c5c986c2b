use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// 32 bytes that are stored and shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Bytes32(pub(super) [u8; 32]);

/// A text that is not 32 bytes in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 lower-case hexadecimal digits")]
pub struct Bytes32Error;

impl FromStr for Bytes32 {
    type Err = Bytes32Error;
    fn from_str(text: &str) -> Result<Self, Bytes32Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| Bytes32Error)?;
        // One text for one value: published texts are compared as texts.
        if hex::encode(bytes) == text { Ok(Self(bytes)) } else { Err(Bytes32Error) }
    }
}

impl TryFrom<String> for Bytes32 {
    type Error = Bytes32Error;
    fn try_from(text: String) -> Result<Self, Bytes32Error> {
        text.parse()
    }
}

impl From<Bytes32> for String {
    fn from(bytes: Bytes32) -> Self {
        bytes.to_string()
    }
}

impl fmt::Display for Bytes32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Bytes32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_text() {
        let text = "00".repeat(31) + "af";
        assert_eq!(text.parse::<Bytes32>().unwrap().to_string(), text);
        assert_eq!(format!("{:?}", text.parse::<Bytes32>().unwrap()), text);
        let stored = serde_json::to_value(text.parse::<Bytes32>().unwrap()).unwrap();
        assert_eq!(stored, text);
        assert_eq!(serde_json::from_value::<Bytes32>(stored).unwrap().to_string(), text);
        for bad in ["", &text.to_uppercase(), &text[1..], &format!("{text}00"), &text.replace('a', "g")] {
            assert_eq!(bad.parse::<Bytes32>(), Err(Bytes32Error), "{bad}");
        }
    }
}
