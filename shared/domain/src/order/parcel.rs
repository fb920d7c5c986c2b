use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{Sku, WarehouseId},
    stock::Allocation,
    text::TextRule,
};

/// Part of an order that leaves from one warehouse, at one moment, in one parcel or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shipment {
    /// Where it leaves from.
    pub warehouse_id: WarehouseId,
    /// What is in it.
    pub items: Vec<ShipmentItem>,
    /// When it was packed. From then on its customer cannot cancel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packed_at: Option<Timestamp>,
    /// Its parcels, once they are labelled; the first has the number 1.
    pub parcels: Vec<Parcel>,
    /// When each call asked that wants it to leave: labelled, and its money not known to be taken. A call that hears
    /// that it stays takes its own entry back, and no other's.
    #[serde(skip)]
    pub leaving: Vec<Timestamp>,
    /// When it left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipped_at: Option<Timestamp>,
}

/// Units of one SKU in a shipment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShipmentItem {
    /// Which SKU.
    pub sku: Sku,
    /// How many units.
    pub quantity: u32,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parcel {
    /// What is on it.
    #[serde(flatten)]
    pub label: Label,
    /// What was on it before it was corrected, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerLabel>,
    /// When it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

/// The number of a parcel among those of its shipment, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParcelNumber(std::num::NonZeroU32);

impl ParcelNumber {
    /// The number.
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl std::str::FromStr for ParcelNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| "must be a parcel's number, from 1")
    }
}

/// Who carries a parcel, under which number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The carrier's name.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub carrier: String,
    /// The carrier's number for it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub tracking_number: String,
}

/// A label that was corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FormerLabel {
    /// What it said.
    #[serde(flatten)]
    pub label: Label,
    /// Until when.
    pub until: Timestamp,
}

/// A carrier's name, or a tracking number.
pub(super) const TEXT: TextRule = TextRule::name(100);

impl Label {
    /// The field that cannot be printed on a label, where there is one: each has 1 to 100 printable characters.
    pub fn unprintable(&self) -> Option<&'static str> {
        let fields = [("carrier", &self.carrier), ("tracking_number", &self.tracking_number)];
        fields.into_iter().find(|(_, text)| TEXT.parse(text).is_err()).map(|(field, _)| field)
    }
}

impl Shipment {
    /// What leaves from each warehouse, in order of their ids; nothing has happened to it yet.
    pub fn of_allocations(allocations: &[Allocation]) -> Vec<Self> {
        let mut items = std::collections::BTreeMap::<&WarehouseId, Vec<ShipmentItem>>::new();
        for line in allocations {
            let item = ShipmentItem { sku: line.sku.clone(), quantity: line.quantity };
            items.entry(&line.warehouse_id).or_default().push(item);
        }
        items.into_iter().map(|(warehouse_id, items)| Self::new(warehouse_id.clone(), items)).collect()
    }

    /// One to which nothing has happened yet.
    pub fn new(warehouse_id: WarehouseId, items: Vec<ShipmentItem>) -> Self {
        Self { warehouse_id, items, packed_at: None, parcels: Vec::new(), leaving: Vec::new(), shipped_at: None }
    }

    /// True where there is nothing to send: no unit of it was there.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many units of a SKU are in it.
    pub fn units_of(&self, sku: &Sku) -> u32 {
        self.items.iter().filter(|item| item.sku == *sku).map(|item| item.quantity).sum()
    }

    /// So many units of a SKU stay in it. One without units has no parcels either.
    pub(super) fn keep(&mut self, sku: &Sku, units: u32) {
        self.items.retain(|item| item.sku != *sku || units > 0);
        for item in self.items.iter_mut().filter(|item| item.sku == *sku) {
            item.quantity = units;
        }
        if self.items.is_empty() {
            self.parcels.clear();
        }
    }

    /// True where its parcels bear exactly these labels, or did before they were corrected.
    pub(super) fn is_labelled(&self, labels: &[Label]) -> bool {
        self.parcels.len() == labels.len() && self.parcels.iter().zip(labels).all(|(parcel, label)| parcel.bears(label))
    }

    /// Labels the parcels. What is labelled so already keeps its corrections.
    pub(super) fn label(&mut self, labels: &[Label]) {
        if !labels.is_empty() && !self.is_labelled(labels) {
            self.parcels = labels.iter().cloned().map(Parcel::new).collect();
        }
    }
}

impl Parcel {
    /// A parcel that bears this label.
    pub fn new(label: Label) -> Self {
        Self { label, former: Vec::new(), delivered_at: None }
    }

    /// True where it bears this label, or did before it was corrected.
    pub fn bears(&self, label: &Label) -> bool {
        self.label == *label || self.former.iter().any(|former| former.label == *label)
    }
}
