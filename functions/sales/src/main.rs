//! The program of the sales context: see `souk_runtime::functions`.

use souk_fn_sales::{admin, background, shop};

souk_runtime::functions! {
    http "admin-get-sale" => admin::get::handle,
    http "close-sale" => admin::close::handle,
    queue "conduct-sale" => background::conduct::handle,
    http "get-intent" => shop::get_intent::handle,
    http "get-queue" => shop::get_queue::handle,
    http "get-sale" => shop::get_sale::handle,
    http "join-queue" => shop::join_queue::handle,
    http "open-sale" => admin::open::handle,
    queue "order-intents" => background::order_intents::handle,
    http "pause-sale" => admin::pause::handle,
    http "post-intent" => shop::post_intent::handle,
    http "put-sale" => admin::put::handle,
    http "resume-sale" => admin::resume::handle,
    schedule "sweep-sales" => background::sweep::handle,
}
