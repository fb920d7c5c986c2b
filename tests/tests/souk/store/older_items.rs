//! Items in the shapes in which earlier versions of the shop stored them. They are still read.

use serde_json::{Value, json};
use souk_domain::{
    audit::Violation,
    flash_sale::FlashSaleStatus,
    ids::{FlashSaleId, ReservationId},
    money::Money,
    order::{Finding, Label, OrderStatus, Origin},
    reservation::{ReleaseOutcome, ReservationState},
    stock::{Allocation, RowKey},
};
use souk_flash_sales::FlashSales;
use souk_fulfilment::Fulfilments;
use souk_inventory::{AllotOutcome, FlashSaleUnits, Ledger, ReservationBook, Reservations, StockAuditor, StockRows};
use souk_orders::{Archive, Direction, Orders, Page, PlacedBetween};
use souk_payments::{PaymentRecords, SeenEvents};
use souk_workflows::follow_order::{FollowOrder, FollowOutcome};
use uuid::Uuid;

use super::{at, order, orders::leaves, tables::Tables};

fn millis(second: i64) -> i64 {
    at(second).as_millisecond()
}

fn sale_id() -> FlashSaleId {
    "black-friday".parse().unwrap()
}

/// Without `origin`: its fields told what an order was made of.
fn order_of(n: u128, origin: &Value) -> Value {
    let mut item = json!({
        "order_id": order(n),
        "user_id": "u1",
        "status": "CANCELLED",
        "version": 3,
        "lines": [{"sku": "a", "quantity": 1, "unit_price": {"amount": 900, "currency": "USD"}}],
        "total": {"amount": 900, "currency": "USD"},
        "shipping_address": {
            "name": "A. Customer", "line1": "1 Main Street", "city": "Memphis", "postal_code": "38103", "country": "US",
        },
        "payment_method": "pm_card_visa",
        "created_at": millis(n.try_into().unwrap()),
        "pay_by": millis(1800),
        "cancel_reason": "customer",
        "history": [
            {"status": "PENDING_PAYMENT", "at": millis(0), "by": "customer"},
            {"status": "CANCELLED", "at": millis(9), "by": "customer"},
        ],
        "placed": format!("{:013}#{}", millis(n.try_into().unwrap()), order(n)),
    });
    item.as_object_mut().unwrap().extend(origin.as_object().unwrap().clone());
    item
}

#[tokio::test]
async fn orders_that_do_not_say_what_they_were_made_of() {
    let tables = Tables::of("transactions").await;
    let (hot, archived) = (tables.table("OrdersTable"), tables.table("OrderArchiveTable"));
    let (orders, archive) = (Orders::new(hot.clone()), Archive::new(archived.clone()));
    let of_checkout = json!({
        "checkout_id": "chk_0123456789abcdef0123456789abcdef",
        "reservation_id": "res_0123456789abcdef0123456789abcdef",
        "request_digest": "d",
    });
    hot.put(&order_of(1, &of_checkout)).await.unwrap();
    archived.put(&order_of(2, &json!({"sale_id": sale_id(), "shard": 7, "warehouse_id": "east"}))).await.unwrap();
    let (first, second) = (orders.get(&order(1)).await.unwrap(), archive.get(&order(2)).await.unwrap());
    assert!(matches!(first.unwrap().origin, Origin::Checkout(checkout) if checkout.cart_version.is_none()));
    assert!(matches!(second.unwrap().origin, Origin::FlashSale(sale) if sale.shard == 7));
    let listed = souk_orders::list(&orders, &archive, &"u1".parse().unwrap(), None, 10).await.unwrap();
    assert_eq!(listed.orders.iter().map(|order| order.settled).collect::<Vec<_>>(), [true, true]);
}

