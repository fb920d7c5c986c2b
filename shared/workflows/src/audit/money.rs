//! What the gateway took and gave back, beside what is recorded of it.

use std::{collections::HashMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use souk_domain::{audit::Violation, ids::OrderId, payment::PaymentState};
use souk_payments::{
    PaymentRecord,
    gateway::{Gateway as _, Intent, Window},
    reconcile::Sums,
};
use tokio::time::Instant;

use super::{Audit, Report};
use crate::Failure;

/// The time after which no further page is read; the newest come first. Each payment is looked at by the reconciliation, too.
const WITHIN: Duration = Duration::from_secs(300);
/// How far back payments are compared: an order leaves the hot table a month after it has ended.
const WINDOW: SignedDuration = SignedDuration::from_hours(24 * 45);

impl Audit {
    /// Page by page of the gateway's list, a hundred payments at once. What differs is read again, record and payment,
    /// and counts only where the record is the same still.
    pub(super) async fn audit_money(&self, report: &mut Report, now: Timestamp) -> Result<(), Failure> {
        let window = Window { from: now - WINDOW, to: now };
        let (begun, mut after) = (Instant::now(), None);
        loop {
            if begun.elapsed() > WITHIN {
                report.checked.payments_left = true;
                return Ok(());
            }
            let page = self.gateway.list(window, after.as_deref()).await?;
            let listed: Vec<_> =
                page.intents.into_iter().filter_map(|(intent, order_id)| Some((intent, order_id?))).collect();
            let mut ids: Vec<OrderId> = listed.iter().map(|(_, order_id)| order_id.clone()).collect();
            ids.sort_unstable();
            ids.dedup();
            let records = self.payments.many(&ids).await?;
            let records: HashMap<_, _> = records.iter().map(|record| (&record.order_id, record)).collect();
            for (intent, order_id) in &listed {
                let Some(record) = records.get(order_id) else { continue };
                if record.gateway_id.as_ref() != Some(&intent.id) {
                    continue;
                }
                let Some((ours, theirs)) = sums(record).zip(intent.sums()) else { continue };
                report.checked.payments += 1;
                if ours != theirs {
                    self.recheck_sums(order_id, (record.version, intent), report).await?;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn recheck_sums(
        &self,
        order_id: &OrderId,
        (version, intent): (u64, &Intent),
        report: &mut Report,
    ) -> Result<(), Failure> {
        let theirs = self.gateway.retrieve(&intent.id).await?.sums();
        let record = self.payments.get(order_id).await?;
        match record.filter(|record| record.version == version).and_then(|record| sums(&record)).zip(theirs) {
            Some((ours, theirs)) if ours == theirs => {}
            Some((Sums { captured, refunded }, theirs)) => report.violations.push(Violation::SumsDiffer {
                order_id: order_id.clone(),
                captured,
                captured_there: theirs.captured,
                refunded,
                refunded_there: theirs.refunded,
            }),
            None => report.moving.push(order_id.to_string()),
        }
        Ok(())
    }
}

/// What must be at the gateway: the record's sums, and nothing where the record says that nothing is held. A payment
/// with a refund on its way is compared once that has ended.
fn sums(record: &PaymentRecord) -> Option<Sums> {
    match record.state {
        PaymentState::Voided => Some(Sums { captured: 0, refunded: 0 }),
        _ => record.sums_at_rest(),
    }
}
