use souk_domain::{
    ids::OrderId,
    order::{Order, OrderStatus, Revision},
};
use souk_dynamo::{Item, Outcome, StoreError, Update, attribute, n, s};

use crate::{
    OrderRecord, Orders,
    finding::listed,
    record::{StoredShipment, mark_unsettled},
};

/// So often an order may change under a revision before it gives up for now.
const ATTEMPTS: usize = 10;

/// How a revision ended.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub enum ReviseOutcome<R> {
    /// The order as it is now, revised now or before.
    Revised(Box<Order>),
    /// The rules forbid it; the order as it stands, and why.
    Refused(Box<Order>, R),
    /// There is no such order.
    Unknown,
}

impl Orders {
    /// Changes what leaves of an order, and with it its status, by a rule of the domain. Condition: the order still
    /// has the version that the rule was applied to; else the rule is applied anew, so that of a packer and a
    /// canceller, or of two warehouses, each sees what the other has done.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown, or the order changes too fast; repeating is safe.
    pub async fn revise<R>(
        &self,
        order_id: &OrderId,
        rule: impl Fn(&mut Order) -> Result<Revision, R>,
    ) -> Result<ReviseOutcome<R>, StoreError> {
        let seen = self.recent(order_id).await?;
        self.revise_seen(order_id, seen, rule).await
    }

    /// As [`Orders::revise`], of an order that the caller has seen, however long ago: where the rule changes it, its version
    /// decides; what else the rule says of it is asked of the order as it is now.
    ///
    /// # Errors
    /// As [`Orders::revise`].
    pub async fn revise_seen<R>(
        &self,
        order_id: &OrderId,
        seen: Option<Order>,
        rule: impl Fn(&mut Order) -> Result<Revision, R>,
    ) -> Result<ReviseOutcome<R>, StoreError> {
        let read = |item: Item| souk_dynamo::decode::<OrderRecord>(item).map(Order::from);
        let mut standing = match seen {
            Some(order) => Standing::Seen(order),
            None => Standing::Present(self.get(order_id).await?),
        };
        for _ in 0..ATTEMPTS {
            let (order, is_present) = match standing {
                Standing::Seen(order) => (order, false),
                Standing::Present(Some(order)) => (order, true),
                Standing::Present(None) => return Ok(ReviseOutcome::Unknown),
            };
            let mut revised = order.clone();
            standing = match rule(&mut revised) {
                Ok(Revision::Changed) => {
                    let update = difference(&order, &revised)?;
                    match self.table.update(&[("order_id", order_id.as_str())], update).await? {
                        Outcome::Written(item) => return Ok(ReviseOutcome::Revised(Box::new(read(item)?))),
                        Outcome::Refused(item) => Standing::Present(item.map(read).transpose()?),
                    }
                }
                _ if !is_present => Standing::Present(self.get(order_id).await?),
                Ok(Revision::Unchanged) => return Ok(ReviseOutcome::Revised(Box::new(order))),
                Err(refusal) => return Ok(ReviseOutcome::Refused(Box::new(order), refusal)),
            };
        }
        Err(StoreError::Busy("an order changes all the time".to_owned()))
    }
}

/// An order as a rule is applied to it.
enum Standing {
    /// As somebody saw it.
    Seen(Order),
    /// As it is, where it is.
    Present(Option<Order>),
}

/// What the revision wrote, beside the marks that conditions and indexes look at.
fn difference(before: &Order, after: &Order) -> Result<Update, StoreError> {
    let shipments: Vec<StoredShipment> = after.shipments.iter().cloned().map(StoredShipment::from).collect();
    let millis = |at: Option<jiff::Timestamp>| at.map(|at| n(at.as_millisecond()));
    let mut update = Update::new()
        .set("shipments", souk_dynamo::value(&shipments)?)
        .set_some("packed_at", millis(after.packed_at()))
        .set_some("departed_at", millis(after.departed_at()))
        .add("version", n(1))
        .when(attribute("version").equals(n(before.version)));
    if after.shortages != before.shortages {
        update = update.set("shortages", souk_dynamo::value(&after.shortages)?);
    }
    if after.status != before.status {
        update = update.set("status", s(after.status.as_str()));
        update = match listed(after.status, &after.order_id) {
            Some(partition) => update.set("listed", s(partition)),
            None => update.remove("listed"),
        };
        for entry in after.history.iter().skip(before.history.len()) {
            update = update.append("history", souk_dynamo::value(entry)?);
            update = match entry.status {
                OrderStatus::Shipped => update
                    .set("on_the_way", s(Order::sweep_shard(&after.order_id)))
                    .set("on_the_way_since", n(after.created_at.as_millisecond())),
                OrderStatus::Cancelled => mark_unsettled(update, &after.order_id, entry.at)
                    .set("cancel_reason", souk_dynamo::value(&after.cancel_reason)?),
                _ => update.remove("on_the_way").remove("on_the_way_since"),
            };
        }
    }
    Ok(update)
}
