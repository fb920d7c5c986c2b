//! This context's refusals as problems, each with its stable type.

use souk_domain::{
    flash_sale::{FlashSaleStatus, TermsError},
    ids::Sku,
    stock::Shortage,
};
use souk_flash_sales::{TokenError, WaitingRoomError};
use souk_runtime::http::{
    Problem,
    problem::catalogue::{
        AccountNotEligible, AdmissionNotValid, AdmissionRequired, IllegalTransition, NotForSale, OutOfStock,
        SaleNotOpen, SoldOut, TicketNotValid, TicketRequired,
    },
};

pub(crate) fn no_such_sale() -> Problem {
    Problem::not_found("sale")
}

pub(crate) fn not_eligible() -> Problem {
    Problem::new(AccountNotEligible, "Flash sales are for accounts of the shop's own user pool.")
}

pub(crate) fn not_open(status: FlashSaleStatus) -> Problem {
    let detail = match status {
        FlashSaleStatus::Preparing | FlashSaleStatus::Scheduled => "The sale has not opened yet.",
        FlashSaleStatus::Paused => "The sale is paused. Keep your place in the queue and ask again.",
        _ => "The sale is over.",
    };
    Problem::new(SaleNotOpen, detail).with("sale_status", status)
}

pub(crate) fn sold_out() -> Problem {
    Problem::new(SoldOut, "Every unit is claimed. Units that are not paid for come back: ask the queue again.")
}

/// A ticket that was not taken.
pub(crate) fn ticket(error: TokenError) -> Problem {
    match error {
        TokenError::Missing => {
            Problem::new(TicketRequired, "Join with POST /sales/{sale_id}/queue and send the ticket in Souk-Ticket.")
        }
        TokenError::Unverifiable(cause) => Problem::try_again(cause),
        refused => Problem::new(TicketNotValid, format!("Join again for a new ticket: {refused}.")),
    }
}

/// An admission that was not taken.
pub(crate) fn admission(error: TokenError) -> Problem {
    match error {
        TokenError::Missing => Problem::new(
            AdmissionRequired,
            "Wait for your turn with GET /sales/{sale_id}/queue and send the admission in Souk-Admission.",
        ),
        TokenError::Unverifiable(cause) => Problem::try_again(cause),
        refused => Problem::new(AdmissionNotValid, format!("Ask the queue for a new one: {refused}.")),
    }
}

pub(crate) fn waiting_room(error: WaitingRoomError) -> Problem {
    match error {
        WaitingRoomError::Ticket(error) => ticket(error),
        WaitingRoomError::Keys(error) => Problem::try_again(error),
        WaitingRoomError::Store(error) => error.into(),
    }
}

pub(crate) fn terms(error: TermsError) -> Problem {
    Problem::invalid_field(error.field(), error.to_string())
}

pub(crate) fn withdrawn(sku: &Sku) -> Problem {
    Problem::new(NotForSale, format!("{sku} is not for sale any more: its product is withdrawn.")).with("sku", sku)
}

pub(crate) fn out_of_stock(shortage: &Shortage) -> Problem {
    Problem::new(
        OutOfStock,
        format!("{} units of {} were asked for, {} can be had.", shortage.requested, shortage.sku, shortage.available),
    )
    .with("sku", &shortage.sku)
    .with("requested", shortage.requested)
    .with("available", shortage.available)
}

pub(crate) fn illegal(status: FlashSaleStatus, wanted: &str) -> Problem {
    Problem::new(IllegalTransition, format!("A sale that is {status} cannot {wanted}.")).with("sale_status", status)
}
