//! A flash sale: a fair waiting room in front of stock shards that hold their claims.
//!
//! - [`FlashSaleTerms`] is what the operator decides, [`FlashSaleStatus`] where the sale stands.
//! - The waiting room: [`Lottery`] gives every shopper a [`Position`] that joining again never improves,
//!   [`Pace`] is the threshold T(now) below which positions are admitted, and [`Pace::conducted`] is the
//!   conductor's step that moves it. [`Sampling`] counts shoppers without an item for each of them, and
//!   [`polling`] tells clients when to ask again.
//! - The stock: [`ShardPlan`] lays the units out, [`probes`] says which shards a shopper tries,
//!   [`ShardImage`] and [`release_ground`] judge a claim and its way back.
//!
//! Why it is fair: cohorts come one after the other, within a cohort a public draw decides, and T stands
//! after the opening until everyone who waits has been told their position ([`Pace::opening`]). A shopper
//! then polls when it is their turn, and a script that polls all the time gains nothing.
//!
//! What the count of shoppers does to the rate, by the simulated sales in the tests: with the right
//! count, or one that is one per cent off, every second is within six standard deviations of it; joins
//! counted twice halve it; three in ten counted who do not come leave seven tenths of it.
//!
//! Two commands for a developer:
//!
//! ```text
//! cargo run --release -p souk-domain --example waiting_room     ten million joins and their polls
//! cargo run -p souk-domain --example verify_draw                repeats the draw of a closed sale
//! ```

mod beacon;
mod bytes32;
mod claim;
mod cohort;
mod conductor;
mod draw;
mod ids;
mod lottery;
mod pace;
pub mod polling;
mod probes;
mod sample;
mod shards;
mod standing;
mod status;
mod terms;
#[cfg(test)]
mod tests;
mod windows;

pub use beacon::{Beacon, drand};
pub use bytes32::Bytes32Error;
pub use claim::{
    ClaimEntry, ClaimEntryError, ClaimJudgement, ClaimOrder, ReleaseGround, ReleaseJudgement, ShardImage, ShardState,
    release_ground,
};
pub use cohort::{Cohort, Position, WINDOW};
pub use conductor::{Conditions, HORIZON, MAX_SEGMENTS};
pub use draw::{Draw, DrawError};
pub use ids::{IntentId, ShopperKey};
pub use lottery::{Commitment, Lottery, LotteryKey};
pub use pace::{Pace, STALE_READERS, Segment};
pub use probes::{Probes, probe_limit, probes};
pub use sample::{SAMPLE_SIZE, SAMPLE_SLOTS, Sampling, present};
pub use shards::{MAX_SHARDS, MIN_SHARDS, Shard, ShardPlan, ShardRun, UNITS_PER_SHARD};
pub use standing::Standing;
pub use status::{FlashSaleEvent, FlashSaleStatus, InvalidFlashSaleTransition};
pub use terms::{
    DEFAULT_ADMISSION_RATE, DEFAULT_EXPECTED_SHOPPERS, FlashSaleDraft, FlashSaleTerms, MAX_ADMISSION_RATE,
    MAX_EXPECTED_SHOPPERS, MAX_UNITS, TermsError,
};
pub use windows::{COUNT_DELAY, WindowCounts, countable};
