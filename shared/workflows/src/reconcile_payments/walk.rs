//! One intent: compared, compared again where it differs, and acted upon.

use std::collections::{BTreeSet, HashMap};

use futures_util::{StreamExt as _, future::try_join, stream};
use jiff::Timestamp;
use souk_domain::{
    audit::{MoneyFacts, OrderFacts, keeps_what_it_owes},
    ids::OrderId,
    order::{Order, OrderStatus},
};
use souk_orders::find;
use souk_payments::{
    PaymentRecord,
    gateway::{Gateway as _, GatewayError, Intent},
    learn_of_lapse,
    reconcile::{
        Action, Finding, Kind, Knows, OrderProgress, RecordFacts, reconcile, reconcile_agreed, reconcile_sums,
    },
    settle_refunds,
};

use super::{NAMED, ReconcilePayments, Report, Reported};
use crate::{Failure, settle_disputes::settle_disputes};

/// How many payments of a page that differ are looked at at once.
const AT_ONCE: usize = 8;

impl ReconcilePayments {
    /// Compares an intent with its order; a difference is looked at once more before anything is done,
    /// for the list's page, the order and the record were read one after the other.
    pub(super) async fn settle_difference(
        &self,
        order_id: &OrderId,
        listed: Intent,
        now: Timestamp,
    ) -> Result<Finding, Failure> {
        let (finding, _) = self.compare(order_id, &listed, now).await?;
        if finding.action == Action::Nothing {
            return Ok(finding);
        }
        let intent = self.shipping.gateway.retrieve(&listed.id).await?;
        let (finding, order) = self.compare(order_id, &intent, now).await?;
        if finding.action == Action::Nothing {
            return Ok(finding);
        }
        tracing::warn!(
            %order_id,
            intent_id = intent.id,
            kind = ?finding.kind,
            action = ?finding.action,
            "the gateway and the order disagree"
        );
        self.act(order_id, order, &intent, finding.action, now).await?;
        Ok(finding)
    }

