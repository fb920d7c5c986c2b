//! What tests against the deployed stack share.

mod agreement;
mod api;
mod aws;
mod clock;
mod contract;
mod crowd;
mod flash_sale;
mod index;
mod jobs;
mod mails;
mod pictures;
mod pool;
mod processes;
mod raw;
mod rows;
mod shop;
mod shopping;
mod signed;
mod stack;
mod stock;
mod traces;
mod webhooks;

pub use agreement::{REST, assert_agreement};
pub use api::{Api, Reply};
pub use clock::eventually;
pub use flash_sale::FlashSale;
pub use pool::one_time;
pub use processes::FunctionProcess;
pub use raw::Raw;
pub use rows::Rows;
pub use shop::{PROJECTION, Shop, admin};
pub use shopping::Effects;
pub use stack::{Stack, stack};
pub use stock::{Shelf, address, fresh};
pub use traces::Bystander;
pub use webhooks::{hmac_sha256, is_signed};
