use jiff::Timestamp;
use souk_domain::{
    ids::{OrderId, UserId},
    money::Money,
    payment::{Authorization, PaymentState, RefundsExceed},
};
use souk_dynamo::StoreError;

use crate::{
    PaymentRecord, PaymentRecords, RecordOutcome,
    gateway::{Gateway, GatewayError, Intent, IntentStatus, NewIntent},
};

/// What an order wants paid.
#[derive(Debug, Clone, Copy)]
pub struct Charge<'a> {
    /// The order.
    pub order_id: &'a OrderId,
    /// Its total.
    pub amount: Money,
    /// The gateway's token of the payment method.
    pub payment_method: &'a str,
    /// Whose method it is, where the gateway is to keep it for as long as the order waits; `None` where it is used once.
    pub kept_for: Option<&'a UserId>,
}

/// Where the payment stands after [`authorize`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Authorized {
    /// The money is held: the order may be confirmed.
    Yes,
    /// The gateway declined.
    Declined,
    /// The shopper must act; a webhook starts the saga again.
    RequiresAction,
    /// A cancelled order has claimed the record: nothing may be confirmed any more.
    Fenced,
}

/// A step with the money that could not be finished. Repeating it is safe.
#[derive(Debug, thiserror::Error)]
pub enum PaymentError {
    /// The gateway did not answer, or is still at it.
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    /// The record could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More is to be captured than was authorised, or nothing; nothing was tried.
    #[error("no more than {authorized} can be captured")]
    AboveAuthorized {
        /// What was.
        authorized: Money,
    },
    /// The gateway's refunds add up to more than it says was captured; a person must look.
    #[error(transparent)]
    RefundsExceed(#[from] RefundsExceed),
    /// The gateway and the record keep disagreeing; a person must look.
    #[error("the gateway has the payment as {0:?}, which does not fit its record")]
    Inconsistent(IntentStatus),
}

/// Authorises an order's payment: record, create, keep the id, confirm, keep the outcome (steps S2a to
/// S2e). It can be run again from the top at any time, twice at once.
///
/// # Errors
/// [`PaymentError`]; nothing is lost, the next run goes on where this one stopped.
pub async fn authorize<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    charge: Charge<'_>,
    now: Timestamp,
) -> Result<Authorized, PaymentError> {
    let mut record = records.open(charge.order_id, PaymentState::Intent, charge.amount, now).await?;
    if let Some(known) = settled(&record) {
        return Ok(known);
    }
    if record.gateway_id.is_none() {
        let other = record.other_methods.last().map(|other| other.payment_method.as_str());
        let payment_method = other.unwrap_or(charge.payment_method);
        let (amount, attempt) = (record.amount, record.method_attempt);
        let customer = match charge.kept_for {
            Some(user_id) => customer(records, gateway, user_id, charge.order_id, now).await?,
            None => None,
        };
        let new =
            NewIntent { order_id: charge.order_id, amount, payment_method, attempt, customer: customer.as_deref() };
        let mut created = gateway.create(&new).await;
        if let (Err(GatewayError::NoCustomer), Some(user_id), Some(gone)) = (&created, charge.kept_for, &customer) {
            let other = gateway.create_customer(user_id, charge.order_id, Some(gone)).await?;
            let other = records.replace_customer(user_id, (gone, &other), now).await?;
            created = gateway.create(&NewIntent { customer: Some(&other), ..new }).await;
        }
        let intent = match created {
            Ok(intent) => intent,
            // A payment method that the gateway does not know is the shopper's decline, not our error.
            Err(GatewayError::Invalid { code, .. }) => {
                return declined(records, &record, &code, now).await;
            }
            Err(error) => return Err(error.into()),
        };
        record =
            match records.record_gateway_id(charge.order_id, &intent.id, intent.client_secret.as_deref(), now).await? {
                RecordOutcome::Kept(record) => *record,
                RecordOutcome::Refused(record) => match settled(&record) {
                    Some(known) => return Ok(known),
                    None => *record,
                },
            };
    }
    let Some(gateway_id) = record.gateway_id.clone() else {
        // Declined before the gateway made an intent: nothing there to ask about.
        return Ok(Authorized::Declined);
    };
    let intent = match confirmed(gateway, &record, &gateway_id).await {
        Ok(intent) => intent,
        // Another method that the gateway does not know.
        Err(PaymentError::Gateway(GatewayError::Invalid { code, .. })) if record.method_attempt > 0 => {
            return declined(records, &record, &code, now).await;
        }
        Err(error) => return Err(error),
    };
    match intent.status {
        IntentStatus::RequiresCapture | IntentStatus::Succeeded => {
            record_outcome(records, &record, Authorization::Authorized, intent.capture_before, now).await
        }
        IntentStatus::RequiresAction => {
            record_outcome(records, &record, Authorization::RequiresAction, None, now).await
        }
        IntentStatus::RequiresPaymentMethod | IntentStatus::Canceled => {
            let code = intent.decline.as_ref().map_or("canceled", |decline| decline.code.as_str());
            declined(records, &record, code, now).await
        }
        IntentStatus::Processing | IntentStatus::RequiresConfirmation => {
            Err(GatewayError::Unavailable("the payment is still being processed".to_owned()).into())
        }
    }
}

