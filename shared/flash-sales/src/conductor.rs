use std::fmt;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    flash_sale::{
        Beacon, Cohort, FlashSaleEvent, FlashSaleStatus, Pace, Sampling, WindowCounts, countable, drand,
        polling::CHECK_IN, present,
    },
    ids::FlashSaleId,
};
use souk_dynamo::{StoreError, Update, s, value};

use crate::{
    FlashSale, FlashSales, Lease, Room, TransitionOutcome,
    flash_sales::{Counted, RoomOutcome},
};

/// How many windows one step counts: after an absence the rest is for the next steps.
const WINDOWS_PER_STEP: usize = 8;

/// Moves a sale's threshold, a step each second: one conductor at a time, by a lease in the room.
#[derive(Debug, Clone)]
pub struct Conductor {
    sales: FlashSales,
    owner: String,
    lease: SignedDuration,
}

/// What a step of the conductor did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum TickOutcome {
    /// The threshold goes on; the room as it is now.
    Ticked(Box<Room>),
    /// The sale is open from now on.
    Opened(Box<Room>),
    /// Its end has come: it closes.
    Closing(Box<Room>),
    /// It opens later.
    TooEarly {
        /// When.
        opens_at: Timestamp,
    },
    /// The opening has come and its beacon cannot be had yet: try again.
    NoBeacon(String),
    /// Nothing is to be moved in this status; in `Paused` there will be.
    Idle(FlashSaleStatus),
    /// Another one conducts.
    ConductedElsewhere {
        /// Until when its lease runs.
        until: Timestamp,
    },
    /// The room was written by somebody else in between: try again.
    Overtaken,
    /// There is no such sale.
    Unknown,
}

impl Conductor {
    /// A conductor who leases sales under this name, which no other uses, for this long.
    pub fn new(sales: FlashSales, owner: impl Into<String>, lease: SignedDuration) -> Self {
        Self { sales, owner: owner.into(), lease }
    }

