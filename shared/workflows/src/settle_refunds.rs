//! An order's refunds and the gateway's are made to agree: after its webhook, by the sweeper, or where they differ.

use souk_domain::ids::OrderId;
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
