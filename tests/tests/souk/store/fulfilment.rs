//! What warehouses do for orders, beside what the orders say: every condition, on real DynamoDB semantics.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    fulfilment::{Fulfilment, FulfilmentState},
    ids::{Sku, UserId, WarehouseId},
    money::Money,
    order::{
        Actor, Canceller, FromCheckout, HeldBy, Label, Order, OrderLine, OrderStatus, Origin, Promise, Revision,
        ShippingRefusal, Transition,
    },
    quantity::Quantity,
    reservation::Reservation,
    stock::{Allocation, Place},
};
use souk_fulfilment::{Fulfilments, WorkPlace};
use souk_inventory::{ReservationBook, SetQuantityOutcome, StockRows};
use souk_orders::{CancelOutcome, Direction, OrderRecord, Orders, Page, PlacedBetween, ReviseOutcome};
use souk_wiring::Call;
use souk_workflows::{
    follow_order::{FollowOrder, FollowOutcome},
    list_work::ListWork,
};

use super::{
    at,
    meter::{Meter, units},
    order as id,
    tables::Tables,
};

pub(super) struct World {
    pub(super) tables: Tables,
    pub(super) orders: Orders,
    fulfilments: Fulfilments,
    follow: FollowOrder,
}

pub(super) fn place(id: &str) -> WarehouseId {
    id.parse().unwrap()
}

fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

fn label(number: &str) -> Label {
    Label { carrier: "c".to_owned(), tracking_number: number.to_owned() }
}

fn allocations() -> Vec<Allocation> {
    ["east", "west"]
        .map(|from| Allocation { sku: "tea".parse().unwrap(), warehouse_id: place(from), quantity: 1 })
        .into()
}

fn confirmed(n: u128) -> Order {
    let line = OrderLine {
        sku: "tea".parse().unwrap(),
        title: Some("Tea".to_owned()),
        variant: None,
        quantity: Quantity::new(2).unwrap(),
        unit_price: Money::usd(900).unwrap(),
    };
    let held_by = HeldBy::Reservation { reservation_id: format!("res_{n:032x}").parse().unwrap() };
    let checkout_id = format!("chk_{n:032x}").parse().unwrap();
    let origin = FromCheckout { checkout_id, held_by, cart_version: None, request_digest: String::new() };
    let placed_at = at(i64::try_from(n).unwrap());
    let reached = |status, by| Transition { status, at: placed_at, by };
    Order {
        order_id: id(n),
        user_id: user("u"),
        status: OrderStatus::Confirmed,
        version: 2,
        origin: Origin::Checkout(origin),
        lines: vec![line],
        total: Money::usd(1800).unwrap(),
        shipping_address: None,
        payment_method: None,
        created_at: placed_at,
        pay_by: at(900),
        settled: true,
        cancel_reason: None,
        shipments: Vec::new(),
        shortages: Vec::new(),
        history: vec![
            reached(OrderStatus::PendingPayment, Actor::Customer),
            reached(OrderStatus::Confirmed, Actor::Saga),
        ],
        promise: None,
        address_changes: Vec::new(),
        stock: souk_domain::order::StockTrail::default(),
    }
}

impl World {
    async fn new() -> Self {
        Self::over(Tables::of("transactions").await)
    }

    pub(super) fn over(tables: Tables) -> Self {
        let orders = Orders::new(tables.table("OrdersTable"));
        let fulfilments = Fulfilments::new(tables.table("FulfilmentsTable"));
        let book = ReservationBook::new(tables.table("ReservationsTable"));
        let stock = StockRows::new(tables.table("InventoryTable"));
        let follow = FollowOrder::new(orders.clone(), fulfilments.clone(), book, stock);
        Self { tables, orders, fulfilments, follow }
    }

