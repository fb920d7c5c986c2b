use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What a request said, in hexadecimal digits: two requests are the same where their values are, however they were
/// written down.
pub fn request_digest(body: &impl Serialize) -> String {
    let canonical = serde_json::to_vec(body).unwrap_or_default();
    hex::encode(Sha256::digest(canonical))
}
