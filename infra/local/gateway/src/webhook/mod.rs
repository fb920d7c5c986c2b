//! Delivery of events: signed, repeated until taken, and disturbed on demand.

mod dispatcher;
mod log;
mod sender;

pub use dispatcher::Dispatcher;
pub use log::{Delivery, EventLog};
pub use sender::{Sender, signature};