    /// A confirmed order of two warehouses.
    pub(super) async fn holds(&self, n: u128) {
        let order = confirmed(n);
        let reservation_id = order.origin.checkout().unwrap().held_by.reservation().unwrap().clone();
        let held = Reservation::held(reservation_id, allocations(), at(0), at(900));
        self.tables.table("ReservationsTable").put(&held).await.unwrap();
        self.tables.table("OrdersTable").put(&OrderRecord::from(&order)).await.unwrap();
    }

    /// The same, which was promised to leave by then.
    async fn holds_until(&self, n: u128, leave_by: i64) {
        self.holds(n).await;
        let promise = Promise { leave_by: at(leave_by), arrive_by: at(leave_by + 100) };
        let order = Order { promise: Some(promise), ..confirmed(n) };
        self.tables.table("OrdersTable").put(&OrderRecord::from(&order)).await.unwrap();
        self.follow.run(&id(n)).await.unwrap();
    }

    async fn pack(&self, n: u128, from: &str, now: Timestamp) -> ReviseOutcome<ShippingRefusal> {
        let rule = |order: &mut Order| {
            order.lay_out(&allocations());
            order.pack(&place(from), &[], now)
        };
        self.orders.revise(&id(n), rule).await.unwrap()
    }

    pub(super) async fn leave(&self, n: u128, from: &str, now: Timestamp) -> Order {
        let departures = vec![(place(from), vec![label(from)])];
        let rule = |order: &mut Order| {
            order.lay_out(&allocations());
            order.leave(&departures, now)
        };
        match self.orders.revise(&id(n), rule).await.unwrap() {
            ReviseOutcome::Revised(order) => *order,
            other => panic!("{other:?}"),
        }
    }

    fn list(&self) -> ListWork {
        ListWork::new(self.orders.clone(), self.fulfilments.clone(), self.stock())
    }

    fn stock(&self) -> StockRows {
        StockRows::new(self.tables.table("InventoryTable"))
    }

    async fn states(&self, n: u128) -> Vec<FulfilmentState> {
        self.fulfilments.of_order(&id(n)).await.unwrap().into_iter().map(|work| work.state).collect()
    }

    async fn claim(&self, n: u128, from: &str, by: &str, now: Timestamp) -> bool {
        let rule = |work: &mut Fulfilment| work.claim(&user(by), SignedDuration::from_mins(30), now);
        let outcome = self.fulfilments.revise(&id(n), &place(from), rule).await.unwrap();
        matches!(outcome, souk_fulfilment::ReviseOutcome::Revised(_))
    }
}

#[tokio::test]
async fn work_is_opened_once_for_each_warehouse_of_a_confirmed_order() {
    let world = World::new().await;
    assert_eq!(world.follow.run(&id(1)).await.unwrap(), FollowOutcome::Unknown);
    world.holds(1).await;
    for _ in 0..2 {
        assert_eq!(world.follow.run(&id(1)).await.unwrap(), FollowOutcome::Open(2));
    }
    let work = world.fulfilments.of_order(&id(1)).await.unwrap();
    assert_eq!(work.iter().map(|work| work.version).collect::<Vec<_>>(), [1, 1], "a repeat writes nothing");
    assert_eq!(work[0].items, work[1].items);

    let mut pending = confirmed(2);
    pending.status = OrderStatus::PendingPayment;
    world.tables.table("OrdersTable").put(&OrderRecord::from(&pending)).await.unwrap();
    assert_eq!(world.follow.run(&id(2)).await.unwrap(), FollowOutcome::Open(0));
    assert_eq!(world.states(2).await, []);
}

