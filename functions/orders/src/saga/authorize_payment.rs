//! Steps S0 to S2: the units are held, and then the money at the gateway, or it is known that they are not.

use souk_domain::order::CancelReason;
use souk_orders::Orders;
use souk_payments::{Authorized, Charge, PaymentRecords, authorize, stripe::StripeGateway};
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment, Parsed};

use super::{
    StepInput, StepOutcome, StepOutput,
    ensure_reservation::{EnsureReservation, Standing},
    payment_error, read,
};

/// The orders, their units, the payment records and the gateway.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    units: EnsureReservation,
    payments: PaymentRecords,
    gateway: StripeGateway,
    #[variable("RENEW_AUTHORIZATIONS")]
    renews: Parsed<bool>,
}

/// Holds the order's units, where they are not held, and authorises its total.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read(&deps.orders, &input.order_id).await?;
    match deps.units.run(&order, now).await? {
        Standing::Held => {}
        Standing::Confirmed => return Ok(input.answer(StepOutcome::Confirmed)),
        Standing::Cancelled => return Ok(input.answer(StepOutcome::Cancelled)),
        Standing::Lost(reason) => return Ok(input.cancel_because(StepOutcome::Lost, reason)),
    }
    let Some(payment_method) = &order.payment_method else {
        return Err(TaskError::new("PaymentMethodUnknown", format!("{} was never asked for", input.order_id)));
    };
    let kept_for = deps.renews.0.then_some(&order.user_id);
    let charge = Charge { order_id: &order.order_id, amount: order.total, payment_method, kept_for };
    let authorized = authorize(&deps.payments, &deps.gateway, charge, now).await.map_err(payment_error)?;
    Ok(match authorized {
        Authorized::Yes => input.answer(StepOutcome::Authorized),
        Authorized::RequiresAction => input.answer(StepOutcome::RequiresAction),
        // The shopper names another one, or its time to pay ends it.
        Authorized::Declined if order.may_be_paid_otherwise(now) => input.answer(StepOutcome::AwaitsMethod),
        Authorized::Declined => input.cancel_because(StepOutcome::Declined, CancelReason::PaymentDeclined),
        Authorized::Fenced => input.cancel_because(StepOutcome::Fenced, CancelReason::PaymentDeclined),
    })
}
