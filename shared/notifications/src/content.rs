use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    money::Money,
    order::{CancelReason, Order, OrderLine},
};

use crate::{About, Kind};

/// The longest title that is shown, in characters.
const MAX_TITLE: usize = 120;

/// What a message says, before it has words.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// Which message it is.
    pub kind: Kind,
    /// Of which order.
    pub order_id: OrderId,
    /// When that was placed.
    pub placed_at: Timestamp,
    /// What was bought, or what of it is missing.
    pub lines: Vec<Line>,
    /// The sum of it.
    pub total: Money,
    /// Until when it arrives, where it is about that.
    pub arrive_by: Option<Timestamp>,
    /// Why, where it was cancelled.
    pub reason: Option<CancelReason>,
    /// What goes back, where money does.
    pub refunded: Option<Money>,
    /// What has left, or bears another label, where it is about that.
    pub parcels: Vec<Parcel>,
}

/// One line of the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its title, and what sets the variant apart, as plain text on one line.
    pub title: String,
    /// How many units.
    pub quantity: u32,
    /// The price of one.
    pub unit_price: Money,
}

/// One parcel.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
}

/// What the shopper knows it by; orders from before every line had a title show the SKU.
fn named(line: &OrderLine) -> String {
    let title = line.title.as_deref().unwrap_or(line.sku.as_str());
    line.variant.as_ref().map_or_else(|| title.to_owned(), |variant| format!("{title}, {variant}"))
}

impl Content {
    /// What a message of this kind says of the order as it is now.
    pub fn of(kind: Kind, about: &About, order: &Order) -> Self {
        let missing = match *about {
            About::Shortage(number) => (1..).zip(&order.shortages).find(|(n, _)| *n == number).map(|(_, short)| short),
            _ => None,
        };
        // Several lines of one SKU miss the same units.
        let most = missing.map_or(usize::MAX, |_| 1);
        let lines = order.lines.iter().filter(|line| missing.is_none_or(|short| short.sku == line.sku)).take(most).map(
            |line| Line {
                title: plain(&named(line)),
                quantity: missing.map_or(line.quantity.get(), |short| short.units),
                unit_price: line.unit_price,
            },
        );
        let (shipment, parcel) = match *about {
            About::Order | About::Refund(_) | About::Shortage(_) => (None, None),
            About::Shipment(shipment) => (Some(shipment), None),
            About::Correction { shipment, parcel, .. } => (Some(shipment), Some(parcel)),
        };
        let is_told = |number: u32, told: Option<u32>| told.is_none_or(|told| told == number);
        let shipments = (1..).zip(&order.shipments).filter(|(number, _)| is_told(*number, shipment));
        let parcels = shipments
            .flat_map(|(_, shipment)| (1..).zip(&shipment.parcels).filter(|(number, _)| is_told(*number, parcel)))
            .map(|(_, parcel)| Parcel {
                carrier: plain(&parcel.label.carrier),
                tracking_number: plain(&parcel.label.tracking_number),
            });
        let (confirmed, cancelled, left) = (
            matches!(kind, Kind::OrderConfirmed | Kind::SaleWon),
            matches!(kind, Kind::OrderCancelled | Kind::SaleLost),
            matches!(kind, Kind::OrderShipped | Kind::ParcelShipped | Kind::TrackingChanged),
        );
        Self {
            kind,
            order_id: order.order_id.clone(),
            placed_at: order.created_at,
            lines: lines.collect(),
            total: missing.map_or(order.total, |short| order.worth(short)),
            arrive_by: order.promise.filter(|_| confirmed).map(|promise| promise.arrive_by),
            reason: order.cancel_reason.filter(|_| cancelled),
            refunded: None,
            parcels: parcels.filter(|_| left).collect(),
        }
    }

    /// The same, of a refund of this amount.
    #[must_use]
    pub fn with_refund(self, amount: Option<Money>) -> Self {
        Self { refunded: amount, ..self }
    }
}

