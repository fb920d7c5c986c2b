use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;
use souk_domain::{flash_sale::LotteryKey, ids::FlashSaleId};
use souk_dynamo::StoreError;
use souk_wiring::{ConfigError, Environment, FromEnvironment};

use crate::{FlashSale, FlashSales, Room};

/// How old the room may be that a warm function answers from.
const MAX_AGE: SignedDuration = SignedDuration::from_secs(1);
/// How many sales a warm function keeps in mind.
const SALES: usize = 64;

/// What a warm function knows of the sales that it serves, so that nearly all of its answers cost the
/// store nothing.
///
/// The room is at most a second old. The definition is read again when the room names a newer version
/// of it, so whoever sees an open sale sees the definition that it was opened with.
#[derive(Debug)]
pub struct RoomCache {
    sales: FlashSales,
    slots: Cache<FlashSaleId, Arc<Slot>>,
}

/// A sale as it was read at one moment.
#[derive(Debug, Clone)]
pub struct FlashSaleSnapshot {
    /// What the operator defined.
    pub sale: Arc<FlashSale>,
    /// Where it stands.
    pub room: Arc<Room>,
    /// How many items were read to know it: 0 from memory.
    pub reads: u32,
    at: Timestamp,
    /// Rises with every reading: what was read after something else is known without a clock.
    reading: u64,
}

impl FlashSaleSnapshot {
    /// True where every shard is known to be empty.
    pub fn is_sold_out(&self) -> bool {
        self.room.is_sold_out(&self.sale)
    }
}

#[derive(Debug, Default)]
struct Slot {
    snapshot: RwLock<Option<FlashSaleSnapshot>>,
    reading: tokio::sync::Mutex<()>,
    key: tokio::sync::OnceCell<Arc<LotteryKey>>,
}

impl FromEnvironment for RoomCache {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self::new(FlashSales::from_environment(environment).await?))
    }
}

impl RoomCache {
    /// A cache that knows nothing yet.
    pub fn new(sales: FlashSales) -> Self {
        Self { sales, slots: Cache::new(SALES) }
    }

    /// The store behind the cache.
    pub fn sales(&self) -> &FlashSales {
        &self.sales
    }

    /// A sale as it was at most a second ago; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, sale_id: &FlashSaleId, now: Timestamp) -> Result<Option<FlashSaleSnapshot>, StoreError> {
        // Ids come from strangers: only those of real sales are remembered.
        let slot = self.slots.get(sale_id).unwrap_or_default();
        let fresh = |snapshot: &FlashSaleSnapshot| now.duration_since(snapshot.at).abs() < MAX_AGE;
        self.read_unless(&slot, sale_id, now, fresh).await
    }

    /// The sale as it was read later than that, by whomever.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn later_than(
        &self,
        snapshot: &FlashSaleSnapshot,
        now: Timestamp,
    ) -> Result<FlashSaleSnapshot, StoreError> {
        let sale_id = &snapshot.sale.sale_id;
        let slot = self.slots.get(sale_id).unwrap_or_default();
        let later = |known: &FlashSaleSnapshot| known.reading > snapshot.reading;
        let found = self.read_unless(&slot, sale_id, now, later).await?;
        found.ok_or_else(|| StoreError::corrupt(format!("sale {sale_id} has vanished")))
    }

    /// Keeps a room that a write has returned.
    pub(crate) fn put_room(&self, snapshot: &FlashSaleSnapshot, room: Room, now: Timestamp) -> FlashSaleSnapshot {
        let slot = self.slots.get(&snapshot.sale.sale_id).unwrap_or_default();
        self.keep(&slot, Arc::clone(&snapshot.sale), room, 0, now)
    }

    /// The sale's lottery key. It never changes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lottery_key(&self, snapshot: &FlashSaleSnapshot) -> Result<Arc<LotteryKey>, StoreError> {
        let sale_id = &snapshot.sale.sale_id;
        let slot = self.slots.get(sale_id).unwrap_or_default();
        let read = async || self.sales.lottery_key(sale_id).await.map(Arc::new);
        slot.key.get_or_try_init(read).await.cloned()
    }

    /// What is known if that is good enough, else what the store says. One reading at a time: whoever
    /// waited for another's takes what that has brought, if it is good enough for them.
    async fn read_unless(
        &self,
        slot: &Arc<Slot>,
        sale_id: &FlashSaleId,
        now: Timestamp,
        good: impl Fn(&FlashSaleSnapshot) -> bool,
    ) -> Result<Option<FlashSaleSnapshot>, StoreError> {
        if let Some(snapshot) = slot.known().filter(&good) {
            return Ok(Some(FlashSaleSnapshot { reads: 0, ..snapshot }));
        }
        let _one = slot.reading.lock().await;
        let known = slot.known();
        if let Some(snapshot) = known.clone().filter(&good) {
            return Ok(Some(FlashSaleSnapshot { reads: 0, ..snapshot }));
        }
        let Some(room) = self.sales.room_eventually(sale_id).await? else { return Ok(None) };
        let (sale, reads) = match known {
            Some(snapshot) if snapshot.sale.version >= room.sale_version => (snapshot.sale, 1),
            _ => match self.sales.get(sale_id).await? {
                Some(sale) => (Arc::new(sale), 2),
                None => return Ok(None),
            },
        };
        Ok(Some(self.keep(slot, sale, room, reads, now)))
    }

    fn keep(
        &self,
        slot: &Arc<Slot>,
        sale: Arc<FlashSale>,
        room: Room,
        reads: u32,
        now: Timestamp,
    ) -> FlashSaleSnapshot {
        let mut kept = slot.snapshot.write().unwrap_or_else(PoisonError::into_inner);
        let known = kept.take();
        let reading = known.as_ref().map_or(1, |snapshot| snapshot.reading + 1);
        // A replica may lag behind what was read already.
        let room =
            known.map(|snapshot| snapshot.room).filter(|known| known.is_later_than(&room)).unwrap_or(Arc::new(room));
        let snapshot = FlashSaleSnapshot { sale, room, reads, at: now, reading };
        *kept = Some(snapshot.clone());
        drop(kept);
        if self.slots.peek(&snapshot.sale.sale_id).is_none() {
            self.slots.insert(snapshot.sale.sale_id.clone(), Arc::clone(slot));
        }
        snapshot
    }
}

impl Slot {
    fn known(&self) -> Option<FlashSaleSnapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
