use std::fmt;

use sha2::{Digest as _, Sha256};

/// An e-mail address. Its `Debug` hides it: addresses are never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address in this text. Whether it takes mail, only a mail can tell.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address, for the mail's envelope.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for the address where it may not stand itself. Case does not matter.
    pub(crate) fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.0.trim().to_lowercase()))
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_never_shown_and_known_again_in_any_case() {
        let address = EmailAddress::new("Ada@Souk.test");
        assert!(!format!("{address:?} {}", address.digest()).to_lowercase().contains("ada"));
        assert_eq!(address.digest(), EmailAddress::new("ada@souk.test ").digest());
        assert_ne!(address.digest(), EmailAddress::new("bob@souk.test").digest());
    }
}
