use souk_domain::{
    reservation::{
        AbandonOutcome, AttachOutcome, CommitOutcome, ExpireOutcome, ReleaseOutcome, ReservationState, held_shard,
    },
    stock::Shortage,
};
use souk_inventory::ReserveOutcome;

use super::shelf::{Shelf, at, order, request, reservation, sku, warehouse};

/// Every call is made this often; it must have its effect once.
const REPEATS: usize = 3;

#[tokio::test]
async fn reserving_again_finds_the_reservation_even_where_it_took_the_last_unit() {
    let shelf = Shelf::stocked(&[("a", "w1", 2)]).await;
    let first = shelf.held(1, &[("a", 2)]).await;
    for _ in 0..REPEATS {
        // As after an answer that was lost: the caller does not know that they have the units.
        let again = shelf.reservations.reserve(&request(1, &[("a", 2)]), at(5)).await.unwrap();
        assert_eq!(again, ReserveOutcome::Exists(first.clone()));
    }
    assert_eq!(shelf.numbers("a", "w1").await, (2, 2, 0));
    shelf.assert_sound(&["a"], [1]).await;
}

#[tokio::test]
async fn too_little_is_refused_with_what_is_left_and_takes_nothing() {
    let shelf = Shelf::stocked(&[("a", "w1", 5), ("b", "w1", 1), ("b", "w2", 1)]).await;
    let outcome = shelf.reservations.reserve(&request(1, &[("a", 1), ("b", 3)]), at(0)).await.unwrap();
    assert_eq!(outcome, ReserveOutcome::OutOfStock(Shortage { sku: sku("b"), requested: 3, available: 2 }));
    assert_eq!(shelf.numbers("a", "w1").await, (5, 0, 5));
    let unknown = shelf.reservations.reserve(&request(2, &[("nothing", 1)]), at(0)).await.unwrap();
    assert!(matches!(unknown, ReserveOutcome::OutOfStock(Shortage { available: 0, .. })), "{unknown:?}");
}

/// medusa#16502: two cart lines that share one stock item were checked one by one, and oversold it.
#[tokio::test]
async fn medusa_16502_lines_that_share_a_sku_are_checked_together() {
    let shelf = Shelf::stocked(&[("a", "w1", 3)]).await;
    let outcome = shelf.reservations.reserve(&request(1, &[("a", 2), ("a", 2)]), at(0)).await.unwrap();
    assert_eq!(outcome, ReserveOutcome::OutOfStock(Shortage { sku: sku("a"), requested: 4, available: 3 }));
    let held = shelf.held(2, &[("a", 1), ("a", 2)]).await;
    assert_eq!(held.lines.len(), 1);
    assert_eq!(shelf.numbers("a", "w1").await, (3, 3, 0));
}

#[tokio::test]
async fn an_order_is_served_by_few_warehouses_the_nearer_first() {
    let shelf = Shelf::stocked(&[("a", "w1", 5), ("a", "w2", 5), ("b", "w2", 5), ("b", "w3", 5)]).await;
    let mut wanted = request(1, &[("a", 1), ("b", 1)]);
    wanted.nearest = ["w1", "w3", "w2"].map(warehouse).into();
    let ReserveOutcome::Reserved(held, cost) = shelf.reservations.reserve(&wanted, at(0)).await.unwrap() else {
        panic!("there is enough");
    };
    assert!(held.lines.iter().all(|line| line.warehouse_id == warehouse("w2")), "{held:?}");
    // Two rows and the reservation at two units each, and one for the reservation's place in the index.
    assert_eq!((cost.attempts, cost.write_units), (1, 7.0));
}

#[tokio::test]
async fn invariant_i8_an_order_takes_its_units_once_however_often_each_step_is_repeated() {
    let shelf = Shelf::stocked(&[("a", "w1", 5), ("b", "w2", 5)]).await;
    shelf.held(1, &[("a", 2), ("b", 1)]).await;
    let (reservations, id) = (&shelf.reservations, reservation(1));
    for _ in 0..REPEATS {
        assert_eq!(reservations.attach(&id, &order(1), at(1500), at(10)).await.unwrap(), AttachOutcome::Attached);
    }
    assert_eq!(shelf.stored(1).await.expires_at, at(1500));
    let other = reservations.attach(&id, &order(2), at(9000), at(10)).await.unwrap();
    assert_eq!(other, AttachOutcome::OtherOrder(order(1)));
    for _ in 0..REPEATS {
        assert_eq!(reservations.commit(&id, &order(1), at(20)).await.unwrap(), CommitOutcome::Committed);
    }
    assert_eq!(shelf.numbers("a", "w1").await, (3, 0, 3));
    assert_eq!(shelf.numbers("b", "w2").await, (4, 0, 4));
    assert_eq!(reservations.attach(&id, &order(1), at(1500), at(30)).await.unwrap(), AttachOutcome::Committed);
    assert_eq!(reservations.release_expired(&id, at(9000)).await.unwrap(), ExpireOutcome::Committed);
    shelf.assert_sound(&["a", "b"], [1]).await;
    // The order is cancelled after all: its units come back, once.
    for _ in 0..REPEATS {
        let outcome = reservations.release_for_order(&id, &order(1), true, &[], at(40)).await.unwrap();
        assert_eq!(outcome, ReleaseOutcome::Returned);
        assert_eq!(reservations.commit(&id, &order(1), at(50)).await.unwrap(), CommitOutcome::Returned);
    }
    assert_eq!(shelf.numbers("a", "w1").await, (5, 0, 5));
    assert_eq!(shelf.stored(1).await.state, ReservationState::Committed);
    shelf.assert_sound(&["a", "b"], [1]).await;
}

