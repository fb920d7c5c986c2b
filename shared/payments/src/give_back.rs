use jiff::Timestamp;
use souk_domain::{
    ids::OrderId,
    money::Money,
    payment::{Fence, PaymentState},
};

use crate::{
    PaymentError, PaymentRecord, PaymentRecords, RecordOutcome,
    gateway::{Gateway, GatewayError, IntentStatus},
};

/// How often a fence that lost a race is tried again before the step gives up and is retried as a whole.
const FENCE_ATTEMPTS: usize = 5;

/// Gives back whatever money a cancelled order holds: fences the record, cancels or refunds at the
/// gateway, keeps the result (steps F2a to F2c). Only for an order that was read `CANCELLED`.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn give_back<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<PaymentState, PaymentError> {
    let record = fenced(records, order_id, now).await?;
    if record.state != PaymentState::Voiding {
        return Ok(record.state);
    }
    // VOIDING without an id: the gateway refused to make an intent, so there is nothing to undo.
    let ended = match &record.gateway_id {
        None => PaymentState::Voided,
        Some(gateway_id) => undo(gateway, order_id, gateway_id).await?,
    };
    match records.advance(order_id, &[PaymentState::Voiding], ended, now).await? {
        RecordOutcome::Kept(_) => Ok(ended),
        RecordOutcome::Refused(record) => Ok(record.state),
    }
}

/// The record once no run of the saga can authorise through it any more.
async fn fenced(records: &PaymentRecords, order_id: &OrderId, now: Timestamp) -> Result<PaymentRecord, PaymentError> {
    let mut record = records.open(order_id, PaymentState::Voided, Money::ZERO, now).await?;
    for _ in 0..FENCE_ATTEMPTS {
        let outcome = match record.state.fence(record.gateway_id.is_some()) {
            Fence::Final => return Ok(record),
            Fence::GiveBack if record.state == PaymentState::Voiding => return Ok(record),
            Fence::Close => records.close_unknown(order_id, now).await?,
            Fence::GiveBack => records.advance(order_id, &[record.state], PaymentState::Voiding, now).await?,
        };
        match outcome {
            RecordOutcome::Kept(record) => return Ok(*record),
            RecordOutcome::Refused(moved_on) => record = *moved_on,
        }
    }
    Err(souk_dynamo::StoreError::Busy("the payment record keeps changing".to_owned()).into())
}

/// Undoes what the gateway holds, by what it says that it holds.
async fn undo<G: Gateway>(gateway: &G, order_id: &OrderId, gateway_id: &str) -> Result<PaymentState, PaymentError> {
    match gateway.cancel(order_id, gateway_id).await {
        Ok(_) => return Ok(PaymentState::Voided),
        Err(GatewayError::Refused { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    match gateway.retrieve(gateway_id).await?.status {
        IntentStatus::Canceled => Ok(PaymentState::Voided),
        IntentStatus::Succeeded => {
            gateway.refund(order_id, gateway_id).await?;
            Ok(PaymentState::Refunded)
        }
        IntentStatus::Processing => {
            Err(GatewayError::Unavailable("the payment is still being processed".into()).into())
        }
        other => Err(PaymentError::Inconsistent(other)),
    }
}
