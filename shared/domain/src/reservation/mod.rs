//! A reservation: units set aside for a checkout, then for its order.
//!
//! `HELD` becomes `COMMITTED` or `RELEASED`, nothing else. Every step is a judgement of the reservation
//! as it stands: either it names what has to be written, or it says how things are. The store writes
//! what was judged only while the reservation still is what was judged, so each step takes effect once,
//! however often it is repeated.

mod judgement;
mod outcomes;

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};

pub use judgement::{Decision, Write};
pub use outcomes::{AbandonOutcome, AttachOutcome, CommitOutcome, ExpireOutcome, ReleaseOutcome};

use crate::{
    ids::{OrderId, ReservationId},
    stock::{Allocation, Change},
};

/// The longest delay of a queue's message, which is a reservation's timer.
const MAX_DELAY: SignedDuration = SignedDuration::from_secs(900);

/// How many partitions the index of held reservations is spread over.
pub const HELD_SHARDS: u32 = 16;

/// Where a reservation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReservationState {
    /// The units are set aside.
    Held,
    /// They have left for a confirmed order.
    Committed,
    /// They are for sale again.
    Released,
}

/// Units set aside, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// Derived from the checkout, so that reserving again finds what is there.
    pub reservation_id: ReservationId,
    /// Where it stands.
    pub state: ReservationState,
    /// +1 at every write.
    pub version: u64,
    /// Which units of which rows; a row occurs once.
    pub lines: Vec<Allocation>,
    /// The order that it serves, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// True where a cancelled order's units came back after they had left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
    /// Of the units that came back, those that were not there to be picked, and so did not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Allocation>,
    /// When it was made.
    #[serde(with = "millisecond::required")]
    pub created_at: Timestamp,
    /// When the units go back, unless the order is confirmed by then.
    #[serde(with = "millisecond::required")]
    pub expires_at: Timestamp,
}

/// What a step does to each row of the reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowEffect {
    /// Nothing: only the reservation is written.
    None,
    /// The units leave.
    Commit,
    /// The units are for sale again.
    Release,
    /// The units that had left come back.
    Return,
}

impl RowEffect {
    /// The change of a row that holds so many of the reservation's units.
    pub fn change(self, units: u32) -> Option<Change> {
        match self {
            Self::None => None,
            Self::Commit => Some(Change::Commit(units)),
            Self::Release => Some(Change::Release(units)),
            Self::Return => Some(Change::Return(units)),
        }
    }
}

impl Reservation {
    /// A new one.
    pub fn held(id: ReservationId, lines: Vec<Allocation>, now: Timestamp, expires_at: Timestamp) -> Self {
        Self {
            reservation_id: id,
            state: ReservationState::Held,
            version: 1,
            lines,
            order_id: None,
            returned: false,
            missing: Vec::new(),
            created_at: now,
            expires_at,
        }
    }

    /// How many of a line's units a step moves: those that were never there do not come back.
    pub fn there_of(&self, line: &Allocation) -> u32 {
        let of_its_row = |missing: &&Allocation| missing.sku == line.sku && missing.warehouse_id == line.warehouse_id;
        let missing: u32 = self.missing.iter().filter(of_its_row).map(|missing| missing.quantity).sum();
        line.quantity.saturating_sub(missing)
    }

    /// True once its time has passed. Whether the units may go back depends on more than that.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// The partition of the index of held reservations: there while it is held, `None` afterwards.
    pub fn held_shard(&self) -> Option<String> {
        let hash = |sum: u32, byte: u8| sum.wrapping_mul(31).wrapping_add(byte.into());
        let sum = self.reservation_id.as_str().bytes().fold(0, hash);
        (self.state == ReservationState::Held).then(|| held_shard(sum % HELD_SHARDS))
    }
}

/// The name of one partition of the index of held reservations.
pub fn held_shard(number: u32) -> String {
    format!("h#{number:02}")
}

/// How long a timer's message is delayed, in seconds: until the end, but no longer than a queue can.
/// A message that comes before the end sends itself again.
pub fn timer_delay(expires_at: Timestamp, now: Timestamp) -> u16 {
    let left = now.duration_until(expires_at).clamp(SignedDuration::ZERO, MAX_DELAY);
    // Rounded up: a message that comes a fraction too early has to travel twice.
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    u16::try_from(seconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_timer_waits_until_the_end_but_no_longer_than_a_queue_can() {
        let now = Timestamp::UNIX_EPOCH;
        let after = |ms| timer_delay(now + SignedDuration::from_millis(ms), now);
        assert_eq!(
            [after(-5), after(0), after(1), after(2000), after(899_001), after(7_200_000)],
            [0, 0, 1, 2, 900, 900]
        );
    }

    #[test]
    fn held_shards_cover_their_range_and_end_with_the_hold() {
        let id = |n: u128| ReservationId::from_uuid(Uuid::from_u128(n * 7919));
        let held = |n| Reservation::held(id(n), Vec::new(), Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let shards: BTreeSet<_> = (0..500).filter_map(|n| held(n).held_shard()).collect();
        assert_eq!(shards.len(), HELD_SHARDS as usize);
        assert!(shards.contains(&held_shard(0)) && shards.contains(&held_shard(15)));
        assert_eq!(Reservation { state: ReservationState::Released, ..held(1) }.held_shard(), None);
    }
}
