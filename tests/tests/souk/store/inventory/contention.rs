use std::collections::BTreeMap;

use jiff::Timestamp;
use souk_dynamo::StoreError;
use souk_inventory::{ReservationCost, ReserveOutcome};

use super::shelf::{Shelf, at, order, request, reservation};

/// What many buyers at once got, and at what price.
#[derive(Default)]
struct Tally {
    reserved: u32,
    out_of_stock: u32,
    busy: u32,
    attempts: BTreeMap<u32, u32>,
    write_units: f64,
}

impl Tally {
    fn count(&mut self, outcome: ReserveOutcome) {
        match outcome {
            ReserveOutcome::Reserved(_, ReservationCost { attempts, write_units }) => {
                self.reserved += 1;
                *self.attempts.entry(attempts).or_default() += 1;
                self.write_units += write_units;
            }
            ReserveOutcome::OutOfStock(shortage) => {
                assert!(shortage.available < shortage.requested);
                self.out_of_stock += 1;
            }
            ReserveOutcome::Busy => self.busy += 1,
            other => panic!("{other:?}"),
        }
    }

    fn print(&self, what: &str) {
        let sum: u32 = self.attempts.iter().map(|(attempts, count)| attempts * count).sum();
        println!(
            "{what}: {} reserved, {} out of stock, {} busy; per success {:.2} attempts (count by attempts {:?}), {:.1} write units",
            self.reserved,
            self.out_of_stock,
            self.busy,
            f64::from(sum) / f64::from(self.reserved),
            self.attempts,
            self.write_units / f64::from(self.reserved),
        );
    }
}

/// Buyers who each want one unit of the one SKU, all at once.
async fn rush(shelf: &Shelf, buyers: u128) -> Tally {
    let calls: Vec<_> = (1..=buyers)
        .map(|buyer| {
            let reservations = shelf.reservations.clone();
            tokio::spawn(async move { reservations.reserve(&request(buyer, &[("a", 1)]), at(0)).await })
        })
        .collect();
    let mut tally = Tally::default();
    for call in calls {
        tally.count(call.await.unwrap().unwrap());
    }
    tally
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_of_64_who_want_the_last_10_units_10_get_them() {
    let shelf = Shelf::stocked(&[("a", "w1", 10)]).await;
    let tally = rush(&shelf, 64).await;
    tally.print("64 buyers, 10 units");
    assert_eq!((tally.reserved, tally.out_of_stock, tally.busy), (10, 54, 0));
    assert_eq!(shelf.numbers("a", "w1").await, (10, 10, 0));
    shelf.assert_sound(&["a"], 1..=64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i3_the_last_units_in_two_warehouses_are_sold_once() {
    let shelf = Shelf::stocked(&[("a", "w1", 4), ("a", "w2", 6)]).await;
    let tally = rush(&shelf, 64).await;
    tally.print("64 buyers, 10 units in two warehouses");
    assert_eq!((tally.reserved, tally.out_of_stock, tally.busy), (10, 54, 0));
    shelf.assert_sound(&["a"], 1..=64).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_buyers_on_one_row_are_served_with_few_writes() {
    let shelf = Shelf::stocked(&[("a", "w1", 1000)]).await;
    let tally = rush(&shelf, 200).await;
    tally.print("200 buyers, 1000 units");
    assert_eq!((tally.reserved, tally.out_of_stock, tally.busy), (200, 0, 0));
    shelf.assert_sound(&["a"], 1..=200).await;
    // An undisturbed transaction costs five units. Enough is left for everybody, so nobody's condition
    // fails: only collisions at the very same instant cost more.
    assert!(tally.write_units / 200.0 <= 7.0, "{} write units per reservation", tally.write_units / 200.0);
}

/// Orders, timers and shoppers do whatever they like to a few reservations at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invariant_i2_no_unit_is_lost_or_made_whatever_happens_at_once() {
    let shelf = Shelf::stocked(&[("a", "w1", 20), ("b", "w1", 20)]).await;
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let calls: Vec<_> = (0..300)
        .map(|_| {
            let shelf = shelf.clone();
            let (step, id, by) = (random.u8(0..6), random.u128(1..=6), random.u128(1..=2));
            let now = at(if random.bool() { 10 } else { 2000 });
            tokio::spawn(async move { do_step(&shelf, step, id, by, now).await })
        })
        .collect();
    for call in calls {
        match call.await.unwrap() {
            Ok(()) | Err(StoreError::Busy(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    shelf.assert_sound(&["a", "b"], 1..=6).await;
}

async fn do_step(shelf: &Shelf, step: u8, id: u128, by: u128, now: Timestamp) -> Result<(), StoreError> {
    let (reservations, reservation_id) = (&shelf.reservations, reservation(id));
    match step {
        0 => drop(reservations.reserve(&request(id, &[("a", 2), ("b", 1)]), now).await?),
        1 => drop(reservations.attach(&reservation_id, &order(by), at(1500), now).await?),
        2 => drop(reservations.commit(&reservation_id, &order(by), now).await?),
        3 => drop(reservations.release_for_order(&reservation_id, &order(by), by == 1, &[], now).await?),
        4 => drop(reservations.release_expired(&reservation_id, now).await?),
        _ => drop(reservations.release_abandoned(&reservation_id, now).await?),
    }
    Ok(())
}
