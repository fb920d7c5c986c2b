use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::stock::{Change, tests as rows};

fn checkout(n: u128) -> CheckoutId {
    CheckoutId::from_uuid(Uuid::from_u128(n))
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn wish(n: u128, units: u32, decided: i64) -> Wish {
    Wish { checkout_id: checkout(n), units, decided_at: at(decided) }
}

/// What a judgement leaves of the row, and how it says that things are.
fn done<O>(row: &StockRow, judged: Judged<O>) -> (StockRow, O) {
    match judged {
        Judged::Settled(outcome) => (row.clone(), outcome),
        Judged::Write(write, outcome) => (write.on(row).expect("what was judged can be written"), outcome),
    }
}

#[test]
fn a_hold_is_taken_once_and_what_is_sold_leaves_its_number() {
    let (held, outcome) = done(&rows::row("s", "w", 5), rows::row("s", "w", 5).hold(&wish(1, 3, 1), at(1)));
    assert_eq!((outcome, held.available, held.quantity, held.set_aside()), (Holding::Held(3), 2, 5, 3));
    assert_eq!(held.hold(&wish(1, 4, 1), at(2)), Judged::Settled(Holding::Held(3)), "as found");
    assert_eq!(held.hold(&wish(2, 3, 1), at(2)), Judged::Settled(Holding::TooFew { available: 2 }));
    let (sold, outcome) = done(&held, held.sell(&checkout(1), at(3)));
    assert_eq!((outcome, sold.available, sold.quantity), (Selling::Sold(3), 2, 2));
    assert_eq!(sold.sell(&checkout(1), at(4)), Judged::Settled(Selling::Sold(3)));
    assert_eq!(sold.hold(&wish(1, 1, 9), at(9)), Judged::Settled(Holding::Marked));
    assert_eq!(sold.sell(&checkout(2), at(4)), Judged::Settled(Selling::Forgotten));
}

#[test]
fn a_row_that_is_passed_keeps_an_entry_at_the_version_that_was_seen() {
    let row = rows::row("s", "w", 0);
    let Judged::Write(write, outcome) = row.hold_or_pass(&wish(1, 2, 1), true, at(1)) else { panic!("it is passed") };
    assert_eq!((outcome, write.version), (Holding::Held(0), Some(row.version)));
    let passed = write.on(&row).unwrap();
    assert_eq!(passed.holds.get(&checkout(1)), Some(Entry::Held(0)));
    assert_eq!(write.on(&StockRow { version: row.version + 1, ..row.clone() }), None, "units may have come");
    assert_eq!(row.hold_or_pass(&wish(1, 2, 1), false, at(1)), Judged::Settled(Holding::TooFew { available: 0 }));
}

#[test]
fn a_release_leaves_a_mark_also_where_nothing_was_held() {
    let row = rows::row("s", "w", 5);
    let (released, ()) = done(&row, row.release(&checkout(1), at(7)));
    assert_eq!((released.available, released.holds.get(&checkout(1))), (5, Some(Entry::Released { at: at(7) })));
    assert_eq!(released.hold(&wish(1, 1, 8), at(8)), Judged::Settled(Holding::Marked));
    assert_eq!(released.release(&checkout(1), at(9)), Judged::Settled(()));
    let (held, _) = done(&row, row.hold(&wish(1, 3, 1), at(1)));
    assert_eq!(done(&held, held.release(&checkout(1), at(2))).0.available, 5);
}

#[test]
fn a_cancelled_order_gives_back_what_it_held_or_had_but_not_what_was_missing() {
    let row = rows::row("s", "w", 5);
    let (held, _) = done(&row, row.hold(&wish(1, 3, 1), at(1)));
    assert_eq!(done(&held, held.give_back(&checkout(1), false, 0, at(2))).0.available, 5);
    let (sold, _) = done(&held, held.sell(&checkout(1), at(2)));
    let (back, outcome) = done(&sold, sold.give_back(&checkout(1), true, 1, at(3)));
    assert_eq!((outcome, back.quantity, back.available), (GivingBack::Back, 4, 4));
    assert_eq!(back.give_back(&checkout(1), true, 1, at(4)), Judged::Settled(GivingBack::Back));
    // Never confirmed: a mark keeps late holds out. Confirmed, and the mark is gone: the order's record knows.
    assert!(matches!(row.give_back(&checkout(1), false, 0, at(2)), Judged::Write(..)));
    assert_eq!(row.give_back(&checkout(1), true, 0, at(2)), Judged::Settled(GivingBack::Forgotten));
}

#[test]
fn a_shoppers_own_older_hold_is_taken_over_in_one_write() {
    let row = rows::row("s", "w", 4);
    let (held, _) = done(&row, row.hold(&wish(1, 3, 1), at(1)));
    let (taken, outcome) = done(&held, held.take_over(&wish(2, 4, 2), &checkout(1), true, at(3)));
    assert_eq!((outcome, taken.available, taken.set_aside()), (Holding::Held(4), 0, 4));
    assert_eq!(taken.holds.get(&checkout(1)), Some(Entry::Released { at: at(3) }));
    assert_eq!(taken.movement.delta, Delta { quantity: 0, reserved: 1 });
    let settled = |judged| matches!(judged, Judged::Settled(Holding::NotHeld));
    assert!(settled(held.take_over(&wish(2, 5, 2), &checkout(1), true, at(3))), "too few together");
    assert!(settled(held.take_over(&wish(2, 1, 2), &checkout(3), true, at(3))), "nobody holds");
    let Judged::Write(part, outcome) = held.take_over(&wish(2, 5, 2), &checkout(1), false, at(3)) else {
        panic!("another row is left")
    };
    assert_eq!((outcome, part.version), (Holding::Held(4), Some(held.version)));
}

#[test]
fn what_was_decided_before_the_floor_is_kept_out_and_the_floor_never_falls() {
    let row = rows::row("s", "w", 5);
    let (released, ()) = done(&row, row.release(&checkout(1), at(100)));
    let mark = (checkout(1), Entry::Released { at: at(100) });
    let collected = released.collect(std::slice::from_ref(&mark), at(200)).unwrap().on(&released).unwrap();
    let floor = 100 + FLOOR_MARGIN.as_secs();
    assert_eq!((collected.holds.is_empty(), collected.floor), (true, Some(at(floor))));
    assert_eq!(collected.hold(&wish(1, 1, floor), at(200)), Judged::Settled(Holding::BelowFloor));
    assert!(matches!(collected.hold(&wish(1, 1, floor + 1), at(200)), Judged::Write(..)));
    assert_eq!(collected.collect(&[mark], at(300)), None, "it is gone");
    let (again, ()) = done(&collected, collected.release(&checkout(2), at(50)));
    let older = (checkout(2), Entry::Released { at: at(50) });
    assert_eq!(again.collect(&[older], at(300)).unwrap().on(&again).unwrap().floor, Some(at(floor)));
    let (held, _) = done(&row, row.hold(&wish(1, 3, 1), at(1)));
    assert_eq!(held.collect(&[(checkout(1), Entry::Held(3))], at(300)), None, "a hold is no mark");
}

#[test]
fn one_mark_in_eight_asks_for_a_collection_whatever_goes_meanwhile() {
    let mut row = rows::row("s", "w", 500);
    let (mut asked, mut collected) = (Vec::new(), 0);
    for n in 1..=80 {
        let now = 100 * i64::try_from(n).unwrap();
        let held = done(&row, row.hold(&wish(n, 1, now), at(now))).0;
        assert!(!held.has_grown_marks(&row), "a hold is no mark");
        let sold = done(&held, held.sell(&checkout(n), at(now))).0;
        if sold.has_grown_marks(&held) {
            asked.push(n);
        }
        row = sold;
        if n % 20 == 0 {
            let marks: Vec<_> = row.holds.iter().take(11).collect();
            let after = row.collect(&marks, at(now)).unwrap().on(&row).unwrap();
            assert!(!after.has_grown_marks(&row), "fewer marks");
            collected += row.holds.marks() - after.holds.marks();
            row = after;
        }
    }
    assert_eq!(collected, 44);
    assert_eq!(asked, [8, 16, 27, 35, 46, 54, 65, 73]);
}

#[test]
fn a_row_remembers_only_so_many_checkouts_and_still_lets_them_go() {
    let mut row = rows::row("s", "w", 5_000);
    for n in 0..MAX_ENTRIES {
        row = done(&row, row.hold(&wish(n as u128 + 1, 1, 1), at(1))).0;
    }
    assert_eq!(row.hold(&wish(9_999, 1, 1), at(1)), Judged::Settled(Holding::Full));
    assert_eq!(RowWrite::hold(&wish(9_999, 1, 1), at(1)).on(&row), None);
    assert!(matches!(row.sell(&checkout(1), at(2)), Judged::Write(..)));
}

#[derive(Debug, Clone)]
enum Step {
    Hold(u128, u32, bool, i64),
    TakeOver(u128, u128, u32, bool),
    Release(u128),
    Sell(u128),
    GiveBack(u128, bool),
    Collect(u128),
    Adjust(i64),
    Reserve(u32),
}

fn steps() -> impl Strategy<Value = Step> {
    let (n, units) = (1..4_u128, 0..4_u32);
    prop_oneof![
        (n.clone(), units.clone(), any::<bool>(), 0..300_i64).prop_map(|(n, u, left, t)| Step::Hold(n, u, left, t)),
        (n.clone(), n.clone(), units.clone(), any::<bool>()).prop_map(|(n, o, u, last)| Step::TakeOver(n, o, u, last)),
        n.clone().prop_map(Step::Release),
        n.clone().prop_map(Step::Sell),
        (n.clone(), any::<bool>()).prop_map(|(n, confirmed)| Step::GiveBack(n, confirmed)),
        n.prop_map(Step::Collect),
        (-3..4_i64).prop_map(Step::Adjust),
        units.prop_map(Step::Reserve),
    ]
}

fn after(row: &StockRow, step: &Step, now: Timestamp) -> StockRow {
    match step {
        Step::Hold(n, units, is_left, t) => done(row, row.hold_or_pass(&wish(*n, *units, *t), *is_left, now)).0,
        Step::TakeOver(n, older, units, is_last) if n != older => {
            done(row, row.take_over(&wish(*n, *units, 299), &checkout(*older), *is_last, now)).0
        }
        Step::TakeOver(..) => row.clone(),
        Step::Release(n) => done(row, row.release(&checkout(*n), now)).0,
        Step::Sell(n) => done(row, row.sell(&checkout(*n), now)).0,
        Step::GiveBack(n, confirmed) => done(row, row.give_back(&checkout(*n), *confirmed, 0, now)).0,
        Step::Collect(n) => {
            let mark = row.holds.get(&checkout(*n)).map(|entry| (checkout(*n), entry));
            let write = mark.and_then(|mark| row.collect(&[mark], now));
            write.map_or_else(|| row.clone(), |write| write.on(row).expect("the mark is there"))
        }
        Step::Adjust(by) => {
            let change = Change::Adjust(*by);
            row.apply(change, rows::cause(change, row.quantity)).unwrap_or_else(|_| row.clone())
        }
        Step::Reserve(units) => {
            let change = Change::Reserve(*units);
            row.apply(change, rows::cause(change, row.quantity)).unwrap_or_else(|_| row.clone())
        }
    }
}

proptest! {
    /// I1, with both editions' holds of one row; each step done twice is the step done once; and what is in the row,
    /// or has left it and bears a mark, is what was put there.
    #[test]
    fn invariant_i1_a_row_that_holds_its_holds_adds_up_whatever_happens(
        steps in proptest::collection::vec(steps(), 0..60),
    ) {
        let mut row = rows::row("s", "w", 6);
        let (mut supplied, mut sold) = (6_i64, 0_i64);
        for (second, step) in steps.iter().enumerate() {
            let now = at(second as i64);
            let next = after(&row, step, now);
            let moved = i64::from(next.quantity) - i64::from(row.quantity);
            match step {
                Step::Adjust(_) => supplied += moved,
                _ => sold -= moved,
            }
            prop_assert!(next.is_sound(), "{step:?}: {next:?}");
            prop_assert!(next.floor >= row.floor, "{step:?}");
            prop_assert_eq!(i64::from(next.quantity) + sold, supplied);
            if !matches!(step, Step::Adjust(_) | Step::Reserve(_)) {
                let again = after(&next, step, now);
                prop_assert_eq!(&again.holds, &next.holds, "{:?}", step);
                prop_assert_eq!((again.quantity, again.available), (next.quantity, next.available));
            }
            row = next;
        }
    }
}
