//! Refunds and disputes by when they were made, however old their payments are: what no webhook told, and no look at a payment.

use std::collections::{BTreeSet, HashMap};

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use souk_domain::ids::OrderId;
use souk_payments::{
    PaymentRecord,
    gateway::{Back, BackItem, Gateway as _},
    settle_refunds,
};

use super::{ReconcilePayments, Report};
use crate::{Failure, settle_disputes::settle_disputes};

/// How many of a page that no record knows are looked at at once.
const AT_ONCE: usize = 8;

impl ReconcilePayments {
    /// Compares a page of the gateway's refunds or disputes with the records, which are read a hundred at once. What a record does
    /// not know so is taken over, as upon a webhook; what names no order is asked for by its payment. One's failure does not
    /// stop the others.
    pub(super) async fn compare_back(&self, what: Back, items: Vec<BackItem>, report: &mut Report, now: Timestamp) {
        report.back += items.len();
        let known = self.records_of(&items).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "a page of refunds or disputes could not be read at once; they are read one by one");
            HashMap::new()
        });
        let unknown: Vec<BackItem> = items.into_iter().filter(|item| !is_known(what, item, &known)).collect();
        let settled = unknown.into_iter().map(|item| async move {
            let settled = self.take_over(what, &item, now).await;
            (item, settled)
        });
        let mut settled = stream::iter(settled).buffer_unordered(AT_ONCE);
        while let Some((item, settled)) = settled.next().await {
            match settled {
                Ok(true) => report.taken_over += 1,
                Ok(false) => {}
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(id = item.id, %error, "a refund or a dispute could not be reconciled");
                }
            }
        }
    }

    async fn records_of(&self, items: &[BackItem]) -> Result<HashMap<OrderId, PaymentRecord>, Failure> {
        let ids: BTreeSet<&OrderId> = items.iter().filter_map(|item| item.order_id.as_ref()).collect();
        let ids: Vec<OrderId> = ids.into_iter().cloned().collect();
        let records = self.shipping.payments.many(&ids).await?;
        Ok(records.into_iter().map(|record| (record.order_id.clone(), record)).collect())
    }

    /// True where the record did not know it so, and does now.
    async fn take_over(&self, what: Back, item: &BackItem, now: Timestamp) -> Result<bool, Failure> {
        let (payments, gateway) = (&self.shipping.payments, &self.shipping.gateway);
        let order_id = match &item.order_id {
            Some(order_id) => Some(order_id.clone()),
            None => gateway.order_of(&item.intent_id).await?,
        };
        let Some(order_id) = order_id else { return Ok(false) };
        let Some(record) = payments.get(&order_id).await? else { return Ok(false) };
        let is_its = record.gateway_id.as_ref() == Some(&item.intent_id);
        if !is_its || knows(what, item, &record) {
            return Ok(false);
        }
        tracing::warn!(%order_id, id = item.id, ?what, "money goes back that no record knows so");
        match what {
            Back::Refund => drop(settle_refunds(payments, gateway, &order_id, now).await?),
            Back::Dispute => settle_disputes(payments, gateway, &order_id, now).await?,
        }
        Ok(true)
    }
}

fn is_known(what: Back, item: &BackItem, records: &HashMap<OrderId, PaymentRecord>) -> bool {
    let record = item.order_id.as_ref().and_then(|order_id| records.get(order_id));
    record.is_some_and(|record| knows(what, item, record))
}

fn knows(what: Back, item: &BackItem, record: &PaymentRecord) -> bool {
    match what {
        Back::Refund => record.knows_refund(&item.id, &item.status),
        Back::Dispute => record.knows_dispute(&item.id, &item.status),
    }
}
