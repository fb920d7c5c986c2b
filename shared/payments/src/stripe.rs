//! The gateway port over Stripe's API.

mod answer;
mod transport;

use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpConnector;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use souk_domain::{
    ids::{OrderId, UserId},
    money::Money,
    payment::{Dispute, Told},
};
use souk_dynamo::fault;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

pub(crate) use self::answer::dispute_stands;
use self::answer::{back, customer, disputes, intent, order_of, page, refund, refunds, refusal};
use self::transport::{Answer, Call, Transport};
use crate::gateway::{
    Back, BackPage, Gateway, GatewayError, Intent, IntentPage, NewIntent, NewRefund, NewRenewal, Window,
};

/// The version of Stripe's API that this adapter was written for; the account's default may move on.
const API_VERSION: &str = "2026-08-26.dahlia";

/// The variable that holds the base URL.
const BASE_URL: &str = "GATEWAY_URL";

/// The most objects that Stripe puts into one page.
const PAGE: &str = "100";

/// A call with its retries must end well within the time that a step of the saga has.
pub const WITHIN: Duration = Duration::from_secs(8);

/// Settings that no call could be made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StripeSettingsError {
    /// The base URL is not an absolute http or https URL.
    #[error("the payment gateway's URL is not an absolute http(s) URL")]
    BaseUrl,
    /// The key has characters that no header can carry.
    #[error("the payment gateway's API key is not a header value")]
    ApiKey,
}

/// Stripe, or whatever speaks its API at another base URL.
///
/// Idempotency keys follow from the order, so a repeated call has no second effect. An answer that
/// Stripe merely replays says how things were: where that matters the intent is read again, so that
/// every [`Intent`] returned is the present one.
#[derive(Debug)]
pub struct StripeGateway {
    transport: Transport,
}

/// The gateway, with its key from the secret that the template made.
impl FromEnvironment for StripeGateway {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        #[derive(serde::Deserialize)]
        struct Secret {
            api_key: String,
        }
        let secret: Secret = environment.secret("GATEWAY_SECRET_ID").await?;
        let url = environment.required(BASE_URL)?;
        let gateway = match environment.connector() {
            Some(connector) => Self::over(connector.clone(), &url, &secret.api_key),
            None => Self::new(&url, &secret.api_key),
        };
        gateway.map_err(|error| ConfigError::Invalid { name: BASE_URL, reason: error.to_string() })
    }
}

impl StripeGateway {
    /// A gateway at a base URL such as `https://api.stripe.com`.
    ///
    /// # Errors
    /// [`StripeSettingsError`].
    pub fn new(base_url: &str, api_key: &str) -> Result<Self, StripeSettingsError> {
        Self::with_deadline(base_url, api_key, WITHIN)
    }

    /// As [`StripeGateway::new`], with another limit to how long a call may take, retries included.
    ///
    /// # Errors
    /// [`StripeSettingsError`].
    pub fn with_deadline(base_url: &str, api_key: &str, within: Duration) -> Result<Self, StripeSettingsError> {
        Ok(Self { transport: Transport::new(base_url, api_key, within)? })
    }

    /// As [`StripeGateway::new`], over this connector instead of the network.
    ///
    /// # Errors
    /// [`StripeSettingsError`].
    pub fn over(connector: SharedHttpConnector, base_url: &str, api_key: &str) -> Result<Self, StripeSettingsError> {
        Ok(Self { transport: Transport::over(connector, base_url, api_key, WITHIN)? })
    }

    /// An action on an intent; reads the intent again where the answer is only a replay.
    async fn act(
        &self,
        action: &str,
        form: Vec<(&str, String)>,
        key: Option<String>,
        id: &str,
    ) -> Result<Intent, GatewayError> {
        let call = Call::post(format!("/v1/payment_intents/{}/{action}", path_segment(id)), form, key);
        let answer = self.transport.send(&call).await?;
        if answer.replayed { self.retrieve(id).await } else { intent(&answer) }
    }
}

