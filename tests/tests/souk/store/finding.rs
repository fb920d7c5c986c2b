//! What operators find: lists by status and time, what needs a hand, and a shopper's orders by their address.

use std::sync::{Arc, Mutex};

use aws_sdk_cognitoidentityprovider as cognito;
use jiff::SignedDuration;
use serde_json::json;
use souk_domain::{
    ids::{OrderId, UserId},
    money::Money,
    order::{Actor, Attention, Canceller, Need, Order, OrderStatus, Transition},
    payment::{Authorization, PaymentState},
};
use souk_notifications::{Contacts, EmailAddress};
use souk_orders::{
    Archive, ArchiveOutcome, CancelOutcome, ConfirmOutcome, OrderRecord, Orders, Place, PlacedBetween, SettleOutcome,
};
use souk_payments::{PaymentRecords, RecordOutcome};
use souk_testkit::stand_in::StandIn;
use souk_wiring::Call;
use souk_workflows::find_orders::{FindOrders, FoundPage, Judge, SearchOrders, Wanted, Whose};

use super::{
    at, order as id,
    orders::{TERMS, leaves, placed},
    tables::Tables,
};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const ATTENTION: Attention = Attention {
    late_after: SignedDuration::from_secs(2 * DAY),
    ageing_within: SignedDuration::from_secs(DAY),
    stuck_after: SignedDuration::from_secs(HOUR),
};

struct World {
    tables: Tables,
    orders: Orders,
    payments: PaymentRecords,
    find: FindOrders,
}

impl World {
    async fn new() -> Self {
        let tables = Tables::of("transactions").await;
        let orders = Orders::new(tables.table("OrdersTable"));
        let payments = PaymentRecords::new(tables.table("PaymentsTable"));
        let archive = Archive::new(tables.table("OrderArchiveTable"));
        let find = FindOrders::new(orders.clone(), archive, Judge::new(payments.clone(), ATTENTION));
        Self { tables, orders, payments, find }
    }

    /// An order that was placed at this second.
    async fn place(&self, n: u128, second: i64) -> OrderId {
        let order = placed(n, second);
        self.tables.table("OrdersTable").put(&OrderRecord::from(&order)).await.unwrap();
        order.order_id
    }

    /// One that was confirmed at once, with its money held until another second.
    async fn confirm(&self, n: u128, second: i64, held_until: i64) -> OrderId {
        let order_id = self.place(n, second).await;
        let now = at(second);
        self.payments.open(&order_id, PaymentState::Intent, Money::usd(900).unwrap(), now).await.unwrap();
        let until = Some(at(held_until));
        let kept = self.payments.record_outcome(&order_id, Authorization::Authorized, None, until, now).await.unwrap();
        assert!(matches!(kept, RecordOutcome::Kept(_)));
        assert!(matches!(self.orders.confirm(&order_id, TERMS, now).await.unwrap(), ConfirmOutcome::Confirmed(_)));
        let settled = self.orders.settle(&order_id, &[OrderStatus::Confirmed]).await.unwrap();
        assert_eq!(settled, SettleOutcome::Settled);
        order_id
    }

    fn archive(&self) -> Archive {
        Archive::new(self.tables.table("OrderArchiveTable"))
    }

    /// One that was placed and cancelled at this second, and has left the hot table since.
    async fn archived(&self, n: u128, second: i64) -> OrderId {
        let order_id = self.place(n, second).await;
        let _cancelled = self.orders.cancel(&order_id, Canceller::Customer, at(second)).await.unwrap();
        let settled = self.orders.settle(&order_id, &[OrderStatus::Cancelled]).await.unwrap();
        assert_eq!(settled, SettleOutcome::Settled);
        self.keep(&order_id).await;
        self.tables.table("OrdersTable").delete(&[("order_id", order_id.as_str())]).await.unwrap();
        order_id
    }

    async fn keep(&self, order_id: &OrderId) {
        let order = self.orders.get(order_id).await.unwrap().unwrap();
        assert_eq!(self.archive().keep(&self.orders, &order, at(1)).await.unwrap(), ArchiveOutcome::Archived);
    }

