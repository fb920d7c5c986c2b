//! What plans, sends and sweeps.

pub mod plan_deliveries;
pub mod send_deliveries;
pub mod sweep_deliveries;