/// Rules of today do not judge what was stored yesterday.
#[tokio::test]
async fn orders_to_addresses_that_would_be_refused_today_and_without_their_list() {
    let tables = Tables::of("transactions").await;
    let hot = tables.table("OrdersTable");
    let mut item = order_of(1, &json!({"sale_id": sale_id(), "shard": 7, "warehouse_id": "east"}));
    item["status"] = "CONFIRMED".into();
    item["shipping_address"] =
        json!({"name": "\u{200B}", "line1": "-", "city": "x\u{1}", "postal_code": "none", "country": "ZZ"});
    hot.put(&item).await.unwrap();
    let orders = Orders::new(hot);
    let found = orders.get(&order(1)).await.unwrap().unwrap();
    assert_eq!(found.shipping_address.map(|address| address.country), Some("ZZ".to_owned()));
    leaves(&orders, &order(1), 5).await;
    let shipped = [OrderStatus::Shipped];
    let page = Page { placed: PlacedBetween::default(), direction: Direction::NewestFirst, after: None, limit: 5 };
    let listed = orders.in_status(&shipped, &page).await.unwrap();
    assert_eq!(listed.len(), 1, "listed from its next change on");
}

/// Orders left as a whole, in one parcel a warehouse, and nothing said when.
#[tokio::test]
async fn orders_that_were_shipped_as_a_whole_or_were_about_to_be() {
    let tables = Tables::of("transactions").await;
    let orders = Orders::new(tables.table("OrdersTable"));
    let at_status = |n: u128, status: &str| {
        let mut item = order_of(n, &json!({"sale_id": sale_id(), "shard": 7, "warehouse_id": "east"}));
        item["status"] = status.into();
        item["history"][1] = json!({"status": status, "at": millis(9), "by": "warehouse"});
        item["shipments"] = json!([{
            "warehouse_id": "east", "items": [{"sku": "a", "quantity": 1}], "carrier": "UPS", "tracking_number": "1Z",
        }]);
        item
    };
    for (n, status) in [(1, "SHIPPED"), (2, "CONFIRMED")] {
        tables.table("OrdersTable").put(&at_status(n, status)).await.unwrap();
    }
    let shipped = orders.get(&order(1)).await.unwrap().unwrap();
    let label = Label { carrier: "UPS".to_owned(), tracking_number: "1Z".to_owned() };
    assert_eq!((&shipped.shipments[0].parcels[0].label, shipped.departed_at()), (&label, Some(at(9))));
    let planned = orders.get(&order(2)).await.unwrap().unwrap();
    assert!(!planned.has_departed() && planned.leaving().len() == 1, "its call may have died");
    let resumed = orders.revise(&order(2), |order| order.leave(&order.leaving(), at(10))).await.unwrap();
    let souk_orders::ReviseOutcome::Revised(resumed) = resumed else { panic!("refused") };
    assert_eq!((resumed.status, &resumed.shipments[0].parcels[0].label), (OrderStatus::Shipped, &label));
    let mut leaving = at_status(3, "CONFIRMED");
    leaving["shipments"] = json!([{
        "warehouse_id": "east", "items": [{"sku": "a", "quantity": 1}], "leaving_since": millis(8),
        "parcels": [{"carrier": "UPS", "tracking_number": "1Z"}],
    }]);
    tables.table("OrdersTable").put(&leaving).await.unwrap();
    let leaving = orders.get(&order(3)).await.unwrap().unwrap();
    assert_eq!(leaving.shipments[0].leaving, [at(8)], "only the last call was kept then");
}

