use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use souk_domain::ids::UserId;

/// Bytes of a guest's token: 256 random bits.
const TOKEN_BYTES: usize = 32;

/// Whose a cart is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Somebody who signed in.
    User(UserId),
    /// Somebody who has the cookie.
    Guest(GuestToken),
}

/// The secret in a guest's cookie: whoever has it has the cart.
#[derive(Clone, PartialEq, Eq)]
pub struct GuestToken(String);

impl Owner {
    /// The cart's key. A guest's token is hashed, so that a look at the table gives nobody a cart.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::User(user_id) => format!("user#{user_id}"),
            Self::Guest(token) => format!("guest#{}", hex::encode(Sha256::digest(token.0.as_bytes()))),
        }
    }
}

impl GuestToken {
    /// A new one.
    ///
    /// # Errors
    /// Where the operating system has no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text of the cookie. It must not be logged.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A text that no guest was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a guest token")]
pub struct NotAToken;

impl FromStr for GuestToken {
    type Err = NotAToken;
    fn from_str(text: &str) -> Result<Self, NotAToken> {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) if bytes.len() == TOKEN_BYTES => Ok(Self(text.to_owned())),
            _ => Err(NotAToken),
        }
    }
}

impl fmt::Debug for GuestToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuestToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_random_readable_and_not_shown() {
        let (one, two) = (GuestToken::random().unwrap(), GuestToken::random().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.expose().parse::<GuestToken>().as_ref(), Ok(&one));
        assert!(!format!("{:?}", Owner::Guest(one.clone())).contains(one.expose()));
        assert!(!Owner::Guest(one.clone()).key().contains(one.expose()));
        for bad in ["", "short", &"A".repeat(44), "user#1", &"!".repeat(43)] {
            assert_eq!(bad.parse::<GuestToken>(), Err(NotAToken), "{bad}");
        }
    }

    #[test]
    fn no_guest_has_a_users_key() {
        let user = Owner::User("5f0c".parse().unwrap());
        assert_eq!(user.key(), "user#5f0c");
        assert!(Owner::Guest(GuestToken::random().unwrap()).key().starts_with("guest#"));
    }
}
