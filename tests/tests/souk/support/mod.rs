//! What tests against the deployed stack share.

mod api;
mod clock;
mod jobs;
mod shop;
mod shopping;
mod stack;
mod stock;

pub use api::{Api, Reply};
pub use clock::eventually;
pub use shop::{PROJECTION, Shop, admin};
pub use shopping::Effects;
pub use stack::{Stack, stack};
pub use stock::{Shelf, address, fresh};
