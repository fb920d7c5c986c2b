use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    flash_sale::{Cohort, FlashSaleStatus, LotteryKey, Sampling, ShopperKey, polling::is_check_in},
    ids::FlashSaleId,
};
use souk_dynamo::StoreError;
use souk_wiring::FromEnvironment;

use super::{KeyRing, KeySourceError, Queueing, Ticket, TokenError};
use crate::{FlashSaleSnapshot, RoomCache, flash_sales::Counted};

/// Joining, waiting and being admitted. Nothing is stored per shopper but, of a sample, that they were
/// there: a ticket and an admission are all that they need.
#[derive(Debug, FromEnvironment)]
pub struct WaitingRoom {
    rooms: Arc<RoomCache>,
    ring: KeyRing,
    #[variable("ADMISSION_SECONDS")]
    admission_lifetime: SignedDuration,
}

/// How joining ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum JoinOutcome {
    /// The shopper has a ticket.
    Joined {
        /// The signed ticket.
        ticket: String,
        /// Where they stand.
        queueing: Queueing,
    },
    /// The sale is not open for joining, or no more.
    NotJoinable(FlashSaleStatus),
    /// There is no such sale.
    Unknown,
}

/// What the holder of a ticket hears.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum StandingOutcome {
    /// Where they stand, and the signed admission if it is their turn.
    Standing {
        /// Where they stand.
        queueing: Queueing,
        /// The signed admission.
        admission: Option<String>,
    },
    /// There is no such sale.
    Unknown,
}

/// Why the waiting room has no answer.
#[derive(Debug, thiserror::Error)]
pub enum WaitingRoomError {
    /// The ticket is not taken.
    #[error("the ticket: {0}")]
    Ticket(#[from] TokenError),
    /// No key to sign with.
    #[error(transparent)]
    Keys(#[from] KeySourceError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WaitingRoom {
    /// The waiting room of these sales. Admissions live so long (and 120 s at most).
    pub fn new(rooms: Arc<RoomCache>, ring: KeyRing, admission_lifetime: SignedDuration) -> Self {
        Self { rooms, ring, admission_lifetime }
    }

    /// What is known of the sales.
    pub fn rooms(&self) -> &RoomCache {
        &self.rooms
    }

    /// The keys, for whoever reads admissions.
    pub fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Gives a shopper a ticket. Joining again gives a later one: whoever keeps the first stands better.
    ///
    /// # Errors
    /// [`WaitingRoomError`]; joining again is safe.
    pub async fn join(
        &self,
        sale_id: &FlashSaleId,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<JoinOutcome, WaitingRoomError> {
        let Some(snapshot) = self.rooms.get(sale_id, now).await? else { return Ok(JoinOutcome::Unknown) };
        let status = snapshot.room.status;
        if !matches!(status, FlashSaleStatus::Scheduled | FlashSaleStatus::Open | FlashSaleStatus::Paused) {
            return Ok(JoinOutcome::NotJoinable(status));
        }
        let key = self.rooms.lottery_key(&snapshot).await?;
        let cohort = Cohort::of(now, snapshot.room.opens_at);
        self.count(&snapshot, &key, Counted::Joined, cohort, shopper, now).await?;
        self.check_in(&snapshot, &key, shopper, now).await?;
        let ticket = Ticket { sale_id: sale_id.clone(), shopper: shopper.clone(), joined: now };
        let queueing = Queueing::of(&snapshot, &ticket, &key, now, fastrand::u32(..));
        Ok(JoinOutcome::Joined { ticket: self.ring.issue_ticket(&ticket, now).await?, queueing })
    }

    /// Where the holder of this ticket stands. Shortly before the opening, asking is the check-in by
    /// which they count as present; when it is their turn, the answer holds their admission.
    ///
    /// # Errors
    /// [`WaitingRoomError`]; asking again is safe.
    pub async fn standing(
        &self,
        sale_id: &FlashSaleId,
        shopper: &ShopperKey,
        ticket: Option<&str>,
        now: Timestamp,
    ) -> Result<StandingOutcome, WaitingRoomError> {
        let Some(snapshot) = self.rooms.get(sale_id, now).await? else { return Ok(StandingOutcome::Unknown) };
        let ticket = self.ring.ticket(ticket, sale_id, shopper, now).await?;
        let key = self.rooms.lottery_key(&snapshot).await?;
        self.check_in(&snapshot, &key, shopper, now).await?;
        let queueing = Queueing::of(&snapshot, &ticket, &key, now, fastrand::u32(..));
        let admission = if queueing.admitted {
            Some(self.ring.issue_admission(sale_id, shopper, self.admission_lifetime, now).await?)
        } else {
            None
        };
        Ok(StandingOutcome::Standing { queueing, admission })
    }

    async fn check_in(
        &self,
        snapshot: &FlashSaleSnapshot,
        key: &LotteryKey,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if snapshot.room.status != FlashSaleStatus::Scheduled || !is_check_in(now, snapshot.room.opens_at) {
            return Ok(());
        }
        self.count(snapshot, key, Counted::Present, Cohort::BEFORE_OPENING, shopper, now).await
    }

    async fn count(
        &self,
        snapshot: &FlashSaleSnapshot,
        key: &LotteryKey,
        what: Counted,
        cohort: Cohort,
        shopper: &ShopperKey,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sale = &snapshot.sale;
        let sampling = Sampling::new(key, &sale.sale_id, sale.terms.expected_shoppers());
        self.rooms.sales().count_in(&sale.sale_id, &sampling, what, cohort, shopper, now).await?;
        Ok(())
    }
}
