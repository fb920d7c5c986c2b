//! What the order itself remembers: its statuses and its addresses.

use souk_domain::order::{Order, OrderStatus};
use souk_events::orders::detail_types;

use super::{Entry, What};

pub(super) fn entries(order: &Order) -> Vec<Entry> {
    let statuses = order.history.iter().map(|entry| Entry {
        at: entry.at,
        by: entry.by.into(),
        user_id: None,
        what: What::Status {
            status: entry.status,
            reason: order.cancel_reason.filter(|_| entry.status == OrderStatus::Cancelled),
            published: detail_types(entry.status, order.cancel_reason).iter().map(ToString::to_string).collect(),
        },
    });
    let addresses = order.address_changes.iter().map(|change| Entry {
        at: change.at,
        by: change.by.into(),
        user_id: Some(change.user_id.clone()),
        what: What::AddressChanged { before: change.before.clone() },
    });
    statuses.chain(addresses).collect()
}
