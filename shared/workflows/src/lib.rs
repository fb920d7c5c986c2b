//! The use cases that compose several contexts of the transaction world, one file each: what it takes,
//! what it depends on, how it may end, and its protocol from top to bottom.
//!
//! A handler parses, calls one of these, and maps the outcome; so do a page, a job, and the simulation.
//! Each takes the circumstances of its [`souk_wiring::Call`], and each may be repeated.
//!
//! - a purchase: [`start_checkout`], [`abandon_checkout`], [`place_order`], [`pay_order`], [`cancel_order`]
//! - what becomes of an order until it leaves: [`change_address`]
//! - what staff look for and write down: [`find_orders`], [`order_timeline`], [`write_note`]
//! - money that goes back: [`refund_order`], [`retry_refund`], [`settle_refunds`], [`hear_gateway`]
//! - a warehouse's work: [`follow_order`], [`list_work`], [`claim_fulfilment`], [`release_fulfilment`],
//!   [`report_shortage`], [`settle_shortages`], [`pack_fulfilment`], [`ship_order`], [`correct_label`], [`deliver_order`],
//!   [`track_parcels`]
//! - time: [`reservation_timers`], [`expire_reservation`], [`expire_checkout`]
//! - a flash sale: [`define_flash_sale`], [`prepare_flash_sale`], [`run_flash_sale`], [`conduct_flash_sale`], [`claim_unit`],
//!   [`order_intent`], [`close_flash_sale`], [`expire_late_claims`]
//! - what an order's saga does to rows that hold its units: [`give_back_holds`]
//! - what shoppers are told: [`send_message`]
//! - what subscribers are told: [`plan_deliveries`], [`send_delivery`], [`replay_deliveries`]
//! - what makes up for whatever was lost: [`sweeps`], [`collect_marks`], [`reconcile_payments`], [`audit`]
//! - what an operator runs once after an update: [`migrate_orders`]
#![forbid(unsafe_code)]

pub mod abandon_checkout;
mod allocations;
pub mod audit;
mod beacon;
pub mod cancel_order;
pub mod change_address;
pub mod claim_fulfilment;
pub mod claim_unit;
pub mod close_flash_sale;
pub mod collect_marks;
pub mod conduct_flash_sale;
mod conductors;
pub mod correct_label;
pub mod define_flash_sale;
pub mod deliver_order;
mod delivery_queue;
pub mod expire_checkout;
pub mod expire_late_claims;
pub mod expire_reservation;
pub mod find_orders;
mod flash_sale_stock;
pub mod follow_order;
pub mod give_back_holds;
pub mod hear_gateway;
mod holds;
pub mod list_work;
pub mod maintain_rows;
pub mod migrate_orders;
pub mod order_intent;
mod order_protocol;
pub mod order_timeline;
pub mod pack_fulfilment;
pub mod pay_order;
pub mod place_order;
pub mod plan_deliveries;
pub mod prepare_flash_sale;
mod price_change;
pub mod reconcile_payments;
pub mod refund_order;
pub mod release_fulfilment;
pub mod replay_deliveries;
pub mod report_shortage;
pub mod reservation_timers;
pub mod retry_refund;
pub mod run_flash_sale;
pub mod send_delivery;
pub mod send_message;
mod settle_disputes;
pub mod settle_refunds;
pub mod settle_shortages;
pub mod ship_order;
pub mod spread_row;
pub mod start_checkout;
pub mod sweeps;
pub mod track_parcels;
pub mod write_note;

pub use beacon::WITHIN as BEACON_WITHIN;
pub use delivery_queue::DeliveryQueue;
pub use flash_sale_stock::FlashSaleStock;
pub use order_protocol::OrderProtocol;
pub use price_change::PriceChange;

/// Why work that nobody waits for is not done; whoever has sent it sends it again.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;