/// A text that can neither begin a line of its own nor turn the direction of what stands after it.
fn plain(text: &str) -> String {
    let direction =
        |c: char| matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let kept: String = text.chars().filter(|c| !direction(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect();
    let kept = kept.trim();
    if kept.chars().count() <= MAX_TITLE {
        return kept.to_owned();
    }
    kept.chars().take(MAX_TITLE - 1).chain(['…']).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use souk_domain::{
        order::{FromCheckout, FromFlashSale, Label, OrderLine, OrderStatus, Origin, Parcel as Box, Shipment},
        quantity::Quantity,
    };
    use uuid::Uuid;

    use super::*;

    fn label(number: &str) -> Label {
        Label { carrier: "Speedy".to_owned(), tracking_number: number.to_owned() }
    }

    fn order(origin: Origin) -> Order {
        let line = |title: Option<&str>, price, units| OrderLine {
            sku: "BAG-1".parse().unwrap(),
            title: title.map(str::to_owned),
            variant: title.map(|_| "Black".to_owned()),
            quantity: Quantity::new(units).unwrap(),
            unit_price: Money::usd(price).unwrap(),
        };
        let lines = vec![line(Some("Leather bag"), 123_450, 2), line(None, 99, 1)];
        Order {
            order_id: OrderId::from_uuid(Uuid::from_u128(1)),
            user_id: "user".parse().unwrap(),
            status: OrderStatus::Shipped,
            version: 3,
            origin,
            total: souk_domain::order::total(&lines).unwrap(),
            lines,
            shipping_address: None,
            payment_method: None,
            created_at: "2026-11-29T10:00:00Z".parse().unwrap(),
            pay_by: "2026-11-29T10:15:00Z".parse().unwrap(),
            settled: true,
            cancel_reason: None,
            shipments: vec![Shipment {
                parcels: vec![Box::new(label("SP-1"))],
                ..Shipment::new("w1".parse().unwrap(), Vec::new())
            }],
            shortages: Vec::new(),
            history: Vec::new(),
            promise: None,
            address_changes: Vec::new(),
            stock: souk_domain::order::StockTrail::default(),
        }
    }

    pub(crate) fn bought() -> Order {
        order(Origin::Checkout(FromCheckout {
            checkout_id: format!("chk_{}", "0".repeat(32)).parse().unwrap(),
            held_by: souk_domain::order::HeldBy::Reservation {
                reservation_id: format!("res_{}", "0".repeat(32)).parse().unwrap(),
            },
            cart_version: None,
            request_digest: String::new(),
        }))
    }

    pub(crate) fn won() -> Order {
        order(Origin::FlashSale(FromFlashSale {
            sale_id: "s".parse().unwrap(),
            shard: 0,
            warehouse_id: "w1".parse().unwrap(),
        }))
    }

    #[test]
    fn a_title_stays_on_its_line_and_in_its_direction() {
        assert_eq!(plain("a\r\nBcc: b\u{2028}c"), "a  Bcc: b c");
        assert_eq!(plain("\u{202E}gab\u{2066} "), "gab");
        assert_eq!(plain(&"x".repeat(500)).chars().count(), MAX_TITLE);
    }

    #[test]
    fn a_line_without_a_title_shows_its_sku_and_only_a_shipment_its_parcels() {
        let shipped = Content::of(Kind::OrderShipped, &About::Order, &bought());
        assert_eq!((shipped.lines[1].title.as_str(), shipped.parcels.len()), ("BAG-1", 1));
        assert_eq!(Content::of(Kind::OrderDelivered, &About::Order, &bought()).parcels, []);
    }

    #[test]
    fn a_message_about_a_part_shows_that_part() {
        let mut order = bought();
        let second =
            Shipment { parcels: ["SP-2", "SP-3"].map(|n| Box::new(label(n))).into(), ..order.shipments[0].clone() };
        order.shipments.push(second);
        let numbers = |kind, about: About| {
            let parcels = Content::of(kind, &about, &order).parcels;
            parcels.into_iter().map(|parcel| parcel.tracking_number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Kind::ParcelShipped, About::Shipment(1)), ["SP-1"]);
        assert_eq!(numbers(Kind::ParcelShipped, About::Shipment(2)), ["SP-2", "SP-3"]);
        let corrected = About::Correction { shipment: 2, parcel: 2, number: 1 };
        assert_eq!(numbers(Kind::TrackingChanged, corrected), ["SP-3"]);
    }
}
