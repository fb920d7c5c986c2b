//! What is bought together with a SKU: counted from orders, without anybody's name.
//!
//! One item a SKU, with its most frequent companions and a count for each, so neither its size nor the price of
//! reading or counting depends on how much is sold. Of orders it keeps only the digests of the last few, so that an
//! order that is told twice is counted once.

mod counts;
mod store;

pub use store::Companions;
