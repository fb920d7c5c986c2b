//! Claims and their way back, in a shard that does what the judgements say.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::order::{FromCheckout, FromFlashSale, HeldBy, Order, OrderStatus, Origin, tests::order};

fn image(state: ShardState, left: u32, entry: Option<i64>) -> ShardImage {
    ShardImage { state, left, entry: entry.map(|entry| entry.try_into().unwrap()) }
}

#[test]
fn a_shoppers_own_entry_is_found_before_anything_else() {
    use ClaimJudgement::{AlreadyClaimed, Claimable, Closed, Empty, GivenBack};
    let open =
        [(1, None, Claimable), (0, None, Empty), (0, Some(9), AlreadyClaimed { since: 9 }), (1, Some(-1), GivenBack)];
    let closed = [(0, None, Closed), (0, Some(9), AlreadyClaimed { since: 9 }), (0, Some(-1), GivenBack)];
    for (left, entry, wanted) in open {
        assert_eq!(image(ShardState::Open, left, entry).claim(), wanted);
    }
    for (left, entry, wanted) in closed {
        assert_eq!(image(ShardState::Closed, left, entry).claim(), wanted);
    }
}

#[test]
fn a_unit_goes_back_on_sale_or_to_its_warehouse_and_once() {
    use ReleaseJudgement::{Done, ToSale, ToWarehouse};
    for (state, entry, wanted) in [
        (ShardState::Open, Some(9), ToSale),
        (ShardState::Closed, Some(9), ToWarehouse),
        (ShardState::Open, Some(-1), Done),
        (ShardState::Closed, Some(-1), Done),
        (ShardState::Open, None, Done),
        (ShardState::Closed, None, Done),
    ] {
        assert_eq!(image(state, 0, entry).release(), wanted, "{state:?} {entry:?}");
    }
}

#[test]
fn an_entry_is_a_time_or_given_back() {
    for number in [1, 1_800_000_000, i64::from(u32::MAX), -1] {
        assert_eq!(i64::from(ClaimEntry::try_from(number).unwrap()), number);
        assert_eq!(serde_json::from_value::<ClaimEntry>(number.into()).map(i64::from).unwrap(), number);
    }
    for number in [0, -2, i64::from(u32::MAX) + 1, i64::MIN] {
        assert!(ClaimEntry::try_from(number).is_err(), "{number}");
    }
    assert_eq!(serde_json::to_value(ShardState::Open).unwrap(), "OPEN");
}

#[test]
fn a_claim_is_released_only_for_a_cancelled_order_or_one_of_another_shard() {
    assert_eq!(release_ground(None, 3), None, "the order may be about to be made");
    for status in OrderStatus::ALL {
        let cancelled = (status == OrderStatus::Cancelled).then_some(ReleaseGround::OrderCancelled);
        assert_eq!(
            release_ground(Some(ClaimOrder { status, shard: 3, unit_missing: false }), 3),
            cancelled,
            "{status}"
        );
        let another = Some(ReleaseGround::OrderNamesAnotherShard(4));
        assert_eq!(release_ground(Some(ClaimOrder { status, shard: 4, unit_missing: false }), 3), another, "{status}");
    }
}

#[test]
fn an_order_of_a_sale_says_its_shard_and_another_says_nothing() {
    let of = |origin| ClaimOrder::of(&Order { origin, ..order(OrderStatus::Confirmed, Vec::new()) });
    let of_sale =
        FromFlashSale { sale_id: "console".parse().unwrap(), shard: 7, warehouse_id: "east".parse().unwrap() };
    assert_eq!(
        of(Origin::FlashSale(of_sale)),
        Some(ClaimOrder { status: OrderStatus::Confirmed, shard: 7, unit_missing: false })
    );
    let of_checkout = FromCheckout {
        checkout_id: "chk_0123456789abcdef0123456789abcdef".parse().unwrap(),
        held_by: HeldBy::Reservation { reservation_id: "res_0123456789abcdef0123456789abcdef".parse().unwrap() },
        cart_version: None,
        request_digest: "d".to_owned(),
    };
    assert_eq!(of(Origin::Checkout(of_checkout)), None);
}

/// A shard of ten units.
struct Shard {
    state: ShardState,
    left: u32,
    drained: u32,
    entries: BTreeMap<u8, ClaimEntry>,
}

const UNITS: u32 = 10;

impl Shard {
    fn image(&self, shopper: u8) -> ShardImage {
        ShardImage { state: self.state, left: self.left, entry: self.entries.get(&shopper).copied() }
    }

    fn claim(&mut self, shopper: u8) {
        if self.image(shopper).claim() == ClaimJudgement::Claimable {
            self.left -= 1;
            self.entries.insert(shopper, ClaimEntry::Claimed(7));
        }
    }

    fn release(&mut self, shopper: u8) {
        match self.image(shopper).release() {
            ReleaseJudgement::ToSale => self.left += 1,
            ReleaseJudgement::ToWarehouse => self.drained += 1,
            ReleaseJudgement::Done => return,
        }
        self.entries.insert(shopper, ClaimEntry::GivenBack);
    }

    fn close(&mut self) {
        if self.state == ShardState::Open {
            self.drained += self.left;
            (self.state, self.left) = (ShardState::Closed, 0);
        }
    }

    fn held(&self) -> u32 {
        self.entries.values().filter(|entry| matches!(entry, ClaimEntry::Claimed(_))).count().try_into().unwrap()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Claim(u8),
    Release(u8),
    Close,
}

proptest! {
    #[test]
    fn invariant_i3_units_are_left_held_or_drained_whatever_happens(
        steps in proptest::collection::vec(
            prop_oneof![
                12 => (0..25_u8).prop_map(Step::Claim),
                12 => (0..25_u8).prop_map(Step::Release),
                1 => Just(Step::Close),
            ],
            0..120,
        ),
    ) {
        let mut shard = Shard { state: ShardState::Open, left: UNITS, drained: 0, entries: BTreeMap::new() };
        let mut lost = Vec::new();
        for step in steps {
            let closed = shard.state == ShardState::Closed;
            match step {
                Step::Claim(shopper) => shard.claim(shopper),
                Step::Release(shopper) => {
                    shard.release(shopper);
                    lost.extend(shard.entries.contains_key(&shopper).then_some(shopper));
                }
                Step::Close => shard.close(),
            }
            prop_assert_eq!(shard.left + shard.held() + shard.drained, UNITS);
            prop_assert!(!closed || shard.left == 0, "nothing is for sale in a closed shard");
            // I4: whoever lost their unit does not get a second one.
            let again = |shopper: &u8| shard.entries.get(shopper) != Some(&ClaimEntry::GivenBack);
            prop_assert!(!lost.iter().any(again));
        }
    }
}
