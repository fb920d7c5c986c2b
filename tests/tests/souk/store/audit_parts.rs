//! The audit of orders in parts: each order is in one of them, and what is wrong is found whoever looks.

use std::{collections::BTreeSet, time::Instant};

use futures_util::future::{join_all, try_join_all};
use souk_domain::{
    audit::Violation,
    ids::{CheckoutId, OrderId, ReservationId},
    order::{FromCheckout, HeldBy, Order, OrderStatus, Origin},
};
use souk_dynamo::Segment;
use souk_flash_sales::{FlashSales, Shards};
use souk_inventory::ReservationBook;
use souk_orders::{OrderRecord, Orders};
use souk_payments::PaymentRecords;
use souk_workflows::audit::orders::AuditOrders;
use uuid::Uuid;

use super::{at, orders::placed, tables::Tables};

/// Three megabytes, so that a part has some pages.
const ORDERS: u128 = 3_000;

/// Every hundredth has left and was never paid.
fn standing(n: u128) -> Order {
    let unpaid = n.is_multiple_of(100);
    let held_by = HeldBy::Reservation { reservation_id: ReservationId::from_uuid(Uuid::from_u128(n)) };
    let checkout_id = CheckoutId::from_uuid(Uuid::from_u128(n));
    let from = FromCheckout { checkout_id, held_by, cart_version: None, request_digest: "d".repeat(400) };
    let status = if unpaid { OrderStatus::Shipped } else { OrderStatus::PendingPayment };
    Order { origin: Origin::Checkout(from), status, settled: unpaid, ..placed(n, 0) }
}

#[tokio::test]
async fn the_parts_of_an_audit_are_the_whole_of_it_and_none_is_in_two() {
    let tables = Tables::of("transactions").await;
    let table = tables.table("OrdersTable");
    for hundred in (0..ORDERS).collect::<Vec<_>>().chunks(100) {
        let records: Vec<_> = hundred.iter().map(|n| OrderRecord::from(&standing(*n))).collect();
        try_join_all(records.iter().map(|record| table.put(record))).await.unwrap();
    }
    let audit = AuditOrders::new(
        Orders::new(table),
        ReservationBook::new(tables.table("ReservationsTable")),
        PaymentRecords::new(tables.table("PaymentsTable")),
        Shards::new(tables.table("SaleShardsTable"), FlashSales::new(tables.table("SalesTable"))),
    );
    let wrong: BTreeSet<OrderId> = (0..ORDERS).step_by(100).map(super::order).collect();
    for parts in [1, 4, 16] {
        let began = Instant::now();
        let found = join_all(Segment::all(parts).map(|part| audit.run_part(part, at(10)))).await;
        let found: Vec<_> = found.into_iter().map(Result::unwrap).collect();
        let (orders, unsettled) =
            found.iter().fold((0, 0), |(orders, unsettled), part| (orders + part.orders, unsettled + part.unsettled));
        println!("{parts} parts: {} orders in {:?}", orders + unsettled, began.elapsed());
        assert_eq!((orders, orders + unsettled), (wrong.len(), ORDERS as usize), "{parts} parts");
        assert!(parts == 1 || found.iter().filter(|part| part.orders + part.unsettled > 0).count() > 1);
        let unpaid = found.iter().flat_map(|part| &part.violations).filter_map(|violation| match violation {
            Violation::OrderUnpaid { order_id, .. } => Some(order_id.clone()),
            _ => None,
        });
        assert_eq!(unpaid.collect::<BTreeSet<_>>(), wrong, "{parts} parts");
        assert!(found.iter().all(|part| part.moving.is_empty()));
    }
}