/// Before units could be missing, nothing was promised, and no place was kept: none of it stands in an item.
#[tokio::test]
async fn orders_and_work_from_before_units_were_missing_or_anything_was_promised() {
    let tables = Tables::of("transactions").await;
    let orders = Orders::new(tables.table("OrdersTable"));
    let mut item = order_of(1, &json!({"sale_id": sale_id(), "shard": 7, "warehouse_id": "east"}));
    item["status"] = "CONFIRMED".into();
    item["lines"][0]["quantity"] = 2.into();
    item["total"]["amount"] = 1800.into();
    item["history"][1] = json!({"status": "CONFIRMED", "at": millis(9), "by": "saga"});
    item["shipments"] = json!([{"warehouse_id": "east", "items": [{"sku": "a", "quantity": 2}]}]);
    item.as_object_mut().unwrap().remove("cancel_reason");
    tables.table("OrdersTable").put(&item).await.unwrap();
    let work = json!({
        "order_id": order(1), "warehouse_id": "east", "state": "PICKING", "version": 2,
        "items": [{"sku": "a", "quantity": 2}], "claimed_by": "picker", "claimed_until": millis(900),
        "placed_at": millis(1), "work": "east", "work_since": format!("{:013}#{}", millis(1), order(1)),
    });
    tables.table("FulfilmentsTable").put(&work).await.unwrap();

    let found = orders.get(&order(1)).await.unwrap().unwrap();
    assert_eq!((&found.shortages, found.promise, found.due()), (&vec![], None, found.total));
    assert_eq!(found.left().iter().map(|item| item.quantity).collect::<Vec<_>>(), [2]);
    let fulfilments = Fulfilments::new(tables.table("FulfilmentsTable"));
    let listed = fulfilments.work(&"east".parse().unwrap(), None, 5).await.unwrap().fulfilments;
    assert_eq!((listed.len(), listed[0].leave_by), (1, None));

    let (warehouse_id, by) = ("east".parse().unwrap(), "picker".parse().unwrap());
    let finding = Finding { warehouse_id, sku: "a".parse().unwrap(), found: 1, by };
    let short = orders.revise(&order(1), |order| order.fall_short(&finding, at(10))).await.unwrap();
    let souk_orders::ReviseOutcome::Revised(short) = short else { panic!("refused") };
    assert_eq!((short.shortages.len(), short.due().amount(), short.version), (1, 900, 4));
    assert_eq!(orders.get(&order(1)).await.unwrap().unwrap(), *short);
    // The work follows it, in the place in which it stood.
    let book = ReservationBook::new(tables.table("ReservationsTable"));
    let stock = StockRows::new(tables.table("InventoryTable"));
    let follow = FollowOrder::new(orders, fulfilments.clone(), book, stock);
    assert_eq!(follow.run(&order(1)).await.unwrap(), FollowOutcome::Open(1));
    let listed = fulfilments.work(&"east".parse().unwrap(), None, 5).await.unwrap().fulfilments;
    assert_eq!((listed[0].items[0].quantity, listed[0].version), (1, 3));
}

#[tokio::test]
async fn rows_of_stock_and_reservations_from_before_places_and_missing_units() {
    let tables = Tables::of("transactions").await;
    let rows = StockRows::new(tables.table("InventoryTable"));
    let row = json!({
        "sku": "a", "warehouse_id": "w1", "quantity": 5, "reserved_quantity": 0, "available": 5, "version": 3,
        "movement": {"kind": "COMMITTED", "reference": "res_1", "quantity_delta": -2, "reserved_delta": -2, "at": millis(1)},
    });
    tables.table("InventoryTable").put(&row).await.unwrap();
    let id = ReservationId::from_uuid(Uuid::from_u128(1));
    let left = json!({
        "reservation_id": id, "state": "COMMITTED", "version": 3, "order_id": order(1),
        "lines": [{"sku": "a", "warehouse_id": "w1", "quantity": 2}], "created_at": millis(0), "expires_at": millis(900),
    });
    tables.table("ReservationsTable").put(&left).await.unwrap();
    let key = (&"a".parse().unwrap(), &"w1".parse().unwrap());
    assert_eq!(rows.get(key.0, key.1).await.unwrap().unwrap().place, None);
    assert!(rows.places(key.1, &[key.0.clone()].into()).await.unwrap().is_empty());

    let missing = [Allocation { sku: key.0.clone(), warehouse_id: key.1.clone(), quantity: 1 }];
    let reservations = Reservations::new(tables.table("ReservationsTable"), rows.clone());
    let back = reservations.release_for_order(&id, &order(1), true, &missing, at(20)).await.unwrap();
    assert_eq!(back, ReleaseOutcome::Returned);
    assert_eq!(rows.get(key.0, key.1).await.unwrap().unwrap().quantity, 6, "one of two is missing");
}

