//! What a use case is built from and called with.
//!
//! - [`Environment`]: a function's variables and AWS clients; [`FromEnvironment`], which is derived, says
//!   how a store, a use case or a handler's dependencies are built from it. The name of a variable stands
//!   once, beside the field that it fills.
//! - [`Call`]: the circumstances of one call.
//! - [`Sender`], [`fetch`], [`metrics`]: what use cases share beyond stores.
#![forbid(unsafe_code)]

mod call;
mod environment;
pub mod fetch;
pub mod metrics;
mod sender;
mod timeouts;
mod variable;

pub use call::{Call, now};
pub use environment::{ConfigError, Environment, FromEnvironment};
pub use sender::{SendError, Sender};
pub use souk_wiring_derive::FromEnvironment;
pub use timeouts::{OPERATION, timeouts};
pub use variable::{Days, FromVariable, Parsed};
