//! The hot orders, each with its units and its money.

use std::collections::{HashMap, HashSet};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use souk_domain::{
    audit::{MoneyFacts, OrderFacts, OrderUnits, PaymentFacts, Violation, order as audit},
    flash_sale::ShopperKey,
    ids::{OrderId, ReservationId},
    order::Order,
    payment::PaymentState,
};
use souk_dynamo::{Page, Segment, StoreError};
use souk_flash_sales::{ClaimPlace, Shards};
use souk_inventory::ReservationBook;
use souk_orders::Orders;
use souk_payments::{PaymentRecord, PaymentRecords};
use souk_wiring::FromEnvironment;

/// The orders, and what each of them stands on.
#[derive(Debug, FromEnvironment)]
pub struct AuditOrders {
    orders: Orders,
    reservations: ReservationBook,
    payments: PaymentRecords,
    shards: Shards,
}

/// What orders were looked at, and what of them must not be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OrdersAudit {
    /// Settled orders that were looked at.
    pub orders: usize,
    /// Orders that are not settled.
    pub unsettled: usize,
    /// Orders that looked wrong and moved meanwhile.
    pub moving: Vec<OrderId>,
    /// What must not be.
    pub violations: Vec<Violation>,
}

/// How many pages of a thousand orders or so are judged at once.
const PAGES_AT_ONCE: usize = 8;

impl AuditOrders {
    /// A use case of these parts.
    pub fn new(orders: Orders, reservations: ReservationBook, payments: PaymentRecords, shards: Shards) -> Self {
        Self { orders, reservations, payments, shards }
    }

    /// A part of the orders. Page by page, several of them judged at once. What looks wrong is read again, and counts only where the order is the
    /// same still: every step that moves an order's money or units away from its decision writes the order first.
    /// (A refund does not: what was taken and what goes back of it is one item, judged by itself.)
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run_part(&self, part: Segment, now: Timestamp) -> Result<OrdersAudit, StoreError> {
        let mut report = OrdersAudit::default();
        let (mut pages, mut after) = (Vec::with_capacity(PAGES_AT_ONCE), None);
        loop {
            let Page { items, next } = self.orders.scan_segment(part, after).await?;
            pages.push(items);
            if pages.len() == PAGES_AT_ONCE || next.is_none() {
                let audited = try_join_all(pages.drain(..).map(|page| self.audit_page(page, now))).await?;
                for page in audited {
                    report.unsettled += page.unsettled;
                    report.orders += page.orders;
                    report.moving.extend(page.moving);
                    report.violations.extend(page.violations);
                }
            }
            match next {
                Some(key) => after = Some(key),
                None => return Ok(report),
            }
        }
    }

    async fn audit_page(&self, mut page: Vec<Order>, now: Timestamp) -> Result<OrdersAudit, StoreError> {
        let (mut report, all) = (OrdersAudit::default(), page.len());
        page.retain(|order| order.settled);
        report.unsettled = all - page.len();
        report.orders = page.len();
        let suspects: HashSet<OrderId> = self.judge(&page, now).await?.into_keys().collect();
        page.retain(|order| suspects.contains(&order.order_id));
        self.recheck(&page, &mut report, now).await?;
        Ok(report)
    }

    async fn recheck(&self, suspects: &[Order], report: &mut OrdersAudit, now: Timestamp) -> Result<(), StoreError> {
        let found = self.judge(suspects, now).await?;
        let ids: Vec<OrderId> = found.keys().cloned().collect();
        let now = self.orders.many(&ids).await?;
        let versions: HashMap<_, _> = now.iter().map(|order| (&order.order_id, order.version)).collect();
        for order in suspects {
            match (found.get(&order.order_id), versions.get(&order.order_id)) {
                (Some(violations), Some(version)) if *version == order.version => {
                    report.violations.extend(violations.iter().cloned());
                }
                (Some(_), _) => report.moving.push(order.order_id.clone()),
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// What is wrong with each order that something is wrong with.
    async fn judge(&self, orders: &[Order], now: Timestamp) -> Result<HashMap<OrderId, Vec<Violation>>, StoreError> {
        let reservation_of = |order: &Order| order.origin.checkout()?.held_by.reservation().cloned();
        let reservation_ids: Vec<ReservationId> = orders.iter().filter_map(reservation_of).collect();
        let order_ids: Vec<OrderId> = orders.iter().map(|order| order.order_id.clone()).collect();
        let reservations = self.reservations.many(&reservation_ids).await?;
        let reservations: HashMap<_, _> = reservations.iter().map(|found| (&found.reservation_id, found)).collect();
        let payments = self.payments.many(&order_ids).await?;
        let payments: HashMap<_, _> = payments.iter().map(|found| (&found.order_id, payment_facts(found))).collect();
        let entries = self.shards.entries(orders.iter().filter_map(claim_place)).await?;
        let mut wrong = HashMap::new();
        for order in orders {
            let units = match order.origin.checkout() {
                Some(checkout) => match checkout.held_by.reservation() {
                    Some(reservation_id) => OrderUnits::Reservation(reservations.get(reservation_id).copied()),
                    None => OrderUnits::Rows(&order.stock),
                },
                None => OrderUnits::Claim(claim_place(order).and_then(|place| entries.get(&place).copied())),
            };
            let violations = audit(&OrderFacts::of(order, now), units, payments.get(&order.order_id).copied());
            if !violations.is_empty() {
                wrong.insert(order.order_id.clone(), violations);
            }
        }
        Ok(wrong)
    }
}

fn payment_facts(found: &PaymentRecord) -> PaymentFacts {
    // Records from before refunds were written down one by one say only that all went back.
    let taken = found.captured().filter(|_| found.state != PaymentState::Refunded || !found.refunds.is_empty());
    let money = taken.map(|captured| MoneyFacts::new(captured, &found.refunds));
    PaymentFacts { state: found.state, amount: found.amount, money }
}

/// Where the claim of a flash sale's order should stand.
fn claim_place(order: &Order) -> Option<ClaimPlace> {
    let sale = order.origin.sale()?;
    Some((sale.sale_id.clone(), sale.shard, ShopperKey::of(&order.user_id).ok()?))
}
