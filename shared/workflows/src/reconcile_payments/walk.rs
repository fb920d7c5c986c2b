//! One intent: compared, compared again where it differs, and acted upon.

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
    settle_disputes, settle_refunds,
};

use super::ReconcilePayments;
use crate::{Failure, hear_gateway};

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

    async fn compare(
        &self,
        order_id: &OrderId,
        intent: &Intent,
        now: Timestamp,
    ) -> Result<(Finding, Option<OrderProgress>), Failure> {
        let found = find(&self.shipping.orders, &self.archive, order_id).await?;
        let order = found.as_ref().map(|order| OrderProgress {
            // The money of all of it is taken with the first parcel.
            status: if order.has_departed() && !order.status.has_left() { OrderStatus::Shipped } else { order.status },
            settled: order.settled,
        });
        let payment = self.shipping.payments.get(order_id).await?;
        let record = payment.as_ref().map(|record| RecordFacts {
            state: record.state,
            knows: match &record.gateway_id {
                None => Knows::None,
                Some(id) if *id == intent.id => Knows::This,
                Some(_) => Knows::Another,
            },
        });
        let finding = reconcile(order, record, intent.status);
        let is_its = record.is_some_and(|record| record.knows == Knows::This);
        let finding = match (found, payment) {
            (Some(order), Some(payment)) if is_its && finding.kind == Kind::Agreed => {
                agreed(&order, &payment, intent, now).unwrap_or(finding)
            }
            _ => finding,
        };
        Ok((finding, order))
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
                if let Some((before, after)) = settle_disputes(payments, gateway, order_id, now).await? {
                    hear_gateway::count(&before, &after);
                }
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
