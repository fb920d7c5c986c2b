//! Looks after money that the gateway soon lets go of: warns operators once, and cancels what cannot leave in time.
//!
//! Which it is, the payments' index says by the end of each authorisation, whenever the payment was made.

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
use souk_payments::{Aged, GIVEN_UP_BEFORE, PaymentRecords, look_after, stripe::StripeGateway};
use souk_wiring::{Call, FromEnvironment, metrics};

use super::{Backlog, Budget, Report, sweep};
use crate::{
    Failure,
    cancel_order::{CancelOrder, Outcome},
};

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
}

impl SweepAuthorizations {
    /// Goes through all shards; one order's failure does not stop the others.
    ///
    /// # Errors
    /// Where no shard can be read.
    #[expect(clippy::cast_precision_loss, reason = "counts of one run")]
    pub async fn run(&self, call: &Call) -> Result<Report, Failure> {
        let run = Run { of: self, warned: AtomicUsize::new(0), cancelled: AtomicUsize::new(0) };
        let report = sweep(&run, call.now).await?;
        let count = |of: &AtomicUsize| of.load(Ordering::Relaxed) as f64;
        let values = [("warned", count(&run.warned)), ("cancelled", count(&run.cancelled))];
        metrics::emit("authorizations", "Count", &values);
        Ok(report)
    }
}

impl Backlog for Run<'_> {
    const BUDGET: Budget = Budget { candidates: 1_000, at_once: 8, within: Duration::from_secs(40) };
    type Candidate = OrderId;

    fn shards() -> Vec<String> {
        PaymentRecords::held_shards()
    }

    async fn page(&self, shard: &str, now: Timestamp, after: Option<Item>) -> Result<Page<OrderId>, StoreError> {
        let within = self.of.ageing_within.max(GIVEN_UP_BEFORE);
        self.of.payments.held_until(shard, now + within, after).await
    }

    async fn process(&self, order_id: &OrderId, now: Timestamp) -> Result<&'static str, Failure> {
        let Some(record) = self.of.payments.get(order_id).await? else { return Ok("unknown") };
        let waits = |status| status == OrderStatus::Confirmed;
        // What is not confirmed yet its saga finishes or cancels; what is cancelled its saga gives back.
        if !self.of.orders.get(order_id).await?.is_some_and(|order| waits(order.status)) {
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
