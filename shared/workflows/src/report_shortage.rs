//! Somebody who picks says how many units are there, where those are fewer than they should pick.
//!
//! The order's record decides ("short 1"): the units leave the shipment, and with the last of them the order is
//! cancelled. The warehouse's work follows at once ("short 2"); the stock's ledger ("short 3") and the money ("short 4")
//! follow by the order's event, in [`crate::settle_shortages`], so that a call which dies here is made up for.

use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentRefusal},
    ids::OrderId,
    order::{Finding, Order, OrderStatus, ShortageRefusal},
};
use souk_dynamo::StoreError;
use souk_orders::{ReviseOutcome, Saga};
use souk_wiring::{Call, FromEnvironment};

use crate::follow_order::FollowOrder;

/// The orders, the warehouses' work, and what gives money back where nothing is left.
#[derive(Debug, FromEnvironment)]
pub struct ReportShortage {
    follow: FollowOrder,
    saga: Saga,
}

/// How it ended.
#[derive(Debug)]
#[must_use]
pub enum ShortageOutcome {
    /// It is taken down, now or before.
    Taken(Box<Fulfilment>, Box<Order>),
    /// Whoever says so does not pick it.
    Refused(Box<Fulfilment>, FulfilmentRefusal),
    /// The order forbids it.
    Forbidden(Box<Order>, ShortageRefusal),
    /// There is no such fulfilment.
    Unknown,
}

impl ReportShortage {
    /// Takes down what was found. Saying the same again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn run(&self, order_id: &OrderId, finding: &Finding, call: &Call) -> Result<ShortageOutcome, StoreError> {
        let Some(mut order) = self.follow.orders.get(order_id).await? else { return Ok(ShortageOutcome::Unknown) };
        let Some(work) = self.follow.of_warehouse(&order, &finding.warehouse_id).await? else {
            return Ok(ShortageOutcome::Unknown);
        };
        let allocations = self.follow.allocations.unless_laid_out(&order).await?;
        order.lay_out(&allocations);
        let is_said = order.has_fallen_short(finding);
        if !is_said && let Err(refusal) = work.may_be_packed(&finding.by, true) {
            return Ok(ShortageOutcome::Refused(Box::new(work), refusal));
        }
        let rule = |order: &mut Order| {
            order.lay_out(&allocations);
            order.fall_short(finding, call.now)
        };
        let order = match self.follow.orders.revise(order_id, rule).await? {
            ReviseOutcome::Revised(order) => order,
            ReviseOutcome::Refused(order, refusal) => return Ok(ShortageOutcome::Forbidden(order, refusal)),
            ReviseOutcome::Unknown => return Ok(ShortageOutcome::Unknown),
        };
        self.follow.follow(&order).await?;
        if order.status == OrderStatus::Cancelled && !order.settled {
            self.saga.try_start(order_id).await;
        }
        let followed = self.follow.fulfilments.get(order_id, &finding.warehouse_id).await?;
        Ok(followed.map_or(ShortageOutcome::Unknown, |work| ShortageOutcome::Taken(Box::new(work), order)))
    }
}
