//! A customer sends their order to another address, until somebody picks it.

use souk_domain::{
    fulfilment::FulfilmentState,
    ids::{OrderId, UserId},
    order::{Actor, Address, Order},
};
use souk_dynamo::StoreError;
use souk_fulfilment::Fulfilments;
use souk_orders::{Archive, Orders, ReaddressOutcome};
use souk_wiring::{Call, FromEnvironment};

/// Orders, where older ones lie, and what warehouses do for them.
#[derive(Debug, FromEnvironment)]
pub struct ChangeAddress {
    orders: Orders,
    archive: Archive,
    fulfilments: Fulfilments,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum Outcome {
    /// The order goes there.
    Changed(Box<Order>),
    /// It is being picked, has left or has ended, or its address was changed as often as it may.
    Fixed(Box<Order>),
    /// The customer does not say which version they saw; this is the present one.
    VersionNeeded(u64),
    /// The order has this version, and not the one that the customer saw.
    Stale(u64),
    /// There is none, or it is another user's.
    Unknown,
}

impl ChangeAddress {
    /// A use case of these parts.
    pub fn new(orders: Orders, archive: Archive, fulfilments: Fulfilments) -> Self {
        Self { orders, archive, fulfilments }
    }

    /// Changes the address of the customer's own order, as they saw it at version `seen`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown: the order tells.
    pub async fn run(
        &self,
        order_id: &OrderId,
        user_id: &UserId,
        seen: Option<u64>,
        address: &Address,
        call: &Call,
    ) -> Result<Outcome, StoreError> {
        let is_own = |order: &Order| order.user_id == *user_id;
        let Some(order) = self.orders.get(order_id).await? else {
            // What has left the hot table has ended.
            let ended = self.archive.get(order_id).await?.filter(is_own);
            return Ok(ended.map_or(Outcome::Unknown, |order| Outcome::Fixed(Box::new(order))));
        };
        if !is_own(&order) {
            return Ok(Outcome::Unknown);
        }
        match seen {
            None => return Ok(Outcome::VersionNeeded(order.version)),
            Some(seen) if seen != order.version => return Ok(Outcome::Stale(order.version)),
            Some(_) => {}
        }
        if order.shipping_address.as_ref() == Some(address) {
            return Ok(Outcome::Changed(Box::new(order)));
        }
        // Whoever begins to pick right now reads the address when they pack, and a packed order refuses the write.
        let work = self.fulfilments.of_order(order_id).await?;
        if work.iter().any(|fulfilment| fulfilment.state_at(call.now) != FulfilmentState::New) {
            return Ok(Outcome::Fixed(Box::new(order)));
        }
        Ok(match self.orders.readdress(&order, address, (Actor::Customer, user_id), call.now).await? {
            ReaddressOutcome::Changed(order) => Outcome::Changed(order),
            ReaddressOutcome::Fixed(order) => Outcome::Fixed(order),
            ReaddressOutcome::Moved(order) => Outcome::Stale(order.version),
            ReaddressOutcome::Unknown => Outcome::Unknown,
        })
    }
}
