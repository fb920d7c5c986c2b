//! Payments: one record per order, and the gateway that holds the money.
//!
//! The record is written before the gateway hears anything. It fences: an authorisation that comes
//! late for a cancelled order finds the record closed and is given back.
#![forbid(unsafe_code)]

mod ageing;
mod attention;
mod authorize;
mod capture;
mod dispute;
pub mod gateway;
mod give_back;
pub mod reconcile;
mod reconciliation_cursor;
mod records;
mod refund;
mod renew;
mod seen_events;
mod shortfall;
pub mod stripe;
pub mod webhook;

pub use ageing::{Aged, GIVEN_UP_BEFORE, RENEWED_BEFORE, learn_of_lapse, look_after};
pub use authorize::{Authorized, Charge, PaymentError, authorize};
pub use capture::{CaptureOutcome, capture, resume_capture};
pub use dispute::settle_disputes;
pub use give_back::{FencedFirst, fence, fence_unpaid, give_back};
pub use reconciliation_cursor::{Look, Part, ReconciliationCursor, Resume};
pub use records::{MAX_METHODS, OtherMethod, PaymentRecord, PaymentRecords, RecordOutcome, is_payment};
pub use refund::{AskOutcome, ask_refund, retry_refund, settle_refunds};
pub use renew::{METHOD_NOT_KEPT, Renewed, renew};
pub use seen_events::{SeenEvent, SeenEvents};
pub use shortfall::refund_shortfall;
