use jiff::Timestamp;
use souk_domain::{ids::OrderId, money::Money, payment::PaymentState};
use souk_dynamo::StoreError;

use crate::{
    PaymentError, PaymentRecord, PaymentRecords, RecordOutcome,
    gateway::{Gateway, GatewayError, IntentStatus},
};

/// How taking the money ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum CaptureOutcome {
    /// The money is taken, now or before: the order may be shipped.
    Captured,
    /// There is nothing to take: the payment stands here.
    NotAuthorized(PaymentState),
    /// The gateway no longer holds the money: the authorisation has lapsed, or a cancelled order's saga
    /// gave it back. The record stays `CAPTURING` and on the sweeper's list, so that whoever dies before
    /// the order is cancelled is made up for; cancelling fences it.
    Lapsed,
    /// The gateway would not, and still holds the money. It may be tried again.
    Refused {
        /// The gateway's stable code.
        code: String,
        /// Its words.
        message: String,
    },
}

/// Takes the money that is held for an order (steps "ship 1" and "ship 2"): `amount` of it, or all. What is not taken
/// the gateway releases: it captures a payment once. Repeating it takes nothing twice, and no other amount than the
/// first call that claimed the money.
///
/// # Errors
/// [`PaymentError::AboveAuthorized`] where nothing was tried. Of any other the record stays `CAPTURING`, and the next call goes on from there.
pub async fn capture<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    amount: Option<Money>,
    now: Timestamp,
) -> Result<CaptureOutcome, PaymentError> {
    // Held a moment ago, it is claimed or the claim is refused; anything else is asked of the record as it is.
    let is_held = |seen: &PaymentRecord| seen.state == PaymentState::Authorized;
    let Some(record) = records.get_sufficing(order_id, is_held).await? else { return Ok(nothing()) };
    let part = amount.filter(|part| *part != record.amount);
    if part.is_some_and(|part| part.is_nothing() || part.amount() > record.amount.amount()) {
        return Err(PaymentError::AboveAuthorized { authorized: record.amount });
    }
    let record = match record.state {
        PaymentState::Authorized => match records.begin_capture(order_id, part, now).await? {
            RecordOutcome::Kept(record) | RecordOutcome::Refused(record) => *record,
        },
        _ => record,
    };
    go_on(records, gateway, &record, now).await
}

/// Goes on with a claim that somebody made and did not end, and makes none: where it was given back meanwhile, whoever
/// gave it back has told so, and nothing may be taken behind their back.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn resume_capture<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<CaptureOutcome, PaymentError> {
    match records.get(order_id).await? {
        Some(record) => go_on(records, gateway, &record, now).await,
        None => Ok(nothing()),
    }
}

fn nothing() -> CaptureOutcome {
    CaptureOutcome::NotAuthorized(PaymentState::Intent)
}

async fn go_on<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    record: &PaymentRecord,
    now: Timestamp,
) -> Result<CaptureOutcome, PaymentError> {
    match (record.state, &record.gateway_id) {
        (PaymentState::Captured, _) => Ok(CaptureOutcome::Captured),
        (PaymentState::Capturing, Some(gateway_id)) => take(records, gateway, record, gateway_id, now).await,
        (state, _) => Ok(CaptureOutcome::NotAuthorized(state)),
    }
}

async fn take<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    record: &PaymentRecord,
    gateway_id: &str,
    now: Timestamp,
) -> Result<CaptureOutcome, PaymentError> {
    // A refusal says that the intent is not where we thought, or that the bank will not; an answer may be
    // an earlier one's. Whether the money was taken, only the intent's present state says.
    let (attempt, amount) = (record.capture_attempt, record.capture_amount);
    let (intent, code, message) = match gateway.capture(&record.order_id, gateway_id, attempt, amount).await {
        Ok(intent) => (intent, "not_captured".to_owned(), "the money is still held".to_owned()),
        Err(GatewayError::Refused { code, message } | GatewayError::Invalid { code, message }) => {
            (gateway.retrieve(gateway_id).await?, code, message)
        }
        Err(error) => return Err(error.into()),
    };
    match intent.status {
        IntentStatus::Succeeded => {
            let captured = record.amount.of_same(intent.captured).map_err(StoreError::corrupt)?;
            match records.record_captured(&record.order_id, captured, now).await? {
                RecordOutcome::Kept(_) => Ok(CaptureOutcome::Captured),
                RecordOutcome::Refused(there) => Ok(overtaken(&there)),
            }
        }
        // Of whoever is late: the claim was given back meanwhile, and the money is held anew by another intent.
        IntentStatus::Canceled => match records.get(&record.order_id).await? {
            Some(there) if there.gateway_id.as_deref() != Some(gateway_id) => Ok(overtaken(&there)),
            _ => Ok(CaptureOutcome::Lapsed),
        },
        IntentStatus::RequiresCapture => {
            match records.give_capture_back(&record.order_id, record.capture_attempt, &code, now).await? {
                RecordOutcome::Kept(_) => Ok(CaptureOutcome::Refused { code, message }),
                RecordOutcome::Refused(there) => Ok(overtaken(&there)),
            }
        }
        other => Err(PaymentError::Inconsistent(other)),
    }
}

/// What another run has made of the record meanwhile.
fn overtaken(there: &PaymentRecord) -> CaptureOutcome {
    match there.state {
        PaymentState::Captured => CaptureOutcome::Captured,
        state => CaptureOutcome::NotAuthorized(state),
    }
}
