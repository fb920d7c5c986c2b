//! An order's refunds and the gateway's are made to agree: after its webhook, by the sweeper, or where they differ.

use souk_domain::{
    ids::OrderId,
    payment::{Refund, RefundState},
};
use souk_payments::{PaymentError, PaymentRecords, settle_refunds, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment};

/// Payments, and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct SettleRefunds {
    pub(crate) payments: PaymentRecords,
    gateway: StripeGateway,
}

impl SettleRefunds {
    /// Settles one order's refunds; says in a word how they stand. Repeating it is safe.
    ///
    /// # Errors
    /// [`PaymentError`]; the sweeper tries again.
    pub async fn run(&self, order_id: &OrderId, call: &Call) -> Result<&'static str, PaymentError> {
        let record = settle_refunds(&self.payments, &self.gateway, order_id, call.now).await?;
        Ok(if record.is_some_and(|record| record.has_pending_refunds()) { "pending" } else { "settled" })
    }
}

/// A refund that is written down, once the gateway has heard of it; as it was, where that cannot be known now, or was
/// before.
pub(crate) async fn made(
    (payments, gateway): (&PaymentRecords, &StripeGateway),
    order_id: &OrderId,
    refund: Box<Refund>,
    call: &Call,
) -> Box<Refund> {
    if refund.state != RefundState::Pending {
        return refund;
    }
    match settle_refunds(payments, gateway, order_id, call.now).await {
        Ok(record) => record.and_then(|record| record.refunds.get(&refund.refund_id).cloned()).map_or(refund, Box::new),
        Err(error) => {
            tracing::warn!(%order_id, %error, "a refund is written down and not made yet");
            refund
        }
    }
}

/// The gateway's code, where it refused the refund: it was never made.
pub(crate) fn refused_outright(refund: &Refund) -> Option<&str> {
    let is_refused = refund.state == RefundState::Failed && refund.gateway_id.is_none();
    refund.failure_code.as_deref().filter(|_| is_refused)
}
