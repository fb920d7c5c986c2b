//! Lambda handlers of the payments context. The saga's payment steps are with the saga, in
//! `souk-fn-orders`.
#![forbid(unsafe_code)]

pub mod get_order_refunds;
pub mod list_failed_refunds;
pub mod payment_webhook;
mod problems;
pub mod publish_payments;
pub mod refund_order;
mod refund_view;
pub mod retry_refund;
pub mod sweep_authorizations;
pub mod sweep_refunds;

souk_runtime::functions! {
    http "get-order-refunds" => get_order_refunds::handle,
    http "list-failed-refunds" => list_failed_refunds::handle,
    http "payment-webhook" => payment_webhook::handle,
    stream "publish-payments" => publish_payments::handle,
    http "refund-order" => refund_order::handle,
    http "retry-refund" => retry_refund::handle,
    schedule "sweep-authorizations" => sweep_authorizations::handle,
    schedule "sweep-refunds" => sweep_refunds::handle,
}
