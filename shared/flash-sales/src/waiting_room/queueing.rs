use std::time::Duration;

use jiff::Timestamp;
use souk_domain::flash_sale::{
    Cohort, FlashSaleStatus, Lottery, LotteryKey, Position,
    polling::{Waiting, jitter_of, poll_after},
};

use super::Ticket;
use crate::FlashSaleSnapshot;

/// What a waiting shopper is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queueing {
    /// Where the sale stands.
    pub status: FlashSaleStatus,
    /// The shopper's position; shown from the opening on.
    pub position: Option<Position>,
    /// About how many are before them; known from the opening on.
    pub ahead: Option<u64>,
    /// About how long it takes until they are admitted.
    pub wait: Option<Duration>,
    /// When to ask again; `None` where nothing changes any more.
    pub poll_after: Option<Duration>,
    /// Every unit is claimed, for now.
    pub sold_out: bool,
    /// They may claim now.
    pub admitted: bool,
}

impl Queueing {
    /// Where the holder of a ticket stands, by what is known of the sale. `jitter` is random and counts
    /// 2^-32: it spreads the polls.
    pub fn of(snapshot: &FlashSaleSnapshot, ticket: &Ticket, key: &LotteryKey, now: Timestamp, jitter: u32) -> Self {
        let room = &snapshot.room;
        let (status, sold_out) = (room.status, snapshot.is_sold_out());
        let waiting =
            Self { status, position: None, ahead: None, wait: None, poll_after: None, sold_out, admitted: false };
        if !status.has_opened() {
            let opens_at = room.opens_at;
            let opening = Waiting::ForOpening { opens_at, expected_shoppers: snapshot.sale.terms.expected_shoppers() };
            let until = u64::try_from(opens_at.duration_since(now).as_millis()).unwrap_or(0);
            return Self {
                wait: Some(Duration::from_millis(until)),
                poll_after: Some(poll_after(opening, now, jitter_of(&ticket.sale_id, &ticket.shopper))),
                ..waiting
            };
        }
        let lottery = Lottery::new(key, room.beacon.as_ref(), &ticket.sale_id);
        let position = lottery.position(Cohort::of(ticket.joined, room.opens_at), &ticket.shopper);
        let standing = room.pace.standing(position, &room.conditions(), now);
        let shown = Self { position: Some(position), ahead: Some(standing.ahead), ..waiting };
        match status {
            FlashSaleStatus::Open if !sold_out => Self {
                wait: Some(standing.wait),
                poll_after: Some(poll_after(Waiting::ForTurn(standing.wait), now, jitter)),
                admitted: room.pace.admits(position, now),
                ..shown
            },
            FlashSaleStatus::Open | FlashSaleStatus::Paused => {
                let shoppers = room.shoppers().max(snapshot.sale.terms.expected_shoppers().into());
                Self { poll_after: Some(poll_after(Waiting::ForChange { shoppers }, now, jitter)), ..shown }
            }
            _ => shown,
        }
    }
}