    async fn page(&self, wanted: Wanted, after: Option<&Place>, limit: usize, second: i64) -> FoundPage {
        self.find.run(wanted, after, limit, &Call::at(at(second))).await.unwrap()
    }

    /// All pages of a list, and that none shows more than it may.
    async fn all(&self, wanted: Wanted, limit: usize, second: i64) -> Vec<OrderId> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = self.page(wanted, after.as_ref(), limit, second).await;
            assert!(page.orders.len() <= limit);
            found.extend(page.orders.into_iter().map(|found| found.order.order_id));
            match page.next {
                Some(next) => after = Some(next),
                None => return found,
            }
        }
    }

    async fn needing(&self, need: Need, second: i64) -> Vec<OrderId> {
        self.all(Wanted::InNeed(need), 2, second).await
    }
}

fn in_status(status: Option<OrderStatus>) -> Wanted {
    Wanted::Placed { status, placed: PlacedBetween::default() }
}

fn between(from: i64, to: i64) -> Wanted {
    Wanted::Placed { status: None, placed: PlacedBetween { from: Some(at(from)), to: Some(at(to)) } }
}

#[tokio::test]
async fn orders_are_listed_newest_first_page_by_page_whatever_their_status() {
    let world = World::new().await;
    let mut expected = Vec::new();
    for n in 0..13 {
        // Several of the same moment, in different shards.
        expected.push(world.place(n, i64::try_from(n).unwrap() / 3).await);
    }
    let _confirmed = world.orders.confirm(&expected[4], TERMS, at(50)).await.unwrap();
    let _cancelled = world.orders.cancel(&expected[7], Canceller::Customer, at(60)).await.unwrap();
    expected.sort_by_key(|order_id| (second_of(order_id), order_id.clone()));
    expected.reverse();
    for limit in [1, 4, 13, 100] {
        assert_eq!(world.all(in_status(None), limit, 100).await, expected, "{limit}");
    }
    assert_eq!(world.all(between(1, 2), 2, 100).await, expected[4..10], "both ends are included");
    assert_eq!(world.all(in_status(Some(OrderStatus::Confirmed)), 5, 100).await, [id(4)]);
    assert_eq!(world.all(in_status(Some(OrderStatus::Cancelled)), 5, 100).await, [id(7)]);
    assert_eq!(world.all(in_status(Some(OrderStatus::PendingPayment)), 3, 100).await.len(), 11);
    assert_eq!(world.all(in_status(Some(OrderStatus::Shipped)), 5, 100).await, []);
}

#[tokio::test]
async fn a_list_goes_from_the_hot_table_to_the_archive_without_a_seam() {
    let world = World::new().await;
    let mut expected = Vec::new();
    for n in 0..12 {
        let second = i64::try_from(n).unwrap();
        expected.push(match n % 3 {
            0 => world.place(n, second).await,
            _ => world.archived(n, second).await,
        });
    }
    // One that stands in both.
    let both = world.place(20, 20).await;
    let _cancelled = world.orders.cancel(&both, Canceller::Customer, at(21)).await.unwrap();
    let _settled = world.orders.settle(&both, &[OrderStatus::Cancelled]).await.unwrap();
    world.keep(&both).await;
    expected.push(both);
    expected.reverse();
    for limit in [1, 3, 100] {
        assert_eq!(world.all(in_status(None), limit, 100).await, expected, "{limit}");
    }
    assert_eq!(world.all(between(4, 8), 2, 100).await, expected[4..9], "both ends are included");
    let cancelled: Vec<_> = world.all(in_status(Some(OrderStatus::Cancelled)), 2, 100).await;
    assert_eq!(cancelled.len(), 9);
    assert!(cancelled.iter().all(|order_id| expected.contains(order_id)));
    assert_eq!(world.all(in_status(Some(OrderStatus::PendingPayment)), 2, 100).await.len(), 4);
    assert_eq!(world.all(in_status(Some(OrderStatus::Delivered)), 2, 100).await, []);
}

