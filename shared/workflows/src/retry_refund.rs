//! An operator tries a refund again that has failed: as much, for the same purpose, under the same rules as any other.

use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    payment::{Refund, RetryError},
};
use souk_dynamo::StoreError;
use souk_payments::{AskOutcome, PaymentRecords, retry_refund, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment};

use crate::settle_refunds::{made, refused_outright};

/// Payments, and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct RetryRefund {
    payments: PaymentRecords,
    gateway: StripeGateway,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The money goes back; pending where the gateway has not answered yet.
    Made(Box<Refund>),
    /// It was tried again before; the new attempt as it stands now.
    Repeated(Box<Refund>),
    /// The gateway would not make it. It can be tried again, by this attempt's id.
    RefusedByGateway {
        /// The new attempt.
        refund_id: RefundId,
        /// The gateway's name for why.
        code: String,
    },
    /// The rules do not allow it.
    Refused(RetryError),
}

impl RetryRefund {
    /// Tries a failed refund again. Repeating the call refunds nothing more.
    ///
    /// # Errors
    /// [`StoreError`] where nobody knows whether the attempt is written down; repeating is safe.
    pub async fn run(
        &self,
        order_id: &OrderId,
        failed: &RefundId,
        by: &UserId,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        let payments = (&self.payments, &self.gateway);
        let (refund, is_new) = match retry_refund(&self.payments, order_id, (failed, by), call.now).await? {
            AskOutcome::Asked(asked) => (made(payments, order_id, asked, call).await, true),
            AskOutcome::Known(known) => (made(payments, order_id, known, call).await, false),
            AskOutcome::Refused(why) => return Ok(Outcome::Refused(why)),
            AskOutcome::NotCaptured(_) => return Ok(Outcome::Refused(RetryError::Unknown)),
        };
        Ok(match refused_outright(&refund) {
            Some(code) => Outcome::RefusedByGateway { refund_id: refund.refund_id.clone(), code: code.to_owned() },
            None if is_new => Outcome::Made(refund),
            None => Outcome::Repeated(refund),
        })
    }
}
