//! What the warehouses did, as the order remembers it.

use souk_domain::order::{FormerLabel, Label, Order, Shipment};

use super::{By, Entry, What};

pub(super) fn entries(order: &Order) -> Vec<Entry> {
    let missing = order.shortages.iter().map(|short| Entry {
        at: short.at,
        by: By::Warehouse,
        user_id: Some(short.by.clone()),
        what: What::UnitsMissing {
            warehouse_id: short.warehouse_id.clone(),
            sku: short.sku.clone(),
            units: short.units,
        },
    });
    missing.chain(order.shipments.iter().flat_map(of_shipment)).collect()
}

fn of_shipment(shipment: &Shipment) -> Vec<Entry> {
    let warehouse_id = || shipment.warehouse_id.clone();
    let entry = |at, what| Entry { at, by: By::Warehouse, user_id: None, what };
    let packed = shipment.packed_at.map(|at| entry(at, What::Packed { warehouse_id: warehouse_id() }));
    let left = shipment.shipped_at.map(|at| {
        let labels = shipment.parcels.iter().map(|parcel| parcel.former.first().map_or(&parcel.label, of_former));
        entry(at, What::ParcelsLeft { warehouse_id: warehouse_id(), labels: labels.cloned().collect() })
    });
    let mut entries: Vec<_> = packed.into_iter().chain(left).collect();
    for (number, parcel) in (1..).zip(&shipment.parcels) {
        for former in &parcel.former {
            let before = former.label.clone();
            entries.push(entry(
                former.until,
                What::LabelCorrected { warehouse_id: warehouse_id(), parcel: number, before },
            ));
        }
        let delivered = |at| entry(at, What::ParcelDelivered { warehouse_id: warehouse_id(), parcel: number });
        entries.extend(parcel.delivered_at.map(delivered));
    }
    entries
}

fn of_former(former: &FormerLabel) -> &Label {
    &former.label
}
