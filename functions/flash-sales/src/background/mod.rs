//! What runs behind a sale: the conductor who lets shoppers in, the worker that turns intents into
//! orders, and the sweeper that makes up for whatever was lost.

pub mod conduct_sale;
pub mod order_intents;
pub mod sweep_sales;
