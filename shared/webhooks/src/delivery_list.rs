use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{ids::WebhookId, webhook::DeliveryState};
use souk_dynamo::{Item, StoreError, Table, s};

use crate::{Deliveries, Delivery, delivery::place};

/// How many deliveries one query looks at, and how many queries one page may take.
const LOOK: i32 = 200;
const LOOKS: usize = 5;

/// Where a list goes on: behind the delivery at this place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place(String);

/// Which deliveries of a subscription.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Those that stand so.
    pub state: Option<DeliveryState>,
    /// Those planned at this time or later.
    pub from: Option<Timestamp>,
    /// Those planned before.
    pub to: Option<Timestamp>,
}

/// A page of a subscription's deliveries, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPage {
    /// The deliveries.
    pub deliveries: Vec<Delivery>,
    /// Where the next page begins; `None` where nothing follows. A page looks at a thousand deliveries at the most, so
    /// it may be short though others follow.
    pub next: Option<Place>,
}

impl Deliveries {
    /// A page of a subscription's deliveries, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn page(
        &self,
        webhook_id: &WebhookId,
        filter: Filter,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<DeliveryPage, StoreError> {
        let bound = |at: Option<Timestamp>, or: &str| {
            at.map_or_else(|| or.to_owned(), |at| format!("{:013}", at.as_millisecond().max(0)))
        };
        let query = self
            .table
            .query()
            .index_name("by-webhook")
            .key_condition_expression("webhook_id = :webhook AND #place BETWEEN :from AND :to")
            .expression_attribute_names("#place", "place")
            .expression_attribute_values(":webhook", s(webhook_id.as_str()))
            .expression_attribute_values(":from", s(bound(filter.from, "0")))
            .expression_attribute_values(":to", s(bound(filter.to, "9")))
            .scan_index_forward(false)
            .limit(LOOK);
        let mut start = after.and_then(|place| key_at(webhook_id, place));
        let mut deliveries = Vec::new();
        for _ in 0..LOOKS {
            let page = Table::page::<Delivery>(query.clone(), start).await?;
            for delivery in page.items {
                if filter.state.is_none_or(|state| state == delivery.state) {
                    deliveries.push(delivery);
                }
                if deliveries.len() == limit {
                    let next = deliveries.last().map(|last| Place(place(last.planned_at, &last.event_id)));
                    return Ok(DeliveryPage { deliveries, next });
                }
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        let place_of = |key: Item| key.get("place").and_then(|place| place.as_s().ok()).cloned().map(Place);
        Ok(DeliveryPage { deliveries, next: start.and_then(place_of) })
    }
}

/// The index's key of the delivery at a place.
fn key_at(webhook_id: &WebhookId, Place(place): &Place) -> Option<Item> {
    let (_, event_id) = place.split_once('#')?;
    let key = [("webhook_id", webhook_id.as_str()), ("event_id", event_id), ("place", place)];
    Some(key.into_iter().map(|(name, value)| (name.to_owned(), s(value))).collect())
}
