//! The invariants of the design, as the model can see them.

use souk_domain::order::OrderStatus;
use souk_exploration::Last;
use stateright::Property;

use crate::{
    bounds::{Bounds, SHARDS},
    guards::Guards,
    invariants::Invariant,
    pc::{Pc, claims},
    protocol::Protocol,
    rest::{Unrest, unrest},
    state::{Entry, Message, Phase, Sin, State},
};

impl Invariant {
    /// The property for the checker.
    pub fn property(self) -> Property<Protocol> {
        match self {
            Self::I2UnitsConserved => Property::always("invariant_i2_units_conserved", units_conserved),
            Self::I3NoOversell => Property::always("invariant_i3_no_oversell", no_oversell),
            Self::I3ReleasedOnGround => {
                Property::always("invariant_i3_released_on_ground", |_, s| released_on_ground(s))
            }
            Self::I3NothingStrandedAtRest => {
                Property::always("invariant_i3_nothing_stranded_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Unit))
            }
            Self::I4OneOrder => Property::always("invariant_i4_one_order", |_, s: &State| !s.sins.has(Sin::OrderLost)),
            Self::I9AcceptedEndsAtRest => {
                Property::always("invariant_i9_accepted_ends_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Intent))
            }
            Self::I9AcceptedIsOrdered => {
                Property::always("invariant_i9_accepted_is_ordered", |_, s: &State| !s.sins.has(Sin::ExpiredUnduly))
            }
            Self::CreditedOnce => Property::always("credited_once", |_, s| credited_once(s)),
            Self::CreditedAtRest => Property::always("credited_at_rest", |p, s| at_rest(p, s) != Some(Unrest::Stock)),
            Self::SoldOutIsWithdrawn => Property::always("sold_out_is_withdrawn", |_, s| sold_out_is_withdrawn(s)),
            Self::SoldOutNeverSticksAtRest => {
                Property::always("sold_out_never_sticks_at_rest", |p, s| at_rest(p, s) != Some(Unrest::SoldOut))
            }
            Self::EveryRunEnds => Property::always("every_run_ends", |_, s: &State| !s.sins.has(Sin::WentBack)),
        }
    }
}

/// States that the model must reach, or it shows nothing.
pub(crate) fn reached(protocol: &Protocol) -> Vec<Property<Protocol>> {
    let bounds = &protocol.bounds;
    let mut reached = vec![
        Property::sometimes("an order is confirmed", |_, s: &State| {
            s.shoppers.iter().filter_map(|shopper| shopper.order).any(|order| order.status == OrderStatus::Confirmed)
        }),
        Property::sometimes("a release died before it unmarked its shard", |_, s: &State| {
            !s.is_running() && s.shards.iter().any(|shard| shard.owed)
        }),
    ];
    if bounds.units == [1, 1] && bounds.owners.starts_with(&[0, 0]) {
        reached.push(Property::sometimes("one shopper has two claims", |_, s: &State| {
            s.shards.iter().all(|shard| shard.claims[0] == Entry::Claimed)
        }));
        reached.push(Property::sometimes("one of two claims went back, the other is confirmed", |_, s: &State| {
            s.shards.iter().any(|shard| shard.claims[0] == Entry::Returned)
                && s.living_order(0).is_some_and(|order| order.status == OrderStatus::Confirmed)
        }));
    }
    if bounds.owners.contains(&1) {
        reached.push(Property::sometimes("a unit that came back is sold to another", |_, s: &State| {
            s.shards.iter().any(|shard| {
                shard.claims[0] == Entry::Returned
                    && shard.claims[1] == Entry::Claimed
                    && s.living_order(1).is_some_and(|order| order.status == OrderStatus::Confirmed)
            })
        }));
    }
    if bounds.total() == 1 {
        // Answered without any read: the shopper learns of their claim from their order only.
        reached.push(Property::sometimes("a shopper with a claim is told that all is sold", |_, s: &State| {
            let [owner, ..] = s.requests;
            owner.view.empty == (1 << SHARDS) - 1
                && owner.pc == Pc::Idle
                && !s.shoppers[0].accepted
                && s.shards.iter().any(|shard| shard.claims[0] == Entry::Claimed)
        }));
    }
    if bounds.closes {
        reached.push(Property::sometimes("a unit came back after the close and is credited", |_, s: &State| {
            s.shards.iter().any(|n| !n.open && n.claims[0] == Entry::Returned && n.credited > 0)
        }));
    }
    if bounds.clocks_hold {
        reached.push(Property::sometimes("an accepted intent expires, its message lost", |_, s: &State| {
            let [shopper, _] = s.shoppers;
            s.phase == Phase::Grace
                && shopper.accepted
                && shopper.messages == [Message::None; SHARDS]
                && shopper.order.is_some_and(|order| order.status == OrderStatus::Cancelled)
        }));
    }
    reached
}

/// I2 for a sale: a unit is free, drained, or somebody's claim.
fn units_conserved(p: &Protocol, s: &State) -> bool {
    s.shards.iter().zip(p.bounds.units).all(|(shard, units)| {
        let claimed = shard.claims.iter().filter(|entry| **entry == Entry::Claimed).count() as i8;
        shard.left >= 0 && shard.left + shard.drained + claimed == units
    })
}

/// I3: an order that is not cancelled has its claim, and a shard has not more such orders than units.
fn no_oversell(p: &Protocol, s: &State) -> bool {
    let orders = || (0..s.shoppers.len()).filter_map(|n| s.living_order(n).map(|order| (n, usize::from(order.shard))));
    orders().all(|(shopper, shard)| s.shards[shard].claims[shopper] == Entry::Claimed)
        && (0..SHARDS).all(|n| orders().filter(|(_, shard)| *shard == n).count() as i8 <= p.bounds.units[n])
}

/// I3: what was given back has an order that let it go.
fn released_on_ground(s: &State) -> bool {
    claims().all(|claim| {
        let entry = s.shards[usize::from(claim.shard)].claims[usize::from(claim.shopper)];
        let order = s.shoppers[usize::from(claim.shopper)].order;
        entry != Entry::Returned || order.is_some_and(|order| order.is_ground(claim.shard))
    })
}

/// What came back to the stock is what the record says, at most what was drained, and never less than before.
fn credited_once(s: &State) -> bool {
    !s.sins.has(Sin::CreditTakenBack)
        && s.shards.iter().all(|shard| shard.credited == shard.returned && shard.returned <= shard.drained)
}

/// A shard with a unit is called empty only until its release, or the sweeper after it, has told.
fn sold_out_is_withdrawn(s: &State) -> bool {
    (0..SHARDS).all(|n| !s.is_misnamed(n as u8) || s.shards[n].owed)
}

/// What is wrong once the faults stop. Asked only where no run is left: runs can be killed anywhere, so the state
/// without them is always among those that are checked.
fn at_rest(protocol: &Protocol, state: &State) -> Option<Unrest> {
    type Question = (Guards, Bounds, State);
    thread_local! {
        static LAST: Last<Question, Option<Unrest>> = const { Last::new() };
    }
    if state.is_running() {
        return None;
    }
    let Protocol { guards, bounds, .. } = *protocol;
    LAST.with(|last| last.or_find((guards, bounds, *state), || unrest(protocol, *state)))
}