#[tokio::test]
async fn reservations_and_allotments_that_do_not_say_which_they_are() {
    let tables = Tables::of("transactions").await;
    let (table, rows) = (tables.table("ReservationsTable"), StockRows::new(tables.table("InventoryTable")));
    let id = ReservationId::from_uuid(Uuid::from_u128(1));
    let held = json!({
        "reservation_id": id, "state": "HELD", "version": 1,
        "lines": [{"sku": "a", "warehouse_id": "w1", "quantity": 3}],
        "created_at": millis(0), "expires_at": millis(900), "held": "h#01",
    });
    let allotted = json!({
        "reservation_id": ReservationId::of_sale(&sale_id()), "sale_id": sale_id(), "version": 2,
        "lines": [{"sku": "a", "warehouse_id": "w1", "quantity": 4}], "returned": {"0": 1},
    });
    for item in [&held, &allotted] {
        table.put(item).await.unwrap();
    }
    let book = ReservationBook::new(table.clone());
    assert_eq!(book.get(&id).await.unwrap().map(|found| found.state), Some(ReservationState::Held));
    let sales = FlashSaleUnits::new(table, rows.clone());
    let again = sales.allot(&sale_id(), &"a".parse().unwrap(), 4, at(1)).await.unwrap();
    assert!(matches!(again, AllotOutcome::Allotted(lines) if lines.len() == 1));
    let auditor = StockAuditor::new(rows, book, Ledger::new(tables.table("InventoryLedgerTable")));
    let audit = auditor.audit(at(100)).await.unwrap();
    let row = RowKey::first(&"a".parse().unwrap(), &"w1".parse().unwrap());
    assert_eq!(audit.violations, [Violation::RowMissing { row, held: 3, sold: 3 }]);
}

#[tokio::test]
async fn payments_before_claims_were_counted_and_events_that_only_say_their_ids() {
    let table = Tables::of("transactions").await.table("PaymentsTable");
    let record = json!({
        "id": format!("order#{}", order(1)), "order_id": order(1), "state": "AUTHORIZED", "version": 3,
        "amount": {"amount": 900, "currency": "USD"}, "gateway_id": "pi_1",
        "created_at": millis(0), "updated_at": millis(1),
    });
    table.put(&record).await.unwrap();
    table.put(&json!({"id": "event#evt_1", "ttl": at(0).as_second()})).await.unwrap();
    let found = PaymentRecords::new(table.clone()).get(&order(1)).await.unwrap().unwrap();
    assert_eq!((found.capture_attempt, found.gateway_id.as_deref()), (0, Some("pi_1")));
    assert_eq!((found.captured(), found.refundable()), (None, None));
    assert!(SeenEvents::new(table).contains("evt_1").await.unwrap());
}

#[tokio::test]
async fn payments_before_their_sums_and_refunds_were_written_down() {
    let table = Tables::of("transactions").await.table("PaymentsTable");
    let record = |n, state: &str| {
        json!({
            "id": format!("order#{}", order(n)), "order_id": order(n), "state": state, "version": 5,
            "amount": {"amount": 900, "currency": "USD"}, "gateway_id": "pi_1", "capture_attempt": 1,
            "created_at": millis(0), "updated_at": millis(1),
        })
    };
    table.put(&record(1, "CAPTURED")).await.unwrap();
    table.put(&record(2, "REFUNDED")).await.unwrap();
    let records = PaymentRecords::new(table);
    let (whole, nothing) = (Money::usd(900).unwrap(), Money::usd(0).unwrap());
    let captured = records.get(&order(1)).await.unwrap().unwrap();
    assert_eq!((captured.captured(), captured.refunded(), captured.refundable()), (Some(whole), nothing, Some(whole)));
    let refunded = records.get(&order(2)).await.unwrap().unwrap();
    assert_eq!((refunded.captured(), refunded.refunded(), refunded.refundable()), (Some(whole), whole, Some(nothing)));
}

#[tokio::test]
async fn rooms_before_windows_were_passed_and_sales_that_were_never_swept() {
    let table = Tables::of("transactions").await.table("SalesTable");
    let room = json!({
        "sale_id": sale_id(), "part": "room", "version": 4, "sale_version": 2, "status": "OPEN",
        "opens_at": millis(0), "rate": 100, "counts": [[0, 41]], "pace": [], "epoch": 1,
    });
    table.put(&room).await.unwrap();
    table.put(&json!({"sale_id": "#active", "part": sale_id()})).await.unwrap();
    let sales = FlashSales::new(table);
    let room = sales.room(&sale_id()).await.unwrap().unwrap();
    assert_eq!((room.status, room.shoppers(), room.lease), (FlashSaleStatus::Open, 41, None));
    let active = sales.active().await.unwrap();
    assert_eq!(active.iter().map(|sale| sale.swept_until.as_second()).collect::<Vec<_>>(), [0]);
}
