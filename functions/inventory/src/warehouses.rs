//! What operators say of warehouses.

pub mod get_warehouse;
pub mod list_warehouses;
pub mod put_warehouse;

use souk_inventory::Warehouses;
use souk_wiring::FromEnvironment;

/// The warehouses.
#[derive(Debug, FromEnvironment)]
pub struct Deps {
    warehouses: Warehouses,
}
