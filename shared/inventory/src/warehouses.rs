use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::WarehouseId,
    stock::{Area, Site, nearest},
};
use souk_dynamo::{Outcome, StoreError, Table, attribute, n};
use souk_wiring::{ConfigError, Environment, FromEnvironment};
use utoipa::ToSchema;

/// The partition of all of them: there are few, and they are read together.
const ALL: &str = "warehouses";
/// How old the table may be that a warm function answers from.
const MAX_AGE: SignedDuration = SignedDuration::from_secs(60);

/// What operators say of a warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WarehouseDetails {
    /// Where it is.
    pub area: Area,
    /// Among equally near ones that of the lowest number sends first.
    #[schema(maximum = 1_000_000)]
    pub priority: u32,
}

/// A warehouse with its version, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warehouse {
    /// Which.
    pub warehouse_id: WarehouseId,
    /// What operators say of it.
    #[serde(flatten)]
    pub details: WarehouseDetails,
    /// +1 at every change.
    pub version: u64,
}

/// A warehouse as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    listing: String,
    warehouse_id: WarehouseId,
    details: WarehouseDetails,
    version: u64,
}

/// How saying something of a warehouse ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum PutWarehouseOutcome {
    /// Nothing had been said of it.
    Created(Warehouse),
    /// Something else had.
    Changed(Warehouse),
    /// It was so; nothing was written.
    Unchanged(Warehouse),
    /// Something is said of it, and the caller named no version.
    VersionNeeded(Warehouse),
    /// It has another version than the caller named; `None` where nothing is said of it.
    Stale(Option<Warehouse>),
}

/// The `warehouses` table (keys `listing`, `warehouse_id`). Stock may lie in a warehouse that is not in it: that one is
/// asked last.
#[derive(Debug, Clone, FromEnvironment)]
pub struct Warehouses {
    #[variable("WAREHOUSES_TABLE")]
    table: Table,
}

impl Warehouses {
    /// The warehouses in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// A warehouse; `None` where nothing was said of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, id: &WarehouseId) -> Result<Option<Warehouse>, StoreError> {
        let record: Option<Record> = self.table.get(&[("listing", ALL), ("warehouse_id", id.as_str())]).await?;
        Ok(record.map(Warehouse::from))
    }

    /// All of them, by id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&self) -> Result<Vec<Warehouse>, StoreError> {
        let records: Vec<Record> = self.table.partition("listing", ALL).await?;
        Ok(records.into_iter().map(Warehouse::from).collect())
    }

    /// Says where a warehouse is. Without `seen` it only creates; with it, it only changes that version.
    ///
    /// # Errors
    /// [`StoreError`] where the outcome is unknown; repeating then answers `Unchanged` to a creation, and `Stale` with
    /// what was put to a change.
    pub async fn put(
        &self,
        id: &WarehouseId,
        details: WarehouseDetails,
        seen: Option<u64>,
    ) -> Result<PutWarehouseOutcome, StoreError> {
        let version = seen.map_or(1, |seen| seen.saturating_add(1));
        let (listing, warehouse_id) = (ALL.to_owned(), id.clone());
        let record = Record { listing, warehouse_id, details: details.clone(), version };
        let equal = attribute("details").equals(souk_dynamo::value(&details)?);
        let condition = match seen {
            None => attribute("warehouse_id").is_absent(),
            Some(seen) => attribute("version").equals(n(seen)).and(!equal),
        };
        let present = match self.table.put_if(&record, condition).await? {
            Outcome::Written(()) if seen.is_none() => return Ok(PutWarehouseOutcome::Created(record.into())),
            Outcome::Written(()) => return Ok(PutWarehouseOutcome::Changed(record.into())),
            Outcome::Refused(item) => item.map(souk_dynamo::decode::<Record>).transpose()?.map(Warehouse::from),
        };
        Ok(match (present, seen) {
            (Some(there), None) if there.details == details => PutWarehouseOutcome::Unchanged(there),
            (Some(there), Some(seen)) if there.version == seen => PutWarehouseOutcome::Unchanged(there),
            (Some(there), None) => PutWarehouseOutcome::VersionNeeded(there),
            (present, _) => PutWarehouseOutcome::Stale(present),
        })
    }
}

impl From<Record> for Warehouse {
    fn from(record: Record) -> Self {
        Self { warehouse_id: record.warehouse_id, details: record.details, version: record.version }
    }
}

/// The warehouses as they were a minute ago at the most: a checkout reads them for nothing.
#[derive(Debug)]
pub struct NearWarehouses {
    warehouses: Warehouses,
    known: RwLock<Option<(Timestamp, Arc<[Site]>)>>,
}

impl FromEnvironment for NearWarehouses {
    async fn from_environment(environment: &Environment) -> Result<Self, ConfigError> {
        Warehouses::from_environment(environment).await.map(Self::new)
    }
}

impl NearWarehouses {
    /// Nothing is known yet.
    pub fn new(warehouses: Warehouses) -> Self {
        Self { warehouses, known: RwLock::default() }
    }

    /// The warehouses in the order in which they send to a destination.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn to(&self, destination: Option<&Area>, now: Timestamp) -> Result<Vec<WarehouseId>, StoreError> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, sites)) = known
            && now.duration_since(at).abs() < MAX_AGE
        {
            return Ok(nearest(&sites, destination));
        }
        let site = |it: Warehouse| Site {
            warehouse_id: it.warehouse_id,
            area: it.details.area,
            priority: it.details.priority,
        };
        let sites: Arc<[Site]> = self.warehouses.all().await?.into_iter().map(site).collect();
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&sites)));
        Ok(nearest(&sites, destination))
    }
}
