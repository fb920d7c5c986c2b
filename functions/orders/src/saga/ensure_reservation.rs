//! Steps S0 and S1: where does the order stand, and are its units still held for it?

use souk_domain::{
    order::{CancelReason, OrderStatus, Origin},
    reservation::AttachOutcome,
};
use souk_inventory::ReservationBook;
use souk_orders::Orders;
use souk_runtime::task::TaskError;
use souk_wiring::{Call, FromEnvironment};

use super::{StepInput, StepOutcome, StepOutput, read};

/// The orders and the reservations.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    orders: Orders,
    reservations: ReservationBook,
}

/// Attaches the order to its reservation, which from then on is kept until `pay_by`.
///
/// # Errors
/// Stable names for the state machine's `Retry`.
pub async fn handle(deps: &Deps, input: StepInput, Call { now, .. }: Call) -> Result<StepOutput, TaskError> {
    let order = read(&deps.orders, &input.order_id).await?;
    match order.status {
        OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered => {
            return Ok(input.answer(StepOutcome::Confirmed));
        }
        OrderStatus::Cancelled => return Ok(input.answer(StepOutcome::Cancelled)),
        OrderStatus::PendingPayment => {}
    }
    if order.payment_overdue(now) {
        return Ok(input.cancel_because(StepOutcome::Lost, CancelReason::PaymentExpired));
    }
    let Origin::Checkout(checkout) = &order.origin else {
        // A claim is held until its order is cancelled: there is nothing to attach.
        return Ok(input.answer(StepOutcome::Held));
    };
    match deps.reservations.attach(&checkout.reservation_id, &order.order_id, order.pay_by, now).await? {
        // Committed by this order, though the order was read as pending: a confirming run was faster.
        AttachOutcome::Attached | AttachOutcome::Committed => Ok(input.answer(StepOutcome::Held)),
        AttachOutcome::Released | AttachOutcome::Expired | AttachOutcome::OtherOrder(_) | AttachOutcome::Absent => {
            Ok(input.cancel_because(StepOutcome::Lost, CancelReason::ReservationLost))
        }
    }
}
