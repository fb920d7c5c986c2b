//! Flash sales' functions.
//!
//! - [`shop`]: what shoppers ask for: the sale, the waiting room, intents
//! - [`admin`]: what operators do with a sale
//! - [`background`]: the conductor, the worker that turns intents into orders, the sweeper
#![forbid(unsafe_code)]

pub mod admin;
pub mod background;
mod problems;
pub mod shop;

souk_runtime::functions! {
    http "admin-get-sale" => admin::get_sale::handle,
    http "close-sale" => admin::close_sale::handle,
    queue "conduct-sale" => background::conduct_sale::handle,
    http "get-intent" => shop::get_intent::handle,
    http "get-queue" => shop::get_queue::handle,
    http "get-sale" => shop::get_sale::handle,
    http "join-queue" => shop::join_queue::handle,
    http "open-sale" => admin::open_sale::handle,
    queue "order-intents" => background::order_intents::handle,
    http "pause-sale" => admin::pause_sale::handle,
    http "post-intent" => shop::post_intent::handle,
    http "put-sale" => admin::put_sale::handle,
    http "resume-sale" => admin::resume_sale::handle,
    schedule "sweep-sales" => background::sweep_sales::handle,
}
