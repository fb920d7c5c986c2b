//! The model is of this code: its conditions are the domain's judgements.

use souk_domain::{
    flash_sale::{ClaimEntry, ClaimJudgement, ClaimOrder, ReleaseJudgement, ShardImage, ShardState, release_ground},
    order::OrderStatus,
};
use souk_exploration::Protocol as _;
use souk_flash_sale_model::{
    Protocol,
    actions::Action,
    bounds::Bounds,
    pc::{Claim, Pc},
    state::{Entry, Order, State},
    steps::{Ending, Run},
};
use stateright::Model;

const CLAIM: Claim = Claim { shopper: 0, shard: 0 };

/// The shards in which a shopper may find themself.
fn shards() -> impl Iterator<Item = (State, ShardImage)> {
    let entries = [
        (Entry::Absent, None),
        (Entry::Claimed, Some(ClaimEntry::Claimed(1))),
        (Entry::Returned, Some(ClaimEntry::GivenBack)),
    ];
    let all = [(true, 0), (true, 1), (false, 0)].into_iter();
    all.flat_map(move |(open, left)| {
        entries.map(|(entry, stored)| {
            let mut state = State::new([left, 0]);
            state.shards[0].open = open;
            state.shards[0].claims[0] = entry;
            let shard = if open { ShardState::Open } else { ShardState::Closed };
            (state, ShardImage { state: shard, left: left.unsigned_abs().into(), entry: stored })
        })
    })
}

fn step(state: &State, run: Run) -> State {
    let protocol = Protocol::whole(Bounds { owners: &[0], ..Bounds::ONE_SHOPPER });
    protocol.next_state(state, Action::Step(run, Ending::Answered)).unwrap_or(*state)
}

#[test]
fn a_claim_is_judged_as_the_domain_judges_it() {
    for (mut state, image) in shards() {
        state.requests[0].pc = Pc::Probe { tried: 0 };
        let after = step(&state, Run::Request(0));
        let took = after.shards[0].left < state.shards[0].left;
        let next = after.requests[0].pc;
        let as_judged = match image.claim() {
            ClaimJudgement::Claimable => took,
            ClaimJudgement::AlreadyClaimed { .. } => !took && next == Pc::Send { shard: 0 },
            ClaimJudgement::GivenBack => !took && next == Pc::Idle,
            ClaimJudgement::Empty => !took && matches!(next, Pc::Mark { mine: false, .. }),
            ClaimJudgement::Closed => !took && matches!(next, Pc::Probe { .. }),
        };
        assert!(as_judged, "{image:?}: {after:?}");
    }
}

#[test]
fn a_release_is_judged_as_the_domain_judges_it() {
    for (mut state, image) in shards() {
        state.keepers[0] = Pc::Release(CLAIM);
        let (before, after) = (state.shards[0], step(&state, Run::Keeper(0)).shards[0]);
        let gained = (after.left - before.left, after.drained - before.drained);
        let expected = match image.release() {
            ReleaseJudgement::ToSale => (1, 0),
            ReleaseJudgement::ToWarehouse => (0, 1),
            ReleaseJudgement::Done => (0, 0),
        };
        assert_eq!(gained, expected, "{image:?}");
    }
}

#[test]
fn an_order_lets_a_claim_go_as_in_the_domain() {
    for status in OrderStatus::ALL {
        for shard in 0..2 {
            let ground = release_ground(Some(ClaimOrder { status, shard: shard.into(), unit_missing: false }), 0);
            assert_eq!(Order { status, shard }.is_ground(0), ground.is_some(), "{status} {shard}");
        }
    }
}
