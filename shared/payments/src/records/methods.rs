//! Another payment method for a payment that was declined.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::OrderId,
    payment::{Authorization, PaymentState},
};
use souk_dynamo::{StoreError, attribute, n, s};

use super::{PaymentRecord, PaymentRecords, RecordOutcome, transition};

/// The most other methods that one payment is tried with: whoever has more cards than that tries out other people's.
pub const MAX_METHODS: usize = 5;

/// A payment method that the shopper has named after a decline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherMethod {
    /// A digest of the key of the request that named it.
    pub key_digest: String,
    /// A digest of the request.
    pub request_digest: String,
    /// The gateway's token.
    pub payment_method: String,
    /// When.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
}

impl PaymentRecords {
    /// Another payment method is to pay the same intent (step "another card"). Condition: `DECLINED`, at the version that
    /// was read: of two requests at once one is second.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_other_method(
        &self,
        record: &PaymentRecord,
        other: OtherMethod,
    ) -> Result<RecordOutcome, StoreError> {
        let now = other.at;
        let mut methods = record.other_methods.clone();
        methods.push(other);
        let attempt = u32::try_from(methods.len()).unwrap_or(u32::MAX);
        let update = transition(&[PaymentState::Declined], PaymentState::Intent, now)
            .set("other_methods", souk_dynamo::value(&methods)?)
            .set("method_attempt", n(attempt))
            .remove("decline_code")
            .when(attribute("version").equals(n(record.version)));
        self.change(&record.order_id, update).await
    }

    /// Keeps that the gateway declined (step S2e). Condition: a state that accepts it, and no other method was named
    /// since: whoever is late with the decline of one must not say so of the next, which nobody would try then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_declined(
        &self,
        order_id: &OrderId,
        attempt: u32,
        code: &str,
        now: Timestamp,
    ) -> Result<RecordOutcome, StoreError> {
        let declined = Authorization::Declined;
        let is_its = attribute("method_attempt").equals(n(attempt));
        // Records from before there were others.
        let is_its = if attempt == 0 { is_its.or(attribute("method_attempt").is_absent()) } else { is_its };
        let update = transition(PaymentState::accepting(declined), declined.state(), now)
            .set("decline_code", s(code))
            .when(is_its);
        self.change(order_id, update).await
    }
}