#[tokio::test]
async fn an_order_that_was_cancelled_opens_nothing_and_closes_what_is_open() {
    let world = World::new().await;
    world.holds(1).await;
    world.holds(2).await;
    world.orders.cancel(&id(1), Canceller::Operator, at(1)).await.map(drop).unwrap();
    assert_eq!(world.follow.run(&id(1)).await.unwrap(), FollowOutcome::Open(0));
    assert_eq!(world.states(1).await, []);

    world.follow.run(&id(2)).await.unwrap();
    assert!(world.claim(2, "east", "a", at(1)).await);
    world.orders.cancel(&id(2), Canceller::Operator, at(2)).await.map(drop).unwrap();
    for _ in 0..2 {
        assert_eq!(world.follow.run(&id(2)).await.unwrap(), FollowOutcome::Open(0));
    }
    assert_eq!(world.states(2).await, [FulfilmentState::Cancelled, FulfilmentState::Cancelled]);
    assert!(!world.claim(2, "west", "a", at(3)).await);
    for from in ["east", "west"] {
        assert_eq!(world.fulfilments.work(&place(from), None, 10).await.unwrap().fulfilments, []);
    }
}

#[tokio::test]
async fn of_a_packer_and_a_customer_who_cancels_the_first_wins() {
    let world = World::new().await;
    world.holds(1).await;
    world.holds(2).await;
    assert!(matches!(world.pack(1, "east", at(1)).await, ReviseOutcome::Revised(_)));
    let customer = world.orders.cancel(&id(1), Canceller::Customer, at(2)).await.unwrap();
    assert!(matches!(customer, CancelOutcome::Refused(order) if order.packed_at() == Some(at(1))));
    let operator = world.orders.cancel(&id(1), Canceller::Operator, at(2)).await.unwrap();
    assert!(matches!(operator, CancelOutcome::Cancelled(_)));

    world.orders.cancel(&id(2), Canceller::Customer, at(1)).await.map(drop).unwrap();
    let packed = world.pack(2, "east", at(2)).await;
    assert!(
        matches!(packed, ReviseOutcome::Refused(order, ShippingRefusal::Illegal(_)) if order.packed_at().is_none())
    );
}

#[tokio::test]
async fn of_sixteen_who_pack_and_cancel_at_once_the_record_tells_one_story() {
    let world = World::new().await;
    for n in 1..=16 {
        world.holds(n).await;
        let order_id = id(n);
        let cancels = world.orders.cancel(&order_id, Canceller::Customer, at(1));
        let (packed, cancelled) = futures_util::join!(world.pack(n, "east", at(1)), cancels);
        let is_packed = matches!(packed, ReviseOutcome::Revised(_));
        let is_cancelled = matches!(cancelled.unwrap(), CancelOutcome::Cancelled(_));
        assert_ne!(is_packed, is_cancelled, "order {n}");
    }
}

#[tokio::test]
async fn nobody_cancels_what_has_left_in_part_and_the_last_parcel_ships_the_order() {
    let world = World::new().await;
    world.holds(1).await;
    world.follow.run(&id(1)).await.unwrap();
    let order = world.leave(1, "east", at(1)).await;
    assert_eq!(order.status, OrderStatus::Confirmed);
    assert_eq!(world.follow.run(&id(1)).await.unwrap(), FollowOutcome::Open(1));
    assert_eq!(world.states(1).await, [FulfilmentState::Shipped, FulfilmentState::New]);
    for canceller in [Canceller::Customer, Canceller::Operator, Canceller::LapsedShipment] {
        let refused = world.orders.cancel(&id(1), canceller, at(2)).await.unwrap();
        assert!(matches!(refused, CancelOutcome::Refused(_)), "{canceller:?}");
    }
    let order = world.leave(1, "west", at(3)).await;
    assert_eq!((order.status, order.version), (OrderStatus::Shipped, 4));
    assert_eq!(order.history.len(), 3);
    assert_eq!(world.leave(1, "west", at(4)).await.version, 4, "a repeat writes nothing");
    assert_eq!(world.follow.run(&id(1)).await.unwrap(), FollowOutcome::Open(0));
    assert_eq!(world.orders.get(&id(1)).await.unwrap().unwrap(), order);
}