/// The archive has that list since a deployment; what was archived before is found by its id and its user.
#[tokio::test]
async fn what_was_archived_before_there_was_a_list_is_in_none() {
    let world = World::new().await;
    let order_id = world.archived(1, 1).await;
    let order = world.archive().get(&order_id).await.unwrap().unwrap();
    let mut item = serde_json::to_value(OrderRecord::from(&order)).unwrap();
    item.as_object_mut().unwrap().remove("listed");
    world.tables.table("OrderArchiveTable").put(&item).await.unwrap();
    assert_eq!(world.all(in_status(None), 5, 100).await, []);
    assert_eq!(world.archive().get(&order_id).await.unwrap(), Some(order));
}

/// The bank may send money back after the order has left the hot table.
#[tokio::test]
async fn a_refund_that_failed_is_found_wherever_its_order_lies() {
    let world = World::new().await;
    let (old, new) = (world.archived(1, 1).await, world.place(2, 2).await);
    let captured = json!({ "amount": 900, "currency": "USD" });
    for (order_id, state, second) in [(&old, "FAILED", 50), (&new, "SUCCEEDED", 60)] {
        let failed_at = at(second).as_millisecond();
        let shard = format!("unrefunded#{:02}", Order::shard(order_id, 16));
        let record = json!({
            "id": format!("order#{order_id}"), "order_id": order_id, "state": "CAPTURED", "version": 5,
            "amount": captured, "gateway_id": "pi_1", "created_at": failed_at, "updated_at": failed_at,
            "refunds": [{
                "refund_id": format!("ref_{}", "0".repeat(32)), "amount": captured, "by": "GATEWAY", "state": state,
                "asked_at": failed_at, "changed_at": failed_at,
            }],
            "attention": shard, "attention_at": failed_at,
        });
        world.tables.table("PaymentsTable").put(&record).await.unwrap();
    }
    assert_eq!(world.needing(Need::RefundFailed, 49).await, []);
    assert_eq!(
        world.needing(Need::RefundFailed, 100).await,
        std::slice::from_ref(&old),
        "the index proposes, the record says"
    );
    let listed = world.page(in_status(None), None, 5, 100).await;
    let needs: Vec<_> = listed.orders.iter().map(|found| (found.order.order_id.clone(), found.needs.clone())).collect();
    assert!(needs.contains(&(old, vec![Need::RefundFailed])), "{needs:?}");
}

/// A shopper may go to their bank for months.
#[tokio::test]
async fn a_dispute_is_found_wherever_its_order_lies_and_the_nearest_answer_first() {
    let world = World::new().await;
    let ids = [world.archived(1, 1).await, world.archived(2, 2).await, world.archived(3, 3).await];
    let amount = json!({ "amount": 900, "currency": "USD" });
    for (order_id, state, due) in
        [(&ids[0], "NEEDS_RESPONSE", 5000), (&ids[1], "NEEDS_RESPONSE", 4000), (&ids[2], "WON", 1)]
    {
        let due = at(due).as_millisecond();
        let record = json!({
            "id": format!("order#{order_id}"), "order_id": order_id, "state": "CAPTURED", "version": 5,
            "amount": amount, "gateway_id": "pi_1", "created_at": 0, "updated_at": 0,
            "disputes": [{
                "gateway_id": "dp_1", "amount": amount, "is_inquiry": false, "state": state, "reason": "fraudulent",
                "respond_by": due, "opened_at": 0, "changed_at": 0,
            }],
            "attention": format!("disputed#{:02}", Order::shard(order_id, 16)), "attention_at": due,
        });
        world.tables.table("PaymentsTable").put(&record).await.unwrap();
    }
    let found = world.needing(Need::Disputed, 100).await;
    assert_eq!(found, [ids[1].clone(), ids[0].clone()], "one that is over is proposed at most");
}

fn second_of(order_id: &OrderId) -> i64 {
    (0..13).find(|n| id(*n) == *order_id).map(|n| i64::try_from(n).unwrap() / 3).unwrap()
}

