//! Requests that somebody outside has signed: `t=1790000000,v1=5257a8…`, a time in seconds and the HMAC-SHA-256 of that
//! time, a point and the body, in hexadecimal. Stripe's form, and that of the carriers.

use std::time::Duration;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// How far the sender's clock, or a retry's age, may be from ours: what Stripe's own libraries take.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// A request that must not be acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The signature header has no time or no signature.
    #[error("the signature header is malformed")]
    Malformed,
    /// None of the signatures fits.
    #[error("no signature fits")]
    Bad,
    /// The signature fits, but was made too long ago, or too far in the future.
    #[error("the signature's time is outside of the tolerance")]
    Stale,
}

/// Checks that whoever knows one of these secrets has signed this body, within [`TOLERANCE`] of now. Several `v1`
/// signatures may be given, and several secrets known, as while a secret is being rotated; one that fits is enough.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(
    raw_body: &[u8],
    header: &str,
    secrets: &[impl AsRef<str>],
    now: Timestamp,
) -> Result<(), SignatureError> {
    let header = Header::parse(header)?;
    if !secrets.iter().any(|secret| header.fits(raw_body, secret.as_ref())) {
        return Err(SignatureError::Bad);
    }
    if header.seconds.abs_diff(now.as_second()) > TOLERANCE.as_secs() {
        return Err(SignatureError::Stale);
    }
    Ok(())
}

struct Header<'a> {
    /// As it was sent: these characters are what was signed.
    time: &'a str,
    seconds: i64,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    fn parse(header: &'a str) -> Result<Self, SignatureError> {
        let mut time = None;
        let mut signatures = Vec::new();
        for (name, value) in header.split(',').filter_map(|part| part.trim().split_once('=')) {
            match name {
                "t" if time.is_none() => time = Some(value),
                // The header was sent twice.
                "t" => return Err(SignatureError::Malformed),
                // Others are of schemes that prove nothing here (v0 marks test events).
                "v1" => signatures.extend(hex::decode(value)),
                _ => {}
            }
        }
        let time = time.ok_or(SignatureError::Malformed)?;
        let seconds = time.parse().map_err(|_| SignatureError::Malformed)?;
        if signatures.is_empty() {
            return Err(SignatureError::Malformed);
        }
        Ok(Self { time, seconds, signatures })
    }

    fn fits(&self, raw_body: &[u8], secret: &str) -> bool {
        // HMAC takes keys of any length; a failure here could only mean that nothing can be verified.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(self.time.as_bytes());
        mac.update(b".");
        mac.update(raw_body);
        // `verify_slice` takes the same time wherever the first difference is.
        self.signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    }
}

#[cfg(test)]
mod tests;