impl Gateway for StripeGateway {
    async fn create_customer(
        &self,
        user_id: &UserId,
        order_id: &OrderId,
        in_place_of: Option<&str>,
    ) -> Result<String, GatewayError> {
        let action = in_place_of.map_or_else(|| "customer".to_owned(), |gone| format!("customer-after-{gone}"));
        let form = vec![("metadata[user_id]", user_id.to_string())];
        let call = Call::post("/v1/customers".to_owned(), form, Some(key(order_id, &action)));
        customer(&self.transport.send(&call).await?)
    }

    async fn create_renewal(&self, new: &NewRenewal<'_>) -> Result<Intent, GatewayError> {
        let mut form = held(new.amount, &new.kept.payment_method, new.order_id);
        form.push(("customer", new.kept.customer.clone()));
        form.push(("metadata[renewal]", new.number.to_string()));
        let key = numbered(new.order_id, "renew-create", new.number);
        intent(&self.transport.send(&Call::post("/v1/payment_intents".to_owned(), form, Some(key))).await?)
    }

    async fn confirm_renewal(&self, order_id: &OrderId, id: &str, number: u32) -> Result<Intent, GatewayError> {
        let mut form = expanded();
        form.push(("off_session", "true".to_owned()));
        self.act("confirm", form, Some(numbered(order_id, "renew-confirm", number)), id).await
    }

    async fn create(&self, new: &NewIntent<'_>) -> Result<Intent, GatewayError> {
        let mut form = held(new.amount, new.payment_method, new.order_id);
        let mut key = numbered(new.order_id, "create", new.attempt);
        if let Some(customer) = new.customer {
            // With the method it is attached to them, once it has paid: it may pay again, while they are not there.
            form.push(("customer", customer.to_owned()));
            form.push(("setup_future_usage", "off_session".to_owned()));
            // Another one in their place makes another request, which Stripe would refuse under this key.
            key = format!("{key}-{customer}");
        }
        let call = Call::post("/v1/payment_intents".to_owned(), form, Some(key));
        // A replay will do here: the id and the secret are what a creation is for, and they never change.
        intent(&self.transport.send(&call).await?)
    }

    async fn confirm(&self, order_id: &OrderId, id: &str) -> Result<Intent, GatewayError> {
        // The key is that of a request with these parameters: under the one of requests without, Stripe would refuse.
        self.act("confirm", expanded(), Some(key(order_id, "confirm-expanded")), id).await
    }

    async fn confirm_with(
        &self,
        order_id: &OrderId,
        id: &str,
        attempt: u32,
        payment_method: &str,
    ) -> Result<Intent, GatewayError> {
        let mut form = expanded();
        form.push(("payment_method", payment_method.to_owned()));
        self.act("confirm", form, Some(numbered(order_id, "confirm-with", attempt)), id).await
    }

    async fn capture(
        &self,
        order_id: &OrderId,
        id: &str,
        attempt: u32,
        amount: Option<Money>,
    ) -> Result<Intent, GatewayError> {
        let form = amount.map(|amount| ("amount_to_capture", amount.amount().to_string())).into_iter().collect();
        self.act("capture", form, Some(key(order_id, &format!("capture-{attempt}"))), id).await
    }

    async fn cancel(&self, _order_id: &OrderId, id: &str) -> Result<Intent, GatewayError> {
        // No key: a second cancellation has no second effect anyway, and a refusal kept under a key
        // would be repeated for a day after the intent could be canceled.
        self.act("cancel", Vec::new(), None, id).await
    }

    async fn refund(&self, new: &NewRefund<'_>) -> Result<Told, GatewayError> {
        let mut form = vec![
            ("payment_intent", new.intent_id.to_owned()),
            ("metadata[order_id]", new.order_id.to_string()),
            ("metadata[refund_id]", new.refund_id.to_string()),
        ];
        form.extend(new.amount.map(|amount| ("amount", amount.amount().to_string())));
        let key = key(new.order_id, &format!("refund-{}", new.refund_id));
        let answer = self.transport.send(&Call::post("/v1/refunds".to_owned(), form, Some(key))).await?;
        let outcome = refund(&answer);
        if !answer.replayed {
            return outcome;
        }
        // A replay says how things were, and may be an error after the effect: see whether the refund is there.
        let there = self.refunds(new.intent_id).await?;
        there.into_iter().find(|there| there.refund_id.as_ref() == Some(new.refund_id)).map_or(outcome, Ok)
    }

