//! Each endpoint's success and refusals, through HTTP on the deployed stack. The modules mirror the
//! API's paths.

mod audit;
mod canary;
mod cart;
mod catalog;
mod checkouts;
mod description;
mod edge;
mod edges;
mod flash_sales;
mod fulfilment;
mod index;
mod inventory;
mod messages;
mod orders;
mod payments;
mod pictures;
mod pricing;
mod product_pages;
mod reconciliation;
mod search;
mod sign_in;
mod unknown_paths;
