use std::collections::BTreeMap;

use super::Violation;
use crate::{
    flash_sale::ClaimEntry,
    ids::{OrderId, Sku},
    money::Money,
    order::{Order, OrderStatus},
    payment::PaymentState,
    reservation::{Reservation, ReservationState},
};

/// An order, as far as its units and its money are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFacts {
    /// Which order.
    pub order_id: OrderId,
    /// Where it stands.
    pub status: OrderStatus,
    /// True once a parcel has left, and with it the money was taken.
    pub departed: bool,
    /// What it is of.
    pub units: BTreeMap<Sku, u64>,
    /// True where units were not there to be picked.
    pub short: bool,
    /// What it costs.
    pub total: Money,
}

/// What holds an order's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderUnits<'a> {
    /// A reservation; none where it is not there.
    Reservation(Option<&'a Reservation>),
    /// What the flash sale's shard that the order names remembers of its shopper.
    Claim(Option<ClaimEntry>),
}

/// A payment record, as far as it concerns the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentFacts {
    /// Where it stands.
    pub state: PaymentState,
    /// What it is of.
    pub amount: Money,
}

impl From<&Order> for OrderFacts {
    fn from(order: &Order) -> Self {
        let mut units = BTreeMap::new();
        for line in &order.lines {
            *units.entry(line.sku.clone()).or_default() += u64::from(line.quantity.get());
        }
        let departed = order.has_departed();
        Self {
            order_id: order.order_id.clone(),
            status: order.status,
            departed,
            units,
            short: !order.shortages.is_empty(),
            total: order.total,
        }
    }
}

/// What is wrong with a settled order: I3 of its units, I6 of its money. An order that is not settled is
/// still on its way, and whatever it lacks its saga will see to.
pub fn order(order: &OrderFacts, units: OrderUnits<'_>, payment: Option<PaymentFacts>) -> Vec<Violation> {
    let order_id = || order.order_id.clone();
    let (status, state) = (order.status, payment.map(|payment| payment.state));
    let mut found = Vec::new();
    match status {
        // Nothing was promised yet.
        OrderStatus::PendingPayment => {}
        OrderStatus::Cancelled => {
            if keeps_units(order, units) {
                found.push(Violation::OrderUnitsKept { order_id: order_id() });
            }
            if !matches!(state, Some(PaymentState::Voided | PaymentState::Refunded)) {
                found.push(Violation::OrderMoneyKept { order_id: order_id(), payment: state });
            }
        }
        OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered => {
            if !has_units(order, units) {
                found.push(Violation::OrderUnitsMissing { order_id: order_id(), status });
            }
            let paid = match order.departed {
                true => state == Some(PaymentState::Captured),
                false => state.is_some_and(PaymentState::is_authorized),
            };
            match payment {
                Some(PaymentFacts { amount, .. }) if paid && amount != order.total => {
                    found.push(Violation::AmountMismatch { order_id: order_id(), total: order.total, amount });
                }
                _ if paid => {}
                _ => found.push(Violation::OrderUnpaid { order_id: order_id(), status, payment: state }),
            }
        }
    }
    found
}

/// True where exactly the order's units have left for it, and have not come back.
fn has_units(order: &OrderFacts, units: OrderUnits<'_>) -> bool {
    let reservation = match units {
        OrderUnits::Claim(entry) => return entry.is_some_and(ClaimEntry::is_claimed),
        OrderUnits::Reservation(reservation) => reservation,
    };
    reservation.is_some_and(|found| {
        let mut left = BTreeMap::new();
        for line in &found.lines {
            *left.entry(line.sku.clone()).or_default() += u64::from(line.quantity);
        }
        let gone = found.state == ReservationState::Committed && !found.returned;
        gone && found.order_id.as_ref() == Some(&order.order_id) && left == order.units
    })
}

fn keeps_units(order: &OrderFacts, units: OrderUnits<'_>) -> bool {
    let found = match units {
        // A sale's unit that was not there is not offered to the next.
        OrderUnits::Claim(entry) => return !order.short && entry.is_some_and(ClaimEntry::is_claimed),
        OrderUnits::Reservation(None) => return false,
        OrderUnits::Reservation(Some(found)) => found,
    };
    let its = found.order_id.as_ref() == Some(&order.order_id);
    its && match found.state {
        ReservationState::Held => true,
        ReservationState::Committed => !found.returned,
        ReservationState::Released => false,
    }
}

#[cfg(test)]
mod tests;
