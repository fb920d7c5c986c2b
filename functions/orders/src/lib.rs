//! Lambda handlers of the orders context.
//!
//! - [`checkouts`] and [`orders`]: what shoppers call
//! - [`admin`]: what operators call
//! - [`saga`]: the steps of the payment saga
//! - [`background`]: timers, sweepers, the archive and the outbox
#![forbid(unsafe_code)]

pub mod admin;
pub mod background;
pub mod checkouts;
pub mod orders;
mod problems;
pub mod saga;

souk_runtime::functions! {
    http "admin-cancel-order" => admin::cancel_order::handle,
    http "admin-get-order" => admin::get_order::handle,
    http "admin-get-timeline" => admin::get_timeline::handle,
    http "admin-list-orders" => admin::list_orders::handle,
    http "admin-post-note" => admin::post_note::handle,
    http "admin-search-orders" => admin::search_orders::handle,
    stream "archive-orders" => background::archive_orders::handle,
    schedule "audit" => background::audit::handle,
    task "audit-part" => background::audit_part::handle,
    http "cancel-order" => orders::cancel_order::handle,
    schedule "maintain-rows" => background::maintain_rows::handle,
    queue "maintain-row" => background::maintain_row::handle,
    http "create-checkout" => checkouts::create_checkout::handle,
    http "delete-checkout" => checkouts::delete_checkout::handle,
    http "get-checkout" => checkouts::get_checkout::handle,
    http "get-order" => orders::get_order::handle,
    http "list-checkouts" => checkouts::list_checkouts::handle,
    http "list-orders" => orders::list_orders::handle,
    schedule "migrate-orders" => background::migrate_orders::handle,
    http "pay-order" => orders::pay_order::handle,
    http "place-order" => orders::place_order::handle,
    stream "publish-orders" => background::publish_orders::handle,
    http "put-shipping-address" => orders::put_shipping_address::handle,
    schedule "reconcile-payments" => background::reconcile_payments::handle,
    queue "reservation-timer" => background::reservation_timer::handle,
    task "saga-authorize-payment" => saga::authorize_payment::handle,
    task "saga-cancel-order" => saga::cancel_order::handle,
    task "saga-confirm-order" => saga::confirm_order::handle,
    task "saga-release-reservation" => saga::release_reservation::handle,
    task "saga-void-payment" => saga::void_payment::handle,
    schedule "sweep-orders" => background::sweep_orders::handle,
    schedule "sweep-reservations" => background::sweep_reservations::handle,
}
