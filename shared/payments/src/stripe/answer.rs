//! What Stripe's answers mean.

use jiff::Timestamp;
use serde::{Deserialize, de::IgnoredAny};
use souk_domain::{
    ids::{OrderId, RefundId},
    money::Money,
    payment::{Dispute, DisputeState, RefundState, Told},
};

use super::parse;
use super::transport::Answer;
use crate::gateway::{BackItem, BackPage, Decline, GatewayError, Intent, IntentPage, IntentStatus, KeptMethod};

/// A `payment_intent`, as far as Souk reads it.
#[derive(Deserialize)]
pub(super) struct IntentObject {
    id: String,
    status: Status,
    client_secret: Option<String>,
    last_payment_error: Option<ErrorObject>,
    #[serde(default)]
    amount_received: i64,
    #[serde(default)]
    metadata: Metadata,
    latest_charge: Option<Charge>,
    customer: Option<Named>,
    payment_method: Option<Named>,
}

/// An object by its id: what is not asked for by `expand`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Id(String),
    Other(IgnoredAny),
}

impl Named {
    fn id(self) -> Option<String> {
        match self {
            Self::Id(id) => Some(id),
            Self::Other(_) => None,
        }
    }
}

/// A charge: its id, or the object where it was asked for by `expand`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Charge {
    Expanded { payment_method_details: Option<MethodDetails>, amount_refunded: Option<i64>, disputed: Option<bool> },
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct MethodDetails {
    card: Option<CardDetails>,
}

#[derive(Deserialize)]
struct CardDetails {
    /// In seconds.
    capture_before: Option<i64>,
}

impl Charge {
    fn capture_before(&self) -> Option<Timestamp> {
        let Self::Expanded { payment_method_details: Some(details), .. } = self else { return None };
        details.card.as_ref()?.capture_before.and_then(|seconds| Timestamp::from_second(seconds).ok())
    }

    fn disputed(&self) -> bool {
        matches!(self, Self::Expanded { disputed: Some(true), .. })
    }

    fn refunded(&self) -> Option<i64> {
        let Self::Expanded { amount_refunded, .. } = self else { return None };
        *amount_refunded
    }
}

#[derive(Default, Deserialize)]
struct Metadata {
    order_id: Option<String>,
    refund_id: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
}

/// A `customer`, as far as Souk reads it.
#[derive(Deserialize)]
struct CustomerObject {
    id: String,
}

