use jiff::{SignedDuration, Timestamp};
use souk_domain::{
    ids::OrderId,
    payment::{NextOfRenewal as Next, Renewal},
};

use crate::{
    PaymentError, PaymentRecord, PaymentRecords, RecordOutcome,
    ageing::RENEWED_BEFORE,
    gateway::{Gateway, GatewayError, Intent, IntentStatus, NewRenewal},
};

/// Why money is not held anew: the gateway does not keep the method that it was paid with.
pub const METHOD_NOT_KEPT: &str = "method_not_kept";

/// After so long a gateway that makes no intent of a renewal will not: it repeats the same failure under the same key.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// The most steps that one call makes; a renewal has seven, and others may make some of them meanwhile.
const STEPS: usize = 12;

/// What has become of a renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Renewed {
    /// It goes on elsewhere, or nothing is to be renewed.
    Nothing,
    /// The money is held by another authorisation.
    Yes,
    /// It is not, and will not be, for this reason: the gateway's code, or [`METHOD_NOT_KEPT`].
    Refused(String),
    /// The gateway holds the money longer than it had said.
    HeldLonger,
}

/// Goes on with the renewal of an order's authorisation, or begins one (steps R1 to R7). `is_confirmed`: the order was read
/// `CONFIRMED`. It can be run again from the top at any time, twice at once.
///
/// # Errors
/// [`PaymentError`]; nothing is lost, the sweeper goes on where this one stopped.
pub async fn renew<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    order_id: &OrderId,
    is_confirmed: bool,
    now: Timestamp,
) -> Result<Renewed, PaymentError> {
    let Some(first) = records.get(order_id).await? else { return Ok(Renewed::Nothing) };
    let run = Run { records, gateway, order_id, now };
    let mut record = first.clone();
    for _ in 0..STEPS {
        // One renewal a call: what another one or this one has ended is not begun anew at once.
        let may_begin = record.may_be_renewed() && record.gateway_id == first.gateway_id && first.renewal.is_none();
        let next = Renewal::next(record.renewal, record.state, is_confirmed, may_begin);
        let step = match next {
            Next::Nothing => break,
            Next::Want => run.want(&record).await?,
            Next::Create => run.create(&record).await?,
            Next::Confirm => run.confirm(&record).await?,
            Next::GiveUp => run.give_up(&record, None).await?,
            Next::Cancel => run.cancel(&record).await?,
            Next::Forget => run.forget().await?,
        };
        match step {
            Step::Wrote(RecordOutcome::Kept(written) | RecordOutcome::Refused(written)) => record = *written,
            Step::HeldLonger => return Ok(Renewed::HeldLonger),
            Step::Waits => break,
        }
    }
    Ok(if record.gateway_id != first.gateway_id {
        Renewed::Yes
    } else if record.renewal_refusal != first.renewal_refusal {
        record.renewal_refusal.map_or(Renewed::Nothing, Renewed::Refused)
    } else {
        Renewed::Nothing
    })
}

/// How a step ended.
enum Step {
    /// The record stands so now; a refused write tells how others have left it.
    Wrote(RecordOutcome),
    /// There is nothing to renew yet.
    HeldLonger,
    /// Somebody else comes first.
    Waits,
}

struct Run<'a, G> {
    records: &'a PaymentRecords,
    gateway: &'a G,
    order_id: &'a OrderId,
    now: Timestamp,
}

