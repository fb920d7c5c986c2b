//! Units that are missing: the order's decision, and what stock and money make of it, on real DynamoDB semantics.

use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentState},
    ids::{Sku, WarehouseId},
    money::Money,
    order::{
        Actor, CancelReason, Canceller, Finding, FromCheckout, HeldBy, Label, Order, OrderLine, OrderStatus, Origin,
        Revision, ShortageRefusal, Transition,
    },
    payment::{PaymentState, RefundOrigin, RefundReason},
    quantity::Quantity,
    reservation::{Reservation, ReservationState},
    stock::{Allocation, MovementKind},
};
use souk_fulfilment::Fulfilments;
use souk_inventory::{ReservationBook, Reservations, SetQuantityOutcome, StockRows};
use souk_orders::{OrderRecord, Orders, ReviseOutcome};
use souk_payments::{PaymentRecords, refund_shortfall};
use souk_wiring::Call;
use souk_workflows::{follow_order::FollowOrder, settle_shortages::SettleShortages};

use super::{at, order as id, tables::Tables};

struct World {
    tables: Tables,
    orders: Orders,
    stock: StockRows,
    payments: PaymentRecords,
    fulfilments: Fulfilments,
    settle: SettleShortages,
}

fn place(id: &str) -> WarehouseId {
    id.parse().unwrap()
}

fn tea() -> Sku {
    "tea".parse().unwrap()
}

fn allocations() -> Vec<Allocation> {
    [("east", 2), ("west", 1)]
        .map(|(from, quantity)| Allocation { sku: tea(), warehouse_id: place(from), quantity })
        .into()
}

/// Three units at 900, two from the east and one from the west.
fn confirmed() -> Order {
    let line = OrderLine {
        sku: tea(),
        title: None,
        variant: None,
        quantity: Quantity::new(3).unwrap(),
        unit_price: Money::usd(900).unwrap(),
    };
    let origin = FromCheckout {
        checkout_id: format!("chk_{:032x}", 1).parse().unwrap(),
        held_by: HeldBy::Reservation { reservation_id: format!("res_{:032x}", 1).parse().unwrap() },
        cart_version: None,
        request_digest: String::new(),
    };
    Order {
        order_id: id(1),
        user_id: "u".parse().unwrap(),
        status: OrderStatus::Confirmed,
        version: 2,
        origin: Origin::Checkout(origin),
        lines: vec![line],
        total: Money::usd(2700).unwrap(),
        shipping_address: None,
        payment_method: None,
        created_at: at(0),
        pay_by: at(900),
        settled: true,
        cancel_reason: None,
        shipments: Vec::new(),
        shortages: Vec::new(),
        history: vec![Transition { status: OrderStatus::Confirmed, at: at(1), by: Actor::Saga }],
        promise: None,
        address_changes: Vec::new(),
        stock: souk_domain::order::StockTrail::default(),
    }
}

impl World {
    /// The order, its units, which have left stock, and its money, which is held.
    async fn new() -> Self {
        let tables = Tables::of("transactions").await;
        let orders = Orders::new(tables.table("OrdersTable"));
        let stock = StockRows::new(tables.table("InventoryTable"));
        let payments = PaymentRecords::new(tables.table("PaymentsTable"));
        let fulfilments = Fulfilments::new(tables.table("FulfilmentsTable"));
        let remembered = tables.table("InventoryAdjustmentsTable");
        let settle = SettleShortages::new(orders.clone(), stock.clone(), payments.clone(), remembered);
        let world = Self { tables, orders, stock, payments, fulfilments, settle };
        world.tables.table("OrdersTable").put(&OrderRecord::from(&confirmed())).await.unwrap();
        let by = "operator".parse().unwrap();
        for from in ["east", "west"] {
            let counted = world.stock.set_quantity((&tea(), &place(from)), 7, None, &by, at(0)).await.unwrap();
            assert!(matches!(counted, SetQuantityOutcome::Created(_)), "{counted:?}");
        }
        let reservation_id = confirmed().origin.checkout().unwrap().held_by.reservation().unwrap().clone();
        let held = Reservation::held(reservation_id, allocations(), at(0), at(900));
        let committed = Reservation { state: ReservationState::Committed, order_id: Some(id(1)), ..held };
        world.tables.table("ReservationsTable").put(&committed).await.unwrap();
        world.payments.open(&id(1), PaymentState::Authorized, Money::usd(2700).unwrap(), at(1)).await.unwrap();
        world
    }

