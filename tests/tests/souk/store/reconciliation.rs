//! What the reconciliation and the operators' view of an order keep and read.

use std::collections::HashMap;

use souk_domain::{
    money::Money,
    order::{Order, OrderStatus},
    payment::PaymentState,
};
use souk_dynamo::{Item, n, s};
use souk_orders::Orders;
use souk_payments::{
    PaymentRecords, ReconciliationCursor, Resume, SeenEvents,
    gateway::Window,
    webhook::{News, WebhookEvent},
};

use super::{at, order, tables::Tables};

fn event(id: &str, second: i64) -> WebhookEvent {
    WebhookEvent {
        id: id.to_owned(),
        event_type: format!("payment_intent.{id}"),
        order_id: Some(order(1)),
        intent_id: Some("pi_1".to_owned()),
        created: at(second),
        news: News::Nothing,
    }
}

#[tokio::test]
async fn an_orders_gateway_events_are_read_in_the_order_in_which_they_happened() {
    let tables = Tables::of("transactions").await;
    let (events, records) =
        (SeenEvents::new(tables.table("PaymentsTable")), PaymentRecords::new(tables.table("PaymentsTable")));
    // The record has the order's id too, and is no event.
    records.open(&order(1), PaymentState::Intent, Money::usd(0).unwrap(), at(0)).await.unwrap();
    for (id, second) in [("succeeded", 30), ("created", 10), ("created", 10)] {
        events.mark(&event(id, second), &order(1), at(40)).await.unwrap();
    }
    events.mark(&event("other", 20), &order(2), at(40)).await.unwrap();
    assert!(events.contains("created").await.unwrap() && !events.contains("canceled").await.unwrap());
    let seen = events.of_order(&order(1), 10).await.unwrap();
    let seen: Vec<_> =
        seen.iter().map(|event| (event.event_type.as_str(), event.occurred_at, event.taken_at)).collect();
    assert_eq!(seen, [("payment_intent.created", at(10), at(40)), ("payment_intent.succeeded", at(30), at(40))]);
}

#[tokio::test]
async fn a_walk_is_taken_up_where_it_stopped_until_it_has_ended() {
    let tables = Tables::of("transactions").await;
    let cursor = ReconciliationCursor::new(tables.table("PaymentsTable"));
    assert_eq!(cursor.get().await.unwrap(), None);
    let stopped = Resume::new(Window { from: at(0), to: at(100) }, "pi_7".to_owned());
    cursor.set(Some(stopped.clone())).await.unwrap();
    assert_eq!(cursor.get().await.unwrap(), Some(stopped));
    cursor.set(None).await.unwrap();
    assert_eq!(cursor.get().await.unwrap(), None);
}

/// A settled order as the table has it, with a time to live.
fn settled(status: &str) -> Item {
    HashMap::from([
        ("order_id".to_owned(), s(order(1).as_str())),
        ("status".to_owned(), s(status)),
        ("version".to_owned(), n(5)),
        ("expires_at".to_owned(), n(1)),
    ])
}

#[tokio::test]
async fn a_settled_order_is_unsettled_again_unless_its_decision_has_changed() {
    let tables = Tables::of("transactions").await;
    let (table, orders) = (tables.table("OrdersTable"), Orders::new(tables.table("OrdersTable")));
    let put = table.client().put_item().table_name(table.name()).set_item(Some(settled("CANCELLED")));
    put.send().await.unwrap();
    assert!(!orders.reopen(&order(1), OrderStatus::Confirmed, at(1)).await.unwrap());
    assert!(orders.reopen(&order(1), OrderStatus::Cancelled, at(1)).await.unwrap());
    assert!(!orders.reopen(&order(1), OrderStatus::Cancelled, at(2)).await.unwrap(), "it is unsettled already");
    let found = orders.unsettled(&Order::sweep_shard(&order(1)), at(10), None).await.unwrap();
    assert_eq!(found.items, [order(1)], "the sweeper finds it");
    let stored: serde_json::Value = table.get(&[("order_id", order(1).as_str())]).await.unwrap().unwrap();
    assert_eq!(stored["version"], 6);
    assert!(stored.get("expires_at").is_none(), "an order with work to do is not deleted");
    assert!(!orders.reopen(&order(2), OrderStatus::Cancelled, at(1)).await.unwrap(), "there is none");
}