impl<G: Gateway> Run<'_, G> {
    /// R1, where the gateway keeps what it was paid with, and lets go of the money soon.
    async fn want(&self, record: &PaymentRecord) -> Result<Step, PaymentError> {
        let intent_id = known(record.gateway_id.as_deref())?;
        let held = self.gateway.retrieve(intent_id).await?;
        let (place, now) = ((self.order_id, intent_id), self.now);
        let longer = held.capture_before.filter(|longer| longer.duration_since(now) > RENEWED_BEFORE);
        let refused = match (held.status, longer) {
            (IntentStatus::RequiresCapture, Some(longer)) => {
                let _or_it_moved_on = self.records.record_held_until(place, longer, now).await?;
                return Ok(Step::HeldLonger);
            }
            (IntentStatus::RequiresCapture, None) if held.kept.is_some() => {
                return Ok(Step::Wrote(self.records.want_renewal(place, now).await?));
            }
            (IntentStatus::RequiresCapture, None) => METHOD_NOT_KEPT,
            // Let go of, by the bank or by somebody at the gateway: nobody holds it again behind their back.
            (IntentStatus::Canceled, _) => "canceled",
            // Taken behind the shop's back: the reconciliation reports it.
            (IntentStatus::Succeeded, _) => return Ok(Step::Waits),
            (other, _) => return Err(PaymentError::Inconsistent(other)),
        };
        Ok(Step::Wrote(self.records.refuse_renewal(place, refused, now).await?))
    }

    /// R2 and R3. What it was paid with the first intent tells, always the same.
    async fn create(&self, record: &PaymentRecord) -> Result<Step, PaymentError> {
        let number = record.renewals;
        let held = self.gateway.retrieve(known(record.gateway_id.as_deref())?).await?;
        let drop = async |code: &str| self.records.drop_renewal(self.order_id, number, code, self.now).await;
        let Some(kept) = &held.kept else { return Ok(Step::Wrote(drop(METHOD_NOT_KEPT).await?)) };
        let new = NewRenewal { order_id: self.order_id, amount: record.amount, number, kept };
        Ok(Step::Wrote(match self.gateway.create_renewal(&new).await {
            Ok(intent) => self.records.keep_renewal(self.order_id, (number, &intent.id), self.now).await?,
            Err(GatewayError::NoCustomer) => drop(METHOD_NOT_KEPT).await?,
            Err(GatewayError::Invalid { code, .. } | GatewayError::Refused { code, .. }) => drop(&code).await?,
            Err(GatewayError::Unavailable(_)) if self.is_old(record) => drop("unavailable").await?,
            Err(error) => return Err(error.into()),
        }))
    }

    fn is_old(&self, record: &PaymentRecord) -> bool {
        record.renewing_since.is_some_and(|since| self.now.duration_since(since) > GIVEN_UP_AFTER)
    }

    /// R4 and R5; where it was declined, R6.
    async fn confirm(&self, record: &PaymentRecord) -> Result<Step, PaymentError> {
        let (old, new) = (known(record.gateway_id.as_deref())?, known(record.other_intent.as_deref())?);
        let intent = match self.gateway.confirm_renewal(self.order_id, new, record.renewals).await {
            Ok(intent) => intent,
            // No answer, or it has moved on: it is asked. What cannot pay for it holds nothing.
            Err(GatewayError::Unavailable(_) | GatewayError::Refused { .. }) => self.gateway.retrieve(new).await?,
            Err(GatewayError::Invalid { code, .. }) => return self.give_up(record, Some(&code)).await,
            Err(error) => return Err(error.into()),
        };
        match intent.status {
            IntentStatus::RequiresCapture => {
                let swapped = self.records.swap_intents(self.order_id, (old, new), intent.capture_before, self.now);
                Ok(Step::Wrote(swapped.await?))
            }
            IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresAction | IntentStatus::Canceled => {
                self.give_up(record, Some(&code_of(&intent))).await
            }
            IntentStatus::Processing | IntentStatus::RequiresConfirmation => {
                Err(GatewayError::Unavailable("the renewal is still being processed".to_owned()).into())
            }
            IntentStatus::Succeeded => Err(PaymentError::Inconsistent(intent.status)),
        }
    }

    /// R6: from now on the record never stands on it, so that it can be cancelled.
    async fn give_up(&self, record: &PaymentRecord, code: Option<&str>) -> Result<Step, PaymentError> {
        let place = (self.order_id, known(record.other_intent.as_deref())?);
        Ok(Step::Wrote(self.records.give_renewal_up(place, code, self.now).await?))
    }

    /// R6 and R7.
    async fn cancel(&self, record: &PaymentRecord) -> Result<Step, PaymentError> {
        let other = known(record.other_intent.as_deref())?;
        cancel_other(self.gateway, self.order_id, other).await?;
        Ok(Step::Wrote(self.records.forget_other_intent((self.order_id, other), self.now).await?))
    }

    /// R7. A cancelled order's record is fenced first.
    async fn forget(&self) -> Result<Step, PaymentError> {
        Ok(match self.records.forget_renewal(self.order_id, self.now).await? {
            RecordOutcome::Refused(there) if there.renewal == Some(Renewal::Wanted) => Step::Waits,
            outcome => Step::Wrote(outcome),
        })
    }
}

/// Cancels the intent on which a record does not stand, and will not (steps R6 and F2b).
pub(crate) async fn cancel_other<G: Gateway>(gateway: &G, order_id: &OrderId, other: &str) -> Result<(), PaymentError> {
    match gateway.cancel(order_id, other).await {
        Ok(_) => return Ok(()),
        Err(GatewayError::Refused { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    match gateway.retrieve(other).await?.status {
        IntentStatus::Canceled => Ok(()),
        IntentStatus::Processing => {
            Err(GatewayError::Unavailable("the renewal is still being processed".into()).into())
        }
        other => Err(PaymentError::Inconsistent(other)),
    }
}

fn code_of(intent: &Intent) -> String {
    intent.decline.as_ref().map_or_else(|| "canceled".to_owned(), |decline| decline.code.clone())
}

/// Each state of a renewal names the intents that it needs.
fn known(intent_id: Option<&str>) -> Result<&str, PaymentError> {
    intent_id.ok_or_else(|| souk_dynamo::StoreError::corrupt("a payment that is renewed names no intent").into())
}