    async fn find(&self, from: &str, found: u32) -> ReviseOutcome<ShortageRefusal> {
        let finding = Finding { warehouse_id: place(from), sku: tea(), found, by: "picker".parse().unwrap() };
        let rule = |order: &mut Order| {
            order.lay_out(&allocations());
            order.fall_short(&finding, at(5))
        };
        self.orders.revise(&id(1), rule).await.unwrap()
    }

    async fn order(&self) -> Order {
        self.orders.get(&id(1)).await.unwrap().unwrap()
    }

    async fn leaves(&self, from: &str) {
        let departures = vec![(place(from), vec![Label { carrier: "c".to_owned(), tracking_number: from.to_owned() }])];
        let left = self.orders.revise(&id(1), |order| order.leave(&departures, at(9))).await.unwrap();
        assert!(matches!(left, ReviseOutcome::Revised(_)), "{left:?}");
    }

    async fn takes(&self, amount: i64) {
        let update = souk_dynamo::Update::new()
            .set("state", souk_dynamo::s("CAPTURED"))
            .set("captured", souk_dynamo::value(&Money::usd(amount).unwrap()).unwrap());
        let key = format!("order#{}", id(1));
        assert!(self.tables.table("PaymentsTable").update(&[("id", &key)], update).await.unwrap().is_written());
    }

    async fn refunds(&self) -> Vec<i64> {
        let record = self.payments.get(&id(1)).await.unwrap().unwrap();
        let is_short = |origin: &RefundOrigin| *origin == RefundOrigin::System { reason: RefundReason::ShortPick };
        assert!(record.refunds.iter().all(|refund| is_short(&refund.origin)));
        record.refunds.iter().map(|refund| refund.amount.amount()).collect()
    }
}

#[tokio::test]
async fn what_is_missing_leaves_the_shipment_once_and_the_rest_is_sent() {
    let world = World::new().await;
    let book = ReservationBook::new(world.tables.table("ReservationsTable"));
    let follow = FollowOrder::new(
        world.orders.clone(),
        world.fulfilments.clone(),
        book,
        StockRows::new(world.tables.table("InventoryTable")),
    );
    follow.run(&id(1)).await.unwrap();
    for _ in 0..2 {
        let ReviseOutcome::Revised(order) = world.find("east", 1).await else { panic!("refused") };
        assert_eq!(
            (order.version, order.due().amount(), order.shortages.len()),
            (3, 1800, 1),
            "a repeat writes nothing"
        );
    }
    let ReviseOutcome::Revised(order) = world.find("west", 0).await else { panic!("refused") };
    assert_eq!(order.status, OrderStatus::Confirmed);
    follow.run(&id(1)).await.unwrap();
    let work: Vec<Fulfilment> = world.fulfilments.of_order(&id(1)).await.unwrap();
    assert_eq!((work[0].state, work[0].items[0].quantity), (FulfilmentState::New, 1));
    assert_eq!((work[1].state, work[1].items.len()), (FulfilmentState::Cancelled, 0));
    world.leaves("east").await;
    assert_eq!(world.order().await.status, OrderStatus::Shipped);
    assert!(matches!(world.find("east", 0).await, ReviseOutcome::Refused(_, ShortageRefusal::Illegal(_))));
}

#[tokio::test]
async fn an_order_without_units_is_cancelled_in_the_same_write_and_found_by_the_sweeper() {
    let world = World::new().await;
    assert!(matches!(world.find("east", 0).await, ReviseOutcome::Revised(_)));
    assert!(matches!(world.find("west", 0).await, ReviseOutcome::Revised(_)));
    let order = world.order().await;
    assert_eq!((order.status, order.cancel_reason), (OrderStatus::Cancelled, Some(CancelReason::UnitsMissing)));
    assert!(!order.settled);
    let shard = Order::sweep_shard(&id(1));
    let unsettled = world.orders.unsettled(&shard, at(100), None).await.unwrap();
    assert_eq!(unsettled.items.len(), 1);
}

