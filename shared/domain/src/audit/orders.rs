use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::{SignedDuration, Timestamp};

use super::Violation;
use crate::{
    flash_sale::ClaimEntry,
    ids::{OrderId, Sku},
    money::Money,
    order::{Order, OrderStatus, StockTrail},
    payment::{Open, PaymentState, RefundOrigin, RefundState, Refunds},
    reservation::{Reservation, ReservationState},
    stock::{Allocation, RowUnits},
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
    /// What is to be paid of that, in minor units: from what is due to what was due before units were missed lately,
    /// of which the money follows by an event.
    pub due: RangeInclusive<i64>,
}

/// How long the money of a shortage may take to follow the order.
const FOLLOWS_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// What holds an order's units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderUnits<'a> {
    /// A reservation; none where it is not there.
    Reservation(Option<&'a Reservation>),
    /// What the order remembers of rows of stock: written once it is settled, or all units are back.
    Rows(&'a StockTrail),
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
    /// What was taken and what goes back of it; none where nothing was taken.
    pub money: Option<MoneyFacts>,
}

/// What was taken of a payment and what goes back, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyFacts {
    /// What was taken.
    pub captured: i64,
    /// What goes back or has gone back: a refund that is still pending is on its way.
    pub refunded: i64,
    /// What of that was given back by choice: by an operator, or at the gateway.
    pub by_choice: i64,
    /// What should have gone back and failed, where that is an operator's open case.
    pub failed: i64,
}

impl MoneyFacts {
    /// Of what was taken and its refunds.
    pub fn new(captured: Money, refunds: &Refunds) -> Self {
        let sum = |counts: &dyn Fn(&RefundOrigin, RefundState) -> bool| {
            refunds.iter().filter(|refund| counts(&refund.origin, refund.state)).map(|it| it.amount.amount()).sum()
        };
        let chosen = |origin: &RefundOrigin| matches!(origin, RefundOrigin::Operator { .. } | RefundOrigin::Gateway);
        let is_open_case = refunds.open() == Some(Open::Failed);
        Self {
            captured: captured.amount(),
            refunded: refunds.refunded(captured).amount(),
            by_choice: sum(&|origin, state| chosen(origin) && state != RefundState::Failed),
            failed: sum(&|_, state| is_open_case && state == RefundState::Failed),
        }
    }

    /// True where what was kept is what is owed. Nothing is missing but by choice; nothing is left over but what the
    /// bank sent back, for as long as an operator has not decided what becomes of it.
    fn is_kept_rightly(&self, due: &RangeInclusive<i64>) -> bool {
        let kept = self.captured - self.refunded;
        kept <= due.end() + self.failed && kept + self.by_choice >= *due.start()
    }
}

impl OrderFacts {
    /// Of an order as it stands now.
    pub fn of(order: &Order, now: Timestamp) -> Self {
        let mut units = BTreeMap::new();
        for line in &order.lines {
            *units.entry(line.sku.clone()).or_default() += u64::from(line.quantity.get());
        }
        let departed = order.has_departed();
        let due = order.due().amount();
        let is_recent = |at: Timestamp| now.duration_since(at) < FOLLOWS_WITHIN;
        let recent = order.shortages.iter().filter(|short| is_recent(short.at));
        let lately: i64 = recent.map(|short| order.worth(short).amount()).sum();
        Self {
            order_id: order.order_id.clone(),
            status: order.status,
            departed,
            units,
            short: !order.shortages.is_empty(),
            total: order.total,
            due: due..=due + lately,
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
            if state == Some(PaymentState::Refunded) {
                found.extend(kept_wrongly(order, &(0..=0), payment));
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
            if order.departed && paid {
                found.extend(kept_wrongly(order, &order.due, payment));
            }
        }
    }
    found
}

/// True where of a settled order's money that much was kept which it owes (I6); of one that has not left, nothing is owed
/// yet. `money` is as whoever is asked has it: the record, or the gateway.
pub fn keeps_what_it_owes(order: &OrderFacts, money: &MoneyFacts) -> bool {
    match order.status {
        OrderStatus::Cancelled => money.is_kept_rightly(&(0..=0)),
        _ => !order.departed || money.is_kept_rightly(&order.due),
    }
}

/// Where another sum of the order's money was kept than it owes.
fn kept_wrongly(order: &OrderFacts, due: &RangeInclusive<i64>, payment: Option<PaymentFacts>) -> Option<Violation> {
    let money = payment?.money.filter(|money| !money.is_kept_rightly(due))?;
    let MoneyFacts { captured, refunded, by_choice, .. } = money;
    let (order_id, status) = (order.order_id.clone(), order.status);
    Some(Violation::KeptDiffers { order_id, status, due: *due.start(), captured, refunded, by_choice })
}

/// True where exactly the order's units have left for it, and have not come back.
fn has_units(order: &OrderFacts, units: OrderUnits<'_>) -> bool {
    let reservation = match units {
        OrderUnits::Claim(entry) => return entry.is_some_and(ClaimEntry::is_claimed),
        OrderUnits::Rows(trail) => return !trail.is_back && sums(&RowUnits::by_warehouse(&trail.units)) == order.units,
        OrderUnits::Reservation(reservation) => reservation,
    };
    reservation.is_some_and(|found| {
        let left = sums(&found.lines);
        let gone = found.state == ReservationState::Committed && !found.returned;
        gone && found.order_id.as_ref() == Some(&order.order_id) && left == order.units
    })
}

fn sums(parts: &[Allocation]) -> BTreeMap<Sku, u64> {
    let mut sums = BTreeMap::new();
    for part in parts {
        *sums.entry(part.sku.clone()).or_default() += u64::from(part.quantity);
    }
    sums
}

fn keeps_units(order: &OrderFacts, units: OrderUnits<'_>) -> bool {
    let found = match units {
        // A sale's unit that was not there is not offered to the next.
        OrderUnits::Claim(entry) => return !order.short && entry.is_some_and(ClaimEntry::is_claimed),
        OrderUnits::Rows(trail) => return !trail.is_back,
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
