//! What leaves of an order, as its record holds it.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond};
use serde::{Deserialize, Serialize};
use souk_domain::{
    ids::WarehouseId,
    order::{FormerLabel, Label, Parcel, Shipment, ShipmentItem},
};

/// A shipment. Orders that were shipped as a whole had one parcel a warehouse, and no times.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredShipment {
    warehouse_id: WarehouseId,
    items: Vec<ShipmentItem>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parcels: Vec<StoredParcel>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    packed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    leaving: Vec<Moment>,
    /// Only in older items: the last call that wanted it to leave.
    #[serde(default, skip_serializing, with = "millisecond::optional")]
    leaving_since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    shipped_at: Option<Timestamp>,
    /// Only in older items: the one label.
    #[serde(default, skip_serializing)]
    carrier: Option<String>,
    #[serde(default, skip_serializing)]
    tracking_number: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Moment(#[serde(with = "millisecond::required")] Timestamp);

#[derive(Debug, Serialize, Deserialize)]
struct StoredParcel {
    carrier: String,
    tracking_number: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<StoredFormer>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millisecond::optional")]
    delivered_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredFormer {
    carrier: String,
    tracking_number: String,
    #[serde(with = "millisecond::required")]
    until: Timestamp,
}

impl From<Shipment> for StoredShipment {
    fn from(shipment: Shipment) -> Self {
        let Shipment { warehouse_id, items, packed_at, parcels, leaving, shipped_at } = shipment;
        let parcels = parcels.into_iter().map(StoredParcel::from).collect();
        Self {
            warehouse_id,
            items,
            parcels,
            packed_at,
            leaving: leaving.into_iter().map(Moment).collect(),
            leaving_since: None,
            shipped_at,
            carrier: None,
            tracking_number: None,
        }
    }
}

impl StoredShipment {
    /// The shipment of an order that was placed then and, as a whole, shipped and delivered then.
    pub(super) fn read(
        self,
        placed_at: Timestamp,
        order_shipped_at: Option<Timestamp>,
        order_delivered_at: Option<Timestamp>,
    ) -> Shipment {
        let mut shipment = Shipment {
            packed_at: self.packed_at,
            parcels: self.parcels.into_iter().map(Parcel::from).collect(),
            leaving: self.leaving.into_iter().map(|asked| asked.0).chain(self.leaving_since).collect(),
            shipped_at: self.shipped_at,
            ..Shipment::new(self.warehouse_id, self.items)
        };
        if let (Some(carrier), Some(tracking_number)) = (self.carrier, self.tracking_number) {
            let delivered_at = order_delivered_at;
            shipment.parcels = vec![Parcel { delivered_at, ..Parcel::new(Label { carrier, tracking_number }) }];
            shipment.packed_at = order_shipped_at;
            shipment.shipped_at = order_shipped_at;
            // It was planned, and its call may have died.
            shipment.leaving = order_shipped_at.is_none().then_some(placed_at).into_iter().collect();
        }
        shipment
    }
}

impl From<Parcel> for StoredParcel {
    fn from(Parcel { label, former, delivered_at }: Parcel) -> Self {
        let former = former.into_iter().map(|FormerLabel { label, until }| {
            let Label { carrier, tracking_number } = label;
            StoredFormer { carrier, tracking_number, until }
        });
        let Label { carrier, tracking_number } = label;
        Self { carrier, tracking_number, former: former.collect(), delivered_at }
    }
}

impl From<StoredParcel> for Parcel {
    fn from(stored: StoredParcel) -> Self {
        let former = stored.former.into_iter().map(|StoredFormer { carrier, tracking_number, until }| FormerLabel {
            label: Label { carrier, tracking_number },
            until,
        });
        let label = Label { carrier: stored.carrier, tracking_number: stored.tracking_number };
        Self { label, former: former.collect(), delivered_at: stored.delivered_at }
    }
}