#[tokio::test]
async fn two_warehouses_that_ship_at_once_lose_neither_parcel() {
    let world = World::new().await;
    for n in 1..=16 {
        world.holds(n).await;
        futures_util::join!(world.leave(n, "east", at(1)), world.leave(n, "west", at(1)));
        let order = world.orders.get(&id(n)).await.unwrap().unwrap();
        assert_eq!((order.status, order.history.len()), (OrderStatus::Shipped, 3), "order {n}");
    }
}

#[tokio::test]
async fn what_is_on_its_way_is_found_until_it_is_delivered() {
    let world = World::new().await;
    world.holds(1).await;
    world.leave(1, "east", at(1)).await;
    let shard = Order::sweep_shard(&id(1));
    let found = async |before| world.orders.on_the_way(&shard, before, None).await.unwrap().items;
    assert_eq!(found(at(100)).await, [], "a part has left");
    world.leave(1, "west", at(2)).await;
    let placed = world.orders.get(&id(1)).await.unwrap().unwrap().created_at;
    assert_eq!(found(placed).await, []);
    assert_eq!(found(placed + SignedDuration::from_millis(1)).await, [id(1)], "by when it was placed");
    let page = Page { placed: PlacedBetween::default(), direction: Direction::NewestFirst, after: None, limit: 5 };
    let listed = world.orders.in_status(&[OrderStatus::Shipped], &page).await.unwrap();
    assert_eq!(listed.iter().map(|found| &found.order_id).collect::<Vec<_>>(), [&id(1)]);
    let delivered = world.orders.revise(&id(1), |order| order.deliver(Actor::Sweeper, at(4))).await.unwrap();
    assert!(matches!(delivered, ReviseOutcome::Revised(order) if order.status == OrderStatus::Delivered));
    assert_eq!(found(at(100)).await, []);
}

#[tokio::test]
async fn a_corrected_label_is_kept_beside_the_former_one() {
    let world = World::new().await;
    world.holds(1).await;
    world.leave(1, "east", at(1)).await;
    let correct = async |number: &str| {
        let rule = |order: &mut Order| order.relabel(&place("east"), 1, label(number), at(2));
        world.orders.revise(&id(1), rule).await.unwrap()
    };
    for _ in 0..2 {
        let ReviseOutcome::Revised(order) = correct("9").await else { panic!("refused") };
        assert_eq!(order.version, 4);
    }
    let order = world.orders.get(&id(1)).await.unwrap().unwrap();
    let parcel = &order.shipment(&place("east")).unwrap().parcels[0];
    assert_eq!((&parcel.label, &parcel.former[0].label, parcel.former.len()), (&label("9"), &label("east"), 1));
}

#[tokio::test]
async fn a_warehouses_list_without_promises_is_the_oldest_order_first_in_pages() {
    let world = World::new().await;
    for n in [3, 1, 2, 5, 4] {
        world.holds(n).await;
        world.follow.run(&id(n)).await.unwrap();
    }
    world.leave(2, "east", at(9)).await;
    world.follow.run(&id(2)).await.unwrap();
    assert!(world.claim(4, "east", "a", at(10)).await);
    let list = world.list();
    let page = async |state, after: Option<WorkPlace>, minutes: i64| {
        let call = Call::at(at(60 * minutes));
        let page = list.run(&place("east"), state, (after, 2), &call).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|item| item.order.order_id.clone()).collect();
        (ids, page.next)
    };
    let (first, next) = page(None, None, 1).await;
    assert_eq!(first, [id(1), id(3)]);
    let (second, next) = page(None, next, 1).await;
    assert_eq!(second, [id(4), id(5)]);
    if next.is_some() {
        assert_eq!(page(None, next, 1).await, (Vec::new(), None));
    }
    assert_eq!(page(Some(FulfilmentState::Picking), None, 1).await, (vec![id(4)], None));
    let (new, next) = page(Some(FulfilmentState::New), None, 1).await;
    assert_eq!(new, [id(1), id(3)]);
    assert_eq!(page(Some(FulfilmentState::New), next, 1).await, (vec![id(5)], None));
    let (lapsed, _) = page(Some(FulfilmentState::Picking), None, 60).await;
    assert_eq!(lapsed, [], "a claim that has ended is nobody's");

    let one = list.one(&id(1), &place("east")).await.unwrap().unwrap();
    assert_eq!(one.capture_before(), Some(at(1) + SignedDuration::from_hours(7 * 24)));
    assert_eq!(list.one(&id(1), &place("north")).await.unwrap(), None);
}

