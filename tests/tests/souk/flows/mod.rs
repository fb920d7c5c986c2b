//! Each endpoint's success and refusals, through HTTP on the deployed stack. The modules mirror the
//! API's paths.

mod checkouts;
mod fulfilment;
mod orders;
mod payments;
mod unknown_paths;
