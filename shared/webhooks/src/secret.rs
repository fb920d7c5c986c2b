use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use souk_domain::ids::EventId;

const PREFIX: &str = "whsec_";
/// The standard takes 24 to 64.
const BYTES: usize = 32;

/// What a subscription's requests are signed with. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret(Vec<u8>);

/// A text that is no secret, or chance that cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret cannot be had")]
pub struct SecretError;

impl Secret {
    /// A new one, which nobody has seen.
    ///
    /// # Errors
    /// [`SecretError`] where the system gives no random bytes.
    pub fn generate() -> Result<Self, SecretError> {
        let mut bytes = vec![0; BYTES];
        getrandom::fill(&mut bytes).map_err(|_| SecretError)?;
        Ok(Self(bytes))
    }

    /// `whsec_…`, as its subscriber has to know it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// `v1,…`: the signature of a body that is sent at this time, under this id.
    pub fn sign(&self, event_id: &EventId, at: Timestamp, body: &str) -> Result<String, SecretError> {
        self.sign_parts(event_id.as_str(), at.as_second(), body)
    }

    fn sign_parts(&self, id: &str, second: i64, body: &str) -> Result<String, SecretError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| SecretError)?;
        mac.update(format!("{id}.{second}.").as_bytes());
        mac.update(body.as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError)?;
        STANDARD.decode(encoded).map(Self).map_err(|_| SecretError)
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.reveal()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the standard's own libraries test themselves with.
    #[test]
    fn a_signature_is_the_standards() {
        let secret = Secret::try_from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()).unwrap();
        let signature = secret.sign_parts("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_new_secret_is_nobodys_and_reads_as_it_was_written() {
        let (one, another) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        assert_ne!(one, another);
        assert_eq!(Secret::try_from(one.reveal()).as_ref(), Ok(&one));
        assert_eq!(STANDARD.decode(one.reveal().trim_start_matches("whsec_")).unwrap().len(), 32);
        assert_eq!(format!("{one:?}"), "Secret(…)");
        assert_eq!(Secret::try_from("abc".to_owned()), Err(SecretError));
    }
}
