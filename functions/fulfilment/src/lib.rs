//! Lambda handlers of the fulfilment context.
//!
//! - [`warehouse`]: a warehouse's list, and what it does for each order
//! - [`carriers`]: what carriers say of parcels
//! - [`admin`]: the whole of an order at once
//! - [`background`]: what opens and closes a warehouse's work, and the sweepers that make up for whatever was lost
#![forbid(unsafe_code)]

pub mod admin;
pub mod background;
pub mod carriers;
mod labels;
mod problems;
mod view;
pub mod warehouse;

souk_runtime::functions! {
    http "admin-deliver-order" => admin::deliver_order::handle,
    http "admin-ship-order" => admin::ship_order::handle,
    http "carrier-webhook" => carriers::carrier_webhook::handle,
    http "claim-fulfilment" => warehouse::claim_fulfilment::handle,
    http "correct-parcel" => warehouse::correct_parcel::handle,
    http "deliver-parcel" => warehouse::deliver_parcel::handle,
    queue "follow-orders" => background::follow_orders::handle,
    http "get-fulfilment" => warehouse::get_fulfilment::handle,
    http "list-fulfilments" => warehouse::list_fulfilments::handle,
    http "pack-fulfilment" => warehouse::pack_fulfilment::handle,
    http "release-fulfilment" => warehouse::release_fulfilment::handle,
    http "report-shortage" => warehouse::report_shortage::handle,
    http "ship-fulfilment" => warehouse::ship_fulfilment::handle,
    schedule "sweep-arrivals" => background::sweep_arrivals::handle,
    schedule "sweep-shipments" => background::sweep_shipments::handle,
}
