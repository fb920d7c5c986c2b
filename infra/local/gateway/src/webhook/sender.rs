//! One attempt to deliver one event.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Request, Uri};
use hmac::{Hmac, Mac};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use sha2::Sha256;

use super::Delivery;
use crate::clock;
use crate::intent::Seconds;

/// A receiver that takes longer has not taken the event.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Signs and posts payloads to the present URL.
#[derive(Debug)]
pub struct Sender {
    secret: String,
    url: RwLock<Option<Uri>>,
    client: Client<HttpConnector, String>,
}

impl Sender {
    /// A sender that signs with `secret`.
    pub fn new(secret: String, url: Option<Uri>) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { secret, url: RwLock::new(url), client }
    }

    /// Where events go.
    pub fn url(&self) -> Option<Uri> {
        self.url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends events elsewhere from now on.
    pub fn set_url(&self, url: Option<Uri>) {
        *self.url.write().unwrap_or_else(PoisonError::into_inner) = url;
    }

    /// Posts a payload once; `None` where there is nowhere to post it to.
    pub async fn send(&self, payload: &str) -> Option<Delivery> {
        let url = self.url()?;
        let at = clock::now();
        let request = Request::post(url)
            .header("content-type", "application/json; charset=utf-8")
            .header("stripe-signature", signature(&self.secret, at, payload))
            .header("user-agent", "Stripe/1.0 (+souk-gateway)")
            .body(payload.to_owned());
        let request = match request {
            Ok(request) => request,
            Err(error) => return Some(Delivery::failed(at, error.to_string())),
        };
        Some(match tokio::time::timeout(ANSWER_WITHIN, self.client.request(request)).await {
            Ok(Ok(response)) => Delivery::answered(at, response.status().as_u16()),
            Ok(Err(error)) => Delivery::failed(at, error.to_string()),
            Err(_) => Delivery::failed(at, "no answer in time".to_owned()),
        })
    }
}

/// The `Stripe-Signature` header for a payload sent at `at`.
pub fn signature(secret: &str, at: Seconds, payload: &str) -> String {
    // HMAC takes keys of any length, so this cannot fail; an empty signature would be refused anyway.
    let digest = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(format!("{at}.{payload}").as_bytes());
        hex::encode(mac.finalize().into_bytes())
    });
    format!("t={at},v1={}", digest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_covers_time_and_payload() {
        // echo -n '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
        assert_eq!(signature("whsec_test", 1_700_000_000, "{}"), expected);
    }
}
