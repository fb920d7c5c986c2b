//! Each endpoint's success and refusals, through HTTP on the deployed stack. The modules mirror the
//! API's paths.

mod addresses;
mod audit;
mod canary;
mod carriers;
mod cart;
mod catalog;
mod checkouts;
mod collections;
mod description;
mod edge;
mod edges;
mod finding_orders;
mod flash_sales;
mod fulfilment;
mod index;
mod inventory;
mod messages;
mod orders;
mod parcels;
mod payments;
mod permissions;
mod pictures;
mod pricing;
mod product_changes;
mod product_pages;
mod reconciliation;
mod refunds;
mod related;
mod relevance;
mod search;
mod sign_in;
mod synonyms;
mod unknown_paths;
mod warehouses;
mod webhooks;
