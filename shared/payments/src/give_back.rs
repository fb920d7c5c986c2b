use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, RefundId},
    money::{Currency, Money},
    payment::{Authorization, Fence, PaymentState, RefundState, Refunds, Refused, Told},
};
use souk_dynamo::StoreError;

use crate::{
    PaymentError, PaymentRecord, PaymentRecords, RecordOutcome,
    gateway::{Gateway, GatewayError, IntentStatus, NewRefund},
    records::Taken,
    renew::cancel_other,
};

/// How often a fence that lost a race is tried again before the step gives up and is retried as a whole.
const FENCE_ATTEMPTS: usize = 5;

/// Gives back whatever money a cancelled order holds: fences the record, cancels or refunds at the
/// gateway, keeps the result (steps F2a to F2c). Only for an order that was read `CANCELLED`; `currency` is that of
/// its total.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn give_back<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    (order_id, currency): (&OrderId, Currency),
    now: Timestamp,
) -> Result<PaymentState, PaymentError> {
    let record = fenced(records, order_id, currency, now).await?;
    if record.state != PaymentState::Voiding {
        return Ok(record.state);
    }
    // VOIDING without an id: the gateway refused to make an intent, so there is nothing to undo.
    // Nobody stands on a renewal's intent any more. The sweeper of renewals forgets it.
    if let Some(other) = &record.other_intent {
        cancel_other(gateway, order_id, other).await?;
    }
    let taken = match &record.gateway_id {
        None => None,
        Some(gateway_id) => undo(gateway, &record, gateway_id, now).await?,
    };
    let outcome = match &taken {
        None => records.advance(order_id, &[PaymentState::Voiding], PaymentState::Voided, now).await?,
        Some(taken) => records.record_given_back(&record, taken, now).await?,
    };
    match outcome {
        RecordOutcome::Kept(record) | RecordOutcome::Refused(record) => Ok(record.state),
    }
}

/// What fencing an order's payment before its decision found (step F0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum FencedFirst {
    /// No money can come any more: the order may be cancelled.
    Fenced,
    /// The money is held: the order goes on.
    Authorized,
}

/// F0: sees to it that no money comes any more, unless it is there. `asks` the gateway first, where nobody has for long.
/// Only for an order whose saga is about to cancel it.
///
/// # Errors
/// [`PaymentError`]; repeating is safe. While the gateway is away nobody knows, and the order waits.
pub async fn fence_unpaid<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    currency: Currency,
    asks: bool,
    now: Timestamp,
) -> Result<FencedFirst, PaymentError> {
    let mut record = records.open(order_id, PaymentState::Voided, Money::nothing(currency), now).await?;
    for _ in 0..FENCE_ATTEMPTS {
        if record.state.is_authorized() {
            return Ok(FencedFirst::Authorized);
        }
        if record.state.is_fenced() {
            return Ok(FencedFirst::Fenced);
        }
        if let Some(gateway_id) = record.gateway_id.as_deref().filter(|_| asks) {
            let intent = gateway.retrieve(gateway_id).await?;
            if matches!(intent.status, IntentStatus::RequiresCapture | IntentStatus::Succeeded) {
                let held = Authorization::Authorized;
                match records.record_outcome(order_id, held, None, intent.capture_before, now).await? {
                    RecordOutcome::Kept(_) => return Ok(FencedFirst::Authorized),
                    RecordOutcome::Refused(moved_on) => record = *moved_on,
                }
                continue;
            }
        }
        match try_fence(records, &record, now).await? {
            None | Some(RecordOutcome::Kept(_)) => return Ok(FencedFirst::Fenced),
            Some(RecordOutcome::Refused(moved_on)) => record = *moved_on,
        }
    }
    Err(souk_dynamo::StoreError::Busy("the payment record keeps changing".to_owned()).into())
}

/// The record once no run of the saga can authorise through it any more (step F2a). Only for an order that was read
/// `CANCELLED`.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn fence(
    records: &PaymentRecords,
    order_id: &OrderId,
    currency: Currency,
    now: Timestamp,
) -> Result<(), PaymentError> {
    fenced(records, order_id, currency, now).await.map(drop)
}

