//! Checkouts and orders whose units rows of stock hold: each step once, whoever repeats it and whenever.

mod audit;

use souk_domain::{
    ids::{CheckoutId, OrderId, WarehouseId},
    money::Money,
    order::{Canceller, FromCheckout, HeldBy, LineRows, Order, OrderStatus, Origin},
    stock::{COLLECT_AFTER, Entry, Holding, RowKey, RowUnits, WarehouseRow, Wish},
};
use souk_events::inventory::{RowGrown, RowTask};
use souk_inventory::StockRows;
use souk_orders::{
    Archive, AttachOutcome, CancelOutcome, Checkout, CheckoutState, Checkouts, CloseOutcome, CloseReason,
    ConfirmOutcome, OpenOutcome, Opening, Orders, PutOutcome, RoomOutcome, SettleOutcome, ShopperLimits,
};
use souk_wiring::Call;
use souk_workflows::{
    collect_marks::CollectMarks, give_back_holds::GiveBackHolds, maintain_rows::MaintainRows, spread_row::SpreadRow,
};
use uuid::Uuid;

use super::{
    at,
    orders::{TERMS, placed},
    tables::Tables,
};

struct World {
    stock: StockRows,
    orders: Orders,
    checkouts: Checkouts,
    give_back: GiveBackHolds,
    maintain: MaintainRows,
    archive: Archive,
}

fn checkout_id(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n))
}

fn east() -> RowKey {
    RowKey::first(&"BAG".parse().unwrap(), &"east".parse().unwrap())
}

fn lines() -> Vec<LineRows> {
    vec![LineRows {
        sku: "BAG".parse().unwrap(),
        units: 1,
        rows: ["east", "west"].map(|id| WarehouseRow::from(id.parse::<WarehouseId>().unwrap())).to_vec(),
    }]
}

fn of_holds(n: u128) -> FromCheckout {
    FromCheckout {
        checkout_id: checkout_id(n),
        held_by: HeldBy::Rows { rows: lines() },
        cart_version: None,
        request_digest: "d".to_owned(),
    }
}

fn order(n: u128) -> Order {
    let order_id = OrderId::of_checkout(&checkout_id(n));
    Order { order_id, origin: Origin::Checkout(of_holds(n)), ..placed(n, 0) }
}

fn checkout(n: u128, created: i64) -> Checkout {
    Checkout {
        checkout_id: checkout_id(n),
        user_id: "u".parse().unwrap(),
        lines: order(n).lines,
        total: Money::usd(900).unwrap(),
        held_by: HeldBy::Rows { rows: lines() },
        state: Some(CheckoutState::Open),
        close_reason: None,
        cart_version: None,
        created_at: at(created),
        expires_at: at(created + 900),
        order_id: None,
        abandoned: false,
    }
}

impl World {
    /// Five units in the east, none in the west.
    async fn new() -> Self {
        let tables = Tables::of("transactions").await;
        let stock = StockRows::new(tables.table("InventoryTable"));
        for (warehouse_id, units) in [("east", 5), ("west", 0)] {
            let row = (&"BAG".parse().unwrap(), &warehouse_id.parse().unwrap());
            let _created = stock.set_quantity(row, units, None, &"o".parse().unwrap(), at(0)).await.unwrap();
        }
        let orders = Orders::new(tables.table("OrdersTable"));
        let checkouts = Checkouts::new(tables.table("CheckoutsTable"));
        let archive = Archive::new(tables.table("OrderArchiveTable"));
        Self {
            give_back: GiveBackHolds::new(orders.clone(), stock.clone()),
            maintain: MaintainRows::new(
                stock.clone(),
                CollectMarks::new(stock.clone(), orders.clone(), archive.clone(), checkouts.clone()),
                SpreadRow::new(stock.clone()),
            ),
            stock,
            orders,
            checkouts,
            archive,
        }
    }

    async fn hold(&self, n: u128, decided: i64) -> Holding {
        let wish = Wish { checkout_id: checkout_id(n), units: 1, decided_at: at(decided) };
        self.stock.hold(&east(), &wish, at(decided)).await.unwrap().unwrap().outcome
    }

    /// Quantity and available of the eastern row, and what it remembers of a checkout.
    async fn east(&self, n: u128) -> (u32, u32, Option<Entry>) {
        let row = self.stock.get(&"BAG".parse().unwrap(), &"east".parse().unwrap()).await.unwrap().unwrap();
        assert!(row.is_sound(), "{row:?}");
        (row.quantity, row.available, row.holds.get(&checkout_id(n)))
    }

