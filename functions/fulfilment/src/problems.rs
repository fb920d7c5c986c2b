//! This context's refusals as problems, each with its stable type.

use souk_domain::{
    fulfilment::{FulfilmentRefusal, InvalidFulfilmentStep},
    order::{MAX_SHORTAGES, Order, OrderStatus, ShippingRefusal, ShortageRefusal},
};
use souk_runtime::http::{
    Problem,
    problem::catalogue::{
        AlreadyShipped, AuthorizationLapsed, CancelRequested, CaptureRefused, ClaimedByAnother, IllegalTransition,
        NotPacked, PaymentNotAuthorized,
    },
};
use souk_workflows::ship_order::{ShipError, ShipOutcome, parcels::ParcelError};

/// Why a step of a warehouse's work is not possible.
pub(crate) fn refused(refusal: FulfilmentRefusal) -> Problem {
    match refusal {
        FulfilmentRefusal::Illegal(InvalidFulfilmentStep { from, event }) => {
            Problem::new(IllegalTransition, format!("A fulfilment that is {from} cannot {event}."))
                .with("fulfilment_state", from)
        }
        FulfilmentRefusal::ClaimedByAnother(until) => {
            Problem::new(ClaimedByAnother, format!("Somebody else picks it until {until}."))
                .with("claimed_until", until)
        }
        FulfilmentRefusal::CancelRequested => Problem::new(
            CancelRequested,
            "The customer wants to cancel: release it, and the order is cancelled, or pack it anyway.",
        ),
    }
}

/// The order was cancelled while a warehouse was at it.
pub(crate) fn cancelled(order: &Order, wanted: &str) -> Problem {
    illegal(order.status, wanted)
}

pub(crate) fn illegal(status: OrderStatus, wanted: &str) -> Problem {
    Problem::new(IllegalTransition, format!("An order that is {status} cannot {wanted}.")).with("order_status", status)
}

/// Why a parcel cannot do that.
pub(crate) fn shipping(refusal: &ShippingRefusal, wanted: &str) -> Problem {
    match refusal {
        ShippingRefusal::Illegal(step) => illegal(step.from, wanted),
        ShippingRefusal::NothingLeavesFrom(_) => Problem::not_found("fulfilment"),
        ShippingRefusal::NothingLeaves => {
            Problem::new(NotPacked, "Nothing of it is to leave: look at the order again.")
        }
        ShippingRefusal::NoSuchParcel => Problem::not_found("parcel"),
        ShippingRefusal::NotPacked(_) => Problem::new(NotPacked, "It is not packed: claim it, pack it, then ship it."),
        ShippingRefusal::NotLeft => Problem::new(NotPacked, "The parcel has not left: pack it and ship it first."),
        ShippingRefusal::Unlabelled(_) => {
            Problem::unprocessable("parcels", "the parcels bear no labels yet: name a carrier and a tracking number")
        }
        ShippingRefusal::LeftOtherwise(from) => Problem::new(
            AlreadyShipped,
            format!("What leaves from {from} has left under other labels. Correct a parcel's label if it is wrong."),
        ),
    }
}

/// Why a shortage cannot be taken down.
pub(crate) fn shortage(refusal: &ShortageRefusal) -> Problem {
    match refusal {
        ShortageRefusal::Illegal(step) => illegal(step.from, "miss units"),
        ShortageRefusal::NothingLeavesFrom(_) => Problem::not_found("fulfilment"),
        ShortageRefusal::NotPickedThere(_) => Problem::unprocessable("sku", "no such SKU is to be picked here"),
        ShortageRefusal::NotFewer { to_pick } => {
            Problem::unprocessable("found", format!("{to_pick} are to be picked: name fewer, or pack it"))
        }
        ShortageRefusal::Packed(from) => {
            Problem::new(IllegalTransition, format!("What leaves from {from} is packed, or has left."))
        }
        ShortageRefusal::TooMany => {
            Problem::new(IllegalTransition, format!("The order has {MAX_SHORTAGES} shortages already."))
        }
        ShortageRefusal::NotSettled => Problem::try_again("the order's units have not left stock yet"),
    }
}

/// The order whose parcels have left, or why they have not.
pub(crate) fn shipped(outcome: ShipOutcome) -> Result<Order, Problem> {
    match outcome {
        ShipOutcome::Shipped(order) => Ok(*order),
        ShipOutcome::Illegal(status) => Err(illegal(status, "be shipped")),
        ShipOutcome::Refused(refusal) => Err(shipping(&refusal, "be shipped")),
        ShipOutcome::NotAuthorized(state) => {
            let detail = format!("The payment is {}: there is nothing to capture.", state.as_str());
            Err(Problem::new(PaymentNotAuthorized, detail).with("payment_status", state))
        }
        ShipOutcome::Lapsed => Err(Problem::new(
            AuthorizationLapsed,
            "The gateway no longer held the money, so the order was cancelled and its units go back; the customer can order again.",
        )),
        ShipOutcome::CaptureRefused { code, message } => {
            let detail = format!("The gateway would not capture: {message} The order stays confirmed; try again.");
            Err(Problem::new(CaptureRefused, detail).with("gateway_code", code))
        }
        ShipOutcome::WrongParcels(ParcelError::NothingLeavesFrom(index)) => Err(Problem::unprocessable(
            format!("parcels[{index}].warehouse_id"),
            "nothing of this order leaves from this warehouse",
        )),
        ShipOutcome::WrongParcels(ParcelError::Missing(warehouse_id)) => {
            Err(Problem::unprocessable("parcels", format!("the one from {warehouse_id} is missing")))
        }
        ShipOutcome::Unknown => Err(Problem::not_found("order")),
    }
}

/// A shipment that could not be finished; the sweeper does.
pub(crate) fn unfinished(error: ShipError) -> Problem {
    match error {
        ShipError::Store(error) => error.into(),
        ShipError::Payment(error) => Problem::try_again(error),
    }
}
