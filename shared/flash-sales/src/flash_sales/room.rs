use std::collections::BTreeSet;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    flash_sale::{Beacon, Cohort, Conditions, FlashSaleStatus, Pace, WindowCounts},
    ids::FlashSaleId,
};
use souk_dynamo::{Outcome, StoreError, Update, attribute, n};

use super::{FlashSale, FlashSales, record::Part};

/// A sale's room: the one item that all functions share.
///
/// Status, times and pace are written under `version`. `epoch` and `empty` are written by claims and
/// releases, which come by the thousand and must not stand in the conductor's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Whose room it is.
    pub sale_id: FlashSaleId,
    pub(super) part: Part,
    /// +1 at every write of status, times or pace.
    pub version: u64,
    /// The version of the definition that holds.
    pub sale_version: u64,
    /// Where the sale stands.
    pub status: FlashSaleStatus,
    /// When it opens, or has opened.
    #[serde(with = "millisecond::required")]
    pub opens_at: Timestamp,
    /// When it closes by itself.
    #[serde(default, with = "millisecond::optional", skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Timestamp>,
    /// How many present shoppers it admits per second.
    pub rate: u32,
    /// How many shoppers each window has, as far as they are counted.
    #[serde(default)]
    pub counts: WindowCounts,
    /// The way of the threshold T.
    #[serde(default)]
    pub pace: Pace,
    /// The public randomness of the opening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beacon: Option<Beacon>,
    /// +1 whenever a unit comes back to a shard: whatever was known of empty shards before may be old.
    #[serde(default)]
    pub epoch: u64,
    /// The shards that are known to be empty.
    #[serde(default, skip_serializing)]
    pub empty: BTreeSet<u32>,
    /// The windows that the threshold has left behind, and how many shoppers those had.
    #[serde(default)]
    pub passed: Passed,
    /// Who conducts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
}

/// Windows that the threshold has left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Passed {
    /// All windows before this one.
    pub below: Cohort,
    /// How many shoppers they had, by the sample.
    pub shoppers: u64,
}

/// The right to conduct a sale for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who has it.
    pub owner: String,
    /// Until when.
    #[serde(with = "millisecond::required")]
    pub until: Timestamp,
}

impl Room {
    /// The room of a sale that was just defined.
    pub(super) fn of(sale: &FlashSale) -> Self {
        Self {
            sale_id: sale.sale_id.clone(),
            part: Part::Room,
            version: 1,
            sale_version: sale.version,
            status: FlashSaleStatus::Preparing,
            opens_at: sale.terms.opens_at(),
            closes_at: sale.terms.closes_at(),
            rate: sale.terms.admission_rate(),
            counts: WindowCounts::default(),
            pace: Pace::default(),
            beacon: None,
            epoch: 0,
            empty: BTreeSet::new(),
            passed: Passed::default(),
            lease: None,
        }
    }

    /// What the pace depends on.
    pub fn conditions(&self) -> Conditions<'_> {
        Conditions { status: self.status, opens_at: self.opens_at, rate: self.rate, counts: &self.counts }
    }

    /// True while somebody has the lease to conduct it.
    pub fn is_conducted(&self, now: Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.until > now)
    }

    /// About how many shoppers have been admitted by now: as many as were present, or joined, ahead of the
    /// threshold.
    pub fn admitted(&self, now: Timestamp) -> u64 {
        let threshold = self.pace.threshold(now);
        let in_window = self.counts.get(threshold.cohort()).unwrap_or(0);
        let part = (u128::from(in_window) * u128::from(threshold.fraction())) >> 32;
        self.passed_at(now).shoppers + u64::try_from(part).unwrap_or(u64::MAX)
    }

    /// About how many shoppers have come so far, admitted or not. A window may be counted twice.
    pub fn shoppers(&self) -> u64 {
        self.passed.shoppers.saturating_add(self.counts.total())
    }

    /// The windows that the threshold has left behind by now.
    pub(crate) fn passed_at(&self, now: Timestamp) -> Passed {
        let current = self.pace.threshold(now).cohort();
        let windows = self.passed.below.number()..current.number();
        let shoppers: u64 = windows.map(|window| self.counts.get(Cohort::new(window)).unwrap_or(0)).sum();
        Passed { below: self.passed.below.max(current), shoppers: self.passed.shoppers + shoppers }
    }

    /// True where every one of the sale's shards is known to be empty.
    pub fn is_sold_out(&self, sale: &FlashSale) -> bool {
        let shards = sale.shard_count() as usize;
        shards > 0 && self.empty.len() >= shards
    }

    /// True where this is a later state of the item than that: a replica's answer may be an older one.
    pub(crate) fn is_later_than(&self, other: &Self) -> bool {
        let age = |room: &Self| (room.version, room.epoch, room.empty.len());
        age(self) > age(other)
    }
}

/// How writing a room ended.
#[derive(Debug)]
pub(crate) enum RoomOutcome {
    /// Written; the room as it is now.
    Written(Box<Room>),
    /// Somebody else has written it since; the room as it is now, where there is one.
    Overtaken(Option<Box<Room>>),
}

impl FlashSales {
    /// Writes changes of a room that was read. Condition: its version is still that.
    pub(crate) async fn write_room(&self, seen: &Room, changes: Update) -> Result<RoomOutcome, StoreError> {
        let update = changes.add("version", n(1)).when(attribute("version").equals(n(seen.version)));
        Ok(match self.table.update(&Part::Room.key(&seen.sale_id), update).await? {
            Outcome::Written(item) => RoomOutcome::Written(Box::new(souk_dynamo::decode(item)?)),
            Outcome::Refused(item) => RoomOutcome::Overtaken(item.map(souk_dynamo::decode).transpose()?.map(Box::new)),
        })
    }
}
