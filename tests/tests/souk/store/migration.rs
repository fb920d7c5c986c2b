//! Orders of the protocol's first edition learn what left from where: once, from where a run died, and no others.

use serde_json::{Value, json};
use souk_domain::{
    ids::{CheckoutId, OrderId, ReservationId},
    order::{FromCheckout, HeldBy, Order, OrderStatus, Origin},
    stock::{Allocation, RowUnits},
};
use souk_dynamo::{Item, s};
use souk_fulfilment::Fulfilments;
use souk_inventory::{ReservationBook, StockRows};
use souk_orders::{MigrationCursor, OrderRecord, Orders, SettleOutcome};
use souk_wiring::Call;
use souk_workflows::{
    follow_order::{FollowOrder, FollowOutcome},
    migrate_orders::{MigrateOrders, Report},
};
use uuid::Uuid;

use super::{at, order as id, orders::placed, tables::Tables};

struct World {
    tables: Tables,
    orders: Orders,
}

fn reservation_id(n: u128) -> ReservationId {
    ReservationId::from_uuid(Uuid::from_u128(n))
}

impl World {
    async fn new() -> Self {
        let tables = Tables::of("transactions").await;
        Self { orders: Orders::new(tables.table("OrdersTable")), tables }
    }

    /// An order of the first edition, and the reservation that its units left by, or are held by.
    async fn old(&self, n: u128, status: OrderStatus, settled: bool) -> OrderId {
        let held_by = HeldBy::Reservation { reservation_id: reservation_id(n) };
        let checkout_id = CheckoutId::from_uuid(Uuid::from_u128(n));
        let origin =
            Origin::Checkout(FromCheckout { checkout_id, held_by, cart_version: None, request_digest: "d".to_owned() });
        let order = Order { origin, status, settled, ..placed(n, 0) };
        self.tables.table("OrdersTable").put(&OrderRecord::from(&order)).await.unwrap();
        let state = if settled { "COMMITTED" } else { "HELD" };
        let reservation = json!({
            "reservation_id": reservation_id(n), "kind": "RESERVATION", "state": state, "version": 3,
            "lines": [{"sku": "BAG", "warehouse_id": "east", "quantity": 1}], "order_id": order.order_id,
            "created_at": at(0).as_millisecond(), "expires_at": at(900).as_millisecond(),
        });
        self.tables.table("ReservationsTable").put(&reservation).await.unwrap();
        order.order_id
    }

    fn cursor(&self) -> MigrationCursor {
        MigrationCursor::new(self.tables.table("CheckoutsTable"))
    }

    fn book(&self) -> ReservationBook {
        ReservationBook::new(self.tables.table("ReservationsTable"))
    }

    async fn migrate(&self) -> Report {
        let migrate = MigrateOrders::new(self.orders.clone(), self.book(), self.cursor());
        migrate.run(&Call::at(at(1_000))).await.unwrap()
    }

    /// What an order says of what left from where.
    async fn units(&self, n: u128) -> Vec<Allocation> {
        RowUnits::by_warehouse(&self.orders.get(&id(n)).await.unwrap().unwrap().stock.units)
    }
}

fn from_the_east() -> Vec<Allocation> {
    vec![Allocation { sku: "BAG".parse().unwrap(), warehouse_id: "east".parse().unwrap(), quantity: 1 }]
}

#[tokio::test]
async fn old_orders_that_are_not_over_learn_what_left_from_where() {
    let world = World::new().await;
    let all = [
        (1, OrderStatus::Confirmed, true),
        (2, OrderStatus::Shipped, true),
        (3, OrderStatus::Delivered, true),
        (4, OrderStatus::Confirmed, false),
        (5, OrderStatus::PendingPayment, false),
        (6, OrderStatus::Cancelled, true),
    ];
    for (n, status, settled) in all {
        world.old(n, status, settled).await;
    }
    let of_sale = Order { status: OrderStatus::Confirmed, settled: true, ..placed(7, 0) };
    world.tables.table("OrdersTable").put(&OrderRecord::from(&of_sale)).await.unwrap();
    let report = |written, unsettled| Report { looked_at: 7, written, unsettled, failed: 0, complete: true };
    assert_eq!(world.migrate().await, report(2, 1));
    assert_eq!(world.migrate().await, report(0, 1), "what is said stays");
    for n in 1..=7 {
        assert_eq!(world.units(n).await, if n <= 2 { from_the_east() } else { Vec::new() }, "{n}");
    }
    // Its saga commits and settles it.
    let reservations = world.tables.table("ReservationsTable");
    let mut committed: Value =
        reservations.get(&[("reservation_id", reservation_id(4).as_str())]).await.unwrap().unwrap();
    committed["state"] = "COMMITTED".into();
    reservations.put(&committed).await.unwrap();
    assert_eq!(world.orders.settle(&id(4), &[OrderStatus::Confirmed]).await.unwrap(), SettleOutcome::Settled);
    assert_eq!(world.migrate().await, report(1, 0));
    assert_eq!(world.units(4).await, from_the_east());
}

#[tokio::test]
async fn a_migrated_order_is_sent_without_its_reservation() {
    let world = World::new().await;
    let order_id = world.old(1, OrderStatus::Confirmed, true).await;
    assert_eq!(world.migrate().await.written, 1);
    let reservations = world.tables.table("ReservationsTable");
    reservations.delete(&[("reservation_id", reservation_id(1).as_str())]).await.unwrap();
    let (fulfilments, rows) = (world.tables.table("FulfilmentsTable"), world.tables.table("InventoryTable"));
    let follow =
        FollowOrder::new(world.orders.clone(), Fulfilments::new(fulfilments), world.book(), StockRows::new(rows));
    assert_eq!(follow.run(&order_id).await.unwrap(), FollowOutcome::Open(1));
}

#[tokio::test]
async fn a_run_goes_on_where_the_one_before_died() {
    let world = World::new().await;
    for n in 1..=9 {
        world.old(n, OrderStatus::Confirmed, true).await;
    }
    let in_order = world.orders.scan_page(None).await.unwrap().items;
    let died_behind = &in_order[3].order_id;
    world.cursor().set(Some(Item::from([("order_id".to_owned(), s(died_behind.as_str()))]))).await.unwrap();
    let report = world.migrate().await;
    assert_eq!((report.looked_at, report.written, report.complete), (5, 5, true));
    assert_eq!(world.cursor().get().await.unwrap(), None, "the next run begins with the first");
    assert_eq!(world.migrate().await.written, 4);
    let orders = world.orders.scan_page(None).await.unwrap().items;
    assert!(orders.iter().all(|order| RowUnits::by_warehouse(&order.stock.units) == from_the_east()));
}
