//! Which kinds of events the bus bears, and in which version the schema of each is.
//!
//! `events/schemas/` holds the schemas of every version, made from the types here, `events/samples/` events of every
//! version; a deployment registers the present ones. `CONTRIBUTING.md` says what a version may change.

use crate::{catalog, inventory, orders, payments, pricing};

/// A kind of event on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Who publishes it.
    pub source: &'static str,
    /// What it is called there.
    pub detail_type: &'static str,
    /// The version of its schema, from 1: counted up with every change, which readers of the one before live through.
    pub version: u32,
    /// What has happened.
    pub about: &'static str,
}

impl Published {
    /// What its schema is called in the registry: `souk.orders@OrderPlaced`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.source, self.detail_type)
    }
}

const fn of(source: &'static str, detail_type: &'static str, version: u32, about: &'static str) -> Published {
    Published { source, detail_type, version, about }
}

/// All kinds, by source.
pub const PUBLISHED: [Published; 17] = [
    of(catalog::SOURCE, catalog::ProductChanged::DETAIL_TYPE, 2, "A product was created, changed or put back."),
    of(catalog::SOURCE, catalog::ProductDeleted::DETAIL_TYPE, 1, "A product was taken out of the catalog."),
    of(inventory::SOURCE, inventory::AvailabilityChanged::DETAIL_TYPE, 1, "Another number of units can be sold."),
    of(orders::SOURCE, "OrderPlaced", 1, "An order waits for its payment."),
    of(orders::SOURCE, "OrderConfirmed", 1, "Money and units are an order's own."),
    of(orders::SOURCE, "OrderCancelled", 1, "An order was cancelled."),
    of(orders::SOURCE, "PaymentFailed", 1, "An order was cancelled for want of money."),
    of(orders::SOURCE, orders::CANCELLATION_SETTLED, 1, "Stock and money have followed a cancellation."),
    of(orders::SOURCE, orders::ParcelShipped::DETAIL_TYPE, 1, "What one warehouse sends of an order has left."),
    of(orders::SOURCE, orders::TrackingChanged::DETAIL_TYPE, 1, "A parcel that has left bears another label."),
    of(orders::SOURCE, orders::UnitsMissing::DETAIL_TYPE, 2, "Units of an order were not there to be picked."),
    of(orders::SOURCE, "OrderShipped", 1, "All that is sent of an order has left."),
    of(orders::SOURCE, "OrderDelivered", 1, "An order has arrived."),
    of(payments::SOURCE, payments::ACTION_REQUIRED, 1, "A payment waits for its shopper."),
    of(payments::SOURCE, payments::REFUND_SUCCEEDED, 1, "Money has gone back."),
    of(payments::SOURCE, payments::REFUND_FAILED, 1, "A refund has failed, at once or days later."),
    of(pricing::SOURCE, pricing::PriceChanged::DETAIL_TYPE, 1, "A SKU has another price, or its first one."),
];