#[tokio::test]
async fn an_order_is_late_once_it_should_have_left_until_it_does() {
    let world = World::new().await;
    let (first, second) = (world.confirm(1, 0, 7 * DAY).await, world.confirm(2, 10, 7 * DAY).await);
    world.place(3, 0).await;
    assert_eq!(world.needing(Need::Late, 2 * DAY - 1).await, []);
    assert_eq!(world.needing(Need::Late, 2 * DAY).await, [id(1)]);
    assert_eq!(world.needing(Need::Late, 2 * DAY + 10).await, [first.clone(), second.clone()], "the oldest first");
    leaves(&world.orders, &first, 2 * DAY + 20).await;
    assert_eq!(world.needing(Need::Late, 3 * DAY).await, [second]);
}

#[tokio::test]
async fn money_that_the_gateway_soon_lets_go_of_is_found_until_it_is_taken() {
    let world = World::new().await;
    // A bank that holds it for two days only.
    let (long, short) = (world.confirm(1, 0, 7 * DAY).await, world.confirm(2, 0, 2 * DAY).await);
    assert_eq!(world.needing(Need::Ageing, DAY - 1).await, []);
    assert_eq!(world.needing(Need::Ageing, DAY).await, [id(2)]);
    assert_eq!(world.needing(Need::Ageing, 6 * DAY).await, [short.clone(), long.clone()], "the most urgent first");
    let _claimed = world.payments.begin_capture(&short, None, at(DAY)).await.unwrap();
    assert_eq!(world.needing(Need::Ageing, 6 * DAY).await, [id(1)]);
    let _cancelled = world.orders.cancel(&long, Canceller::Customer, at(DAY)).await.unwrap();
    assert_eq!(world.needing(Need::Ageing, 6 * DAY).await, [], "the index may be behind, the order is not");
}

#[tokio::test]
async fn a_refused_capture_is_found_until_another_attempt_takes_the_money() {
    let world = World::new().await;
    let order_id = world.confirm(1, 0, 7 * DAY).await;
    let attempt = async |second| match world.payments.begin_capture(&order_id, None, at(second)).await.unwrap() {
        RecordOutcome::Kept(record) => record.capture_attempt,
        RecordOutcome::Refused(record) => panic!("{record:?}"),
    };
    let first = attempt(10).await;
    assert_eq!(world.needing(Need::Refused, 10).await, []);
    let _back = world.payments.give_capture_back(&order_id, first, "card_declined", at(11)).await.unwrap();
    assert_eq!(world.needing(Need::Refused, 11).await, [id(1)]);
    let page = world.page(in_status(None), None, 5, 6 * DAY).await;
    assert_eq!(page.orders[0].needs, [Need::Late, Need::Refused, Need::Ageing], "a row says all of it");
    attempt(20).await;
    let captured = (PaymentState::Capturing, PaymentState::Captured);
    let _taken = world.payments.advance(&order_id, &[captured.0], captured.1, at(21)).await.unwrap();
    assert_eq!(world.needing(Need::Refused, 30).await, []);
}

#[tokio::test]
async fn a_saga_that_does_not_end_is_found_after_an_hour_and_of_many_none_is_missed() {
    let world = World::new().await;
    let mut stuck = Vec::new();
    for n in 0..9 {
        let order_id = world.place(n, 5).await;
        let cancelled = world.orders.cancel(&order_id, Canceller::Customer, at(7)).await.unwrap();
        assert!(matches!(cancelled, CancelOutcome::Cancelled(_)));
        stuck.push(order_id);
    }
    assert_eq!(world.needing(Need::Refused, 7 + HOUR - 1).await, []);
    let mut found = world.needing(Need::Refused, 7 + HOUR).await;
    found.sort();
    stuck.sort();
    assert_eq!(found, stuck, "all of one moment, two a page");
    let settled = world.orders.settle(&stuck[0], &[OrderStatus::Cancelled]).await.unwrap();
    assert_eq!(settled, SettleOutcome::Settled);
    assert_eq!(world.needing(Need::Refused, 2 * HOUR).await.len(), 8);
}