    /// One step. `beacon` fetches the beacon of a round; it says `None` where the shop uses none, and
    /// the sale then opens without.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn tick<E: fmt::Display>(
        &self,
        sale_id: &FlashSaleId,
        now: Timestamp,
        beacon: impl AsyncFnOnce(u64) -> Result<Option<Beacon>, E>,
    ) -> Result<TickOutcome, StoreError> {
        let Some(room) = self.sales.room(sale_id).await? else { return Ok(TickOutcome::Unknown) };
        if let Some(lease) = &room.lease
            && lease.owner != self.owner
            && lease.until > now
        {
            return Ok(TickOutcome::ConductedElsewhere { until: lease.until });
        }
        match room.status {
            FlashSaleStatus::Scheduled | FlashSaleStatus::Open | FlashSaleStatus::Paused
                if room.closes_at.is_some_and(|closes_at| closes_at <= now) =>
            {
                self.close(sale_id, now).await
            }
            FlashSaleStatus::Scheduled if now < room.opens_at => Ok(TickOutcome::TooEarly { opens_at: room.opens_at }),
            FlashSaleStatus::Scheduled => match beacon(drand::round_at_or_after(room.opens_at)).await {
                Ok(beacon) => self.open(&room, beacon, now).await,
                Err(error) => Ok(TickOutcome::NoBeacon(error.to_string())),
            },
            FlashSaleStatus::Open => self.step(&room, now).await,
            status => Ok(TickOutcome::Idle(status)),
        }
    }

    async fn close(&self, sale_id: &FlashSaleId, now: Timestamp) -> Result<TickOutcome, StoreError> {
        Ok(match self.sales.transition(sale_id, FlashSaleEvent::Close, now).await? {
            TransitionOutcome::Done(room) | TransitionOutcome::Already(room) => TickOutcome::Closing(room),
            TransitionOutcome::Refused(room) => TickOutcome::Idle(room.status),
            TransitionOutcome::Busy => TickOutcome::Overtaken,
            TransitionOutcome::Unknown => TickOutcome::Unknown,
        })
    }

    /// Condition: the room as it was read, so that a sale opens once and with one beacon.
    async fn open(&self, room: &Room, beacon: Option<Beacon>, now: Timestamp) -> Result<TickOutcome, StoreError> {
        let sale = self.sale_of(room).await?;
        let mut opened = room.clone();
        opened.status = FlashSaleStatus::Open;
        opened.pace = Pace::opening(now, sale.terms.expected_shoppers());
        let changes = Update::new().set("status", s(opened.status.as_str())).set("beacon", value(&beacon)?);
        let written = self.write(&opened, &sale, changes, now).await?;
        Ok(written.map_or(TickOutcome::Overtaken, TickOutcome::Opened))
    }

    async fn step(&self, room: &Room, now: Timestamp) -> Result<TickOutcome, StoreError> {
        let sale = self.sale_of(room).await?;
        let written = self.write(room, &sale, Update::new(), now).await?;
        Ok(written.map_or(TickOutcome::Overtaken, TickOutcome::Ticked))
    }

    async fn sale_of(&self, room: &Room) -> Result<FlashSale, StoreError> {
        let sale = self.sales.get(&room.sale_id).await?;
        sale.ok_or_else(|| StoreError::corrupt(format!("sale {} has a room only", room.sale_id)))
    }

    /// Writes what a step changes, and the lease with it: who loses the race for one loses both. `None`
    /// where somebody else has written the room since.
    async fn write(
        &self,
        room: &Room,
        sale: &FlashSale,
        changes: Update,
        now: Timestamp,
    ) -> Result<Option<Box<Room>>, StoreError> {
        let mut counts = self.count_windows(room, sale, now).await?;
        let pace = next_pace(room, sale, &counts, now);
        forget_passed(&mut counts, &pace, now);
        let lease = Lease { owner: self.owner.clone(), until: now + self.lease };
        let changes = changes
            .set("counts", value(&counts)?)
            .set("pace", value(&pace)?)
            .set("passed", value(&room.passed_at(now))?)
            .set("lease", value(&lease)?);
        Ok(match self.sales.write_room(room, changes).await? {
            RoomOutcome::Written(room) => Some(room),
            RoomOutcome::Overtaken(_) => None,
        })
    }

    /// The counts, with those windows that have closed since.
    async fn count_windows(&self, room: &Room, sale: &FlashSale, now: Timestamp) -> Result<WindowCounts, StoreError> {
        let mut counts = room.counts.clone();
        let mut sampling = None;
        for _ in 0..WINDOWS_PER_STEP {
            let cohort = counts.next();
            if !countable(cohort, room.opens_at, now) {
                break;
            }
            if sampling.is_none() {
                let key = self.sales.lottery_key(&sale.sale_id).await?;
                sampling = Some(Sampling::new(&key, &sale.sale_id, sale.terms.expected_shoppers()));
            }
            let Some(sampling) = &sampling else { break };
            counts.insert(cohort, self.shoppers_of(cohort, room, sampling).await?);
        }
        Ok(counts)
    }

    async fn shoppers_of(&self, cohort: Cohort, room: &Room, sampling: &Sampling) -> Result<u64, StoreError> {
        let joined = self.sales.counted(&room.sale_id, Counted::Joined, cohort, Timestamp::UNIX_EPOCH).await?;
        let joined = sampling.estimate(joined);
        if cohort != Cohort::BEFORE_OPENING {
            return Ok(joined);
        }
        // Whoever checked in for an opening that was then put off must check in again.
        let since = room.opens_at - CHECK_IN;
        let checked_in = self.sales.counted(&room.sale_id, Counted::Present, cohort, since).await?;
        Ok(present(sampling.estimate(checked_in), joined))
    }
}

/// While nothing can be had, the threshold stands: a unit that comes back is for those who were admitted
/// already, and then for the next in line.
fn next_pace(room: &Room, sale: &FlashSale, counts: &WindowCounts, now: Timestamp) -> Pace {
    if room.is_sold_out(sale) {
        return room.pace.clone();
    }
    let mut conditions = room.conditions();
    conditions.counts = counts;
    room.pace.conducted(&conditions, now)
}

/// Forgets the windows behind the threshold. The last one stays: it tells which is counted next.
fn forget_passed(counts: &mut WindowCounts, pace: &Pace, now: Timestamp) {
    let last = Cohort::new(counts.next().number().saturating_sub(1));
    counts.forget_before(last.min(pace.threshold(now).cohort()));
}