    /// An order that is confirmed, and whose unit has left the eastern row.
    async fn sold(&self, n: u128) -> Order {
        assert_eq!(self.hold(n, 1).await, Holding::Held(1));
        let order = order(n);
        assert_eq!(self.orders.put_of_holds(&order).await.unwrap(), PutOutcome::Put);
        assert!(matches!(
            self.orders.confirm(&order.order_id, TERMS, at(2)).await.unwrap(),
            ConfirmOutcome::Confirmed(_)
        ));
        let _sold = self.stock.sell(&east(), &checkout_id(n), Some(1), at(3)).await.unwrap().unwrap();
        order
    }

    async fn settle(&self, order: &Order) {
        let quantity = order.lines[0].quantity.get();
        let from_east = RowUnits { row: east(), quantity };
        let settled = self.orders.settle_sold(&order.order_id, &[from_east]).await.unwrap();
        assert_eq!(settled, SettleOutcome::Settled);
    }

    async fn cancel(&self, order: &Order, second: i64) {
        let cancelled = self.orders.cancel(&order.order_id, Canceller::Operator, at(second)).await.unwrap();
        assert!(matches!(cancelled, CancelOutcome::Cancelled(_)));
    }

    /// Marks that went in a run over the eastern row, whose stream asked for it.
    async fn collect_row(&self, second: i64) -> usize {
        let grown = RowGrown { row: east(), task: RowTask::Collect };
        self.maintain.of_row(&grown, at(second)).await.unwrap().collected
    }

    /// Marks that went in a run at this second.
    async fn collect(&self, second: i64) -> usize {
        self.maintain.run(&Call::at(at(second))).await.unwrap().collected
    }
}

#[tokio::test]
async fn a_checkout_leaves_open_once_and_is_listed_until_then() {
    let world = World::new().await;
    let checkouts = &world.checkouts;
    let limits = ShopperLimits { checkouts: 5, units: 50 };
    for (n, created) in [(1, 5), (2, 0)] {
        let (new, user) = (checkout(n, created), "u".parse().unwrap());
        let opening = Opening { checkout_id: new.checkout_id.clone(), units: 1, until: new.expires_at };
        let room = checkouts.make_room(&user, limits, &opening, at(created)).await.unwrap();
        assert_eq!(room, RoomOutcome::Counted);
        assert_eq!(checkouts.open(&new).await.unwrap(), OpenOutcome::Opened);
    }
    let found = checkouts.open(&checkout(1, 9)).await.unwrap();
    assert_eq!(found, OpenOutcome::Found(Box::new(checkout(1, 5))), "the same request finds the same checkout");
    let open = async |second| {
        let open = checkouts.open_of(&"u".parse().unwrap(), at(second)).await.unwrap();
        open.into_iter().map(|checkout| checkout.checkout_id).collect::<Vec<_>>()
    };
    assert_eq!(open(10).await, [checkout_id(2), checkout_id(1)], "the oldest first");
    assert_eq!(open(901).await, [checkout_id(1)], "its time is not over");
    assert_eq!(checkouts.attach(&checkout_id(1), at(905)).await.unwrap(), AttachOutcome::Closed, "too late");
    assert_eq!(checkouts.attach(&checkout_id(1), at(904)).await.unwrap(), AttachOutcome::Attached);
    assert_eq!(checkouts.attach(&checkout_id(1), at(999)).await.unwrap(), AttachOutcome::Attached, "repeated");
    let ordered = checkouts.close(&checkout_id(1), CloseReason::Expired, at(999)).await.unwrap();
    assert!(matches!(ordered, CloseOutcome::Ordered(_)), "an order has it");
    for reason in [CloseReason::Replaced, CloseReason::Expired] {
        let CloseOutcome::Closed(closed) = checkouts.close(&checkout_id(2), reason, at(20)).await.unwrap() else {
            panic!("it is open")
        };
        assert_eq!(closed.close_reason, Some(CloseReason::Replaced), "once");
    }
    assert_eq!(checkouts.attach(&checkout_id(2), at(21)).await.unwrap(), AttachOutcome::Closed);
    assert!(open(10).await.is_empty());
    assert_eq!(checkouts.close(&checkout_id(3), CloseReason::Expired, at(1)).await.unwrap(), CloseOutcome::Absent);
}

