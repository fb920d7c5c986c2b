//! An order: what was bought, for how much, and where it stands.
//!
//! The order is the saga's one decision record. From `PENDING_PAYMENT` exactly one of `CONFIRMED` and
//! `CANCELLED` is ever written; stock and money follow from it.

mod actor;
mod address;
mod attention;
mod cancellation;
mod country;
mod origin;
mod parcel;
mod promise;
mod shipping;
mod shortage;
mod status;
mod tracking;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

pub use actor::Actor;
pub use address::{Address, AddressChange, AddressError};
pub use attention::{Attention, MoneyFacts, Need};
pub use cancellation::{CancelReason, Canceller};
pub use country::is_country;
pub use origin::{FromCheckout, FromFlashSale, HeldBy, LineRows, Origin};
pub use parcel::{FormerLabel, Label, Parcel, ParcelNumber, Shipment, ShipmentItem};
pub use promise::{Promise, Terms};
pub use shipping::{Departures, Revision, ShippingProgress, ShippingRefusal};
pub use shortage::{Finding, MAX_SHORTAGES, ShortageRefusal, Shortfall};
pub use status::{InvalidTransition, OrderEvent, OrderStatus};
pub use tracking::{CarrierId, Tracking};

use crate::{
    ids::{OrderId, Sku, UserId},
    money::{Money, MoneyError},
    quantity::Quantity,
    stock::{RowKey, RowUnits},
};

/// The most lines that one checkout or order has: its reservation's transaction stays far below
/// DynamoDB's 100 items.
pub const MAX_LINES: usize = 50;

/// One line of an order, with the server's price of the moment when the order was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// What was bought.
    pub sku: Sku,
    /// Its product's title then. Orders from before every line had one may lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What set the variant apart then, in words; none where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// How many units.
    pub quantity: Quantity,
    /// The price of one unit.
    pub unit_price: Money,
}

/// One change of an order's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// The status that it reached.
    pub status: OrderStatus,
    /// When.
    #[serde(with = "millisecond::required")]
    pub at: Timestamp,
    /// Who or what did it.
    pub by: Actor,
}

/// An order, as far as the rules need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Derived from the user and their idempotency key, or from user and sale, so the put of the order is
    /// the guard.
    pub order_id: OrderId,
    /// Whose order it is.
    pub user_id: UserId,
    /// Where it stands.
    pub status: OrderStatus,
    /// +1 at every write.
    pub version: u64,
    /// What it was made of, and with it what holds its units.
    pub origin: Origin,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// The sum of the lines.
    pub total: Money,
    /// Where it goes. Absent only where the request never arrived: see
    /// [`CancelReason::ClaimExpired`].
    pub shipping_address: Option<Address>,
    /// The gateway's token of the payment method. Absent where the address is.
    pub payment_method: Option<String>,
    /// When it was placed.
    pub created_at: Timestamp,
    /// Until when it may wait for its payment. Set once; nothing ever moves it.
    pub pay_by: Timestamp,
    /// True once stock and money have followed the decision; until then a sweeper drives its saga.
    pub settled: bool,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// What leaves from each warehouse, once one of them has packed or shipped.
    pub shipments: Vec<Shipment>,
    /// Units that were not there to be picked, in the order in which that was said.
    pub shortages: Vec<Shortfall>,
    /// All changes of status, oldest first.
    pub history: Vec<Transition>,
    /// What its shopper was told when it was confirmed. Absent before, and from orders that were confirmed before
    /// anything was promised.
    pub promise: Option<Promise>,
    /// All changes of the address, oldest first: where it was to go before each.
    pub address_changes: Vec<AddressChange>,
    /// What became of its units in rows that hold their holds.
    pub stock: StockTrail,
}

/// What an order remembers of units that it has in rows of stock: the rows forget it once it is settled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StockTrail {
    /// What left from where, once that is settled.
    pub units: Vec<RowUnits>,
    /// Rows that had forgotten the sale, and whose units came back.
    pub returned: Vec<RowKey>,
    /// True once every row of the cancelled order has its units back.
    pub is_back: bool,
}

