use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, RefundId, UserId},
    money::Money,
    payment::{Ask, AskError, PaymentState, Refund, RefundState, Refunds, Refused, RetryError, Told},
};
use souk_dynamo::StoreError;

use crate::{
    PaymentError, PaymentRecord, PaymentRecords, RecordOutcome,
    gateway::{Gateway, GatewayError, NewRefund},
};

/// How often a record that moved meanwhile is looked at again.
const ATTEMPTS: usize = 8;

/// How asking for a refund ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum AskOutcome<E = AskError> {
    /// It is written down; the gateway hears of it by [`settle_refunds`].
    Asked(Box<Refund>),
    /// It was written down before; the refund as it stands.
    Known(Box<Refund>),
    /// The rules do not allow it.
    Refused(E),
    /// Nothing was captured: the payment stands here. Cancelling the order gives back what is held.
    NotCaptured(PaymentState),
}

/// Writes down that money goes back (step "refund 1"), before the gateway hears of it. Repeating it finds the same
/// refund.
///
/// # Errors
/// [`StoreError`]; repeating is safe.
pub async fn ask_refund(
    records: &PaymentRecords,
    order_id: &OrderId,
    ask: &Ask,
    now: Timestamp,
) -> Result<AskOutcome, StoreError> {
    let rule = |record: &PaymentRecord, refunds: &mut Refunds, captured| {
        let mut ask = ask.clone();
        // What was asked for before is found as it is.
        if refunds.get(&ask.refund_id).is_none()
            && let Some(refundable) = record.refundable()
        {
            let wanted = ask.amount.unwrap_or(refundable);
            within(record, captured, wanted)?;
            ask.amount = Some(wanted);
        }
        refunds.ask(captured, ask, now)
    };
    write_down(records, order_id, rule, now).await
}

/// Writes down that a refund which has failed is tried again (step "refund 1"). Repeating it finds the same attempt.
///
/// # Errors
/// [`StoreError`]; repeating is safe.
pub async fn retry_refund(
    records: &PaymentRecords,
    order_id: &OrderId,
    (failed, by): (&RefundId, &UserId),
    now: Timestamp,
) -> Result<AskOutcome<RetryError>, StoreError> {
    let rule = |record: &PaymentRecord, refunds: &mut Refunds, captured| {
        let is_new = refunds.get(&RefundId::of_retry(failed)).is_none();
        if let Some(again) = refunds.get(failed).filter(|of| is_new && of.state == RefundState::Failed) {
            within(record, captured, again.amount)?;
        }
        refunds.retry(captured, failed, by, now)
    };
    write_down(records, order_id, rule, now).await
}

/// Refuses what is not there to be refunded: a bank has taken it over a dispute, or it went back before refunds were
/// written down one by one.
fn within(record: &PaymentRecord, captured: Money, wanted: Money) -> Result<(), AskError> {
    let Some(refundable) = record.refundable() else { return Ok(()) };
    // Another currency is refused by its own name.
    if wanted.currency() != captured.currency() || (wanted.amount() <= refundable.amount() && !refundable.is_nothing())
    {
        return Ok(());
    }
    let withdrawn = record.disputes.withdrawn(captured);
    Err(if withdrawn.is_nothing() {
        AskError::Exceeds { refundable }
    } else {
        AskError::Disputed { withdrawn, refundable }
    })
}

async fn write_down<E>(
    records: &PaymentRecords,
    order_id: &OrderId,
    rule: impl Fn(&PaymentRecord, &mut Refunds, Money) -> Result<Refund, E>,
    now: Timestamp,
) -> Result<AskOutcome<E>, StoreError> {
    for _ in 0..ATTEMPTS {
        let Some(record) = records.get(order_id).await? else {
            return Ok(AskOutcome::NotCaptured(PaymentState::Intent));
        };
        let Some(captured) = record.captured() else { return Ok(AskOutcome::NotCaptured(record.state)) };
        let mut refunds = record.refunds.clone();
        let refund = match rule(&record, &mut refunds, captured) {
            Ok(refund) => refund,
            Err(why) => return Ok(AskOutcome::Refused(why)),
        };
        if refunds == record.refunds {
            return Ok(AskOutcome::Known(Box::new(refund)));
        }
        if let RecordOutcome::Kept(_) = records.record_refunds(&record, &refunds, now).await? {
            return Ok(AskOutcome::Asked(Box::new(refund)));
        }
    }
    Err(busy())
}

/// Makes a payment's refunds and the gateway's agree (steps "refund 2" and "refund 3"): what is wanted and not there
/// is made, what became of each is kept, and what others made there is written down. Whoever asks, hears of a change,
/// or sweeps calls this; repeating it makes nothing twice. Returns the record; `None` where there is none.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn settle_refunds<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<Option<PaymentRecord>, PaymentError> {
    for _ in 0..ATTEMPTS {
        // The record first: what is written below stands on a list that is younger than its version.
        let Some(record) = records.get(order_id).await? else { return Ok(None) };
        let (Some(captured), Some(intent_id)) = (record.captured(), &record.gateway_id) else {
            return Ok(Some(record));
        };
        let mut told = gateway.refunds(intent_id).await?;
        let refused = make(gateway, &record, intent_id, &mut told).await?;
        let mut refunds = record.refunds.clone();
        refunds.learn((order_id, captured), &told, &refused, now)?;
        if refunds == record.refunds && !record.has_pending_refunds() {
            return Ok(Some(record));
        }
        if let RecordOutcome::Kept(record) = records.record_refunds(&record, &refunds, now).await? {
            return Ok(Some(*record));
        }
    }
    Err(busy().into())
}

/// Makes what is wanted and not there; adds what was made to what was told, and says what was refused.
async fn make<G: Gateway>(
    gateway: &G,
    record: &PaymentRecord,
    intent_id: &str,
    told: &mut Vec<Told>,
) -> Result<Vec<Refused>, PaymentError> {
    let mut refused = Vec::new();
    let unheard: Vec<Refund> = record.refunds.unheard(told).cloned().collect();
    for Refund { refund_id, amount, .. } in unheard {
        let new = NewRefund { order_id: &record.order_id, intent_id, refund_id: &refund_id, amount: Some(amount) };
        match gateway.refund(&new).await {
            Ok(there) => told.push(there),
            Err(GatewayError::Refused { code, .. } | GatewayError::Invalid { code, .. }) => {
                refused.push(Refused { refund_id, code });
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(refused)
}

fn busy() -> StoreError {
    StoreError::Busy("the payment record keeps changing".to_owned())
}