#[tokio::test]
async fn invariant_i8_a_cancelled_order_gives_its_units_back_once() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    shelf.held(1, &[("a", 2)]).await;
    let (reservations, id) = (&shelf.reservations, reservation(1));
    let stranger = reservations.release_for_order(&id, &order(2), false, &[], at(10)).await.unwrap();
    assert_eq!(stranger, ReleaseOutcome::NotAttached);
    for _ in 0..REPEATS {
        // The order never got to attach itself, but it has consumed the checkout.
        let outcome = reservations.release_for_order(&id, &order(1), true, &[], at(10)).await.unwrap();
        assert_eq!(outcome, ReleaseOutcome::Released);
    }
    assert_eq!(shelf.numbers("a", "w1").await, (5, 0, 5));
    assert_eq!(reservations.commit(&id, &order(1), at(20)).await.unwrap(), CommitOutcome::Released);
    assert_eq!(reservations.attach(&id, &order(1), at(1500), at(20)).await.unwrap(), AttachOutcome::Released);
    shelf.assert_sound(&["a"], [1]).await;
}

#[tokio::test]
async fn invariant_i8_the_timer_releases_once_and_never_what_an_order_has() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    shelf.held(1, &[("a", 2)]).await;
    shelf.held(2, &[("a", 1)]).await;
    let reservations = &shelf.reservations;
    let early = reservations.release_expired(&reservation(1), at(899)).await.unwrap();
    assert_eq!(early, ExpireOutcome::NotYet(at(900)));
    assert_eq!(
        reservations.attach(&reservation(2), &order(2), at(1500), at(10)).await.unwrap(),
        AttachOutcome::Attached
    );
    for _ in 0..REPEATS {
        let outcome = reservations.release_expired(&reservation(1), at(900)).await.unwrap();
        assert_eq!(outcome, ExpireOutcome::Released);
    }
    let extended = reservations.release_expired(&reservation(2), at(900)).await.unwrap();
    assert_eq!(extended, ExpireOutcome::NotYet(at(1500)));
    let ordered = reservations.release_expired(&reservation(2), at(1500)).await.unwrap();
    assert_eq!(ordered, ExpireOutcome::Ordered(order(2)));
    assert_eq!(shelf.numbers("a", "w1").await, (5, 1, 4));
    let late = reservations.attach(&reservation(1), &order(1), at(1500), at(950)).await.unwrap();
    assert_eq!(late, AttachOutcome::Released);
    shelf.assert_sound(&["a"], [1, 2]).await;
}

#[tokio::test]
async fn invariant_i8_an_abandoned_checkout_gives_back_once_and_an_ordered_one_never() {
    let shelf = Shelf::stocked(&[("a", "w1", 5)]).await;
    shelf.held(1, &[("a", 2)]).await;
    shelf.held(2, &[("a", 1)]).await;
    let reservations = &shelf.reservations;
    assert_eq!(
        reservations.attach(&reservation(2), &order(2), at(1500), at(10)).await.unwrap(),
        AttachOutcome::Attached
    );
    for _ in 0..REPEATS {
        let outcome = reservations.release_abandoned(&reservation(1), at(20)).await.unwrap();
        assert_eq!(outcome, AbandonOutcome::Released);
        let ordered = reservations.release_abandoned(&reservation(2), at(20)).await.unwrap();
        assert_eq!(ordered, AbandonOutcome::Ordered(order(2)));
    }
    assert_eq!(shelf.numbers("a", "w1").await, (5, 1, 4));
}

#[tokio::test]
async fn what_is_not_there_is_absent_at_every_step() {
    let shelf = Shelf::stocked(&[]).await;
    let (reservations, id) = (&shelf.reservations, reservation(9));
    assert_eq!(reservations.attach(&id, &order(1), at(1), at(0)).await.unwrap(), AttachOutcome::Absent);
    assert_eq!(reservations.commit(&id, &order(1), at(0)).await.unwrap(), CommitOutcome::Absent);
    assert_eq!(reservations.release_for_order(&id, &order(1), true, &[], at(0)).await.unwrap(), ReleaseOutcome::Absent);
    assert_eq!(reservations.release_expired(&id, at(0)).await.unwrap(), ExpireOutcome::Absent);
    assert_eq!(reservations.release_abandoned(&id, at(0)).await.unwrap(), AbandonOutcome::Absent);
}

#[tokio::test]
async fn the_index_lists_what_is_held_and_expired_and_nothing_that_has_ended() {
    let shelf = Shelf::stocked(&[("a", "w1", 50)]).await;
    let reservations = &shelf.reservations;
    for id in 1..=6 {
        shelf.held(id, &[("a", 1)]).await;
    }
    assert_eq!(
        reservations.attach(&reservation(1), &order(1), at(1500), at(10)).await.unwrap(),
        AttachOutcome::Attached
    );
    assert_eq!(reservations.release_expired(&reservation(2), at(900)).await.unwrap(), ExpireOutcome::Released);
    let mut found = Vec::new();
    for shard in 0..16 {
        found.extend(reservations.held_expired(&held_shard(shard), at(900), None).await.unwrap().items);
        assert_eq!(reservations.held_expired(&held_shard(shard), at(899), None).await.unwrap().items, []);
    }
    found.sort();
    assert_eq!(found, [3, 4, 5, 6].map(reservation));
}