impl StockTrail {
    /// Units that left from a row.
    pub fn units_of(&self, row: &RowKey) -> u32 {
        self.units.iter().filter(|part| part.row == *row).map(|part| part.quantity).sum()
    }
}

/// When a status was reached by this history, if it was: each is reached once at the most.
pub fn reached(history: &[Transition], status: OrderStatus) -> Option<Timestamp> {
    history.iter().rev().find(|entry| entry.status == status).map(|entry| entry.at)
}

/// How often an order's address may be changed: its item must not grow without end.
pub const MAX_ADDRESS_CHANGES: usize = 20;

/// How many partitions the sweepers' sparse indexes are spread over.
pub const SWEEP_SHARDS: u32 = 16;

impl Order {
    /// The partition of the sparse index in which this order stands while it is unsettled.
    pub fn sweep_shard(order_id: &OrderId) -> String {
        Self::sweep_shard_name(Self::shard(order_id, SWEEP_SHARDS))
    }

    /// Which of so many shards an order belongs to. It is stored: it never changes.
    pub fn shard(order_id: &OrderId, shards: u32) -> u32 {
        let sum = order_id.as_str().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        sum % shards
    }

    /// The name of the sparse index's partition with this number, from 0 to [`SWEEP_SHARDS`] - 1.
    pub fn sweep_shard_name(number: u32) -> String {
        format!("u#{number:02}")
    }

    /// Whether its address may still be changed: until somebody begins to pack it. The write holds on to the version
    /// of which this was asked, so there is no second form of it in the store.
    pub fn may_change_address(&self) -> bool {
        matches!(self.status, OrderStatus::PendingPayment | OrderStatus::Confirmed)
            && self.shipments.iter().all(|shipment| shipment.packed_at.is_none() && shipment.parcels.is_empty())
            && self.address_changes.len() < MAX_ADDRESS_CHANGES
    }

    /// When it was confirmed, if it was.
    pub fn confirmed_at(&self) -> Option<Timestamp> {
        self.reached_at(OrderStatus::Confirmed)
    }

    /// When it reached a status, if it did.
    pub fn reached_at(&self, status: OrderStatus) -> Option<Timestamp> {
        reached(&self.history, status)
    }

    /// True while it may be paid by another method after a decline: its time to pay is not over, and rows of stock hold its
    /// units until then. Whose units a reservation or a flash sale holds ends with the decline.
    pub fn may_be_paid_otherwise(&self, now: Timestamp) -> bool {
        let waits = self.status == OrderStatus::PendingPayment && now < self.pay_by;
        waits && self.origin.checkout().is_some_and(|checkout| checkout.held_by.rows().is_some())
    }

    /// True once the time for payment has passed.
    pub fn payment_overdue(&self, now: Timestamp) -> bool {
        self.status == OrderStatus::PendingPayment && now >= self.pay_by
    }
}

/// The sum of price × quantity over lines.
///
/// # Errors
/// [`TotalError`].
pub fn total<'a>(lines: impl IntoIterator<Item = &'a OrderLine>) -> Result<Money, TotalError> {
    let mut prices = lines.into_iter().map(|line| line.unit_price.times(line.quantity));
    let first = prices.next().ok_or(TotalError::NoLines)??;
    Ok(prices.try_fold(first, |sum, price| sum.plus(price?))?)
}