/// The gateway's id of a shopper: made with their first order, and the same for all that follow. A gateway that makes none
/// hinders no payment: the method is used once.
async fn customer<G: Gateway>(
    records: &PaymentRecords,
    gateway: &G,
    user_id: &UserId,
    order_id: &OrderId,
    now: Timestamp,
) -> Result<Option<String>, PaymentError> {
    if let Some(known) = records.customer(user_id).await? {
        return Ok(Some(known));
    }
    match gateway.create_customer(user_id, order_id, None).await {
        Ok(made) => Ok(Some(records.keep_customer(user_id, &made, now).await?)),
        Err(error @ GatewayError::Unavailable(_)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%order_id, %error, "the gateway makes no customer: this payment cannot be renewed");
            Ok(None)
        }
    }
}

/// Confirms where nobody has yet, and asks in every other case. An answer that is lost, or a refusal
/// because the intent moved on, is resolved by asking.
async fn confirmed<G: Gateway>(gateway: &G, record: &PaymentRecord, gateway_id: &str) -> Result<Intent, PaymentError> {
    if record.state == PaymentState::Intent {
        let confirmed = match record.other_methods.last() {
            Some(other) => {
                let (attempt, method) = (record.method_attempt, &other.payment_method);
                gateway.confirm_with(&record.order_id, gateway_id, attempt, method).await
            }
            None => gateway.confirm(&record.order_id, gateway_id).await,
        };
        match confirmed {
            Ok(intent) => return Ok(intent),
            Err(GatewayError::Unavailable(_) | GatewayError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(gateway.retrieve(gateway_id).await?)
}

async fn record_outcome(
    records: &PaymentRecords,
    record: &PaymentRecord,
    outcome: Authorization,
    capture_before: Option<Timestamp>,
    now: Timestamp,
) -> Result<Authorized, PaymentError> {
    match records.record_outcome(&record.order_id, outcome, None, capture_before, now).await? {
        RecordOutcome::Kept(_) => Ok(match outcome {
            Authorization::Authorized => Authorized::Yes,
            Authorization::Declined => Authorized::Declined,
            Authorization::RequiresAction => Authorized::RequiresAction,
        }),
        RecordOutcome::Refused(there) => Ok(overtaken(&there)),
    }
}

async fn declined(
    records: &PaymentRecords,
    record: &PaymentRecord,
    code: &str,
    now: Timestamp,
) -> Result<Authorized, PaymentError> {
    // It waits for another method, and is looked at again and again.
    if record.state == PaymentState::Declined && record.decline_code.as_deref() == Some(code) {
        return Ok(Authorized::Declined);
    }
    match records.record_declined(&record.order_id, record.method_attempt, code, now).await? {
        RecordOutcome::Kept(_) => Ok(Authorized::Declined),
        RecordOutcome::Refused(there) => Ok(overtaken(&there)),
    }
}

/// Another run was faster: what it kept counts. A decline that it kept stands beside our "requires action" as long as the
/// gateway says nothing else; a method that was named meanwhile has a run of its own.
fn overtaken(there: &PaymentRecord) -> Authorized {
    settled(there).unwrap_or(match there.state {
        PaymentState::Declined => Authorized::Declined,
        _ => Authorized::RequiresAction,
    })
}

/// What a record says that no gateway needs to be asked about.
fn settled(record: &PaymentRecord) -> Option<Authorized> {
    if record.state.is_authorized() {
        Some(Authorized::Yes)
    } else if record.state.is_fenced() {
        Some(Authorized::Fenced)
    } else {
        None
    }
}
