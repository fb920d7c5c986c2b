//! What carriers say of parcels, and what each word costs.

use souk_domain::order::{Actor, CarrierId, Label, OrderStatus, Tracking};
use souk_fulfilment::Parcels;
use souk_wiring::Call;
use souk_workflows::track_parcels::{EnterParcels, TrackOutcome, TrackParcels};

use super::{
    at,
    fulfilment::{World, place},
    meter::{Meter, units},
    order as id,
    tables::Tables,
};

struct Carriers {
    world: World,
    meter: Meter,
    enter: EnterParcels,
    track: TrackParcels,
}

impl Carriers {
    /// Those of a world in which an order of two warehouses has left the first.
    async fn new() -> Self {
        let (meter, client) = Meter::to_a_new_store().await;
        let world = World::over(Tables::reached_by(client));
        let parcels = Parcels::new(world.tables.table("ParcelsTable"));
        let track = TrackParcels::new(parcels.clone(), world.orders.clone());
        let carriers = Self { enter: EnterParcels::new(parcels), track, meter, world };
        carriers.world.holds(1).await;
        carriers.leaves(1, "east").await;
        carriers
    }

    /// A parcel leaves, and its event comes.
    async fn leaves(&self, n: u128, from: &str) {
        self.world.leave(n, from, at(10)).await;
        self.enter(n, from).await;
    }

    async fn enter(&self, n: u128, number: &str) {
        let label = Label { carrier: "c".to_owned(), tracking_number: number.to_owned() };
        self.enter.run(&id(n), &[label], &Call::at(at(11))).await.unwrap();
    }

    /// The carrier says so; what became of it, and how many units were written for it.
    async fn says(&self, number: &str, second: i64) -> (TrackOutcome, f64) {
        self.says_as("C", number, second).await
    }

    async fn says_as(&self, carrier: &str, number: &str, second: i64) -> (TrackOutcome, f64) {
        self.meter.bill();
        let carrier: CarrierId = carrier.parse().unwrap();
        let tracking = Tracking::new(carrier, number);
        let outcome = self.track.arrived(&tracking, at(second), &Call::at(at(second))).await.unwrap();
        let (written, _) = units(&self.meter.bill());
        (outcome, written)
    }

    async fn status(&self, n: u128) -> OrderStatus {
        self.world.orders.get(&id(n)).await.unwrap().unwrap().status
    }
}

#[tokio::test]
async fn a_carriers_word_is_taken_once_and_what_is_not_news_writes_nothing() {
    let carriers = Carriers::new().await;
    assert_eq!(carriers.says("nobody's", 20).await, (TrackOutcome::NotOurs, 0.0));
    assert_eq!(carriers.says_as("another", "east", 20).await, (TrackOutcome::NotOurs, 0.0));
    let (outcome, written) = carriers.says("EAST", 20).await;
    println!("a carrier's word that is news: {written} write units");
    assert_eq!(outcome, TrackOutcome::Arrived(1));
    assert!(0.0 < written && written <= 6.0, "one write of the order and what its indexes take: {written}");
    let version = carriers.world.orders.get(&id(1)).await.unwrap().unwrap().version;
    for second in [30, 15] {
        assert_eq!(carriers.says("east", second).await, (TrackOutcome::Arrived(1), 0.0), "repeated, and overtaken");
    }
    assert_eq!(carriers.world.orders.get(&id(1)).await.unwrap().unwrap().version, version);

    // A part of the order has not left yet.
    assert_eq!(carriers.status(1).await, OrderStatus::Confirmed);
    carriers.leaves(1, "west").await;
    assert_eq!(carriers.status(1).await, OrderStatus::Shipped);
    assert_eq!(carriers.says("west", 40).await.0, TrackOutcome::Arrived(1));
    let order = carriers.world.orders.get(&id(1)).await.unwrap().unwrap();
    assert_eq!(
        (order.status, order.history.last().map(|entry| entry.by)),
        (OrderStatus::Delivered, Some(Actor::Carrier))
    );
    assert_eq!(carriers.says("west", 50).await, (TrackOutcome::Arrived(1), 0.0));
}

#[tokio::test]
async fn a_label_that_was_corrected_says_nothing_and_the_right_one_is_found() {
    let carriers = Carriers::new().await;
    let right = Label { carrier: "c".to_owned(), tracking_number: "right".to_owned() };
    let order = id(1);
    let corrected =
        carriers.world.orders.revise(&order, |order| order.relabel(&place("east"), 1, right.clone(), at(12)));
    assert!(matches!(corrected.await.unwrap(), souk_orders::ReviseOutcome::Revised(_)));
    assert_eq!(carriers.says("right", 20).await, (TrackOutcome::NotOurs, 0.0), "its event is late");
    for _ in 0..2 {
        carriers.enter(1, "right").await;
    }
    assert_eq!(carriers.says("east", 20).await, (TrackOutcome::NotOurs, 0.0), "another parcel's");
    assert_eq!(carriers.says("right", 20).await.0, TrackOutcome::Arrived(1));
}

#[tokio::test]
async fn two_orders_in_one_box_arrive_together() {
    let carriers = Carriers::new().await;
    carriers.world.holds(2).await;
    carriers.leaves(2, "east").await;
    assert_eq!(carriers.says("east", 20).await.0, TrackOutcome::Arrived(2));
    for n in [1, 2] {
        let order = carriers.world.orders.get(&id(n)).await.unwrap().unwrap();
        assert_eq!(order.shipment(&place("east")).unwrap().parcels[0].delivered_at, Some(at(20)));
    }
}

/// An order that ended leaves the hot table after a month; its carrier may say so again.
#[tokio::test]
async fn a_word_about_an_order_that_is_gone_is_taken_and_writes_nothing() {
    let carriers = Carriers::new().await;
    carriers.world.tables.table("OrdersTable").delete(&[("order_id", id(1).as_str())]).await.unwrap();
    assert_eq!(carriers.says("east", 20).await, (TrackOutcome::NotOurs, 0.0));
}

#[tokio::test]
async fn of_sixteen_words_about_the_last_parcel_at_once_one_delivers_the_order() {
    let carriers = Carriers::new().await;
    carriers.leaves(1, "west").await;
    carriers.says("east", 20).await;
    let tracking = Tracking::new("c".parse().unwrap(), "west");
    let call = Call::at(at(21));
    let words = (0..16).map(|_| carriers.track.arrived(&tracking, at(21), &call));
    let outcomes = futures_util::future::join_all(words).await;
    // Whoever loses every race is told to come again, and changes nothing.
    assert!(outcomes.iter().any(|outcome| matches!(outcome, Ok(TrackOutcome::Arrived(1)))));
    let order = carriers.world.orders.get(&id(1)).await.unwrap().unwrap();
    let delivered = order.history.iter().filter(|entry| entry.status == OrderStatus::Delivered).count();
    assert_eq!((order.status, delivered), (OrderStatus::Delivered, 1));
}