/// Why lines have no total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotalError {
    /// There is nothing to pay for.
    #[error("there must be a line")]
    NoLines,
    /// It exceeds what the gateway takes.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::SignedDuration;
    use uuid::Uuid;

    use super::*;
    use crate::money::Currency;

    const PAY_BY: Timestamp = Timestamp::UNIX_EPOCH;

    /// An order out of a flash sale: all that an order must have, and no more.
    pub(crate) fn order(status: OrderStatus, lines: Vec<OrderLine>) -> Order {
        let from = FromFlashSale { sale_id: "sale".parse().unwrap(), shard: 0, warehouse_id: "w".parse().unwrap() };
        Order {
            order_id: OrderId::from_uuid(Uuid::from_u128(1)),
            user_id: "user".parse().unwrap(),
            status,
            version: 1,
            origin: Origin::FlashSale(from),
            total: total(&lines).unwrap_or(Money::nothing(Currency::USD)),
            lines,
            shipping_address: None,
            payment_method: None,
            created_at: PAY_BY,
            pay_by: PAY_BY,
            settled: true,
            cancel_reason: None,
            shipments: Vec::new(),
            shortages: Vec::new(),
            history: Vec::new(),
            promise: None,
            address_changes: Vec::new(),
            stock: StockTrail::default(),
        }
    }

    pub(crate) fn line(price: i64, units: u32) -> OrderLine {
        OrderLine {
            sku: "s".parse().unwrap(),
            title: None,
            variant: None,
            quantity: Quantity::new(units).unwrap(),
            unit_price: Money::usd(price).unwrap(),
        }
    }

    #[test]
    fn invariant_i11_a_total_is_the_sum_of_server_prices_times_quantities() {
        assert_eq!(total(&[line(1050, 2), line(1, 3)]).ok(), Money::usd(2103).ok());
        assert!(total(&[line(99_999_999, 1), line(1, 1)]).is_err());
        assert_eq!(total([]), Err(TotalError::NoLines));
    }

    #[test]
    fn only_a_pending_order_is_overdue_from_its_pay_by_on() {
        let before = PAY_BY - SignedDuration::from_millis(1);
        for status in OrderStatus::ALL {
            let order = order(status, vec![line(1, 1)]);
            assert!(!order.payment_overdue(before), "{status}");
            assert_eq!(order.payment_overdue(PAY_BY), status == OrderStatus::PendingPayment, "{status}");
        }
    }

    #[test]
    fn an_address_may_be_changed_until_a_part_is_packed_and_not_without_end() {
        for status in OrderStatus::ALL {
            let open = matches!(status, OrderStatus::PendingPayment | OrderStatus::Confirmed);
            assert_eq!(order(status, vec![line(1, 1)]).may_change_address(), open, "{status}");
        }
        let mut planned = order(OrderStatus::Confirmed, vec![line(1, 1)]);
        planned.shipments = vec![Shipment::new("w".parse().unwrap(), Vec::new())];
        assert!(planned.may_change_address());
        planned.shipments[0].packed_at = Some(PAY_BY);
        assert!(!planned.may_change_address());
        let mut restless = order(OrderStatus::Confirmed, vec![line(1, 1)]);
        let before: Address =
            serde_json::from_str(r#"{"name":"A","line1":"1","city":"C","postal_code":"10115","country":"DE"}"#)
                .unwrap();
        let change = AddressChange { at: PAY_BY, by: Actor::Customer, user_id: "u".parse().unwrap(), before };
        restless.address_changes = vec![change; MAX_ADDRESS_CHANGES];
        assert!(!restless.may_change_address());
    }

    /// Whoever computes another shard than the one that is stored leaves an order that no sweeper finds.
    #[test]
    fn an_orders_sweep_shard_never_changes() {
        let shards = [1, 2, 3].map(|id| Order::sweep_shard(&OrderId::from_uuid(Uuid::from_u128(id))));
        assert_eq!(shards, ["u#15", "u#00", "u#01"]);
    }

    #[test]
    fn sweep_shards_cover_their_range() {
        let shards: std::collections::BTreeSet<_> =
            (0..500).map(|i| Order::sweep_shard(&OrderId::from_uuid(Uuid::from_u128(i * 7919)))).collect();
        assert_eq!(shards.len(), SWEEP_SHARDS as usize);
        assert_eq!(shards.last().map(String::as_str), Some("u#15"));
    }
}
