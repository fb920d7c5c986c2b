use jiff::{SignedDuration, Timestamp};
use souk_domain::payment::PaymentState;

use crate::{
    PaymentError, PaymentRecord, PaymentRecords, RecordOutcome,
    gateway::{Gateway, IntentStatus},
};

/// So long before the gateway lets go of the money nobody waits for the parcel any more: the order is cancelled while its
/// shopper may still be told before their bank statement is.
pub const GIVEN_UP_BEFORE: SignedDuration = SignedDuration::from_hours(2);

/// So long before the gateway lets go of the money it is held anew, where the gateway keeps what it was paid with. Long
/// enough before for a person to hear that it is not to be had.
pub const RENEWED_BEFORE: SignedDuration = SignedDuration::from_hours(12);

/// What becomes of held money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Aged {
    /// It is not merely held any more: taken, claimed or given back.
    MovedOn,
    /// There is time left.
    Held,
    /// There is time left, and operators are warned by this call.
    Warned,
    /// It is to be held anew.
    Renewable,
    /// The gateway is about to let go of it.
    Ending,
    /// The gateway has let go of it.
    Lapsed,
}

/// Looks after money that is held until soon: warns of it once within `warn_within` of its end, and asks the gateway when
/// there is hardly any time left, since it may hold it longer than it said, or no more. Repeating it warns of nothing
/// twice.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn look_after<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    record: &PaymentRecord,
    warn_within: SignedDuration,
    now: Timestamp,
) -> Result<Aged, PaymentError> {
    let (PaymentState::Authorized, Some(intent_id)) = (record.state, &record.gateway_id) else {
        return Ok(Aged::MovedOn);
    };
    let left = |until: Timestamp| until.duration_since(now);
    let until = record.can_be_captured_until();
    if left(until) <= RENEWED_BEFORE && record.may_be_renewed() {
        return Ok(Aged::Renewable);
    }
    if left(until) > GIVEN_UP_BEFORE {
        if left(until) > warn_within || record.warned_at.is_some() {
            return Ok(Aged::Held);
        }
        return Ok(match records.record_warned(&record.order_id, now).await? {
            RecordOutcome::Kept(_) => Aged::Warned,
            RecordOutcome::Refused(_) => Aged::Held,
        });
    }
    let intent = gateway.retrieve(intent_id).await?;
    match (intent.status, intent.capture_before) {
        (IntentStatus::RequiresCapture, Some(longer)) if left(longer) > GIVEN_UP_BEFORE => {
            let _or_it_moved_on = records.record_held_until((&record.order_id, intent_id), longer, now).await?;
            Ok(Aged::Held)
        }
        (IntentStatus::RequiresCapture, _) => Ok(Aged::Ending),
        // Another run may have put another intent in its place meanwhile, and cancelled it.
        (IntentStatus::Canceled, _) => {
            let there = records.get(&record.order_id).await?;
            let stands = there.is_some_and(|there| there.gateway_id == record.gateway_id && there.renewal.is_none());
            Ok(if stands { Aged::Lapsed } else { Aged::MovedOn })
        }
        // Taken behind the shop's back: the reconciliation reports it.
        (IntentStatus::Succeeded, _) => Ok(Aged::MovedOn),
        (other, _) => Err(PaymentError::Inconsistent(other)),
    }
}

/// The gateway is said to have let go of held money: where that is so, the record says it, by which the sweeper finds it.
///
/// # Errors
/// [`PaymentError`]; repeating is safe.
pub async fn learn_of_lapse<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    record: &PaymentRecord,
    now: Timestamp,
) -> Result<(), PaymentError> {
    let (PaymentState::Authorized, Some(intent_id)) = (record.state, &record.gateway_id) else { return Ok(()) };
    if record.can_be_captured_until() > now && gateway.retrieve(intent_id).await?.status == IntentStatus::Canceled {
        let _or_it_moved_on = records.record_held_until((&record.order_id, intent_id), now, now).await?;
    }
    Ok(())
}
