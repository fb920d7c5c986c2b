//! How much one shopper holds at once.

use souk_domain::{
    ids::{CheckoutId, UserId},
    money::Money,
    order::{HeldBy, OrderLine},
    quantity::Quantity,
};
use souk_orders::{Checkout, Checkouts, Opening, RoomOutcome, ShopperLimits};
use uuid::Uuid;

use super::{at, meter, meter::Meter, tables::Tables};

const LIMITS: ShopperLimits = ShopperLimits { checkouts: 3, units: 20 };

fn user() -> UserId {
    Uuid::from_u128(7).to_string().parse().unwrap()
}

fn opening(n: u128, units: u32) -> Opening {
    Opening { checkout_id: CheckoutId::from_uuid(Uuid::from_u128(n)), units, until: at(900) }
}

async fn checkouts() -> Checkouts {
    Checkouts::new(Tables::of("transactions").await.table("CheckoutsTable"))
}

async fn ask(checkouts: &Checkouts, n: u128, units: u32, second: i64) -> RoomOutcome {
    checkouts.make_room(&user(), LIMITS, &opening(n, units), at(second)).await.unwrap()
}

/// The checkout itself, as it is stored.
async fn store(checkouts: &Checkouts, n: u128) -> CheckoutId {
    let Opening { checkout_id, units, until } = opening(n, 1);
    let price = Money::usd(900).unwrap();
    let line = OrderLine {
        sku: "a".parse().unwrap(),
        title: Some("A".to_owned()),
        variant: None,
        quantity: Quantity::new(units).unwrap(),
        unit_price: price,
    };
    let checkout = Checkout {
        held_by: HeldBy::Reservation { reservation_id: checkout_id.reservation() },
        state: None,
        close_reason: None,
        checkout_id: checkout_id.clone(),
        user_id: user(),
        lines: vec![line],
        total: price,
        cart_version: None,
        created_at: at(0),
        expires_at: until,
        order_id: None,
        abandoned: false,
    };
    checkouts.create(&checkout).await.unwrap();
    checkout_id
}

#[tokio::test]
async fn a_shopper_has_so_many_open_checkouts_and_no_more() {
    let checkouts = checkouts().await;
    for n in 1..=3 {
        assert_eq!(ask(&checkouts, n, 1, 0).await, RoomOutcome::Counted);
    }
    assert_eq!(ask(&checkouts, 2, 1, 0).await, RoomOutcome::Counted, "a repeat is no other");
    assert_eq!(ask(&checkouts, 4, 1, 0).await, RoomOutcome::TooMany(at(900)));
    let other: UserId = Uuid::from_u128(8).to_string().parse().unwrap();
    let room = checkouts.make_room(&other, LIMITS, &opening(5, 1), at(0)).await.unwrap();
    assert_eq!(room, RoomOutcome::Counted, "everybody has room of their own");
    assert_eq!(ask(&checkouts, 4, 1, 900).await, RoomOutcome::Counted, "their time is over");
}

#[tokio::test]
async fn units_are_counted_over_all_open_checkouts() {
    let checkouts = checkouts().await;
    assert_eq!(ask(&checkouts, 1, 21, 0).await, RoomOutcome::TooManyUnits(0));
    assert_eq!(ask(&checkouts, 1, 15, 0).await, RoomOutcome::Counted);
    assert_eq!(ask(&checkouts, 2, 6, 0).await, RoomOutcome::TooManyUnits(15));
    assert_eq!(ask(&checkouts, 2, 5, 0).await, RoomOutcome::Counted);
    checkouts.leave_room(&user(), &opening(1, 15)).await.unwrap();
    checkouts.leave_room(&user(), &opening(1, 15)).await.unwrap();
    assert_eq!(ask(&checkouts, 3, 15, 0).await, RoomOutcome::Counted, "what came to nothing is counted no more, once");
    assert_eq!(ask(&checkouts, 4, 1, 0).await, RoomOutcome::TooManyUnits(20));
}

#[tokio::test]
async fn what_is_given_up_makes_room_once_room_is_wanted() {
    let checkouts = checkouts().await;
    for n in 1..=3 {
        assert_eq!(ask(&checkouts, n, 1, 0).await, RoomOutcome::Counted);
        store(&checkouts, n).await;
    }
    assert_eq!(ask(&checkouts, 4, 1, 0).await, RoomOutcome::TooMany(at(900)));
    assert!(checkouts.abandon(&opening(2, 1).checkout_id).await.unwrap());
    assert_eq!(ask(&checkouts, 4, 1, 0).await, RoomOutcome::Counted);
    assert_eq!(ask(&checkouts, 5, 1, 0).await, RoomOutcome::TooMany(at(900)));
}

/// A crowd of tabs gets as many as one: the count is one item, and each write asks it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_forty_at_once_no_more_than_the_limit_are_counted() {
    let checkouts = checkouts().await;
    let asked: Vec<_> = (1..=40)
        .map(|n| {
            let checkouts = checkouts.clone();
            tokio::spawn(async move { ask(&checkouts, n, 1, 0).await })
        })
        .collect();
    let mut counted = 0;
    for outcome in asked {
        match outcome.await.unwrap() {
            RoomOutcome::Counted => counted += 1,
            RoomOutcome::TooMany(until) => assert_eq!(until, at(900)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(counted, 3);
}

#[tokio::test]
async fn room_that_is_there_costs_one_write_and_no_read() {
    let (meter, client) = Meter::to_a_new_store().await;
    let checkouts = Checkouts::new(Tables::reached_by(client).table("CheckoutsTable"));
    assert_eq!(ask(&checkouts, 1, 1, 0).await, RoomOutcome::Counted);
    meter.bill();
    assert_eq!(ask(&checkouts, 2, 1, 0).await, RoomOutcome::Counted);
    assert_eq!(meter::units(&meter.bill()), (1.0, 0.0));
}
