//! The invariants, computed anew from what is stored, and a name for each way in which they can fail.
//!
//! What is handed in was read at different moments. These rules are therefore exact only at rest: whoever
//! reads must see to it that nothing moved meanwhile, or look again.

mod flash_sales;
mod holds;
mod orders;
mod stock;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::Serialize;

pub use flash_sales::{ShardUnits, shard};
pub use holds::{Decided, hold};
pub use orders::{MoneyFacts, OrderFacts, OrderUnits, PaymentFacts, keeps_what_it_owes, order};
pub use stock::{LedgerSum, RowFacts, RowReading, Tally, stock, tallies};

use crate::{
    ids::{CheckoutId, FlashSaleId, OrderId, Sku},
    money::Money,
    order::OrderStatus,
    payment::PaymentState,
    stock::RowKey,
};

/// Something that must never be. The names are stable: alarms and runbooks use them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "violation", rename_all = "snake_case")]
pub enum Violation {
    /// I1: a row's numbers contradict one another.
    RowUnsound {
        /// The row.
        #[serde(flatten)]
        row: RowKey,
        /// The version that was looked at.
        version: u64,
        /// Units in the warehouse.
        quantity: i64,
        /// Units set aside.
        reserved_quantity: i64,
        /// Units for sale.
        available: i64,
    },
    /// I2: a row has other units set aside than its held reservations hold.
    ReservedMismatch {
        /// The row.
        #[serde(flatten)]
        row: RowKey,
        /// The version that was looked at.
        version: u64,
        /// Units that the row has set aside.
        reserved_quantity: i64,
        /// Units that held reservations hold of it.
        held: i64,
    },
    /// I2: what was supplied is neither there nor sold.
    UnitsUnbalanced {
        /// Which SKU, over all its rows.
        sku: Sku,
        /// Units that were counted in and adjusted, by the ledger.
        supplied: i64,
        /// Units in the warehouses.
        quantity: i64,
        /// Units sold and not returned.
        sold: i64,
    },
    /// I2: reservations have units of a row that is not there.
    RowMissing {
        /// The row.
        #[serde(flatten)]
        row: RowKey,
        /// Units held of it.
        held: i64,
        /// Units sold of it.
        sold: i64,
    },
    /// I3: a row holds units for a checkout that is over, or for an order that is settled.
    HoldKept {
        /// The row.
        #[serde(flatten)]
        row: RowKey,
        /// Whose hold it is.
        checkout_id: CheckoutId,
        /// Units that it holds.
        units: u32,
    },
    /// A row remembers a checkout that is over, and nobody lets it forget: each write of the row pays for that.
    MarkKept {
        /// The row.
        #[serde(flatten)]
        row: RowKey,
        /// Whose mark it is.
        checkout_id: CheckoutId,
        /// Since when.
        #[serde(with = "millisecond::required")]
        since: Timestamp,
    },
    /// A row has versions that its ledger does not explain.
    LedgerIncomplete {
        /// The row.
        #[serde(flatten)]
        row: RowKey,
        /// The row's version: so many entries there should be.
        version: u64,
        /// So many there are.
        entries: u64,
    },
    /// I2: a flash sale's shard has other units than it was laid out with.
    ShardUnbalanced {
        /// Which sale.
        sale_id: FlashSaleId,
        /// Which of its shards.
        shard: u32,
        /// Units that it was laid out with.
        planned: u32,
        /// Units that can be claimed.
        left: u32,
        /// Units that are claimed.
        claimed: u32,
        /// Units that went back to stock.
        drained: u32,
    },
    /// I3: a confirmed order whose units have not left for it.
    OrderUnitsMissing {
        /// The order.
        order_id: OrderId,
        /// Where it stands.
        status: OrderStatus,
    },
    /// I3: a cancelled order that still has units.
    OrderUnitsKept {
        /// The order.
        order_id: OrderId,
    },
    /// I6: a confirmed order without its money, or one that has left without its money taken.
    OrderUnpaid {
        /// The order.
        order_id: OrderId,
        /// Where it stands.
        status: OrderStatus,
        /// Where its payment stands; none where there is no record.
        #[serde(skip_serializing_if = "Option::is_none")]
        payment: Option<PaymentState>,
    },
    /// I6: a cancelled order whose money has not been given back.
    OrderMoneyKept {
        /// The order.
        order_id: OrderId,
        /// Where its payment stands; none where there is no record.
        #[serde(skip_serializing_if = "Option::is_none")]
        payment: Option<PaymentState>,
    },
    /// I6: an order that is paid for with another sum than its total.
    AmountMismatch {
        /// The order.
        order_id: OrderId,
        /// Its total.
        total: Money,
        /// What its payment is of.
        amount: Money,
    },
    /// I6: of an order's money another sum was kept than it owes: its total without what was missing, without what
    /// somebody chose to give back; nothing, where it is cancelled. In minor units.
    KeptDiffers {
        /// The order.
        order_id: OrderId,
        /// Where it stands.
        status: OrderStatus,
        /// What it owes.
        due: i64,
        /// What was taken, by the record.
        captured: i64,
        /// What goes back or has gone back, by the record.
        refunded: i64,
        /// What of that was given back by choice: by an operator, or at the gateway.
        by_choice: i64,
    },
    /// I6: an intent on which no record stands holds money of an order, or has taken it.
    MoneyAside {
        /// The order.
        order_id: OrderId,
        /// The gateway's id of the intent.
        intent_id: String,
        /// What it holds or has taken, in minor units.
        amount: i64,
    },
    /// I6: other sums were taken or given back than are recorded, in minor units.
    SumsDiffer {
        /// The order.
        order_id: OrderId,
        /// What was taken, by the record.
        captured: i64,
        /// What was taken, by the gateway.
        captured_there: i64,
        /// What was given back, by the record.
        refunded: i64,
        /// What was given back, by the gateway.
        refunded_there: i64,
    },
}
