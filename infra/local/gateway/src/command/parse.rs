//! Parameters to commands, with Stripe's complaints about what is missing, unknown or out of range.

use souk_domain::money::Currency;

use super::{Command, PageRequest};
use crate::error::ApiError;
use crate::form::{Params, missing};
use crate::intent::{CancellationReason, CaptureMethod, FutureUsage, NewIntent, Seconds};
use crate::payment_method::Presented;

impl Command {
    /// Parses `POST /v1/payment_intents`.
    ///
    /// # Errors
    /// As Stripe: 400 for what is missing, unknown or out of range.
    pub fn create(mut params: Params) -> Result<Self, ApiError> {
        params.take_list("expand");
        let amount = params.take_amount("amount")?.ok_or_else(|| missing("amount"))?;
        let currency = params.require("currency")?;
        let charged = chargeable(amount, &currency)?;
        let capture_method = params.take_word(
            "capture_method",
            &[
                ("automatic", CaptureMethod::Automatic),
                ("automatic_async", CaptureMethod::Automatic),
                ("manual", CaptureMethod::Manual),
            ],
        )?;
        let confirm = params.take_boolean("confirm")?.unwrap_or(false);
        let payment_method = payment_method(&mut params)?;
        let customer = params.take("customer");
        let setup_future_usage = params.take_word(
            "setup_future_usage",
            &[("on_session", FutureUsage::OnSession), ("off_session", FutureUsage::OffSession)],
        )?;
        // Every test method here is a card, so which methods are offered, and where to come back to, change nothing.
        params.take_boolean("automatic_payment_methods[enabled]")?;
        params.take("automatic_payment_methods[allow_redirects]");
        params.take("return_url");
        let mut types = params.take_list("payment_method_types");
        if let Some(unknown) = types.iter().find(|name| *name != "card") {
            let message = format!("The payment method type \"{unknown}\" is invalid.");
            return Err(ApiError::parameter("parameter_invalid", "payment_method_types", message));
        }
        if types.is_empty() {
            types.push("card".to_owned());
        }
        let new = NewIntent {
            amount,
            currency: charged.code().to_ascii_lowercase(),
            capture_method: capture_method.unwrap_or_default(),
            payment_method,
            payment_method_types: types,
            metadata: params.take_map("metadata"),
            customer,
            setup_future_usage,
        };
        params.take("description");
        params.finish()?;
        Ok(Self::Create { new, confirm })
    }

