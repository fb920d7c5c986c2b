//! What banks were asked to give back is taken over from the gateway, and counted for an alarm.

use jiff::Timestamp;
use souk_domain::{ids::OrderId, payment::DisputeState};
use souk_payments::{PaymentError, PaymentRecord, PaymentRecords, gateway::Gateway};
use souk_wiring::metrics;

/// Takes over a payment's disputes. Repeating it changes and counts nothing more.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub(crate) async fn settle_disputes<G: Gateway>(
    payments: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<(), PaymentError> {
    if let Some((before, after)) = souk_payments::settle_disputes(payments, gateway, order_id, now).await? {
        count(&before, &after);
    }
    Ok(())
}

/// Counts disputes that were not known, and those that were lost since.
#[expect(clippy::cast_precision_loss, reason = "counts of one payment")]
fn count(before: &PaymentRecord, after: &PaymentRecord) {
    let opened = after.disputes.iter().filter(|it| before.disputes.get(&it.gateway_id).is_none()).count();
    let is_lost = |record: &PaymentRecord| record.disputes.iter().filter(|it| it.state == DisputeState::Lost).count();
    let lost = is_lost(after).saturating_sub(is_lost(before));
    if opened + lost > 0 {
        tracing::warn!(order_id = %after.order_id, opened, lost, "a payment is disputed");
        metrics::emit("disputes", "Count", &[("opened", opened as f64), ("lost", lost as f64)]);
    }
}
