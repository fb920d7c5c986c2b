//! What runs behind the orders: the reservation's timer, the sweepers that make up for whatever was
//! lost, the archive, the outbox, and the jobs that check what should never be wrong.

pub mod archive_orders;
pub mod audit;
pub mod audit_part;
pub mod maintain_row;
pub mod maintain_rows;
pub mod migrate_orders;
pub mod publish_orders;
pub mod reconcile_payments;
pub mod reservation_timer;
pub mod sweep_orders;
pub mod sweep_reservations;
