use aws_lc_rs::hmac;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use souk_testkit::stand_in::Received;

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