    /// Parses `POST /v1/payment_intents/{id}/confirm`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn confirm(intent: String, mut params: Params) -> Result<Self, ApiError> {
        let expand = expands_charge(&mut params);
        params.take("return_url");
        let payment_method = payment_method(&mut params)?;
        let off_session = params.take_boolean("off_session")?.unwrap_or(false);
        params.finish()?;
        Ok(Self::Confirm { intent, payment_method, off_session, expand })
    }

    /// Parses `POST /v1/payment_intents/{id}/capture`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn capture(intent: String, mut params: Params) -> Result<Self, ApiError> {
        params.take_list("expand");
        let amount = params.take_amount("amount_to_capture")?;
        params.finish()?;
        Ok(Self::Capture { intent, amount })
    }

    /// Parses `POST /v1/payment_intents/{id}/cancel`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn cancel(intent: String, mut params: Params) -> Result<Self, ApiError> {
        params.take_list("expand");
        let reason = params.take_word(
            "cancellation_reason",
            &[
                ("duplicate", CancellationReason::Duplicate),
                ("fraudulent", CancellationReason::Fraudulent),
                ("requested_by_customer", CancellationReason::RequestedByCustomer),
                ("abandoned", CancellationReason::Abandoned),
            ],
        )?;
        params.finish()?;
        Ok(Self::Cancel { intent, reason })
    }

    /// Parses `GET /v1/payment_intents/{id}`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn retrieve(intent: String, mut params: Params) -> Result<Self, ApiError> {
        let expand = expands_charge(&mut params);
        params.take("client_secret");
        params.finish()?;
        Ok(Self::Retrieve { intent, expand })
    }

    /// Parses `POST /v1/refunds`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn refund(mut params: Params) -> Result<Self, ApiError> {
        params.take_list("expand");
        let intent = params.require("payment_intent")?;
        let amount = params.take_amount("amount")?;
        let reason = params.take_word(
            "reason",
            &[
                ("duplicate", "duplicate"),
                ("fraudulent", "fraudulent"),
                ("requested_by_customer", "requested_by_customer"),
            ],
        )?;
        let metadata = params.take_map("metadata");
        params.finish()?;
        Ok(Self::Refund { intent, amount, reason, metadata })
    }

    /// Parses `POST /v1/customers`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn customer(mut params: Params) -> Result<Self, ApiError> {
        params.take_map("metadata");
        params.take("description");
        params.finish()?;
        Ok(Self::NewCustomer)
    }

    /// Parses `GET /v1/payment_intents`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn list_intents(mut params: Params) -> Result<Self, ApiError> {
        let expands = params.take_list("expand").iter().any(|path| path == "data.latest_charge");
        let page = PageRequest::take(&mut params)?;
        params.finish()?;
        Ok(Self::ListIntents { page, expands })
    }

    /// Parses `GET /v1/refunds`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn list_refunds(mut params: Params) -> Result<Self, ApiError> {
        let intent = params.take("payment_intent");
        let page = PageRequest::take(&mut params)?;
        params.finish()?;
        Ok(Self::ListRefunds { intent, page })
    }

    /// Parses `GET /v1/disputes`.
    ///
    /// # Errors
    /// As [`Command::create`].
    pub fn list_disputes(mut params: Params) -> Result<Self, ApiError> {
        let intent = params.take("payment_intent");
        let page = PageRequest::take(&mut params)?;
        params.finish()?;
        Ok(Self::ListDisputes { intent, page })
    }
}

impl PageRequest {
    fn take(params: &mut Params) -> Result<Self, ApiError> {
        let limit = params.take_integer("limit")?.unwrap_or(10);
        let limit = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit)).ok_or_else(|| {
            ApiError::parameter("parameter_invalid_integer", "limit", "The limit must be between 1 and 100.")
        })?;
        let starting_after = params.take("starting_after");
        let from = params.take_integer("created[gte]")?.unwrap_or(Seconds::MIN);
        let after = params.take_integer("created[gt]")?.map_or(Seconds::MIN, |time| time.saturating_add(1));
        let to = params.take_integer("created[lte]")?.unwrap_or(Seconds::MAX);
        let before = params.take_integer("created[lt]")?.map_or(Seconds::MAX, |time| time.saturating_sub(1));
        Ok(Self { limit, starting_after, created_from: from.max(after), created_to: to.min(before) })
    }
}

/// Whether the charge itself is to stand in place of its id: the one expansion that is known here.
fn expands_charge(params: &mut Params) -> bool {
    params.take_list("expand").iter().any(|path| path == "latest_charge")
}

/// The currency, where it is one of Stripe's and so much of it can be charged
/// (<https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>).
fn chargeable(amount: i64, currency: &str) -> Result<Currency, ApiError> {
    let known: Result<Currency, _> = currency.to_ascii_uppercase().parse();
    let known = known
        .map_err(|_| ApiError::parameter("parameter_invalid", "currency", format!("Invalid currency: {currency}")))?;
    let refused = |code, message: String| Err(ApiError::parameter(code, "amount", message));
    if amount > known.maximum() {
        return refused("amount_too_large", format!("Amount must be no more than {} {known}.", known.maximum()));
    }
    if amount < known.minimum() {
        return refused("amount_too_small", format!("Amount must be at least {} {known}.", known.minimum()));
    }
    if amount % known.step() != 0 {
        return refused("invalid_amount", format!("Invalid {known} amount: must be a multiple of {}.", known.step()));
    }
    Ok(known)
}

fn payment_method(params: &mut Params) -> Result<Option<Presented>, ApiError> {
    let Some(id) = params.take("payment_method") else { return Ok(None) };
    match Presented::parse(&id) {
        Some(presented) => Ok(Some(presented)),
        None => Err(ApiError::no_such_method(&id)),
    }
}
