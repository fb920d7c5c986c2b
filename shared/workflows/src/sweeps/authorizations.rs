//! Looks after money that the gateway soon lets go of: warns operators once, holds it anew where the gateway keeps what it
//! was paid with, and cancels what cannot leave in time. Goes on with renewals that somebody has begun and not ended.
//!
//! Which it is, the payments' indexes say by the end of each authorisation, whenever the payment was made, and by when a renewal
//! was begun.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    order::{Canceller, OrderStatus},
};
use souk_dynamo::{Item, Page, StoreError};
use souk_orders::Orders;
use souk_payments::{
    Aged, GIVEN_UP_BEFORE, PaymentError, PaymentRecords, RENEWED_BEFORE, Renewed, look_after, renew,
    stripe::StripeGateway,
};
use souk_wiring::{Call, FromEnvironment, metrics};

use super::{Backlog, Budget, Report, sweep};
use crate::{
    Failure,
    cancel_order::{CancelOrder, Outcome},
};

/// How long a renewal is left to whoever has begun it.
const RENEWING: SignedDuration = SignedDuration::from_mins(1);

/// Orders, payments, the gateway and the saga.
#[derive(Debug, FromEnvironment)]
pub struct SweepAuthorizations {
    orders: Orders,
    payments: PaymentRecords,
    gateway: StripeGateway,
    cancel: CancelOrder,
    #[variable("AGEING_WITHIN_SECONDS")]
    ageing_within: SignedDuration,
}

/// One run, which counts what it warns of.
struct Run<'a> {
    of: &'a SweepAuthorizations,
    warned: AtomicUsize,
    cancelled: AtomicUsize,
    renewed: AtomicUsize,
    not_renewed: AtomicUsize,
}

impl SweepAuthorizations {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    #[expect(clippy::cast_precision_loss, reason = "counts of one run")]
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        let none = || AtomicUsize::new(0);
        let run = Run { of: self, warned: none(), cancelled: none(), renewed: none(), not_renewed: none() };
        let report = sweep(&run, call.now).await?;
        let count = |of: &AtomicUsize| of.load(Ordering::Relaxed) as f64;
        let values = [
            ("warned", count(&run.warned)),
            ("cancelled", count(&run.cancelled)),
            ("renewed", count(&run.renewed)),
            ("not_renewed", count(&run.not_renewed)),
        ];
        metrics::emit("authorizations", "Count", &values);
        Ok(report)
    }
}

impl Backlog for Run<'_> {
    // Whatever ends within a day is read each time, and hardly any of it asked about.
    const BUDGET: Budget = Budget { candidates: 20_000, at_once: 16, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        [PaymentRecords::held_shards(), PaymentRecords::renewing_shards()].concat()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        if PaymentRecords::is_renewing_shard(shard) {
            return self.of.payments.renewing(shard, now - RENEWING, after).await;
        }
        let within = self.of.ageing_within.max(GIVEN_UP_BEFORE).max(RENEWED_BEFORE);
        self.of.payments.held_until(shard, now + within, after).await
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        let Some(record) = self.of.payments.get(order_id).await? else { return Ok("unknown") };
        let order = self.of.orders.get(order_id).await?;
        let waits = order.is_some_and(|order| order.status == OrderStatus::Confirmed);
        // Whatever the order has become: two intents are one too many.
        if record.renewal.is_some() {
            return Ok(self.renew(order_id, waits, now).await?);
        }
        // What is not confirmed yet its saga finishes or cancels; what is cancelled its saga gives back.
        if !waits {
            return Ok("decided");
        }
        let within = self.of.ageing_within;
        let lapsed = match look_after(&self.of.payments, &self.of.gateway, &record, within, now).await? {
            Aged::MovedOn => return Ok("moved_on"),
            Aged::Held => return Ok("held"),
            Aged::Warned => {
                self.warned.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%order_id, "the gateway soon lets go of the money of an order that has not left");
                return Ok("warned");
            }
            Aged::Renewable => return Ok(self.renew(order_id, waits, now).await?),
            Aged::Ending => false,
            Aged::Lapsed => true,
        };
        let by = Canceller::AgedAuthorization { lapsed };
        Ok(match self.of.cancel.by(by, order_id, &Call::at(now)).await? {
            Outcome::Cancelled(_) => {
                self.cancelled.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%order_id, lapsed, "an order is cancelled whose money is soon no longer held");
                "cancelled"
            }
            // It is packed, or has just left.
            Outcome::Refused(_) | Outcome::Asked(_) => "leaves",
            Outcome::Unknown => "unknown",
        })
    }
}

impl Run<'_> {
    async fn renew(&self, order_id: &OrderId, waits: bool, now: Timestamp) -> Result<&'static str, PaymentError> {
        Ok(match renew(&self.of.payments, &self.of.gateway, order_id, waits, now).await? {
            Renewed::Nothing => "renewing",
            Renewed::HeldLonger => "held",
            Renewed::Yes => {
                self.renewed.fetch_add(1, Ordering::Relaxed);
                tracing::info!(%order_id, "the money of an order that has not left is held anew");
                "renewed"
            }
            Renewed::Refused(code) => {
                self.not_renewed.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(%order_id, code, "the money of an order that has not left cannot be held anew");
                "not_renewed"
            }
        })
    }
}
