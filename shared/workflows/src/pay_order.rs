//! A shopper names another payment method for an order that waits, since the one before was declined.
//!
//! The payment's record decides: it goes from `DECLINED` to `INTENT` with its intent's id kept, and the saga confirms that
//! intent with the new method. Only where rows of stock hold the units, and until the order's time to pay is over; else a
//! decline ends the order.

use souk_domain::{
    ids::{OrderId, UserId},
    order::Order,
    payment::PaymentState,
};
use souk_dynamo::StoreError;
use souk_orders::{Archive, Orders, Saga, find};
use souk_payments::{MAX_METHODS, OtherMethod, PaymentRecord, PaymentRecords, RecordOutcome};
use souk_wiring::{Call, FromEnvironment};

/// How often a record that moved meanwhile is looked at again.
const ATTEMPTS: usize = 5;

/// Orders, payments, and the saga that pays.
#[derive(Debug, FromEnvironment)]
pub struct PayOrder {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
    saga: Saga,
}

/// What the shopper asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who.
    pub user_id: UserId,
    /// Which order.
    pub order_id: OrderId,
    /// A digest of the request's key: the same for each repetition.
    pub key_digest: String,
    /// A digest of the request.
    pub request_digest: String,
    /// The gateway's token.
    pub payment_method: String,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Outcome {
    /// It is tried, now or by an earlier request with this key: the order, and its payment as it stands.
    Tried(Box<Order>, Box<PaymentRecord>),
    /// The order does not wait for another method: it, and where its payment stands.
    NotAwaited(Box<Order>, Option<PaymentState>),
    /// [`MAX_METHODS`] were tried.
    TooMany,
    /// The key was used with another request.
    KeyReused,
    /// There is no such order, or it is another user's.
    Unknown,
}

impl PayOrder {
    /// Names another payment method. Repeating the call tries it once.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(&self, request: &Request, call: &Call) -> Result<Outcome, StoreError> {
        let order_id = &request.order_id;
        for _ in 0..ATTEMPTS {
            let found = find(&self.orders, &self.archive, order_id).await?;
            let Some(order) = found.filter(|order| order.user_id == request.user_id) else {
                return Ok(Outcome::Unknown);
            };
            let order = Box::new(order);
            // The record after the order: a fence that follows the order's end is seen, or refuses the write.
            let Some(record) = self.payments.get(order_id).await? else { return Ok(Outcome::NotAwaited(order, None)) };
            if let Some(known) = record.other_methods.iter().find(|other| other.key_digest == request.key_digest) {
                if known.request_digest != request.request_digest {
                    return Ok(Outcome::KeyReused);
                }
                return Ok(self.tried(order, Box::new(record)).await);
            }
            if !order.may_be_paid_otherwise(call.now) || record.state != PaymentState::Declined {
                return Ok(Outcome::NotAwaited(order, Some(record.state)));
            }
            if record.other_methods.len() >= MAX_METHODS {
                return Ok(Outcome::TooMany);
            }
            let other = OtherMethod {
                key_digest: request.key_digest.clone(),
                request_digest: request.request_digest.clone(),
                payment_method: request.payment_method.clone(),
                at: call.now,
            };
            if let RecordOutcome::Kept(record) = self.payments.record_other_method(&record, other).await? {
                return Ok(self.tried(order, record).await);
            }
        }
        Err(StoreError::Busy("the payment record keeps changing".to_owned()))
    }

    /// Where nobody has tried it yet, somebody does.
    async fn tried(&self, order: Box<Order>, record: Box<PaymentRecord>) -> Outcome {
        if record.state == PaymentState::Intent {
            self.saga.try_start(&order.order_id).await;
        }
        Outcome::Tried(order, record)
    }
}