    /// Compares a page of the gateway's list: orders and records are read a hundred at once, and only what differs, or is
    /// not among the hot orders, is looked at by itself. One intent's failure does not stop the others.
    pub(super) async fn compare_page(
        &self,
        intents: Vec<(Intent, Option<OrderId>)>,
        report: &mut Report,
        now: Timestamp,
    ) {
        let ours: Vec<_> = intents.into_iter().filter_map(|(intent, order_id)| Some((order_id?, intent))).collect();
        let agreed = match self.at_rest(&ours, now).await {
            Ok(agreed) => agreed,
            Err(error) => {
                tracing::warn!(%error, "a page could not be read at once; its payments are read one by one");
                HashMap::new()
            }
        };
        let agreed = &agreed;
        let compared = ours.into_iter().map(|(order_id, intent)| async move {
            let settled = match agreed.get(&intent.id) {
                Some(finding) => Ok(*finding),
                None => self.settle_difference(&order_id, intent, now).await,
            };
            (order_id, settled)
        });
        let mut compared = stream::iter(compared.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
        while let Some((order_id, settled)) = compared.next().await {
            report.compared += 1;
            match settled {
                Ok(finding) => {
                    *report.found.entry(finding.kind).or_default() += 1;
                    *report.actions.entry(finding.action).or_default() += 1;
                    if finding.action == Action::Report && report.reported.len() < NAMED {
                        report.reported.push(Reported { order_id, kind: finding.kind });
                    }
                }
                Err(error) => {
                    report.failed += 1;
                    tracing::error!(%order_id, %error, "a payment could not be reconciled");
                }
            }
        }
    }

    /// Those of a page about which nothing is to be done, by their ids.
    async fn at_rest(&self, ours: &[(OrderId, Intent)], now: Timestamp) -> Result<HashMap<String, Finding>, Failure> {
        let ids: Vec<OrderId> = ours.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let (orders, records) = try_join(self.shipping.orders.many(&ids), self.shipping.payments.many(&ids)).await?;
        let orders: HashMap<_, _> = orders.iter().map(|order| (&order.order_id, order)).collect();
        let records: HashMap<_, _> = records.iter().map(|record| (&record.order_id, record)).collect();
        let mut agreed = HashMap::new();
        for (order_id, intent) in ours {
            let Some(order) = orders.get(order_id).copied() else { continue };
            let (finding, _) = judge(Some(order), records.get(order_id).copied(), intent, now);
            if finding.action == Action::Nothing {
                agreed.insert(intent.id.clone(), finding);
            }
        }
        Ok(agreed)
    }

    async fn compare(
        &self,
        order_id: &OrderId,
        intent: &Intent,
        now: Timestamp,
    ) -> Result<(Finding, Option<OrderProgress>), Failure> {
        let order = find(&self.shipping.orders, &self.archive, order_id).await?;
        let payment = self.shipping.payments.get(order_id).await?;
        Ok(judge(order.as_ref(), payment.as_ref(), intent, now))
    }

    async fn act(
        &self,
        order_id: &OrderId,
        order: Option<OrderProgress>,
        intent: &Intent,
        action: Action,
        now: Timestamp,
    ) -> Result<(), Failure> {
        match (action, order) {
            (Action::RestartSaga, Some(order)) => {
                // First the note, then the start: where the start is lost, the sweeper finds the order.
                self.shipping.orders.reopen(order_id, order.status, now).await?;
                self.shipping.saga.start(order_id).await?;
            }
            (Action::ResumeShipment, _) => {
                let outcome = self.shipping.resume(order_id, now).await?;
                tracing::info!(%order_id, outcome = outcome.name(), "the shipment was resumed");
            }
            (Action::SettleRefunds, _) => {
                let (payments, gateway) = (&self.shipping.payments, &self.shipping.gateway);
                let _as_the_next_walk_sees = settle_refunds(payments, gateway, order_id, now).await?;
            }
            (Action::NoteLapse, _) => {
                let (payments, gateway) = (&self.shipping.payments, &self.shipping.gateway);
                if let Some(record) = payments.get(order_id).await? {
                    learn_of_lapse(payments, gateway, &record, now).await?;
                }
            }
            (Action::SettleDisputes, _) => {
                let (payments, gateway) = (&self.shipping.payments, &self.shipping.gateway);
                settle_disputes(payments, gateway, order_id, now).await?;
            }
            (Action::CancelIntent, _) => match self.shipping.gateway.cancel(order_id, &intent.id).await {
                // It moved on; the next walk sees where to.
                Ok(_) | Err(GatewayError::Refused { .. }) => {}
                Err(error) => return Err(error.into()),
            },
            (Action::Nothing | Action::Report | Action::RestartSaga, _) => {}
        }
        Ok(())
    }
}

/// Where the states agree, the sums are compared: the gateway's with the record's, and both with what the order owes.
fn agreed(order: &Order, payment: &PaymentRecord, intent: &Intent, now: Timestamp) -> Option<Finding> {
    let (ours, there) = payment.sums_at_rest().zip(intent.sums())?;
    let finding = reconcile_sums(ours, there);
    if finding.kind != Kind::Agreed {
        return Some(finding);
    }
    let money = MoneyFacts {
        captured: there.captured,
        refunded: there.refunded,
        ..MoneyFacts::new(payment.captured()?, &payment.refunds)
    };
    let kept = !order.settled || keeps_what_it_owes(&OrderFacts::of(order, now), &money);
    let all_over = !payment.disputes.is_empty() && payment.disputes.open().is_none();
    Some(reconcile_agreed(kept, intent.disputed, all_over))
}

/// What an intent is beside its order and the record of its payment, and where the order stands.
fn judge(
    order: Option<&Order>,
    payment: Option<&PaymentRecord>,
    intent: &Intent,
    now: Timestamp,
) -> (Finding, Option<OrderProgress>) {
    let progress = order.map(|order| OrderProgress {
        // The money of all of it is taken with the first parcel.
        status: if order.has_departed() && !order.status.has_left() { OrderStatus::Shipped } else { order.status },
        settled: order.settled,
    });
    let record = payment.map(|record| RecordFacts {
        state: record.state,
        knows: match &record.gateway_id {
            None => Knows::None,
            Some(id) if *id == intent.id => Knows::This,
            Some(_) if record.renewal.is_some() => Knows::Renews,
            Some(_) => Knows::Another,
        },
    });
    let finding = reconcile(progress, record, intent.status);
    let is_its = record.is_some_and(|record| record.knows == Knows::This);
    let finding = match (order, payment) {
        (Some(order), Some(payment)) if is_its && finding.kind == Kind::Agreed => {
            agreed(order, payment, intent, now).unwrap_or(finding)
        }
        _ => finding,
    };
    (finding, progress)
}
