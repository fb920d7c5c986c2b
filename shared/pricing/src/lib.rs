//! Prices per SKU, and what pricing has heard of the SKU from the catalog.
//!
//! One item per SKU with two owners of its attributes: the operator sets `price` and `max_per_order` under `version`; the
//! catalog's events set `title`, `variant` and `withdrawn` under the product's version. Neither touches the
//! other's, so they need no common guard.
#![forbid(unsafe_code)]

mod catalog_facts;
mod offer;
mod prices;
mod recent_offers;
mod set_price;

pub use catalog_facts::{CatalogFact, FactOutcome};
pub use offer::{Offer, PriceImage, PricedSku};
pub use prices::Prices;
pub use recent_offers::RecentOffers;
pub use set_price::{PriceError, SetPriceOutcome, Terms};