/// Whatever is promised now: what was ordered later may have to leave earlier.
#[tokio::test]
async fn what_is_due_first_is_listed_first_and_said_to_be_late_until_it_leaves() {
    let world = World::new().await;
    for (n, leave_by) in [(1, 300), (2, 200), (3, 400)] {
        world.holds_until(n, leave_by).await;
    }
    // Ordered before anything was promised.
    world.holds(4).await;
    world.follow.run(&id(4)).await.unwrap();
    let listed = async |second: i64| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = world.list().run(&place("east"), None, (after, 1), &Call::at(at(second))).await.unwrap();
            found.extend(page.items.iter().map(|item| (item.order.order_id.clone(), item.is_late(at(second)))));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    };
    let expected = |late: [bool; 4]| [4, 2, 1, 3].map(id).into_iter().zip(late).collect::<Vec<_>>();
    assert_eq!(listed(199).await, expected([false; 4]));
    assert_eq!(listed(200).await, expected([false, true, false, false]));
    assert_eq!(listed(300).await, expected([false, true, true, false]));
    // A step keeps its place.
    assert!(world.claim(1, "east", "a", at(300)).await);
    assert_eq!(listed(300).await, expected([false, true, true, false]));
    world.leave(2, "east", at(301)).await;
    world.follow.run(&id(2)).await.unwrap();
    assert_eq!(listed(301).await.iter().filter(|(_, late)| *late).count(), 1);
    assert!(!world.list().one(&id(2), &place("east")).await.unwrap().unwrap().is_late(at(999)), "it has left");
}