#[tokio::test]
async fn of_two_who_find_units_and_one_who_packs_at_once_the_record_tells_one_story() {
    let world = World::new().await;
    let pack = |order: &mut Order| -> Result<Revision, souk_domain::order::ShippingRefusal> {
        order.lay_out(&allocations());
        order.pack(&place("east"), &[], at(5))
    };
    let order_id = id(1);
    let packs = world.orders.revise(&order_id, pack);
    let (one, none, packed) = futures_util::join!(world.find("east", 1), world.find("east", 0), packs);
    assert!(matches!(packed.unwrap(), ReviseOutcome::Revised(_)) || matches!(none, ReviseOutcome::Revised(_)));
    let order = world.order().await;
    let units: u32 = order.shipments.iter().map(|shipment| shipment.units_of(&tea())).sum();
    let short: u32 = order.shortages.iter().map(|short| short.units).sum();
    assert_eq!(units + short, 3, "{one:?} {none:?}");
}

#[tokio::test]
async fn a_shortage_stands_in_the_ledger_once_and_a_cancellation_leaves_it_out() {
    let world = World::new().await;
    assert!(matches!(world.find("east", 1).await, ReviseOutcome::Revised(_)));
    for _ in 0..2 {
        world.settle.run(&id(1), &Call::at(at(6))).await.unwrap();
    }
    let row = world.stock.get(&tea(), &place("east")).await.unwrap().unwrap();
    assert_eq!((row.movement.kind, row.movement.reference.clone()), (MovementKind::Short, id(1).to_string()));
    assert_eq!((row.quantity, row.available, row.version), (7, 7, 2), "taken down once, and no number moves");

    world.orders.cancel(&id(1), Canceller::Operator, at(7)).await.map(drop).unwrap();
    let order = world.order().await;
    let reservations = Reservations::new(world.tables.table("ReservationsTable"), world.stock.clone());
    let reservation_id = order.origin.checkout().unwrap().held_by.reservation().unwrap().clone();
    for _ in 0..2 {
        let missing = order.missing();
        let released = reservations.release_for_order(&reservation_id, &id(1), true, &missing, at(8)).await.unwrap();
        assert_eq!(released, souk_domain::reservation::ReleaseOutcome::Returned);
    }
    for (from, quantity) in [("east", 8), ("west", 8)] {
        let row = world.stock.get(&tea(), &place(from)).await.unwrap().unwrap();
        assert_eq!(row.quantity, quantity, "{from}: of two one was there, and one of one");
    }
}

#[tokio::test]
async fn whoever_is_second_of_shipment_and_shortage_gives_the_difference_back() {
    let world = World::new().await;
    let call = Call::at(at(10));
    assert!(matches!(world.find("west", 0).await, ReviseOutcome::Revised(_)));
    world.settle.run(&id(1), &call).await.unwrap();
    assert_eq!(world.refunds().await, Vec::<i64>::new(), "nothing is taken yet");

    // Whoever took it had read the order before.
    world.takes(2700).await;
    let stale = world.order().await;
    assert!(refund_shortfall(&world.payments, &stale, at(10)).await.unwrap());
    assert!(!refund_shortfall(&world.payments, &stale, at(11)).await.unwrap());
    assert!(matches!(world.find("east", 1).await, ReviseOutcome::Revised(_)));
    for _ in 0..2 {
        world.settle.run(&id(1), &call).await.unwrap();
        refund_shortfall(&world.payments, &stale, at(12)).await.unwrap();
    }
    assert_eq!(world.refunds().await, [900, 900]);

    let other = World::new().await;
    assert!(matches!(other.find("west", 0).await, ReviseOutcome::Revised(_)));
    other.takes(1800).await;
    other.settle.run(&id(1), &call).await.unwrap();
    assert_eq!(other.refunds().await, Vec::<i64>::new(), "no more than is due was taken");
}
