use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use souk_testkit::stand_in::Received;

/// The HMAC-SHA-256 of a text, in hexadecimal: as a carrier signs, by another library than the shop's.
pub fn hmac_sha256(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::sign(&key, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether one of a request's signatures is made with this secret: as a subscriber checks it, by another library
/// than the sender's.
pub fn is_signed(request: &Received, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let head = |name: &str| request.header(name).unwrap();
    let mut signed = format!("{}.{}.", head("webhook-id"), head("webhook-timestamp")).into_bytes();
    signed.extend(&request.body);
    let mut signatures = head("webhook-signature").split(' ');
    signatures.any(|signature| {
        let tag = STANDARD.decode(signature.strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, &signed, &tag).is_ok()
    })
}