/// Where units lie is asked by whoever reads the list: an order's own path neither reads nor writes it.
#[tokio::test]
async fn a_list_tells_where_units_lie_now_and_the_orders_path_does_not_ask() {
    let (meter, client) = Meter::to_a_new_store().await;
    let world = World::over(Tables::reached_by(client));
    let tea: Sku = "tea".parse().unwrap();
    for n in [1, 2] {
        world.holds(n).await;
    }
    meter.bill();
    for n in [1, 2] {
        world.follow.run(&id(n)).await.unwrap();
    }
    assert!(!meter.bill().contains_key("BatchGetItem"), "the order's path asks for no place");
    let lies = async |at_place: &str| {
        let (row, at_place) = ((&tea, &place("east")), Place::parse(at_place).unwrap());
        let counted = world.stock().set_quantity(row, 5, None, &user("op"), at(0)).await.unwrap();
        assert!(matches!(counted, SetQuantityOutcome::Created(_) | SetQuantityOutcome::VersionNeeded(_)));
        world.stock().put_away(row, Some(&at_place), &user("op"), at(0)).await.map(drop).unwrap();
    };
    let listed = async |from: &str| {
        let page = world.list().run(&place(from), None, (None, 10), &Call::at(at(9))).await.unwrap();
        page.items.iter().map(|item| item.places.get(&tea).map(|place| place.as_str().to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(listed("east").await, [None, None]);
    for at_place in ["A-12-3", "B-1"] {
        lies(at_place).await;
        assert_eq!(listed("east").await, [Some(at_place.to_owned()), Some(at_place.to_owned())]);
    }
    assert_eq!(listed("west").await, [None, None]);
    let one = world.list().one(&id(1), &place("east")).await.unwrap().unwrap();
    assert_eq!(one.places.get(&tea).map(Place::as_str), Some("B-1"));

    meter.bill();
    listed("east").await;
    let bill = meter.bill();
    println!("a page of two fulfilments of one SKU: {:?}, {bill:?}", units(&bill));
    // Two fulfilments, two orders, and one row for both, at half the price.
    assert_eq!((bill["BatchGetItem"].requests, bill["BatchGetItem"].units), (3, 4.5));
}

#[tokio::test]
async fn a_claim_is_one_persons_until_it_ends() {
    let world = World::new().await;
    world.holds(1).await;
    world.follow.run(&id(1)).await.unwrap();
    let (a, b) = futures_util::join!(world.claim(1, "east", "a", at(0)), world.claim(1, "east", "b", at(0)));
    assert_ne!(a, b);
    let other = if a { "b" } else { "a" };
    assert!(!world.claim(1, "east", other, at(60)).await);
    assert!(world.claim(1, "east", other, at(1800)).await);
}

#[tokio::test]
async fn what_died_between_the_order_and_the_work_is_made_up_for() {
    let world = World::new().await;
    world.holds(1).await;
    world.follow.run(&id(1)).await.unwrap();
    assert!(world.claim(1, "east", "a", at(0)).await);
    assert!(matches!(world.pack(1, "east", at(1)).await, ReviseOutcome::Revised(_)));
    assert_eq!(world.states(1).await, [FulfilmentState::Picking, FulfilmentState::New]);
    assert_eq!(world.follow.run(&id(1)).await.unwrap(), FollowOutcome::Open(2));
    assert_eq!(world.states(1).await, [FulfilmentState::Packed, FulfilmentState::New]);
}

#[tokio::test]
async fn an_order_that_changes_under_a_rule_is_judged_anew() {
    let world = World::new().await;
    world.holds(1).await;
    let nothing = world.orders.revise(&id(9), |_| Ok::<_, ()>(Revision::Changed)).await.unwrap();
    assert_eq!(nothing, ReviseOutcome::Unknown);
    let refused = world.orders.revise(&id(1), |_| Err::<Revision, _>("no")).await.unwrap();
    assert!(matches!(refused, ReviseOutcome::Refused(order, "no") if order.version == 2));
}

/// Three functions a warehouse beside these (claim, pack, ship), one that follows the order's events, one that delivers;
/// what the payment's capture costs comes to it once.
#[tokio::test]
async fn what_an_orders_fulfilment_costs_in_two_warehouses() {
    let (meter, client) = Meter::to_a_new_store().await;
    let world = World::over(Tables::reached_by(client));
    world.holds(1).await;
    meter.bill();
    let (mut writes, mut reads) = (0.0, 0.0);
    let mut pay = |step: &str| {
        let bill = meter.bill();
        let (written, read) = units(&bill);
        println!("{step}: {written} write units, {read} read units, {bill:?}");
        writes += written;
        reads += read;
    };
    world.follow.run(&id(1)).await.unwrap();
    pay("open");
    for from in ["east", "west"] {
        assert!(world.claim(1, from, "a", at(1)).await);
        pay("claim");
        assert!(matches!(world.pack(1, from, at(2)).await, ReviseOutcome::Revised(_)));
        world.follow.run(&id(1)).await.unwrap();
        pay("pack");
        world.leave(1, from, at(3)).await;
        world.follow.run(&id(1)).await.unwrap();
        pay("ship");
    }
    let delivered = world.orders.revise(&id(1), |order| order.deliver(Actor::Warehouse, at(4))).await.unwrap();
    assert!(matches!(delivered, ReviseOutcome::Revised(order) if order.status == OrderStatus::Delivered));
    pay("deliver");
    println!("an order of two warehouses: {writes} write units, {reads} read units");
    assert!(writes <= 80.0, "{writes}");
    assert!(reads <= 60.0, "{reads}");
}