#[tokio::test]
async fn a_cancelled_order_gives_back_what_it_held_and_keeps_late_holds_out() {
    let world = World::new().await;
    assert_eq!(world.hold(1, 1).await, Holding::Held(1));
    let order = order(1);
    assert_eq!(world.orders.put_of_holds(&order).await.unwrap(), PutOutcome::Put);
    world.give_back.run(&order.order_id, at(5)).await.unwrap();
    assert_eq!(world.east(1).await, (5, 4, Some(Entry::Held(1))), "it is not cancelled");
    world.cancel(&order, 6).await;
    for _ in 0..2 {
        world.give_back.run(&order.order_id, at(7)).await.unwrap();
        assert_eq!(world.east(1).await, (5, 5, Some(Entry::Released { at: at(7) })));
    }
    let west = world.stock.get(&"BAG".parse().unwrap(), &"west".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(west.holds.get(&checkout_id(1)), Some(Entry::Released { at: at(7) }), "a row that was never asked, too");
    assert_eq!(world.hold(1, 8).await, Holding::Marked);
    assert!(world.orders.get(&order.order_id).await.unwrap().unwrap().stock.is_back);
}

#[tokio::test]
async fn what_had_left_comes_back_once_whether_the_row_still_knows_or_not() {
    let world = World::new().await;
    for (n, forgets) in [(1, false), (2, true)] {
        let order = world.sold(n).await;
        world.settle(&order).await;
        world.settle(&order).await;
        let kept = world.orders.get(&order.order_id).await.unwrap().unwrap();
        assert_eq!((kept.stock.units[0].quantity, kept.settled), (1, true));
        if forgets {
            assert_eq!(world.collect(100).await, 1, "its own: the other's release is younger");
            assert_eq!(world.east(n).await, (4, 4, None));
        }
        world.cancel(&order, 200).await;
        for second in [201, 202] {
            world.give_back.run(&order.order_id, at(second)).await.unwrap();
            assert_eq!((world.east(n).await.0, world.east(n).await.1), (5, 5));
        }
        let back = world.orders.get(&order.order_id).await.unwrap().unwrap();
        assert_eq!((back.stock.is_back, back.stock.returned.len()), (true, usize::from(forgets)));
        if !forgets {
            // Only what is told of the western row stays behind.
            assert_eq!(world.collect(201 + COLLECT_AFTER.as_secs() - 1).await, 0, "too young");
        }
    }
}

#[tokio::test]
async fn a_mark_goes_once_what_decided_over_it_says_that_nobody_asks_again() {
    let world = World::new().await;
    let order = world.sold(1).await;
    assert_eq!(world.collect(100).await, 0, "the order is not settled");
    world.settle(&order).await;
    assert_eq!(world.collect(62).await, 0, "it is too young");
    assert_eq!(world.collect(100).await, 1);
    // A checkout without an order: its mark waits for its end.
    assert_eq!(world.checkouts.open(&checkout(2, 0)).await.unwrap(), OpenOutcome::Opened);
    let _marked = world.stock.release(&east(), &checkout_id(2), None, at(110)).await.unwrap().unwrap();
    assert_eq!(world.collect(300).await, 0, "it is open");
    let _closed = world.checkouts.close(&checkout_id(2), CloseReason::Expired, at(301)).await.unwrap();
    assert_eq!(world.collect(302).await, 1);
    assert_eq!(world.hold(2, 140).await, Holding::BelowFloor, "a request that slept since then");
    assert_eq!(world.hold(3, 303).await, Holding::Held(1));
    assert_eq!(world.orders.get(&order.order_id).await.unwrap().unwrap().status, OrderStatus::Confirmed);
}

#[tokio::test]
async fn a_row_that_says_so_is_written_once_for_many_marks_and_never_for_few() {
    let world = World::new().await;
    let row = async || world.stock.get_row(&east()).await.unwrap().unwrap();
    for n in 1..=12 {
        if n <= 5 {
            // An open checkout's mark stays.
            assert_eq!(world.checkouts.open(&checkout(n, 0)).await.unwrap(), OpenOutcome::Opened);
        }
        let _marked = world.stock.release(&east(), &checkout_id(n), None, at(10)).await.unwrap().unwrap();
    }
    let version = row().await.version;
    assert_eq!(world.collect_row(69).await, 0, "they are too young");
    assert_eq!(world.collect_row(70).await, 0, "seven are not worth a write");
    assert_eq!(row().await.version, version);
    let _closed = world.checkouts.close(&checkout_id(1), CloseReason::Expired, at(20)).await.unwrap();
    assert_eq!(world.collect_row(71).await, 8);
    assert_eq!((row().await.version, row().await.holds.len()), (version + 1, 4));
    assert_eq!(world.collect_row(72).await, 0, "a message that comes again");
    // Of forty more, no write is too long, and what is left of them stays below eight.
    for n in 13..=52 {
        let _marked = world.stock.release(&east(), &checkout_id(n), None, at(80)).await.unwrap().unwrap();
    }
    let version = row().await.version;
    assert_eq!(world.collect_row(140).await, 40);
    assert_eq!((row().await.version, row().await.holds.len()), (version + 2, 4));
    assert!(row().await.is_sound());
}
