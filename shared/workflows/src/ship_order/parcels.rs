//! Which parcels an order leaves in: one a warehouse.

use std::collections::BTreeMap;

use souk_domain::{
    ids::WarehouseId,
    order::{Shipment, ShipmentItem},
    stock::Allocation,
};

/// Who carries a parcel, under which number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The carrier's name.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
}

/// The labels of an order's parcels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// The same for all.
    One(Label),
    /// One each, by the warehouse that the parcel leaves from.
    Each(Vec<(WarehouseId, Label)>),
}

/// Labels that are not those of the order's parcels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParcelError {
    /// Nothing of the order leaves from the warehouse of the label of this index.
    NothingLeavesFrom(usize),
    /// The parcel from this warehouse has none.
    Missing(WarehouseId),
}

/// One parcel a warehouse, holding what was allocated there.
pub(super) fn planned(labels: &Labels, allocations: &[Allocation]) -> Result<Vec<Shipment>, ParcelError> {
    let mut items: BTreeMap<&WarehouseId, Vec<ShipmentItem>> = BTreeMap::new();
    for line in allocations {
        let item = ShipmentItem { sku: line.sku.clone(), quantity: line.quantity };
        items.entry(&line.warehouse_id).or_default().push(item);
    }
    if let Labels::Each(each) = labels
        && let Some(index) = each.iter().position(|(warehouse_id, _)| !items.contains_key(warehouse_id))
    {
        return Err(ParcelError::NothingLeavesFrom(index));
    }
    let shipment = |(warehouse_id, items): (&WarehouseId, Vec<ShipmentItem>)| {
        let label = match labels {
            Labels::One(label) => label,
            Labels::Each(each) => {
                let own = each.iter().find(|(of, _)| of == warehouse_id);
                &own.ok_or_else(|| ParcelError::Missing(warehouse_id.clone()))?.1
            }
        };
        let Label { carrier, tracking_number } = label.clone();
        Ok(Shipment { warehouse_id: warehouse_id.clone(), items, carrier, tracking_number })
    };
    items.into_iter().map(shipment).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocations() -> Vec<Allocation> {
        let line = |sku: &str, warehouse: &str, quantity| Allocation {
            sku: sku.parse().unwrap(),
            warehouse_id: warehouse.parse().unwrap(),
            quantity,
        };
        vec![line("a", "east", 2), line("b", "west", 1), line("c", "east", 1)]
    }

    fn label(carrier: &str) -> Label {
        Label { carrier: carrier.to_owned(), tracking_number: "1".to_owned() }
    }

    #[test]
    fn an_order_leaves_as_one_parcel_a_warehouse() {
        let one = planned(&Labels::One(label("DHL")), &allocations()).unwrap();
        let contents: Vec<_> =
            one.iter().map(|s| (s.warehouse_id.as_str(), s.items.len(), s.carrier.as_str())).collect();
        assert_eq!(contents, [("east", 2, "DHL"), ("west", 1, "DHL")]);
    }

    #[test]
    fn parcels_must_be_those_of_the_orders_warehouses() {
        let named = |ids: &[&str]| {
            let each = ids.iter().map(|id| (id.parse().unwrap(), label(id))).collect();
            planned(&Labels::Each(each), &allocations())
        };
        let carriers: Vec<_> = named(&["west", "east"]).unwrap().into_iter().map(|parcel| parcel.carrier).collect();
        assert_eq!(carriers, ["east", "west"]);
        assert_eq!(named(&["east"]), Err(ParcelError::Missing("west".parse().unwrap())));
        assert_eq!(named(&["east", "west", "north"]), Err(ParcelError::NothingLeavesFrom(2)));
    }
}
