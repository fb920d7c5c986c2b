use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use super::Stack;

impl Stack {
    /// The same access token, made to end so many seconds from now, and signed by the pool's own key; `None` where that key
    /// is not on this machine, as on AWS.
    pub fn ending_in(&self, seconds: i64, access: &str) -> Option<String> {
        let key = self.emulators(&format!("cognito-pool-keys/{}-access.pem", self.user_pool_id))?;
        let mut parts = access.split('.');
        let (header, claims) = (parts.next().unwrap(), parts.next().unwrap());
        let mut claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        claims["exp"] = json!(jiff::Timestamp::now().as_second() + seconds);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(sign(&key, signed.as_bytes()))))
    }
}

fn sign(pem: &str, message: &[u8]) -> Vec<u8> {
    let lines: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(lines).unwrap();
    let key = RsaKeyPair::from_pkcs8(&der).or_else(|_| RsaKeyPair::from_der(&der)).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}
