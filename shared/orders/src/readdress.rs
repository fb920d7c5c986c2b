use jiff::Timestamp;
use souk_domain::{
    ids::UserId,
    order::{Actor, Address, AddressChange, Order},
};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n, value};

use crate::{OrderRecord, Orders};

/// How changing an order's address ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum ReaddressOutcome {
    /// It goes to the new address; the order as it is now.
    Changed(Box<Order>),
    /// It is being packed, has left or has ended, or was changed too often.
    Fixed(Box<Order>),
    /// The order has another version than the one that was judged; the order as it is now.
    Moved(Box<Order>),
    /// There is no such order.
    Unknown,
}

impl Orders {
    /// Sends an order to another address, and keeps the one before. Condition: the order still has the version of
    /// which [`Order::may_change_address`] was asked here.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating finds the order moved, at the new address.
    pub async fn readdress(
        &self,
        order: &Order,
        address: &Address,
        (by, user_id): (Actor, &UserId),
        now: Timestamp,
    ) -> Result<ReaddressOutcome, StoreError> {
        let before = order.shipping_address.clone().filter(|_| order.may_change_address());
        let Some(before) = before else { return Ok(ReaddressOutcome::Fixed(Box::new(order.clone()))) };
        let mut changes = order.address_changes.clone();
        changes.push(AddressChange { at: now, by, user_id: user_id.clone(), before });
        let update = Update::new()
            .set("shipping_address", value(address)?)
            .set("address_changes", value(&changes)?)
            .add("version", n(1))
            .when(attribute("version").equals(n(order.version)));
        let read = |item| souk_dynamo::decode::<OrderRecord>(item).map(|record| Box::new(record.into()));
        Ok(match self.table.update(&[("order_id", order.order_id.as_str())], update).await? {
            Outcome::Written(item) => ReaddressOutcome::Changed(read(item)?),
            Outcome::Refused(Some(item)) => ReaddressOutcome::Moved(read(item)?),
            Outcome::Refused(None) => ReaddressOutcome::Unknown,
        })
    }
}
