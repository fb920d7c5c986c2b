//! What runs behind the orders: the reservation's timer, the sweepers that make up for whatever was
//! lost, the archive and the outbox.

pub mod archive_orders;
pub mod publish_orders;
pub mod reservation_timer;
pub mod sweep_orders;
pub mod sweep_reservations;
pub mod sweep_shipments;

mod expiry;