/// A `refund`, as far as Souk reads it.
#[derive(Deserialize)]
struct RefundObject {
    id: String,
    amount: i64,
    currency: String,
    created: i64,
    status: RefundStatus,
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundStatus {
    Succeeded,
    #[serde(alias = "canceled")]
    Failed,
    /// Pending, or waiting for somebody.
    #[serde(other)]
    Underway,
}

/// A `dispute`, as far as Souk reads it.
#[derive(Deserialize)]
struct DisputeObject {
    id: String,
    amount: i64,
    currency: String,
    created: i64,
    status: String,
    #[serde(default)]
    reason: String,
    evidence_details: Option<Evidence>,
}

#[derive(Deserialize)]
struct Evidence {
    /// In seconds.
    due_by: Option<i64>,
}

/// Where a dispute stands by the gateway's word for it, and whether the bank only asks. A word that is not known yet is
/// one of a dispute that goes on.
pub(crate) fn dispute_stands(status: &str) -> (DisputeState, bool) {
    match status {
        "warning_needs_response" => (DisputeState::NeedsResponse, true),
        "warning_under_review" => (DisputeState::UnderReview, true),
        "warning_closed" | "prevented" => (DisputeState::Closed, true),
        "needs_response" => (DisputeState::NeedsResponse, false),
        "won" => (DisputeState::Won, false),
        "lost" => (DisputeState::Lost, false),
        _ => (DisputeState::UnderReview, false),
    }
}

/// One page of what an intent has.
pub(super) struct ObjectPage<T> {
    pub(super) objects: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub(super) next: Option<String>,
}

/// One page of a list.
#[derive(Deserialize)]
struct List<T> {
    data: Vec<T>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorObject,
}

#[derive(Deserialize)]
struct ErrorObject {
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    param: Option<String>,
    payment_intent: Option<Box<IntentObject>>,
}

impl ErrorObject {
    /// The most precise code there is: the bank's reason before the kind of error.
    fn code(&self) -> String {
        self.decline_code.as_ref().or(self.code.as_ref()).cloned().unwrap_or_else(|| "unknown".to_owned())
    }
}

impl From<IntentObject> for Intent {
    fn from(object: IntentObject) -> Self {
        Self {
            id: object.id,
            status: match object.status {
                Status::RequiresPaymentMethod => IntentStatus::RequiresPaymentMethod,
                Status::RequiresConfirmation => IntentStatus::RequiresConfirmation,
                Status::RequiresAction => IntentStatus::RequiresAction,
                Status::Processing => IntentStatus::Processing,
                Status::RequiresCapture => IntentStatus::RequiresCapture,
                Status::Succeeded => IntentStatus::Succeeded,
                Status::Canceled => IntentStatus::Canceled,
            },
            client_secret: object.client_secret,
            decline: object.last_payment_error.map(|error| Decline { code: error.code() }),
            captured: object.amount_received,
            capture_before: object.latest_charge.as_ref().and_then(Charge::capture_before),
            refunded: object.latest_charge.as_ref().and_then(Charge::refunded),
            disputed: object.latest_charge.as_ref().is_some_and(Charge::disputed),
            kept: object
                .customer
                .and_then(Named::id)
                .zip(object.payment_method.and_then(Named::id))
                .map(|(customer, payment_method)| KeptMethod { customer, payment_method }),
        }
    }
}

/// The intent in an answer. A decline carries one, so it is an intent too.
pub(super) fn intent(answer: &Answer) -> Result<Intent, GatewayError> {
    if answer.status == 402
        && let Some(error) = error_of(answer)
    {
        let decline = Decline { code: error.code() };
        if let Some(object) = error.payment_intent {
            return Ok(Intent { decline: Some(decline), ..Intent::from(*object) });
        }
    }
    parse::<IntentObject>(answer).map(Intent::from)
}

/// One page of intents. A page goes on after its last object.
pub(super) fn page(answer: &Answer) -> Result<IntentPage, GatewayError> {
    let list: List<IntentObject> = parse(answer)?;
    let next = list.data.last().filter(|_| list.has_more).map(|last| last.id.clone());
    let intents = list.data.into_iter().map(|object| {
        let order_id = order_in(&object);
        (Intent::from(object), order_id)
    });
    Ok(IntentPage { intents: intents.collect(), next })
}

/// A `refund` or a `dispute`, as a list of all of them is read.
#[derive(Deserialize)]
struct BackObject {
    id: String,
    payment_intent: Option<String>,
    status: String,
    #[serde(default)]
    metadata: Option<Metadata>,
}

/// One page of refunds or disputes. A page goes on after its last object; what is of no intent is none of ours.
pub(super) fn back(answer: &Answer) -> Result<BackPage, GatewayError> {
    let list: List<BackObject> = parse(answer)?;
    let next = list.data.last().filter(|_| list.has_more).map(|last| last.id.clone());
    let items = list.data.into_iter().filter_map(|object| {
        let order_id = object.metadata.and_then(|metadata| metadata.order_id?.parse().ok());
        Some(BackItem { id: object.id, intent_id: object.payment_intent?, order_id, status: object.status })
    });
    Ok(BackPage { items: items.collect(), next })
}

/// The customer in an answer.
pub(super) fn customer(answer: &Answer) -> Result<String, GatewayError> {
    parse::<CustomerObject>(answer).map(|object| object.id)
}

/// The refund in an answer.
pub(super) fn refund(answer: &Answer) -> Result<Told, GatewayError> {
    told(parse(answer)?)
}

/// One page of an intent's refunds. A page goes on after its last object.
pub(super) fn refunds(answer: &Answer) -> Result<ObjectPage<Told>, GatewayError> {
    let list: List<RefundObject> = parse(answer)?;
    let next = list.data.last().filter(|_| list.has_more).map(|last| last.id.clone());
    Ok(ObjectPage { objects: list.data.into_iter().map(told).collect::<Result<_, _>>()?, next })
}

/// One page of an intent's disputes, heard of now. A page goes on after its last object.
pub(super) fn disputes(answer: &Answer, now: Timestamp) -> Result<ObjectPage<Dispute>, GatewayError> {
    let list: List<DisputeObject> = parse(answer)?;
    let next = list.data.last().filter(|_| list.has_more).map(|last| last.id.clone());
    let objects = list.data.into_iter().map(|object| dispute(object, now)).collect::<Result<_, _>>()?;
    Ok(ObjectPage { objects, next })
}

fn dispute(object: DisputeObject, now: Timestamp) -> Result<Dispute, GatewayError> {
    let unreadable = |what: &str| GatewayError::Unavailable(format!("a dispute's {what} could not be read"));
    let (state, is_inquiry) = dispute_stands(&object.status);
    let due_by = object.evidence_details.and_then(|evidence| evidence.due_by).filter(|_| !state.is_over());
    Ok(Dispute {
        gateway_id: object.id,
        amount: money(object.amount, &object.currency).ok_or_else(|| unreadable("amount"))?,
        is_inquiry,
        state,
        reason: object.reason,
        respond_by: due_by.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        opened_at: Timestamp::from_second(object.created).map_err(|_| unreadable("time"))?,
        changed_at: now,
    })
}

/// The order in the metadata of the intent in an answer.
pub(super) fn order_of(answer: &Answer) -> Result<Option<OrderId>, GatewayError> {
    parse::<IntentObject>(answer).map(|object| order_in(&object))
}

fn order_in(object: &IntentObject) -> Option<OrderId> {
    object.metadata.order_id.as_ref()?.parse().ok()
}

fn told(refund: RefundObject) -> Result<Told, GatewayError> {
    let unreadable = |what: &str| GatewayError::Unavailable(format!("a refund's {what} could not be read"));
    let (state, failure_code) = match refund.status {
        RefundStatus::Succeeded => (RefundState::Succeeded, None),
        RefundStatus::Underway => (RefundState::Pending, None),
        RefundStatus::Failed => {
            (RefundState::Failed, Some(refund.failure_reason.unwrap_or_else(|| "unknown".to_owned())))
        }
    };
    Ok(Told {
        gateway_id: refund.id,
        refund_id: refund.metadata.and_then(|metadata| metadata.refund_id?.parse::<RefundId>().ok()),
        amount: money(refund.amount, &refund.currency).ok_or_else(|| unreadable("amount"))?,
        state,
        failure_code,
        created_at: Timestamp::from_second(refund.created).map_err(|_| unreadable("time"))?,
    })
}

/// The gateway writes codes in small letters.
fn money(amount: i64, currency: &str) -> Option<Money> {
    Money::new(amount, currency.to_ascii_uppercase().parse().ok()?).ok()
}

/// What an answer that is no success means for the caller.
pub(super) fn refusal(answer: &Answer) -> GatewayError {
    let error = error_of(answer);
    let code = error.as_ref().map_or_else(|| "unknown".to_owned(), ErrorObject::code);
    let message = error.as_ref().and_then(|error| error.message.clone()).unwrap_or_default();
    match (answer.status, &error) {
        (402, _) => GatewayError::Invalid { code, message },
        (404, _) => GatewayError::Refused { code, message },
        (400, Some(error)) if error.param.as_deref() == Some("customer") => GatewayError::NoCustomer,
        (400, Some(error)) if error.is_about_the_payment() => GatewayError::Invalid { code, message },
        (400, Some(error)) if error.is_about_the_state() => GatewayError::Refused { code, message },
        // In flight, too fast, broken: all of them may have had an effect or may have one yet.
        (409 | 429, _) => GatewayError::Unavailable(format!("{} {code}", answer.status)),
        (400..=499, _) => GatewayError::Misconfigured(format!("{} {code}: {message}", answer.status)),
        (status, _) => GatewayError::Unavailable(format!("{status} {code}")),
    }
}

impl ErrorObject {
    /// The shopper's payment method, or an amount outside of what Stripe charges.
    fn is_about_the_payment(&self) -> bool {
        matches!(self.param.as_deref(), Some("payment_method" | "amount"))
            || self.says_that_the_method_is_used_up()
            || matches!(self.code.as_deref(), Some("amount_too_small" | "amount_too_large"))
    }

