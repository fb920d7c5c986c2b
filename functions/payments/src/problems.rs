//! This context's refusals as problems, each with its stable type.

use souk_domain::payment::{AskError, MAX_REFUNDS, PaymentState, RefundState};
use souk_runtime::http::{
    Problem,
    problem::catalogue::{
        IdempotencyKeyReused, NothingCaptured, RefundNotFailed, RefundRefused, RefundTooLarge, TooManyRefunds,
    },
};

pub(crate) fn not_captured(state: PaymentState) -> Problem {
    let detail = format!("The payment is {}: nothing was taken that could go back. Cancel the order.", state.as_str());
    Problem::new(NothingCaptured, detail).with("payment_status", state)
}

pub(crate) fn refused(why: AskError) -> Problem {
    match why {
        AskError::Exceeds { refundable } => {
            let detail = format!("No more than {refundable} of this order can be refunded.");
            Problem::new(RefundTooLarge, detail).with("refundable", refundable)
        }
        AskError::Disputed { withdrawn, refundable } => {
            let detail =
                format!("A bank has taken {withdrawn} over a dispute: no more than {refundable} can be refunded.");
            Problem::new(RefundTooLarge, detail).with("refundable", refundable)
        }
        AskError::OtherCurrency { .. } => Problem::invalid_field("amount.currency", why.to_string()),
        AskError::AskedDifferently => {
            let detail = "Another refund was made with this key. Use a fresh key for a further one.";
            Problem::new(IdempotencyKeyReused, detail).with_field("Idempotency-Key", "was used with another body")
        }
        AskError::TooMany => {
            Problem::new(TooManyRefunds, format!("There are {MAX_REFUNDS} refunds of this order already."))
        }
    }
}

pub(crate) fn not_failed(state: RefundState) -> Problem {
    Problem::new(RefundNotFailed, "Only a refund that has failed is tried again.").with("refund_state", state)
}

pub(crate) fn refused_by_gateway(code: &str) -> Problem {
    let detail = "The gateway would not make this refund. The money can be refunded again, with a fresh key.";
    Problem::new(RefundRefused, detail).with("gateway_code", code)
}