#[tokio::test]
async fn a_place_that_somebody_made_up_is_a_place_in_the_list() {
    let world = World::new().await;
    world.confirm(1, 0, DAY).await;
    for made_up in ["\"\"", "\"#\"", "\"x#ord_1\"", "\"~\"", "\"9999999999999#\u{10FFFF}\""] {
        let place: Place = serde_json::from_str(made_up).unwrap();
        for wanted in [Need::Late, Need::Ageing, Need::Refused, Need::RefundFailed, Need::Disputed]
            .map(Wanted::InNeed)
            .into_iter()
            .chain([in_status(None)])
        {
            assert!(world.page(wanted, Some(&place), 5, DAY).await.orders.len() <= 1, "{made_up}");
        }
    }
}

/// A pool in which these users have one address.
fn pool(asked: Arc<Mutex<Vec<String>>>, users: &'static [&'static str]) -> Contacts {
    let aws = StandIn::answering(move |request| {
        assert!(request.header("x-amz-target").is_some_and(|target| target.ends_with(".ListUsers")));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        asked.lock().unwrap().push(body["Filter"].as_str().unwrap().to_owned());
        let user = |sub: &&str| json!({ "Username": "x", "Attributes": [{ "Name": "sub", "Value": sub }] });
        Some((200, json!({ "Users": users.iter().map(user).collect::<Vec<_>>() }).to_string()))
    });
    let config = cognito::Config::builder()
        .behavior_version(cognito::config::BehaviorVersion::latest())
        .region(cognito::config::Region::new("us-east-1"))
        .credentials_provider(cognito::config::Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(aws.unwrap().url());
    Contacts::new(cognito::Client::from_conf(config.build()), "pool".to_owned())
}

fn owned(n: u128, second: i64, user_id: &str) -> Order {
    Order { user_id: user_id.parse().unwrap(), ..placed(n, second) }
}

#[tokio::test]
async fn a_shoppers_orders_are_found_by_address_hot_and_archived_newest_first() {
    let world = World::new().await;
    let (hot, archive) = (world.tables.table("OrdersTable"), Archive::new(world.tables.table("OrderArchiveTable")));
    for (n, second, user_id) in [(1, 1, "a"), (2, 2, "b"), (3, 3, "a"), (4, 4, "c")] {
        hot.put(&OrderRecord::from(&owned(n, second, user_id))).await.unwrap();
    }
    let ended = Order {
        status: OrderStatus::Cancelled,
        settled: true,
        history: vec![Transition { status: OrderStatus::Cancelled, at: at(0), by: Actor::Customer }],
        ..owned(5, 0, "b")
    };
    hot.put(&OrderRecord::from(&ended)).await.unwrap();
    assert_eq!(archive.keep(&world.orders, &ended, at(1)).await.unwrap(), ArchiveOutcome::Archived);
    hot.delete(&[("order_id", ended.order_id.as_str())]).await.unwrap();

    let asked = Arc::new(Mutex::new(Vec::new()));
    let search = SearchOrders::new(
        world.orders.clone(),
        archive,
        pool(Arc::clone(&asked), &["a", "b"]),
        Judge::new(world.payments.clone(), ATTENTION),
    );
    let whose = Whose::At(EmailAddress::new("ada\"@souk.test"));
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = search.run(&whose, after.as_ref(), 2, &Call::at(at(9))).await.unwrap();
        found.extend(page.orders.into_iter().map(|found| found.order.order_id));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(found, [id(3), id(2), id(1), id(5)], "of both who have the address");
    assert_eq!(asked.lock().unwrap()[0], r#"email = "ada\"@souk.test""#);
    let user: UserId = "c".parse().unwrap();
    let of_one = search.run(&Whose::User(user), None, 5, &Call::at(at(9))).await.unwrap();
    assert_eq!(of_one.orders.into_iter().map(|found| found.order.order_id).collect::<Vec<_>>(), [id(4)]);
}
