//! What the gateway took and gave back, beside what is recorded of it.

use std::{collections::HashMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use souk_domain::{audit::Violation, ids::OrderId, payment::PaymentState};
use souk_dynamo::Segment;
use souk_payments::{
    PaymentRecord,
    gateway::{Gateway as _, Intent, IntentStatus, Window},
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
    pub(super) async fn audit_money(&self, report: &mut Report, part: Segment, now: Timestamp) -> Result<(), Failure> {
        let window = window(part, now);
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
                    // While it is renewed two intents stand for a payment.
                    if record.renewal.is_none() && holds(intent) {
                        self.recheck_aside(order_id, intent, report).await?;
                    }
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

    async fn recheck_aside(&self, order_id: &OrderId, listed: &Intent, report: &mut Report) -> Result<(), Failure> {
        // The intent before its record: whoever puts the record on it writes that first.
        let intent = self.gateway.retrieve(&listed.id).await?;
        let Some(record) = self.payments.get(order_id).await? else { return Ok(()) };
        if record.renewal.is_some() || record.gateway_id.as_ref() == Some(&intent.id) {
            report.moving.push(order_id.to_string());
        } else if holds(&intent) {
            report.violations.push(Violation::MoneyAside {
                order_id: order_id.clone(),
                intent_id: intent.id,
                amount: if intent.captured > 0 { intent.captured } else { record.amount.amount() },
            });
        }
        Ok(())
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

/// A part of the time of which payments are compared, the newest first.
fn window(part: Segment, now: Timestamp) -> Window {
    let at =
        |number: u32| now - SignedDuration::from_secs(WINDOW.as_secs() * i64::from(number) / i64::from(part.of.max(1)));
    Window { from: at(part.number + 1), to: at(part.number) }
}

/// True where an intent has money, or has taken some and not given it back.
fn holds(intent: &Intent) -> bool {
    match intent.status {
        IntentStatus::RequiresCapture => true,
        IntentStatus::Succeeded => intent.sums().is_none_or(|sums| sums.refunded < sums.captured),
        _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_the_time_are_all_of_it() {
        let now = Timestamp::UNIX_EPOCH + WINDOW;
        assert_eq!(window(Segment::WHOLE, now), Window { from: Timestamp::UNIX_EPOCH, to: now });
        let parts: Vec<Window> = Segment::all(7).map(|part| window(part, now)).collect();
        assert_eq!((parts[0].to, parts[6].from), (now, Timestamp::UNIX_EPOCH));
        assert!(parts.windows(2).all(|pair| pair[0].from == pair[1].to && pair[1].from < pair[1].to));
    }
}
