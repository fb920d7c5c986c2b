//! Which parcels an order leaves in, where one call ships all that is left of it.

use souk_domain::{
    ids::WarehouseId,
    order::{Departures, Label, Order, Shipment},
};

/// The labels of an order's parcels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// The same for all: one parcel a warehouse.
    One(Label),
    /// One each, by the warehouse that the parcel leaves from; a warehouse may have several.
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

/// What leaves of an order that is laid out: all that has not left, and what the labels name besides, which is to have
/// left under them.
pub(super) fn departures(labels: &Labels, order: &Order) -> Result<Departures, ParcelError> {
    let is_left = |shipment: &&Shipment| shipment.shipped_at.is_none() && !shipment.is_empty();
    match labels {
        Labels::One(label) => {
            let of = |shipment: &Shipment| (shipment.warehouse_id.clone(), vec![label.clone()]);
            let rest: Departures = order.shipments.iter().filter(is_left).map(of).collect();
            let bears = |shipment: &&Shipment| shipment.parcels.iter().any(|parcel| parcel.bears(label));
            Ok(if rest.is_empty() && order.shipments.iter().any(|shipment| bears(&shipment)) {
                // A repeat: what left earlier, under another label, is none of its business.
                order.shipments.iter().filter(bears).map(of).collect()
            } else if rest.is_empty() {
                order.shipments.iter().filter(|shipment| !shipment.is_empty()).map(of).collect()
            } else {
                rest
            })
        }
        Labels::Each(each) => {
            let stranger = each.iter().position(|(from, _)| order.shipment(from).is_none_or(Shipment::is_empty));
            if let Some(index) = stranger {
                return Err(ParcelError::NothingLeavesFrom(index));
            }
            let mut departures = Departures::new();
            for shipment in &order.shipments {
                let own = each.iter().filter(|(from, _)| *from == shipment.warehouse_id);
                let own: Vec<Label> = own.map(|(_, label)| label.clone()).collect();
                match own.is_empty() {
                    false => departures.push((shipment.warehouse_id.clone(), own)),
                    true if is_left(&shipment) => return Err(ParcelError::Missing(shipment.warehouse_id.clone())),
                    true => {}
                }
            }
            Ok(departures)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use souk_domain::{
        ids::OrderId,
        money::Money,
        order::{FromFlashSale, OrderStatus, Origin},
        stock::Allocation,
    };

    use super::*;

    fn order() -> Order {
        let line = |sku: &str, warehouse: &str, quantity| Allocation {
            sku: sku.parse().unwrap(),
            warehouse_id: warehouse.parse().unwrap(),
            quantity,
        };
        let sale = FromFlashSale { sale_id: "s".parse().unwrap(), shard: 0, warehouse_id: "w".parse().unwrap() };
        let mut order = Order {
            order_id: format!("ord_{}", "0".repeat(32)).parse::<OrderId>().unwrap(),
            user_id: "u".parse().unwrap(),
            status: OrderStatus::Confirmed,
            version: 1,
            origin: Origin::FlashSale(sale),
            lines: Vec::new(),
            total: Money::usd(0).unwrap(),
            shipping_address: None,
            payment_method: None,
            created_at: Timestamp::UNIX_EPOCH,
            pay_by: Timestamp::UNIX_EPOCH,
            settled: true,
            cancel_reason: None,
            shipments: Vec::new(),
            shortages: Vec::new(),
            history: Vec::new(),
            promise: None,
            address_changes: Vec::new(),
            stock: souk_domain::order::StockTrail::default(),
        };
        order.lay_out(&[line("a", "east", 2), line("b", "west", 1), line("c", "east", 1)]);
        order
    }

    fn label(carrier: &str) -> Label {
        Label { carrier: carrier.to_owned(), tracking_number: "1".to_owned() }
    }

    fn carriers(departures: Departures) -> Vec<String> {
        let text = |(from, labels): (WarehouseId, Vec<Label>)| {
            let carriers: Vec<_> = labels.into_iter().map(|label| label.carrier).collect();
            format!("{from}: {}", carriers.join(", "))
        };
        departures.into_iter().map(text).collect()
    }

    fn named(order: &Order, labels: &[(&str, &str)]) -> Result<Vec<String>, ParcelError> {
        let each = labels.iter().map(|(from, carrier)| (from.parse().unwrap(), label(carrier))).collect();
        departures(&Labels::Each(each), order).map(carriers)
    }

    #[test]
    fn one_label_is_for_all_that_is_left() {
        let mut order = order();
        let one = |order: &Order, carrier| carriers(departures(&Labels::One(label(carrier)), order).unwrap());
        assert_eq!(one(&order, "DHL"), ["east: DHL", "west: DHL"]);
        let now = Timestamp::UNIX_EPOCH;
        order.leave(&vec![("east".parse().unwrap(), vec![label("UPS")])], now).unwrap();
        assert_eq!(one(&order, "DHL"), ["west: DHL"]);
        order.leave(&vec![("west".parse().unwrap(), vec![label("DHL")])], now).unwrap();
        assert_eq!(one(&order, "DHL"), ["west: DHL"], "a repeat");
        assert_eq!(one(&order, "GLS"), ["east: GLS", "west: GLS"], "which the order refuses");
    }

    #[test]
    fn every_label_is_kept_and_every_warehouse_has_one() {
        let order = order();
        assert_eq!(named(&order, &[("west", "a"), ("east", "b"), ("east", "c")]).unwrap(), ["east: b, c", "west: a"]);
        assert_eq!(named(&order, &[("east", "a")]), Err(ParcelError::Missing("west".parse().unwrap())));
        let strange = named(&order, &[("east", "a"), ("west", "a"), ("north", "a")]);
        assert_eq!(strange, Err(ParcelError::NothingLeavesFrom(2)));
    }
}