    /// A method that has paid before, and is attached to nobody. Of that Stripe names no code and no parameter.
    fn says_that_the_method_is_used_up(&self) -> bool {
        self.code.is_none() && self.message.as_deref().is_some_and(|words| words.contains("PaymentMethod"))
    }

    /// The intent, its charge, or the account's balance is not in a state for this.
    fn is_about_the_state(&self) -> bool {
        let about = |prefix: &str| self.code.as_deref().is_some_and(|code| code.starts_with(prefix));
        let of_refund = about("refund_") || self.code.as_deref() == Some("balance_insufficient");
        self.payment_intent.is_some() || about("payment_intent_") || about("charge_") || of_refund
    }
}

fn error_of(answer: &Answer) -> Option<ErrorObject> {
    serde_json::from_slice::<ErrorBody>(&answer.body).ok().map(|body| body.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, replayed: false, body: body.as_bytes().to_vec() }
    }

    fn error(status: u16, fields: &str) -> GatewayError {
        let message = if fields.contains("message") { "" } else { r#""message":"m","# };
        refusal(&answer(status, &format!(r#"{{"error":{{"type":"x",{message}{fields}}}}}"#)))
    }

    #[test]
    fn the_outcome_is_unknown_when_stripe_did_not_say_no() {
        for status in [409, 429, 500, 502, 503, 302] {
            assert!(matches!(error(status, r#""code":"c""#), GatewayError::Unavailable(_)), "{status}");
            assert!(matches!(refusal(&answer(status, "<html>")), GatewayError::Unavailable(_)), "{status}");
        }
        assert!(matches!(intent(&answer(200, "<html>")), Err(GatewayError::Unavailable(_))));
    }

    #[test]
    fn our_mistakes_are_not_the_shoppers() {
        for status in [401, 403] {
            assert!(matches!(error(status, r#""code":"c""#), GatewayError::Misconfigured(_)), "{status}");
        }
        assert!(matches!(error(400, r#""code":"parameter_unknown","param":"x""#), GatewayError::Misconfigured(_)));
        assert!(matches!(error(400, r#""code":null"#), GatewayError::Misconfigured(_)));
    }

    #[test]
    fn a_payment_that_cannot_be_is_the_shoppers() {
        for fields in [
            r#""code":"resource_missing","param":"payment_method""#,
            r#""code":"amount_too_small""#,
            r#""code":"parameter_invalid_integer","param":"amount""#,
            r#""code":"payment_intent_unexpected_state","param":"payment_method""#,
            r#""message":"The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment.""#,
        ] {
            assert!(matches!(error(400, fields), GatewayError::Invalid { .. }), "{fields}");
        }
    }

    #[test]
    fn a_shopper_whom_the_gateway_has_forgotten_is_nobodys_mistake() {
        assert_eq!(error(400, r#""code":"resource_missing","param":"customer""#), GatewayError::NoCustomer);
    }

    #[test]
    fn a_method_is_kept_where_the_gateway_knows_whose_it_is() {
        let kept = |fields: &str| {
            let body = format!(r#"{{"id":"pi_1","status":"requires_capture"{fields}}}"#);
            intent(&answer(200, &body)).unwrap().kept
        };
        let both = KeptMethod { customer: "cus_1".to_owned(), payment_method: "pm_1".to_owned() };
        assert_eq!(kept(r#","customer":"cus_1","payment_method":"pm_1""#), Some(both));
        for nobodys in
            ["", r#","customer":null,"payment_method":"pm_1""#, r#","customer":"cus_1","payment_method":null"#]
        {
            assert_eq!(kept(nobodys), None, "{nobodys}");
        }
    }

    #[test]
    fn a_state_conflict_is_refused_with_its_code() {
        for code in ["payment_intent_unexpected_state", "charge_already_captured", "charge_expired_for_capture"] {
            let refused = error(400, &format!(r#""code":"{code}""#));
            assert_eq!(refused, GatewayError::Refused { code: code.to_owned(), message: "m".to_owned() });
        }
        assert!(matches!(error(404, r#""code":"resource_missing""#), GatewayError::Refused { .. }));
    }

    #[test]
    fn a_decline_is_an_intent_with_the_banks_reason() {
        let body = r#"{"error":{"code":"card_declined","decline_code":"insufficient_funds",
            "payment_intent":{"id":"pi_1","status":"requires_payment_method"}}}"#;
        let declined = intent(&answer(402, body)).expect("an intent");
        assert_eq!(declined.status, IntentStatus::RequiresPaymentMethod);
        assert_eq!(declined.decline, Some(Decline { code: "insufficient_funds".to_owned() }));
    }

    #[test]
    fn a_charge_says_until_when_the_money_is_held_where_it_was_asked_for() {
        let until = |charge: &str| {
            let body = format!(r#"{{"id":"pi_1","status":"requires_capture","latest_charge":{charge}}}"#);
            intent(&answer(200, &body)).expect("an intent").capture_before.map(Timestamp::as_second)
        };
        let card =
            |details: &str| format!(r#"{{"id":"ch_1","payment_method_details":{{"type":"card","card":{details}}}}}"#);
        assert_eq!(until(&card(r#"{"brand":"visa","capture_before":1800600000}"#)), Some(1_800_600_000));
        assert_eq!(until(&card(r#"{"brand":"visa"}"#)), None);
        assert_eq!(until(r#"{"id":"ch_1","payment_method_details":{"type":"link"}}"#), None);
        for unexpanded in ["null", r#""ch_1""#, "{}"] {
            assert_eq!(until(unexpanded), None, "{unexpanded}");
        }
    }

    #[test]
    fn a_refund_stands_where_the_gateway_says() {
        let stands = |status: &str| {
            let body = format!(
                r#"{{"id":"re_1","amount":5,"currency":"usd","created":0,"metadata":{{}},"status":"{status}","failure_reason":"lost_card"}}"#
            );
            let told = refund(&answer(200, &body)).unwrap();
            (told.state, told.failure_code)
        };
        assert_eq!(stands("succeeded"), (RefundState::Succeeded, None));
        assert_eq!(stands("pending"), (RefundState::Pending, None));
        assert_eq!(stands("requires_action"), (RefundState::Pending, None));
        for status in ["failed", "canceled"] {
            assert_eq!(stands(status), (RefundState::Failed, Some("lost_card".to_owned())), "{status}");
        }
        let over = refund(&answer(400, r#"{"error":{"code":"charge_already_refunded"}}"#));
        assert!(matches!(over, Err(GatewayError::Refused { code, .. }) if code == "charge_already_refunded"));
    }

    #[test]
    fn a_dispute_stands_where_the_gateway_says() {
        let read = |status: &str| {
            let body = format!(
                r#"{{"data":[{{"id":"dp_1","amount":5,"currency":"usd","created":7,"reason":"fraudulent","status":"{status}",
                    "evidence_details":{{"due_by":1800600000}}}}],"has_more":false}}"#
            );
            let page = disputes(&answer(200, &body), Timestamp::UNIX_EPOCH).unwrap();
            let dispute = page.objects.into_iter().next().unwrap();
            (dispute.state, dispute.is_inquiry, dispute.respond_by.is_some())
        };
        assert_eq!(read("warning_needs_response"), (DisputeState::NeedsResponse, true, true));
        assert_eq!(read("warning_under_review"), (DisputeState::UnderReview, true, true));
        assert_eq!(read("warning_closed"), (DisputeState::Closed, true, false));
        assert_eq!(read("needs_response"), (DisputeState::NeedsResponse, false, true));
        for status in ["under_review", "what is new"] {
            assert_eq!(read(status), (DisputeState::UnderReview, false, true), "{status}");
        }
        assert_eq!(read("won"), (DisputeState::Won, false, false));
        assert_eq!(read("lost"), (DisputeState::Lost, false, false));
    }

    #[test]
    fn what_was_refunded_is_known_where_the_charge_was_asked_for() {
        let refunded = |charge: &str| {
            let body = format!(r#"{{"id":"pi_1","status":"succeeded","amount_received":9,"latest_charge":{charge}}}"#);
            intent(&answer(200, &body)).unwrap().refunded
        };
        assert_eq!(refunded(r#"{"id":"ch_1","amount_refunded":4}"#), Some(4));
        assert_eq!(refunded(r#""ch_1""#), None);
        assert_eq!(refunded("null"), None);
    }
}
