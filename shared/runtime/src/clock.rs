use jiff::{Timestamp, Unit};

/// The time in whole milliseconds. That is how times are stored, so what is answered when a thing is
/// made equals what is read of it later.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}
