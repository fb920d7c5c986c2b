//! An operator gives money back, after the order has left or its money was taken: in whole or in part.
//!
//! The refund is written down first and made at the gateway then. Where the gateway does not answer it stays pending,
//! and the sweeper goes on.

use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    money::Money,
    payment::{Ask, AskError, Note, PaymentState, Refund, RefundOrigin, RefundReason},
};
use souk_dynamo::StoreError;
use souk_orders::{Archive, Orders, find};
use souk_payments::{AskOutcome, PaymentRecords, ask_refund, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment};

use crate::settle_refunds::{made, refused_outright};

/// Orders wherever they lie, their money, and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct RefundOrder {
    orders: Orders,
    archive: Archive,
    payments: PaymentRecords,
    gateway: StripeGateway,
}

/// What an operator asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Of which order.
    pub order_id: OrderId,
    /// The request's key: a repeated one finds its refund.
    pub idempotency_key: String,
    /// A digest of what is asked for.
    pub digest: String,
    /// Who asks.
    pub operator_id: UserId,
    /// How much; `None` for all that is left.
    pub amount: Option<Money>,
    /// Why.
    pub reason: RefundReason,
    /// What other staff should know.
    pub note: Option<Note>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// The money goes back; pending where the gateway has not answered yet.
    Made(Box<Refund>),
    /// This key has made it before; the refund as it stands now.
    Repeated(Box<Refund>),
    /// The gateway would not make it, and the money can be refunded again.
    RefusedByGateway {
        /// The gateway's name for why.
        code: String,
    },
    /// The rules do not allow it.
    Refused(AskError),
    /// Nothing was captured: the payment stands here.
    NotCaptured(PaymentState),
    /// There is no such order.
    Unknown,
}

impl RefundOrder {
    /// Refunds an order. Repeating the request refunds nothing more.
    ///
    /// # Errors
    /// [`StoreError`] where nobody knows whether the refund is written down; repeating is safe.
    pub async fn run(&self, request: Request, call: &Call) -> Result<Outcome, StoreError> {
        let order_id = &request.order_id;
        if find(&self.orders, &self.archive, order_id).await?.is_none() {
            return Ok(Outcome::Unknown);
        }
        let Request { operator_id, reason, note, .. } = request;
        let ask = Ask {
            refund_id: RefundId::of_request(order_id, &request.idempotency_key),
            amount: request.amount,
            origin: RefundOrigin::Operator { operator_id, reason, note },
            request_digest: request.digest,
        };
        let payments = (&self.payments, &self.gateway);
        Ok(match ask_refund(&self.payments, order_id, &ask, call.now).await? {
            AskOutcome::Asked(asked) => of(made(payments, order_id, asked, call).await, Outcome::Made),
            AskOutcome::Known(known) => of(made(payments, order_id, known, call).await, Outcome::Repeated),
            AskOutcome::Refused(why) => Outcome::Refused(why),
            AskOutcome::NotCaptured(state) => Outcome::NotCaptured(state),
        })
    }
}

fn of(refund: Box<Refund>, made: impl FnOnce(Box<Refund>) -> Outcome) -> Outcome {
    match refused_outright(&refund) {
        Some(code) => Outcome::RefusedByGateway { code: code.to_owned() },
        None => made(refund),
    }
}