    async fn refunds(&self, intent_id: &str) -> Result<Vec<Told>, GatewayError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let mut query = vec![("payment_intent", intent_id.to_owned()), ("limit", PAGE.to_owned())];
            query.extend(after.take().map(|id| ("starting_after", id)));
            let page = refunds(&self.transport.send(&Call::get("/v1/refunds".to_owned(), query)).await?)?;
            all.extend(page.objects);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    async fn disputes(&self, intent_id: &str, now: Timestamp) -> Result<Vec<Dispute>, GatewayError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let mut query = vec![("payment_intent", intent_id.to_owned()), ("limit", PAGE.to_owned())];
            query.extend(after.take().map(|id| ("starting_after", id)));
            let answer = self.transport.send(&Call::get("/v1/disputes".to_owned(), query)).await?;
            let page = disputes(&answer, now)?;
            all.extend(page.objects);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    async fn order_of(&self, intent_id: &str) -> Result<Option<OrderId>, GatewayError> {
        let path = format!("/v1/payment_intents/{}", path_segment(intent_id));
        match order_of(&self.transport.send(&Call::get(path, Vec::new())).await?) {
            // Nothing there by this id.
            Err(GatewayError::Refused { .. }) => Ok(None),
            order_id => order_id,
        }
    }

    async fn retrieve(&self, id: &str) -> Result<Intent, GatewayError> {
        let path = format!("/v1/payment_intents/{}", path_segment(id));
        intent(&self.transport.send(&Call::get(path, expanded())).await?)
    }

    async fn list_back(&self, what: Back, window: Window, after: Option<&str>) -> Result<BackPage, GatewayError> {
        let path = match what {
            Back::Refund => "/v1/refunds",
            Back::Dispute => "/v1/disputes",
        };
        back(&self.transport.send(&Call::get(path.to_owned(), listed(window, after))).await?)
    }

    async fn list(&self, window: Window, after: Option<&str>) -> Result<IntentPage, GatewayError> {
        let mut query = listed(window, after);
        query.push(("expand[]", "data.latest_charge".to_owned()));
        page(&self.transport.send(&Call::get("/v1/payment_intents".to_owned(), query)).await?)
    }
}

/// An intent whose money is to be held, and taken later.
fn held(amount: Money, payment_method: &str, order_id: &OrderId) -> Vec<(&'static str, String)> {
    vec![
        ("amount", amount.amount().to_string()),
        ("currency", amount.currency().code().to_ascii_lowercase()),
        ("capture_method", "manual".to_owned()),
        ("payment_method", payment_method.to_owned()),
        ("payment_method_types[]", "card".to_owned()),
        ("metadata[order_id]", order_id.to_string()),
    ]
}

/// A page of what was made in a window.
fn listed(window: Window, after: Option<&str>) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("created[gte]", window.from.as_second().to_string()),
        ("created[lte]", window.to.as_second().to_string()),
        ("limit", PAGE.to_owned()),
    ];
    query.extend(after.map(|id| ("starting_after", id.to_owned())));
    query
}

/// The charge with the intent: it says until when the money is held.
fn expanded() -> Vec<(&'static str, String)> {
    vec![("expand[]", "latest_charge".to_owned())]
}

/// One key per order and action: an order is created and confirmed once, and captured once an attempt; each refund
/// has its own.
fn key(order_id: &OrderId, action: &str) -> String {
    format!("{order_id}-{action}")
}

/// The key of an action that may be tried with one payment method after the other; the first has no number.
fn numbered(order_id: &OrderId, action: &str, attempt: u32) -> String {
    if attempt == 0 { key(order_id, action) } else { key(order_id, &format!("{action}-{attempt}")) }
}

/// An id as one segment of a path, whatever it holds.
fn path_segment(id: &str) -> String {
    form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

/// An object out of a successful answer.
fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, GatewayError> {
    if answer.status != 200 {
        return Err(refusal(answer));
    }
    // The effect happened; what it was must be asked again.
    serde_json::from_slice(&answer.body)
        .map_err(|error| GatewayError::Unavailable(format!("an answer could not be read: {}", fault(&error))))
}
