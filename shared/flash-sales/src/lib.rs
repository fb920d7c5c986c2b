//! Flash sales: what the sales context can do.
//!
//! - [`FlashSales`] keeps definitions and *rooms*. A sale's room is the one small item that everybody
//!   shares: its status, the threshold that admits shoppers, and which shards are empty. Warm functions
//!   answer from a copy that is at most a second old ([`RoomCache`]).
//! - [`WaitingRoom`] keeps nothing per shopper: a signed ticket says when they joined, a signed admission
//!   that they may claim. [`Conductor`] moves the threshold.
//! - [`Shards`] hold a sale's units together with the claims on them, so that a claim is one write;
//!   [`Claims`] chooses the shards.
//! - [`Intents`] is the queue on which claims become orders.
//!
//! Every write is conditional, and a refused condition is a named outcome. Repeating any of them is safe.
#![forbid(unsafe_code)]

mod conductor;
mod cost;
mod flash_sales;
mod intents;
mod room_cache;
mod shards;
mod waiting_room;

pub use conductor::{Conductor, TickOutcome};
pub use cost::ClaimCost;
pub use flash_sales::{
    ActiveFlashSale, ChangeOutcome, DefineOutcome, FlashSale, FlashSales, Lease, PreparedOutcome, Room,
    TransitionOutcome, new_lottery_key,
};
pub use intents::{Intents, IntentsBacklog, QueueError};
pub use room_cache::{FlashSaleSnapshot, RoomCache};
pub use shards::{
    Claim, ClaimAnswer, ClaimOutcome, ClaimPlace, Claims, CloseShardOutcome, Created, ReleaseClaimOutcome, ShardRecord,
    ShardReturns, ShardTotals, Shards, StaleClaim, StaleClaims, read_shard,
};
pub use waiting_room::{
    ADMISSION_MAX, Admission, CLOCK_SKEW, JoinOutcome, KeyRing, KeySource, KeySourceError, LiveSecrets, ManagedSecret,
    Queueing, StandingOutcome, Ticket, TokenError, WaitingRoom, WaitingRoomError,
};
