//! Lambda handlers of the webhooks context.
//!
//! - [`subscriptions`]: what operators do with a subscription
//! - [`deliveries`]: what was sent to it, and what is sent again
//! - [`background`]: what plans, sends and sweeps
#![forbid(unsafe_code)]

pub mod background;
pub mod deliveries;
mod operator;
pub mod subscriptions;

souk_runtime::functions! {
    http "create-webhook" => subscriptions::create_webhook::handle,
    http "delete-webhook" => subscriptions::delete_webhook::handle,
    http "get-webhook" => subscriptions::get_webhook::handle,
    http "list-deliveries" => deliveries::list_deliveries::handle,
    http "list-webhooks" => subscriptions::list_webhooks::handle,
    http "ping-webhook" => deliveries::ping_webhook::handle,
    queue "plan-deliveries" => background::plan_deliveries::handle,
    http "put-webhook" => subscriptions::put_webhook::handle,
    http "replay-deliveries" => deliveries::replay_deliveries::handle,
    http "replay-delivery" => deliveries::replay_delivery::handle,
    http "rotate-webhook-secret" => subscriptions::rotate_webhook_secret::handle,
    queue "send-deliveries" => background::send_deliveries::handle,
    schedule "sweep-deliveries" => background::sweep_deliveries::handle,
}
