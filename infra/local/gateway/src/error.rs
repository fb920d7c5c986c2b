//! Stripe's error shape.

use serde_json::{Map, Value, json};

use crate::intent::{Intent, Refusal};
use crate::payment_method::Decline;
use crate::render;

/// An error answer of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// `invalid_request_error`, `card_error`, `idempotency_error` or `api_error`.
    pub kind: &'static str,
    /// Machine-readable code, where there is one.
    pub code: Option<Box<str>>,
    /// The bank's reason for a decline.
    pub decline_code: Option<Box<str>>,
    /// A sentence for people.
    pub message: Box<str>,
    /// The parameter at fault.
    pub param: Option<Box<str>>,
    /// The intent the error is about.
    pub payment_intent: Option<Box<Value>>,
}

impl ApiError {
    fn new(status: u16, kind: &'static str, code: Option<&str>, message: impl Into<Box<str>>) -> Self {
        Self {
            status,
            kind,
            code: code.map(Box::from),
            decline_code: None,
            message: message.into(),
            param: None,
            payment_intent: None,
        }
    }

    /// 400 about one parameter.
    pub fn parameter(code: &str, param: &str, message: impl Into<Box<str>>) -> Self {
        Self { param: Some(param.into()), ..Self::new(400, "invalid_request_error", Some(code), message) }
    }

    /// 401.
    pub fn unauthorized() -> Self {
        // The key is not echoed, not even in part: this text ends up in logs.
        Self::new(401, "invalid_request_error", None, "Invalid API Key provided.")
    }

    /// 402: the bank will not move the money.
    pub fn bank_refused() -> Self {
        Self::new(402, "card_error", Some("card_declined"), "Your card was declined.")
    }

    /// 400 for a payment method that nobody was given.
    pub fn no_such_method(id: &str) -> Self {
        Self::parameter("resource_missing", "payment_method", format!("No such PaymentMethod: '{id}'"))
    }

    /// 400 for a customer that nobody was given.
    pub fn no_such_customer(id: &str) -> Self {
        Self::parameter("resource_missing", "customer", format!("No such customer: '{id}'"))
    }

    /// 400: a method that has paid is nobody's. Stripe names no code.
    pub fn method_used_up() -> Self {
        let message = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, \
                       shared with a connected account without Customer attachment, or was detached from a Customer. It \
                       may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.";
        Self::new(400, "invalid_request_error", None, message)
    }

    /// 400: a method that is attached to one customer is to pay for another, or for nobody.
    pub fn method_of_another(id: &str) -> Self {
        let message = format!("The customer does not have a payment method with the ID {id}.");
        Self::parameter("resource_missing", "payment_method", message)
    }

    /// 404 for an id that names nothing.
    pub fn no_such(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        Self {
            param: Some("intent".into()),
            ..Self::new(404, "invalid_request_error", Some("resource_missing"), message)
        }
    }

    /// 404 for a path that this API does not have.
    pub fn unrecognized_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::new(404, "invalid_request_error", None, message)
    }

    /// 400: the key was first used with other parameters.
    pub fn key_reused(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. \
             Try using a key other than '{key}' if you meant to execute a different request."
        );
        Self::new(400, "idempotency_error", None, message)
    }

    /// 409: a request with that key is still being carried out.
    pub fn key_in_use(key: &str) -> Self {
        let message = format!("There is currently another in-progress request using this Idempotent Key: {key}.");
        Self::new(409, "idempotency_error", Some("idempotency_key_in_use"), message)
    }

    /// 500.
    pub fn internal() -> Self {
        Self::new(500, "api_error", None, "An unknown error occurred.")
    }

    /// 429.
    pub fn rate_limited() -> Self {
        Self::new(429, "invalid_request_error", Some("rate_limit"), "Too many requests hit the API too quickly.")
    }

    /// 402: the bank said no.
    pub fn declined(decline: Decline, intent: &Intent) -> Self {
        Self {
            decline_code: decline.decline_code.map(String::into_boxed_str),
            ..Self::new(402, "card_error", Some(&decline.code), decline.message)
        }
        .about(intent)
    }

    /// 400: the intent's state, or its amounts, do not allow it.
    pub fn refused(refusal: &Refusal, intent: &Intent) -> Self {
        let state = intent.state.name();
        let (code, param, message) = match refusal {
            Refusal::UnexpectedState { attempted, allowed } => (
                "payment_intent_unexpected_state",
                None,
                format!(
                    "This PaymentIntent could not be {attempted} because it has a status of {state}. \
                     Only a PaymentIntent with one of the following statuses may be {attempted}: {}.",
                    allowed.join(", ")
                ),
            ),
            Refusal::PaymentMethodMissing => (
                "payment_intent_unexpected_state",
                None,
                "You cannot confirm this PaymentIntent because it's missing a payment method.".to_owned(),
            ),
            Refusal::CaptureAboveHold { held } => {
                ("amount_too_large", Some("amount_to_capture"), format!("No more than {held} can be captured."))
            }
            Refusal::NothingCaptured => (
                "payment_intent_unexpected_state",
                Some("payment_intent"),
                format!("This PaymentIntent ({}) does not have a successful charge to refund.", intent.id),
            ),
            Refusal::AlreadyRefunded => {
                ("charge_already_refunded", Some("payment_intent"), "The charge has already been refunded.".to_owned())
            }
            Refusal::Disputed => (
                "charge_disputed",
                Some("payment_intent"),
                "The charge has been charged back, and cannot be refunded.".to_owned(),
            ),
            Refusal::RefundAboveRest { rest } => {
                ("amount_too_large", Some("amount"), format!("No more than {rest} can be refunded."))
            }
        };
        let error = Self::new(400, "invalid_request_error", Some(code), message);
        Self { param: param.map(Box::from), ..error }.about(intent)
    }

    fn about(self, intent: &Intent) -> Self {
        Self { payment_intent: Some(Box::new(render::intent(intent))), ..self }
    }

    /// The answer's body.
    pub fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("type".to_owned(), json!(self.kind));
        error.insert("message".to_owned(), json!(self.message));
        for (name, value) in [("code", &self.code), ("decline_code", &self.decline_code), ("param", &self.param)] {
            if let Some(value) = value {
                error.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(intent) = &self.payment_intent {
            error.insert("payment_intent".to_owned(), (**intent).clone());
        }
        json!({ "error": error })
    }
}
