//! The one place that asks what time it is.

use crate::intent::Seconds;

/// Now, in seconds since the Unix epoch.
pub fn now() -> Seconds {
    jiff::Timestamp::now().as_second()
}
