mod key_ring;
mod keys;
mod queueing;
mod room;
mod tokens;

pub use key_ring::KeyRing;
pub use keys::{KeySource, KeySourceError, LiveSecrets, ManagedSecret};
pub use queueing::Queueing;
pub use room::{JoinOutcome, StandingOutcome, WaitingRoom, WaitingRoomError};
pub use tokens::{ADMISSION_MAX, Admission, CLOCK_SKEW, Ticket, TokenError};
