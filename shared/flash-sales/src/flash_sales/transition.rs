use jiff::Timestamp;
use souk_domain::{
    flash_sale::{FlashSaleEvent, FlashSaleStatus},
    ids::FlashSaleId,
};
use souk_dynamo::{StoreError, Update, n, s};

use super::{FlashSales, Room, RoomOutcome};

/// How often a write is tried while the conductor keeps writing the room.
const ATTEMPTS: u32 = 8;

/// How an event of a sale ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum TransitionOutcome {
    /// It happened.
    Done(Box<Room>),
    /// It had happened before.
    Already(Box<Room>),
    /// The sale stands where it cannot happen.
    Refused(Box<Room>),
    /// Others kept getting in between: try again.
    Busy,
    /// There is no such sale.
    Unknown,
}

impl FlashSales {
    /// Pauses, resumes, closes or settles a sale: what the status allows. Condition: the room as it was
    /// read. A sale is opened by its conductor alone, because that takes more than a status.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn transition(
        &self,
        sale_id: &FlashSaleId,
        event: FlashSaleEvent,
        now: Timestamp,
    ) -> Result<TransitionOutcome, StoreError> {
        let mut present = self.room(sale_id).await?;
        for _ in 0..ATTEMPTS {
            let Some(room) = present else { return Ok(TransitionOutcome::Unknown) };
            let to = match room.status.apply(event) {
                Ok(to) if event != FlashSaleEvent::Open => to,
                _ if is_past(event, room.status) => return Ok(TransitionOutcome::Already(Box::new(room))),
                _ => return Ok(TransitionOutcome::Refused(Box::new(room))),
            };
            let mut changes = Update::new().set("status", s(to.as_str()));
            if event == FlashSaleEvent::Pause || event == FlashSaleEvent::Close {
                changes = changes.set("pace", souk_dynamo::value(&room.pace.stopped(now))?);
            }
            if event == FlashSaleEvent::Close {
                changes = changes.set("closes_at", n(now.as_millisecond()));
            }
            match self.write_room(&room, changes).await? {
                RoomOutcome::Written(written) => return Ok(TransitionOutcome::Done(written)),
                RoomOutcome::Overtaken(now) => present = now.map(|room| *room),
            }
        }
        Ok(TransitionOutcome::Busy)
    }

    /// Lets a scheduled sale open now: what the operator's "open" means before its time. The conductor
    /// opens it, with the first beacon from now on. Condition: the room as it was read, `SCHEDULED`.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating is safe.
    pub async fn open_early(&self, sale_id: &FlashSaleId, now: Timestamp) -> Result<TransitionOutcome, StoreError> {
        let mut present = self.room(sale_id).await?;
        for _ in 0..ATTEMPTS {
            let Some(room) = present else { return Ok(TransitionOutcome::Unknown) };
            if room.status != FlashSaleStatus::Scheduled {
                let past = is_past(FlashSaleEvent::Open, room.status);
                let room = Box::new(room);
                return Ok(if past { TransitionOutcome::Already(room) } else { TransitionOutcome::Refused(room) });
            }
            if room.opens_at <= now {
                return Ok(TransitionOutcome::Already(Box::new(room)));
            }
            let changes = Update::new().set("opens_at", n(now.as_millisecond()));
            match self.write_room(&room, changes).await? {
                RoomOutcome::Written(written) => return Ok(TransitionOutcome::Done(written)),
                RoomOutcome::Overtaken(now) => present = now.map(|room| *room),
            }
        }
        Ok(TransitionOutcome::Busy)
    }
}

/// True where a sale of this status has had the event and nothing has undone it.
fn is_past(event: FlashSaleEvent, status: FlashSaleStatus) -> bool {
    match event {
        FlashSaleEvent::Schedule => status != FlashSaleStatus::Preparing,
        FlashSaleEvent::Open | FlashSaleEvent::Resume => status == FlashSaleStatus::Open,
        FlashSaleEvent::Pause => status == FlashSaleStatus::Paused,
        FlashSaleEvent::Close => matches!(status, FlashSaleStatus::Closing | FlashSaleStatus::Closed),
        FlashSaleEvent::Settle => status == FlashSaleStatus::Closed,
    }
}
