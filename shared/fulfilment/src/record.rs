//! A fulfilment as its table holds it.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    fulfilment::{Claim, Fulfilment, FulfilmentState},
    ids::{OrderId, UserId, WarehouseId},
    order::ShipmentItem,
};

/// How long after its order was placed a fulfilment is known that is done.
const RETENTION: SignedDuration = SignedDuration::from_hours(24 * 365);

/// A fulfilment with the index keys that stand beside it.
#[derive(Debug, Serialize, Deserialize)]
pub struct FulfilmentRecord {
    order_id: OrderId,
    warehouse_id: WarehouseId,
    state: FulfilmentState,
    version: u64,
    items: Vec<ShipmentItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claimed_by: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    claimed_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    cancel_requested_at: Option<Timestamp>,
    #[serde(with = "millisecond::required")]
    placed_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    leave_by: Option<Timestamp>,
    /// The partition of the sparse index of open work: the warehouse, while there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    work: Option<WarehouseId>,
    /// That index's sort key: what is due first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    work_since: Option<String>,
    /// In seconds, DynamoDB's own: what is done goes. What became of it stands in the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ttl: Option<i64>,
}

impl From<&Fulfilment> for FulfilmentRecord {
    fn from(of: &Fulfilment) -> Self {
        let is_open = of.state.is_open();
        Self {
            order_id: of.order_id.clone(),
            warehouse_id: of.warehouse_id.clone(),
            state: of.state,
            version: of.version,
            items: of.items.clone(),
            claimed_by: of.claim.as_ref().map(|claim| claim.by.clone()),
            claimed_until: of.claim.as_ref().map(|claim| claim.until),
            cancel_requested_at: of.cancel_requested_at,
            placed_at: of.placed_at,
            leave_by: of.leave_by,
            work: is_open.then(|| of.warehouse_id.clone()),
            work_since: is_open.then(|| since(of)),
            ttl: (!is_open).then(|| (of.placed_at + RETENTION).as_second()),
        }
    }
}

impl From<FulfilmentRecord> for Fulfilment {
    fn from(record: FulfilmentRecord) -> Self {
        let claim = record.claimed_by.zip(record.claimed_until).map(|(by, until)| Claim { by, until });
        Self {
            order_id: record.order_id,
            warehouse_id: record.warehouse_id,
            state: record.state,
            version: record.version,
            items: record.items,
            claim,
            cancel_requested_at: record.cancel_requested_at,
            placed_at: record.placed_at,
            leave_by: record.leave_by,
        }
    }
}

/// The sort key of open work: by when it is due, then by id, as text. Where nothing was promised it stands where it was
/// placed, before all that was promised since.
pub(crate) fn since(of: &Fulfilment) -> String {
    format!("{:013}#{}", of.leave_by.unwrap_or(of.placed_at).as_millisecond(), of.order_id)
}