async fn fenced(
    records: &PaymentRecords,
    order_id: &OrderId,
    currency: Currency,
    now: Timestamp,
) -> Result<PaymentRecord, PaymentError> {
    let mut record = records.open(order_id, PaymentState::Voided, Money::nothing(currency), now).await?;
    for _ in 0..FENCE_ATTEMPTS {
        match try_fence(records, &record, now).await? {
            None => return Ok(record),
            Some(RecordOutcome::Kept(record)) => return Ok(*record),
            Some(RecordOutcome::Refused(moved_on)) => record = *moved_on,
        }
    }
    Err(souk_dynamo::StoreError::Busy("the payment record keeps changing".to_owned()).into())
}

/// Fences a record as it was read; `None` where it is fenced already.
async fn try_fence(
    records: &PaymentRecords,
    record: &PaymentRecord,
    now: Timestamp,
) -> Result<Option<RecordOutcome>, PaymentError> {
    Ok(Some(match record.state.fence(record.gateway_id.is_some()) {
        Fence::Final => return Ok(None),
        Fence::GiveBack if record.state == PaymentState::Voiding => return Ok(None),
        Fence::Close => records.close_unknown(&record.order_id, now).await?,
        Fence::GiveBack => records.advance(&record.order_id, &[record.state], PaymentState::Voiding, now).await?,
    }))
}

/// Undoes what the gateway holds, by what it says that it holds; says what of the money had been taken.
async fn undo<G: Gateway>(
    gateway: &G,
    record: &PaymentRecord,
    gateway_id: &str,
    now: Timestamp,
) -> Result<Option<Taken>, PaymentError> {
    match gateway.cancel(&record.order_id, gateway_id).await {
        Ok(_) => return Ok(None),
        Err(GatewayError::Refused { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let intent = gateway.retrieve(gateway_id).await?;
    match intent.status {
        IntentStatus::Canceled => Ok(None),
        IntentStatus::Succeeded => {
            let captured = record.amount.of_same(intent.captured).map_err(StoreError::corrupt)?;
            let told = refund_rest(gateway, &record.order_id, gateway_id, captured).await?;
            Ok(Some(Taken { captured, refunds: refunds(record, captured, &told, now)? }))
        }
        IntentStatus::Processing => {
            Err(GatewayError::Unavailable("the payment is still being processed".into()).into())
        }
        other => Err(PaymentError::Inconsistent(other)),
    }
}

/// Refunds what has not been refunded yet, once; tells all refunds that there are then.
async fn refund_rest<G: Gateway>(
    gateway: &G,
    order_id: &OrderId,
    intent_id: &str,
    captured: Money,
) -> Result<Vec<Told>, GatewayError> {
    let refund_id = RefundId::of_cancellation(order_id);
    let told = gateway.refunds(intent_id).await?;
    let stands = |there: &&Told| there.state != RefundState::Failed;
    let refunded: i64 = told.iter().filter(stands).map(|there| there.amount.amount()).sum();
    // One that has failed is an operator's affair, and no ground to keep the units.
    if refunded >= captured.amount() || told.iter().any(|there| there.refund_id.as_ref() == Some(&refund_id)) {
        return Ok(told);
    }
    let _as_the_list_tells =
        gateway.refund(&NewRefund { order_id, intent_id, refund_id: &refund_id, amount: None }).await?;
    // Once more: another refund may have been made between the list and this one.
    gateway.refunds(intent_id).await
}

/// The record's refunds as the gateway has them. What it does not have can never be made: nothing is left.
fn refunds(record: &PaymentRecord, captured: Money, told: &[Told], now: Timestamp) -> Result<Refunds, PaymentError> {
    let cancelled = |refund_id: &RefundId| Refused { refund_id: refund_id.clone(), code: "order_cancelled".to_owned() };
    let refused: Vec<_> = record.refunds.unheard(told).map(|refund| cancelled(&refund.refund_id)).collect();
    let mut refunds = record.refunds.clone();
    refunds.learn((&record.order_id, captured), told, &refused, now)?;
    Ok(refunds)
}
